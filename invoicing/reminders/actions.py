"""Reminding buyers once a day; holding the reminders of an invoice; what a school chooses."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from invoicing.accounts import queries as accounts
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import readers_at
from invoicing.reminders import queries, rules
from invoicing.reminders.models import ReminderChoice, ReminderDay, ReminderHold, SentReminder
from invoicing.reminders.rules import Sequence, Step
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.errors import Stale
from marketplace.core.policy import SYSTEM, Act, Actor


def remind() -> int:
    """Write today's reminders if they have not gone yet; returns for how many invoices. Never one twice."""
    with transaction() as session:
        policy.require(SYSTEM, Act.REMINDER_SEND)
        today = clock.today()
        if not rules.time_to_remind(clock.now()) or queries.went_on(session, today):
            return 0
        session.add(ReminderDay(day=today))
        session.flush()
        due = queries.due(session, today)
        for invoice, step in due:
            _remind(session, invoice, step)
        return len(due)


def _remind(session: Session, invoice: Invoice, step: Step) -> None:
    today = clock.today()
    people = readers_at(session, invoice.buyer)
    session.add(
        SentReminder(
            invoice_id=invoice.id,
            step=step,
            sent_on=today,
            amount=invoice.asked_for,
            sent_to=", ".join(address for _, address in people),
        )
    )
    session.flush()
    events.record(
        session,
        SYSTEM,
        Act.REMINDER_SEND,
        invoice.id,
        organisation_id=invoice.issuer_id,
        also=[invoice.buyer_id],
        number=invoice.number,
        step=step,
    )
    assert invoice.due_on, "an unpaid invoice was issued"
    files = (
        [mail.Attached(f"{invoice.number}.pdf", invoice.document_sha256)] if invoice.document_sha256 else []
    )
    late = (today - invoice.due_on).days
    when = f"is due on {clock_day(invoice)}" if late <= 0 else f"was due on {clock_day(invoice)}"
    for name, address in people:
        mail.write(
            session,
            address,
            f"Invoice {invoice.number} from {invoice.issuer_name} {when}",
            "reminders_sent.txt",
            person_name=name,
            files=files,
            invoice=invoice,
            step=step,
            late=late,
            settlement=queries.open_settlement(session, invoice.id),
            answers=readers_at(session, invoice.issuer),
        )


def clock_day(invoice: Invoice) -> str:
    """The day on which an invoice is due, as people write it."""
    assert invoice.due_on, "an unpaid invoice was issued"
    return f"{invoice.due_on.day} {invoice.due_on:%B %Y}"


def hold_reminders(actor: Actor, invoice_id: uuid.UUID, reason: str) -> None:
    """Remind nobody of an invoice until it is released. Sent twice, it is held once. Raises RuleBroken."""
    with transaction() as session:
        invoice = queries.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.REMINDER_HOLD, invoice.issuer_id)
        if session.get(ReminderHold, invoice.id) is not None:
            return
        kept = rules.check_reason(reason)
        assert actor.person_id, "people hold reminders"
        session.add(
            ReminderHold(invoice_id=invoice.id, reason=kept, held_by=actor.person_id, held_at=clock.now())
        )
        session.flush()
        events.record(
            session,
            actor,
            Act.REMINDER_HOLD,
            invoice.id,
            organisation_id=invoice.issuer_id,
            number=invoice.number,
            reason=kept,
        )


def release_reminders(actor: Actor, invoice_id: uuid.UUID) -> None:
    """Remind of an invoice again. Sent twice, nothing more happens."""
    with transaction() as session:
        invoice = queries.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.REMINDER_RELEASE, invoice.issuer_id)
        hold = session.get(ReminderHold, invoice.id)
        if hold is None:
            return
        session.delete(hold)
        session.flush()
        events.record(
            session,
            actor,
            Act.REMINDER_RELEASE,
            invoice.id,
            organisation_id=invoice.issuer_id,
            number=invoice.number,
        )


def choose_reminders(
    actor: Actor,
    school_id: uuid.UUID,
    version: int,
    *,
    reminds: bool,
    sequence: Sequence,
    charges_interest: bool,
) -> None:
    """Choose for a school whether and when its buyers are reminded, and whether it charges interest.

    `version` is 0 where nothing was chosen before. Raises RuleBroken and Stale.
    """
    with transaction() as session:
        accounts.get_school(session, actor, school_id)
        policy.require(actor, Act.REMINDER_CHOOSE, school_id)
        rules.check_sequence(sequence)
        choice = queries.choice_of(session, school_id)
        if (choice.version if choice else 0) != version:
            raise Stale(version=choice.version if choice else 0)
        assert actor.person_id, "people choose"
        if choice is None:
            choice = ReminderChoice(school_id=school_id)
            session.add(choice)
        choice.reminds, choice.charges_interest = reminds, charges_interest
        choice.before, choice.first = sequence.before, sequence.first
        choice.second, choice.last = sequence.second, sequence.last
        choice.chosen_by, choice.chosen_at = actor.person_id, clock.now()
        session.flush()
        events.record(
            session,
            actor,
            Act.REMINDER_CHOOSE,
            school_id,
            organisation_id=school_id,
            reminds=reminds,
            interest=charges_interest,
        )
