"""Undoing a match: what it entered is entered the other way round, and the payment waits again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from invoicing.bank import queries
from invoicing.bank import rules as lines
from invoicing.bank.models import BankLine, Receipt
from invoicing.bank.proposals.queries import held
from invoicing.bank.rules import LineStatus
from invoicing.bank.undoing import rules
from invoicing.bank.undoing.models import MatchUndoing
from invoicing.invoices import queries as invoices
from invoicing.invoices.actions import settle
from invoicing.invoices.models import Invoice
from invoicing.ledger.actions import post
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from invoicing.payments.actions import lock_money_of
from invoicing.payments.rules import banks, money_held
from marketplace.alliance.models import School
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.forms import expect_version
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO
from marketplace.core.policy import Act, Actor


def undo_match(actor: Actor, undoing_id: uuid.UUID, line_id: uuid.UUID, version: int, reason: str) -> None:
    """Say that a payment was matched by mistake: its invoices are owed again, and it waits to be matched.

    Nothing is removed: today’s entries turn those of the match round, in both schools' books. The school
    whose invoices are owed again is told. Sent twice, it is undone once. Raises RuleBroken, Stale, NotFound.
    """
    with transaction() as session:
        line = queries.get_line(session, actor, line_id, lock=True)
        policy.require(actor, Act.PAYMENT_UNMATCH, line.school_id)
        if session.get(MatchUndoing, undoing_id) is not None:
            return
        status = lines.move(line.status, LineStatus.WAITING)
        expect_version(line, version)
        why = rules.check_reason(reason)
        assert actor.person_id, "people do this"
        undoing = MatchUndoing(
            id=undoing_id, line_id=line.id, reason=why, undone_by=actor.person_id, undone_at=clock.now()
        )
        session.add(undoing)
        session.flush()
        standing = queries.standing_receipts(line)
        held_invoices = {
            one: invoices.get_invoice(session, actor, one, lock=True) for one in sorted(queries.paid_by(line))
        }
        lock_money_of(session, line.school_id)
        for receipt in standing:
            receipt.undone_entry_id = _take_back(session, receipt, held_invoices[receipt.payment.invoice_id])
            receipt.undoing_id = undoing_id
        _take_back_on_account(session, line)
        payer_id = line.payer_id
        line.status, line.payer_id = status, None
        line.on_account, line.on_account_entry_id = ZERO, None
        line.settled_by, line.settled_at = None, None
        session.flush()
        events.record(
            session, actor, Act.PAYMENT_UNMATCH, line.id, organisation_id=line.school_id, reason=why
        )
        assert payer_id, "a matched line has a payer"
        _tell_payer(session, session.get_one(School, payer_id), line, standing, why)


def _take_back(session: Session, receipt: Receipt, invoice: Invoice) -> uuid.UUID:
    """The invoice is owed again by what the payment had paid of it; the entry that says so."""
    payment = receipt.payment
    bank = banks(invoice.issuer_id, invoice.buyer_id)
    settle(session, invoice, -payment.amount)
    entry = post(
        session,
        new_id(),
        posted_on=clock.today(),
        description=f"Undone: payment of invoice {invoice.number}",
        source_id=invoice.id,
        legs=[
            Leg(
                AccountName(invoice.issuer_id, AccountKind.RECEIVABLE, invoice.buyer_id),
                bank.receiver,
                payment.amount,
            ),
            Leg(
                bank.payer,
                AccountName(invoice.buyer_id, AccountKind.PAYABLE, invoice.issuer_id),
                payment.amount,
            ),
        ],
    )
    return entry.id


def _take_back_on_account(session: Session, line: BankLine) -> None:
    """What was over is on account no more; RuleBroken when it has been used."""
    if not line.on_account:
        return
    assert line.payer_id, "a matched line has a payer"
    rules.check_still_held(line.on_account, held(session, line.school_id, line.payer_id))
    bank, account = banks(line.school_id, line.payer_id), money_held(line.school_id, line.payer_id)
    post(
        session,
        new_id(),
        posted_on=clock.today(),
        description="Undone: paid on account",
        source_id=line.id,
        legs=[
            Leg(account.receiver, bank.receiver, line.on_account),
            Leg(bank.payer, account.payer, line.on_account),
        ],
    )


def _tell_payer(
    session: Session, payer: School, line: BankLine, receipts: Sequence[Receipt], reason: str
) -> None:
    for name, address in invoices.readers_at(session, payer):
        mail.write(
            session,
            address,
            f"{line.school.name} took a payment off your invoices",
            "bank_unmatched.txt",
            person_name=name,
            line=line,
            payments=[receipt.payment for receipt in receipts],
            reason=reason,
        )
