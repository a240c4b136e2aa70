"""Recording what a school paid its suppliers, by hand or from its bank statement, and undoing a mistake."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from invoicing.bank import queries as bank
from invoicing.bank.models import BankLine
from invoicing.bank.rules import LONGEST_REFERENCE, LineStatus
from invoicing.incoming import queries as incoming
from invoicing.incoming.books.actions import settle
from invoicing.incoming.books.rules import payable
from invoicing.incoming.models import SupplierInvoice
from invoicing.incoming.payments import queries, rules
from invoicing.incoming.payments.models import SupplierPayment
from invoicing.incoming.payments.rules import Way
from invoicing.ledger.actions import post
from invoicing.ledger.periods.queries import open_day
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Act, Actor


def record_payment(
    actor: Actor,
    payment_id: uuid.UUID,
    invoice_id: uuid.UUID,
    *,
    way: Way,
    paid_on: date,
    amount: Money,
    reference: str,
) -> None:
    """Record, as somebody else than who accepted it, what was paid of an invoice, or came back of it.

    Sent twice, it is recorded once. Raises RuleBroken, among others when the books are closed on that day.
    """
    with transaction() as session:
        invoice = incoming.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.SUPPLIER_PAYMENT_RECORD, invoice.school_id)
        known = session.get(SupplierPayment, payment_id)
        if known is not None:
            if known.invoice_id != invoice_id:
                raise NotFound
            return
        rules.check_second_person(actor.person_id, invoice.decided_by)
        rules.check_day(paid_on, clock.today())
        _pay(
            session, actor, invoice, payment_id, way=way, paid_on=paid_on, amount=amount, reference=reference
        )


def match_line(actor: Actor, line_id: uuid.UUID, invoice_ids: Collection[uuid.UUID], left: Money) -> Money:
    """Record what went out with a line of the bank's statement as paid for suppliers' invoices.

    The one to be paid first is paid in full before the next. `left` is what the page said was not matched
    yet: a second click finds it changed and is refused. Dated as `match_payment` dates what came in. Returns
    how much was laid on invoices. Raises RuleBroken (field `invoices`), NotFound.
    """
    with transaction() as session:
        line = _outgoing(session, actor, line_id)
        present = queries.left_of(line, queries.standing_of_line(session, line.id))
        if present != left:
            raise RuleBroken(
                f"{present} of this money is not matched now, not {left}. Look at it again before you record "
                "it.",
                "invoices",
            )
        locked = [incoming.get_invoice(session, actor, one, lock=True) for one in sorted(set(invoice_ids))]
        if any(one.school_id != line.school_id or not one.outstanding for one in locked):
            raise RuleBroken(
                "One of these invoices is not to be paid any more. Choose others.",
                "invoices",
            )
        by_id = {one.id: one for one in locked}
        laid = rules.lay(present, queries.as_payables(locked))
        posted_on = open_day(session, {line.school_id}, line.booked_on)
        for part, amount in laid:
            _pay(
                session,
                actor,
                by_id[part.id],
                new_id(),
                way=Way.PAID,
                paid_on=posted_on,
                amount=amount,
                reference=line.reference[:LONGEST_REFERENCE],
                line=line,
            )
        return Money.total(amount for _, amount in laid)


def _outgoing(session: Session, actor: Actor, line_id: uuid.UUID) -> BankLine:
    """A line on which money went out, locked. Raises NotFound."""
    line = bank.get_line(session, actor, line_id, lock=True)
    policy.require(actor, Act.SUPPLIER_PAYMENT_MATCH, line.school_id)
    if line.status is not LineStatus.OUTGOING:
        raise NotFound
    return line


def _pay(
    session: Session,
    actor: Actor,
    invoice: SupplierInvoice,
    payment_id: uuid.UUID,
    *,
    way: Way,
    paid_on: date,
    amount: Money,
    reference: str,
    line: BankLine | None = None,
) -> None:
    """Count money as paid of an invoice that is locked, or as come back, and post it. Raises RuleBroken."""
    rules.check_amount(way, amount, invoice.outstanding, invoice.owed_back)
    assert actor.person_id, "people record payments"
    words = "Payment of" if way is Way.PAID else "Paid back of"
    entry_id = _post(
        session, invoice, f"{words} invoice {invoice.number}", paid_on, _leg(invoice, way, amount)
    )
    session.add(
        SupplierPayment(
            id=payment_id,
            invoice_id=invoice.id,
            way=way,
            paid_on=paid_on,
            amount=amount,
            reference=reference.strip(),
            line_id=line.id if line else None,
            entry_id=entry_id,
            recorded_by=actor.person_id,
            recorded_at=clock.now(),
        )
    )
    settle(session, invoice, amount if way is Way.PAID else -amount)
    act = Act.SUPPLIER_PAYMENT_MATCH if line else Act.SUPPLIER_PAYMENT_RECORD
    events.record(
        session,
        actor,
        act,
        payment_id,
        organisation_id=invoice.school_id,
        number=invoice.number,
        pence=amount.pence,
    )


def undo_payment(actor: Actor, payment_id: uuid.UUID, reason: str) -> None:
    """Say that a payment was recorded by mistake: today's entry turns it round, and it is owed again.

    Sent twice, it is undone once. Raises RuleBroken.
    """
    with transaction() as session:
        found = queries.get_payment(session, actor, payment_id)
        policy.require(actor, Act.SUPPLIER_PAYMENT_UNDO, found.invoice.school_id)
        invoice = incoming.get_invoice(session, actor, found.invoice_id, lock=True)
        session.refresh(found)
        if found.undone_by is not None:
            return
        why = rules.check_reason(reason)
        assert actor.person_id, "people undo payments"
        leg = _leg(invoice, found.way, found.amount).reversed()
        words = f"Undone: payment of invoice {invoice.number}"
        found.undone_entry_id = _post(session, invoice, words, clock.today(), leg)
        found.undone_by, found.undone_at, found.undone_reason = actor.person_id, clock.now(), why
        settle(session, invoice, -found.amount if found.way is Way.PAID else found.amount)
        events.record(
            session,
            actor,
            Act.SUPPLIER_PAYMENT_UNDO,
            payment_id,
            organisation_id=invoice.school_id,
            number=invoice.number,
            reason=why,
        )


def _leg(invoice: SupplierInvoice, way: Way, amount: Money) -> Leg:
    """From the bank to the supplier, or back."""
    assert invoice.creditor_id, "what can be paid is owed to somebody"
    bank_account = AccountName(invoice.school_id, AccountKind.BANK)
    leg = Leg(payable(invoice.school_id, invoice.creditor_id), bank_account, amount)
    return leg if way is Way.PAID else leg.reversed()


def _post(session: Session, invoice: SupplierInvoice, words: str, day: date, leg: Leg) -> uuid.UUID:
    entry = post(
        session,
        new_id(),
        posted_on=day,
        description=f"{words} of {invoice.supplier_name}",
        source_id=invoice.id,
        legs=[leg],
    )
    return entry.id
