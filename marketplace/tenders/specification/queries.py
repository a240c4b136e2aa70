"""Questions about what the schools of a tender ask for. Load the tender as its reader first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance.queries import names
from marketplace.core.errors import NotFound
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.rules import CommitmentStatus
from marketplace.tenders.specification.models import Requirement
from marketplace.tenders.specification.rules import Mark, together


def requirements(session: Session, tender_id: uuid.UUID) -> list[Requirement]:
    """The requirements of a tender with what schools say of them, in order."""
    query = (
        select(Requirement)
        .where(Requirement.tender_id == tender_id)
        .order_by(Requirement.number)
        .options(selectinload(Requirement.marks), selectinload(Requirement.lot))
    )
    return list(session.scalars(query))


def get_requirement(session: Session, tender: Tender, requirement_id: uuid.UUID) -> Requirement:
    """One requirement of a tender. Raises NotFound."""
    found = session.get(Requirement, requirement_id)
    if found is None or found.tender_id != tender.id:
        raise NotFound
    return found


def says_must(session: Session, requirement: Requirement) -> list[str]:
    """The schools in the tender that must have this, by name."""
    standing = _standing(session, requirement.tender_id)
    return sorted(
        standing[mark.school_id]
        for mark in requirement.marks
        if mark.mark is Mark.MUST and mark.school_id in standing
    )


@dataclass(frozen=True, slots=True)
class Merged:
    """A requirement as all schools together ask for it, and what each of them says.

    `lot` is blank for the whole tender. `silent` schools have not said anything; `left` must have had it
    and are no longer in the tender.
    """

    id: uuid.UUID
    number: int
    text: str
    lot: str
    level: Mark
    must: tuple[str, ...]
    should: tuple[str, ...]
    not_needed: tuple[str, ...]
    silent: tuple[str, ...]
    left: tuple[str, ...]


def merged(session: Session, tender_id: uuid.UUID) -> tuple[Merged, ...]:
    """What the schools that have not declined ask for together, in order, with the differences."""
    rows = requirements(session, tender_id)
    if not rows:
        return ()
    standing = _standing(session, tender_id)
    gone = {mark.school_id for row in rows for mark in row.marks} - set(standing)
    left = names(session, gone)
    return tuple(_merge(row, standing, left) for row in rows)


def asked_of_suppliers(session: Session, tender_id: uuid.UUID) -> tuple[Merged, ...]:
    """What suppliers are asked for: every must, every should, and nothing that no school needs."""
    return tuple(row for row in merged(session, tender_id) if row.level is not Mark.NOT_NEEDED)


def _merge(row: Requirement, standing: dict[uuid.UUID, str], left: dict[uuid.UUID, str]) -> Merged:
    said = {mark.school_id: mark.mark for mark in row.marks}
    level = together([mark for school_id, mark in said.items() if school_id in standing])

    def who(mark: Mark | None) -> tuple[str, ...]:
        return tuple(sorted(name for school_id, name in standing.items() if said.get(school_id) is mark))

    return Merged(
        row.id,
        row.number,
        row.text,
        f"Lot {row.lot.number}: {row.lot.title}" if row.lot else "",
        level,
        who(Mark.MUST),
        who(Mark.SHOULD),
        who(Mark.NOT_NEEDED),
        who(None),
        tuple(sorted(name for school_id, name in left.items() if said.get(school_id) is Mark.MUST)),
    )


def _standing(session: Session, tender_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """The schools of a tender that have not declined, by id."""
    query = select(Commitment.school_id).where(
        Commitment.tender_id == tender_id, Commitment.status != CommitmentStatus.DECLINED
    )
    return names(session, session.scalars(query).all())


def marks_of(rows: list[Requirement], school_id: uuid.UUID) -> dict[uuid.UUID, Mark]:
    """What one school says, by requirement."""
    return {row.id: mark.mark for row in rows for mark in row.marks if mark.school_id == school_id}
