"""What waits for suppliers and schools about documents."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.core import clock, policy
from marketplace.core.policy import Act, Actor, Kind
from marketplace.core.web import Task
from suppliers.profiles.documents import queries
from suppliers.profiles.documents.models import SupplierDocument
from suppliers.profiles.documents.rules import CHECKERS, KIND_LABELS, DocumentStatus


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Documents of the actor's suppliers that end soon, and new ones that the actor's schools could check."""
    return [*_to_renew(session, actor), *_to_check(session, actor)]


def _to_renew(session: Session, actor: Actor) -> Iterator[Task]:
    own = [one for one in actor.supplier_ids if policy.allows(actor, Act.DOCUMENT_ADD, one)]
    if not own:
        return
    for document in queries.ending(session, clock.today(), own):
        yield Task(
            f"Renew: {KIND_LABELS[document.kind]}",
            url_for("profiles.show_documents", supplier_id=document.supplier_id),
            f"{document.supplier.name}. The schools that use it are reminded too.",
            document.ends_on,
        )


def _to_check(session: Session, actor: Actor) -> Iterator[Task]:
    held = actor.organisations(Kind.SCHOOL, *CHECKERS)
    if not held:
        return
    used = queries.used_suppliers(session, held, clock.today())
    query = (
        select(SupplierDocument)
        .where(
            SupplierDocument.supplier_id.in_(used),
            SupplierDocument.status == DocumentStatus.WAITING,
            SupplierDocument.ends_on >= clock.today(),
        )
        .order_by(SupplierDocument.added_at, SupplierDocument.id)
        .options(joinedload(SupplierDocument.supplier))
    )
    for document in session.scalars(query):
        yield Task(
            f"Check for all schools: {KIND_LABELS[document.kind]} of {document.supplier.name}",
            url_for("profiles.check_document", supplier_id=document.supplier_id, document_id=document.id),
            "Your school uses this supplier’s documents.",
        )
