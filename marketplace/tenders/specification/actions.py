"""How a coordinator writes down what is asked for, and how schools say how much they need it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor
from marketplace.tenders import queries as tenders
from marketplace.tenders.actions import mark_changed
from marketplace.tenders.commitments.rules import check_in
from marketplace.tenders.drafting.rules import check_editable
from marketplace.tenders.models import Tender
from marketplace.tenders.specification import notices, queries, rules
from marketplace.tenders.specification.models import Requirement, RequirementMark
from marketplace.tenders.specification.rules import Mark


def add_requirement(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    requirement_id: uuid.UUID,
    *,
    text: str,
    lot_id: uuid.UUID | None = None,
) -> None:
    """Write down one more thing that the schools ask for, of one lot or of the whole tender."""
    with transaction() as session:
        tender = _draft(session, actor, tender_id)
        if session.get(Requirement, requirement_id) is not None:
            return
        expect_version(tender, version)
        number = 1 + max((one.number for one in queries.requirements(session, tender_id)), default=0)
        session.add(
            Requirement(
                id=requirement_id,
                tender_id=tender.id,
                lot_id=_lot(tender, lot_id),
                number=number,
                text=rules.tidy_text(text),
            )
        )
        _record(session, actor, tender)


def edit_requirement(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    requirement_id: uuid.UUID,
    *,
    text: str,
    lot_id: uuid.UUID | None = None,
) -> None:
    """Change the words or the lot of a requirement that no school must have. Raises RuleBroken."""
    with transaction() as session:
        tender = _draft(session, actor, tender_id)
        expect_version(tender, version)
        requirement = queries.get_requirement(session, tender, requirement_id)
        rules.check_nobody_must(queries.says_must(session, requirement))
        requirement.text, requirement.lot_id = rules.tidy_text(text), _lot(tender, lot_id)
        _record(session, actor, tender)


def remove_requirement(actor: Actor, tender_id: uuid.UUID, version: int, requirement_id: uuid.UUID) -> None:
    """Take away a requirement that no school must have. Raises RuleBroken naming the schools that must."""
    with transaction() as session:
        tender = _draft(session, actor, tender_id)
        expect_version(tender, version)
        requirement = queries.get_requirement(session, tender, requirement_id)
        rules.check_nobody_must(queries.says_must(session, requirement))
        session.delete(requirement)
        _record(session, actor, tender)


def mark_requirements(
    actor: Actor,
    tender_id: uuid.UUID,
    school_id: uuid.UUID,
    version: int,
    marks: Mapping[uuid.UUID, Mark],
    *,
    reason: str = "",
) -> None:
    """Say for a school what it must have, should have and does not need, until it is settled who buys.

    `version` is that of the school's answer. What was a must and is none any more needs a reason, which
    the coordinator is told. Raises RuleBroken (field `reason`), NotFound for another tender's requirement.
    """
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        commitment = next((one for one in tender.commitments if one.school_id == school_id), None)
        if commitment is None:
            raise NotFound
        policy.require(actor, Act.REQUIREMENT_MARK, school_id)
        rules.check_open_to_marks(tender.status)
        check_in(commitment.status)
        expect_version(commitment, version)
        rows = queries.requirements(session, tender_id)
        if set(marks) - {row.id for row in rows}:
            raise NotFound
        gone = rules.weakened(queries.marks_of(rows, school_id), marks)
        texts = [row.text for row in rows if row.id in gone]
        rules.check_reason_to_weaken(texts, reason)
        for row in rows:
            _mark(row, school_id, marks.get(row.id), actor, reason if row.id in gone else "")
        flag_modified(commitment, "reason")
        session.flush()
        if texts:
            notices.must_dropped(session, tender, commitment.school.name, texts, reason)
        facts: dict[str, Any] = {"reason": reason} if texts else {}
        events.record(session, actor, Act.REQUIREMENT_MARK, tender.id, organisation_id=school_id, **facts)


def _draft(session: Session, actor: Actor, tender_id: uuid.UUID) -> Tender:
    tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
    policy.require(actor, Act.TENDER_EDIT, tender.alliance_id)
    check_editable(tender.status)
    return tender


def _record(session: Session, actor: Actor, tender: Tender) -> None:
    mark_changed(tender)
    session.flush()
    events.record(
        session, actor, Act.TENDER_EDIT, tender.id, organisation_id=tender.alliance_id, part="requirements"
    )


def _lot(tender: Tender, lot_id: uuid.UUID | None) -> uuid.UUID | None:
    if lot_id is not None and lot_id not in {lot.id for lot in tender.lots}:
        raise NotFound
    return lot_id


def _mark(row: Requirement, school_id: uuid.UUID, wanted: Mark | None, actor: Actor, reason: str) -> None:
    present = next((one for one in row.marks if one.school_id == school_id), None)
    if wanted is None:
        if present is not None:
            row.marks.remove(present)
        return
    if present is None:
        present = RequirementMark(school_id=school_id)
        row.marks.append(present)
    if present.mark is not wanted or reason:
        present.mark, present.reason = wanted, reason
        present.marked_by, present.marked_at = actor.person_id, clock.now()
