"""What wanted changes of a published tender come to in words, and putting them on it. Shared steps."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any

from sqlalchemy.orm import Session

from marketplace.core import documents, storage
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.tenders import queries
from marketplace.tenders.amending import lines
from marketplace.tenders.amending.lines import WantedLine
from marketplace.tenders.amending.rules import Change
from marketplace.tenders.criteria.tree import outline
from marketplace.tenders.models import LineVolume, Lot, PriceLine, Tender, TenderDocument


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a tender should read: its description, its questions by criterion, a file added, some removed.

    A file that was stored already has the id that it will have as a document, and its checksum.
    """

    description: str
    questions: Mapping[uuid.UUID, str] = field(default_factory=dict)
    removed: Collection[uuid.UUID] = ()
    added_name: str = ""
    added: IO[bytes] | None = None
    added_id: uuid.UUID | None = None
    added_sha256: str = ""


def with_file_stored(session: Session, wanted: Wanted) -> Wanted:
    """The same with its file stored. Raises RuleBroken (field `document`) for one that is not allowed."""
    if wanted.added is None:
        return wanted
    media_type = documents.check_document(wanted.added_name, wanted.added)
    kept = storage.store(session, wanted.added, media_type, field="document")
    name = documents.plain_name(wanted.added_name)
    return replace(wanted, added=None, added_name=name, added_id=new_id(), added_sha256=kept.sha256)


def planned(tender: Tender, wanted: Wanted) -> list[Change]:
    """What would change, in words. Raises RuleBroken, NotFound for a foreign id."""
    if not wanted.description.strip():
        raise RuleBroken("Describe what the schools want to buy.", "description")
    return list(_planned(tender, wanted))


def _planned(tender: Tender, wanted: Wanted) -> Iterator[Change]:
    if wanted.description != tender.description:
        yield Change("What the schools want to buy", tender.description, wanted.description)
    known = {placed.criterion.id: placed.criterion for placed in outline(tender.criteria)}
    going = [one for one in tender.documents if one.id in set(wanted.removed)]
    if set(wanted.questions) - set(known) or len(going) != len(set(wanted.removed)):
        raise NotFound
    for criterion_id, text in wanted.questions.items():
        criterion = known[criterion_id]
        if text == criterion.question:
            continue
        if not text.strip():
            raise RuleBroken(f"Enter the question of “{criterion.title}”.")
        yield Change(f"Question: {criterion.title}", criterion.question, text)
    for document in going:
        yield Change("Document removed", document.name, "")
    if wanted.added_id is not None:
        yield Change("Document added", "", wanted.added_name)


def put_on(tender: Tender, wanted: Wanted) -> None:
    """Let the tender read as wanted. See `planned` for what is refused; call it first."""
    tender.description = wanted.description
    for criterion in tender.criteria:
        criterion.question = wanted.questions.get(criterion.id, criterion.question)
    for document in [one for one in tender.documents if one.id in set(wanted.removed)]:
        tender.documents.remove(document)
    if wanted.added_id is not None:
        tender.documents.append(
            TenderDocument(id=wanted.added_id, name=wanted.added_name, sha256=wanted.added_sha256)
        )


def stored(wanted: Wanted) -> dict[str, Any]:
    """The form in which it waits for Find a Tender."""
    return {
        "description": wanted.description,
        "questions": {str(criterion_id): text for criterion_id, text in wanted.questions.items()},
        "removed": [str(document_id) for document_id in wanted.removed],
        "added_name": wanted.added_name,
        "added_id": str(wanted.added_id) if wanted.added_id else None,
        "added_sha256": wanted.added_sha256,
    }


def read(waiting: Mapping[str, Any]) -> Wanted:
    """What was wanted, from the form in which it waited."""
    return Wanted(
        waiting["description"],
        {uuid.UUID(criterion_id): text for criterion_id, text in waiting["questions"].items()},
        [uuid.UUID(document_id) for document_id in waiting["removed"]],
        waiting["added_name"],
        added_id=uuid.UUID(waiting["added_id"]) if waiting["added_id"] else None,
        added_sha256=waiting["added_sha256"],
    )


def planned_lines(session: Session, tender: Tender, wanted: Sequence[WantedLine]) -> list[Change]:
    """What would change of the price schedule, in words. Raises RuleBroken."""
    lots, schools = queries.schedule(session, tender.id), queries.buyers(session, tender.id)
    if {line.lot_id for line in wanted} - {lot.id for lot in lots}:
        raise NotFound
    lines.check(wanted, lots, schools)
    return lines.changes(lots, wanted, schools)


def put_lines_on(session: Session, tender: Tender, wanted: Sequence[WantedLine]) -> None:
    """Let the price schedule read as wanted: a line keeps its id, and gets none of another line."""
    for lot in tender.lots:
        here = {line.id: line for line in wanted if line.lot_id == lot.id}
        for row in list(lot.lines):
            if row.id in here:
                _fill(session, row, here.pop(row.id))
            else:
                lot.lines.remove(row)
        for line in here.values():
            _fill(session, _added(lot, line.id), line)
    session.flush()


def _added(lot: Lot, line_id: uuid.UUID) -> PriceLine:
    row = PriceLine(id=line_id, number=1 + max((one.number for one in lot.lines), default=0))
    lot.lines.append(row)
    return row


def _fill(session: Session, row: PriceLine, line: WantedLine) -> None:
    row.item, row.unit = line.item, line.unit
    kept = {one.school_id: one for one in row.volumes}
    for volume in [one for school_id, one in kept.items() if school_id not in line.volumes]:
        row.volumes.remove(volume)
    for school_id, units in line.volumes.items():
        if school_id in kept:
            kept[school_id].quantity = units
        else:
            row.volumes.append(LineVolume(school_id=school_id, quantity=units))
    session.flush()
