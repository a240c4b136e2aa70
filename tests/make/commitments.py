"""Answers of schools to a joint tender, and what their governing bodies confirm."""

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from marketplace.alliance.decisions import actions as decisions
from marketplace.alliance.decisions.rules import Subject
from marketplace.core import clock
from marketplace.core.ids import new_id
from marketplace.tenders.commitments import actions
from marketplace.tenders.commitments.rules import Conditions
from marketplace.tenders.models import Commitment
from marketplace.tenders.recommitting import actions as recommitting
from tests.make.alliance import School
from tests.make.tenders import Tender


def commitment(tender: Tender, school: School) -> Commitment:
    """A school's place in a tender as it is now."""
    return next(one for one in tender.row.commitments if one.school_id == school.id)


def commit(tender: Tender, *schools: School, conditions: Conditions | None = None) -> None:
    """The headteachers of these schools commit them, all under the same conditions where there are any."""
    for school in schools:
        if conditions:
            answer(tender, school, conditions)
        actions.commit_school(school.headteacher, tender.id, school.id, tender.version)


def answer(
    tender: Tender,
    school: School,
    conditions: Conditions,
    volumes: Mapping[uuid.UUID, Decimal | int] | None = None,
) -> None:
    """A school's bursar sets its conditions, and its volumes by line where they are given."""
    present = {
        line.id: volume for lot in tender.lots for line in lot.lines if (volume := line.volume_of(school.id))
    }
    actions.edit_commitment(
        school.bursar,
        tender.id,
        school.id,
        commitment(tender, school).version,
        volumes=present if volumes is None else {line: Decimal(units) for line, units in volumes.items()},
        conditions=conditions,
    )


def recommit(tender: Tender, extension_id: uuid.UUID, *schools: School) -> None:
    """The headteachers of these schools commit them to the volumes of a proposed change."""
    for school in schools:
        recommitting.recommit_school(school.headteacher, tender.id, extension_id, school.id)


def confirm_commitment(tender: Tender, school: School, expires_on: date | None = None) -> uuid.UUID:
    """The school's governor records that the governing body agreed today; the confirmation's id."""
    confirmation_id = new_id()
    decisions.record_confirmation(
        school.governor,
        confirmation_id,
        Subject.COMMITMENT,
        commitment(tender, school).id,
        school.id,
        minute_reference="FGB 2026-11 item 7",
        minuted_on=clock.today(),
        expires_on=expires_on,
    )
    return confirmation_id
