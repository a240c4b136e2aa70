"""Putting wanted changes on a locked tender, and saying in words what changed. A shared step."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import IO

from sqlalchemy.orm import Session

from marketplace.core import documents, storage
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.tenders.amending.rules import Change
from marketplace.tenders.criteria.tree import outline
from marketplace.tenders.models import Tender, TenderDocument


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a tender should read: its description, its questions by criterion, a file added, some removed."""

    description: str
    questions: Mapping[uuid.UUID, str] = field(default_factory=dict)
    removed: Collection[uuid.UUID] = ()
    added_name: str = ""
    added: IO[bytes] | None = None


def apply(session: Session, tender: Tender, wanted: Wanted) -> list[Change]:
    """Change the tender as wanted; what changed, in words. Raises RuleBroken, NotFound for a foreign id."""
    changes = []
    if not wanted.description.strip():
        raise RuleBroken("Describe what the schools want to buy.", "description")
    if wanted.description != tender.description:
        changes.append(Change("What the schools want to buy", tender.description, wanted.description))
        tender.description = wanted.description
    return [
        *changes,
        *_questions(tender, wanted.questions),
        *_removed(tender, wanted.removed),
        *_added(session, tender, wanted),
    ]


def _questions(tender: Tender, wanted: Mapping[uuid.UUID, str]) -> list[Change]:
    known = {placed.criterion.id: placed for placed in outline(tender.criteria)}
    if set(wanted) - set(known):
        raise NotFound
    changes = []
    for criterion_id, text in wanted.items():
        placed = known[criterion_id]
        if text == placed.criterion.question:
            continue
        if not text.strip():
            raise RuleBroken(f"Enter the question of “{placed.criterion.title}”.")
        changes.append(Change(f"Question: {placed.criterion.title}", placed.criterion.question, text))
        placed.criterion.question = text
    return changes


def _removed(tender: Tender, wanted: Collection[uuid.UUID]) -> list[Change]:
    going = [one for one in tender.documents if one.id in set(wanted)]
    if len(going) != len(set(wanted)):
        raise NotFound
    for document in going:
        tender.documents.remove(document)
    return [Change("Document removed", document.name, "") for document in going]


def _added(session: Session, tender: Tender, wanted: Wanted) -> list[Change]:
    if wanted.added is None:
        return []
    media_type = documents.check_document(wanted.added_name, wanted.added)
    stored = storage.store(session, wanted.added, media_type, field="document")
    name = documents.plain_name(wanted.added_name)
    tender.documents.append(TenderDocument(id=new_id(), name=name, sha256=stored.sha256))
    return [Change("Document added", "", name)]
