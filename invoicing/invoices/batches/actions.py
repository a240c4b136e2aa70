"""What people do with batches: start one, stop it. What the worker does: issue one after the other."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from invoicing.invoices import queries as invoices
from invoicing.invoices.actions import issue_checked
from invoicing.invoices.ahead import Drawn
from invoicing.invoices.batches import queries, rules
from invoicing.invoices.batches.models import BatchItem, InvoiceBatch
from invoicing.invoices.batches.queries import Wanted
from invoicing.invoices.batches.rules import ItemStatus, Seen, Which
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import SENT
from marketplace.alliance import queries as alliance
from marketplace.alliance.models import Person
from marketplace.core import clock, events, jobs, mail, policy
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, Refusal, Stale
from marketplace.core.money import ZERO
from marketplace.core.policy import SYSTEM, Act, Actor

OVERTAKEN = "It was changed after it was checked. Check it again and issue it by itself."
NOT_ALLOWED = "Whoever started the batch may no longer issue invoices for this school."
GONE = "It is no longer there for whoever started the batch."


def start_batch(
    actor: Actor,
    batch_id: uuid.UUID,
    wanted: Wanted,
    ticked: Sequence[Seen],
    *,
    which: Which,
    seen: str,
) -> None:
    """Have drafts issued by the worker: those ticked, or all that were found. Sent twice, it starts one.

    Raises RuleBroken when nothing was chosen, or what was chosen has changed since.
    """
    with transaction() as session:
        school = alliance.get_school(session, actor, wanted.school_id, lock=True)
        policy.require(actor, Act.INVOICE_BATCH, school.id)
        known = session.get(InvoiceBatch, batch_id)
        if known is not None:
            if known.school_id != school.id:
                raise NotFound
            return
        found = queries.drafts_found(session, actor, wanted)
        chosen = rules.chosen(found, ticked, which, seen)
        _add(session, actor, batch_id, school.id, chosen)
        jobs.wake(session)


def _add(
    session: Session, actor: Actor, batch_id: uuid.UUID, school_id: uuid.UUID, chosen: Sequence[Seen]
) -> None:
    """A batch with its items, and its event."""
    assert actor.person_id, "people start batches"
    worth = func.sum(Invoice.total, type_=Invoice.total.type)
    batch = InvoiceBatch(
        id=batch_id,
        school_id=school_id,
        asked_by=actor.person_id,
        asked_at=clock.now(),
        size=len(chosen),
        worth=session.scalar(select(worth).where(Invoice.id.in_([one for one, _ in chosen]))) or ZERO,
    )
    session.add(batch)
    session.flush()
    session.add_all(
        BatchItem(batch_id=batch_id, position=position, invoice_id=invoice_id, version=version)
        for position, (invoice_id, version) in enumerate(chosen, start=1)
    )
    session.flush()
    events.record(
        session, actor, Act.INVOICE_BATCH, batch.id, organisation_id=school_id, invoices=len(chosen)
    )


def stop_batch(actor: Actor, batch_id: uuid.UUID) -> int:
    """Issue no more of a batch; how many stay drafts. What was issued stays issued."""
    with transaction() as session:
        batch = queries.get_batch(session, actor, batch_id, lock=True)
        policy.require(actor, Act.INVOICE_STOP, batch.school_id)
        waiting = session.scalars(
            select(BatchItem)
            .where(BatchItem.batch_id == batch.id, BatchItem.status == ItemStatus.WAITING)
            .with_for_update()
        ).all()
        if not waiting:
            return 0
        for item in waiting:
            item.status = rules.move(item.status, ItemStatus.STOPPED)
            item.done_at = clock.now()
        session.flush()
        _finish(session, batch)
        events.record(
            session, actor, Act.INVOICE_STOP, batch.id, organisation_id=batch.school_id, left=len(waiting)
        )
        return len(waiting)


def issue_next(batch_id: uuid.UUID, invoice_id: uuid.UUID, drawn: Drawn | None) -> bool:
    """Issue one invoice of a batch for whoever started it, in a transaction of its own.

    What cannot be issued is set aside with the reason, keeps no number, and holds up no other. False then.
    """
    try:
        _issue_item(batch_id, invoice_id, drawn)
    except Refusal as refused:
        set_aside(batch_id, invoice_id, _in_words(refused))
        return False
    return True


def _in_words(refused: Refusal) -> str:
    """Why an invoice was not issued, for whoever started the batch."""
    if isinstance(refused, NotFound):
        return GONE
    if isinstance(refused, Forbidden):
        return NOT_ALLOWED
    if isinstance(refused, Stale):
        return OVERTAKEN
    return refused.message


def _issue_item(batch_id: uuid.UUID, invoice_id: uuid.UUID, drawn: Drawn | None) -> None:
    with transaction() as session:
        batch = session.get_one(InvoiceBatch, batch_id, with_for_update=True)
        item = queries.get_item(session, batch_id, invoice_id)
        if item is None:
            return
        actor = alliance.actor_for(session, batch.asked_by)
        if actor is None:
            raise Forbidden(NOT_ALLOWED)
        invoice = invoices.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.INVOICE_ISSUE, invoice.issuer_id)
        if invoice.status not in SENT:  # else somebody has issued it by itself meanwhile
            issue_checked(session, actor, invoice, item.version, drawn)
        _done(session, batch, item, ItemStatus.ISSUED)
        jobs.wake(session)


def set_aside(batch_id: uuid.UUID, invoice_id: uuid.UUID, reason: str) -> None:
    """Leave one invoice of a batch a draft, and say why."""
    with transaction() as session:
        policy.require(SYSTEM, Act.INVOICE_SET_ASIDE)
        batch = session.get_one(InvoiceBatch, batch_id, with_for_update=True)
        item = queries.get_item(session, batch_id, invoice_id)
        if item is None:
            return
        item.reason = reason
        _done(session, batch, item, ItemStatus.SET_ASIDE)
        events.record(
            session,
            SYSTEM,
            Act.INVOICE_SET_ASIDE,
            invoice_id,
            organisation_id=batch.school_id,
            batch_id=batch_id,
            reason=reason,
        )
        jobs.wake(session)


def _done(session: Session, batch: InvoiceBatch, item: BatchItem, status: ItemStatus) -> None:
    item.status = rules.move(item.status, status)
    item.done_at = clock.now()
    session.flush()
    if not queries.waiting_items(session, batch.id, 1):
        _finish(session, batch)


def _finish(session: Session, batch: InvoiceBatch) -> None:
    """Nothing waits any more: tell whoever started it."""
    batch.finished_at = clock.now()
    session.flush()
    done = queries.progress(session, batch.id)
    events.record(
        session, SYSTEM, Act.INVOICE_FINISH, batch.id, organisation_id=batch.school_id, issued=done.issued
    )
    person = session.get_one(Person, batch.asked_by)
    mail.write(
        session,
        person.email,
        "Your batch of invoices is finished",
        "batch_finished.txt",
        person_name=person.name,
        batch=batch,
        progress=done,
    )
