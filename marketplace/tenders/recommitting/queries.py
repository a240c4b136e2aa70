"""Questions about schools committing again. Load the tender as its reader first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.tenders import queries as tenders
from marketplace.tenders.amending import lines
from marketplace.tenders.amending.models import Extension
from marketplace.tenders.amending.rules import ExtensionStatus
from marketplace.tenders.commitments import queries as commitments
from marketplace.tenders.commitments.rules import needs_governing_body
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.recommitting import rules
from marketplace.tenders.recommitting.models import Recommitment
from marketplace.tenders.recommitting.rules import Bought
from marketplace.tenders.rules import accepts_quotes


def proposed(session: Session, tender: Tender) -> Extension | None:
    """The proposal that would change volumes and can still be approved; None when there is none."""
    if not accepts_quotes(tender.status, tender.closes_at, clock.now()):
        return None
    query = select(Extension).where(
        Extension.tender_id == tender.id, Extension.status == ExtensionStatus.PROPOSED
    )
    found = session.scalars(query).one_or_none()
    return found if found is not None and found.lines else None


def concerned(session: Session, extension: Extension) -> dict[uuid.UUID, str]:
    """The schools whose volumes a proposal would change, by name; none when it leaves all as they are."""
    if not extension.lines:
        return {}
    buyers = tenders.buyers(session, extension.tender_id)
    changed = rules.schools_changed(*_schedules(session, extension))
    return {school_id: name for school_id, name in buyers.items() if school_id in changed}


def _schedules(session: Session, extension: Extension) -> tuple[list[Bought], list[Bought]]:
    """The price schedule as it is published, and as a proposal would have it."""
    before = [
        Bought(line.id, line.item, line.unit, {one.school_id: one.quantity for one in line.volumes})
        for lot in tenders.schedule(session, extension.tender_id)
        for line in lot.lines
    ]
    wanted = lines.read(extension.lines) if extension.lines else []
    return before, [Bought(one.id, one.item, one.unit, one.volumes) for one in wanted]


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A price line as one school has it now and would have it: units over the whole term, None for none."""

    item: str
    unit: str
    now: Decimal | None
    then: Decimal | None


def own_lines(session: Session, extension: Extension, school_id: uuid.UUID) -> list[OwnLine]:
    """What one school buys now and would buy by a proposal, line by line."""
    before, after = _schedules(session, extension)
    old = {one.line_id: one for one in before if school_id in one.volumes}
    new = {one.line_id: one for one in after if school_id in one.volumes}
    found = []
    for line_id in dict.fromkeys([*old, *new]):
        was, will_be = old.get(line_id), new.get(line_id)
        said = will_be or was
        assert said, "it stands in one of the two"
        found.append(
            OwnLine(
                said.item,
                said.unit,
                was.volumes[school_id] if was else None,
                will_be.volumes[school_id] if will_be else None,
            )
        )
    return found


def committed(session: Session, extension: Extension) -> dict[uuid.UUID, datetime]:
    """The schools that committed to the volumes of a proposal, and when."""
    query = select(Recommitment).where(Recommitment.extension_id == extension.id)
    return {one.school_id: one.committed_at for one in session.scalars(query)}


def missing(session: Session, extension: Extension) -> dict[uuid.UUID, str]:
    """The schools that have still to commit to the volumes of a proposal, by name."""
    answered = committed(session, extension)
    return {key: name for key, name in concerned(session, extension).items() if key not in answered}


def unconfirmed(session: Session, extension: Extension, commitment: Commitment) -> str:
    """Why the governing body stands between a school and its new volumes; "" when it does not.

    Where the school's ladder leaves a value like this to the governing body, it confirms the new volumes
    as it did the old ones: its minute is recorded after the proposal.
    """
    tender = extension.tender
    if not needs_governing_body(commitments.band(session, tender, commitment)):
        return ""
    found = commitments.confirmation_of(session, tender, commitment)
    if found is not None and found.recorded_at >= extension.proposed_at:
        return ""
    return (
        "The governing body has not confirmed the new volumes. A governor of your school records its minute."
    )


def governors_asked(session: Session, tender: Tender, commitment: Commitment) -> bool:
    """Does a proposal wait for this school's governing body to confirm other volumes?"""
    extension = proposed(session, tender)
    return (
        extension is not None
        and commitment.school_id in missing(session, extension)
        and bool(unconfirmed(session, extension, commitment))
    )
