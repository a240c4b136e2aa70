"""Does every document stand in the ledger as it should: once, in the right accounts, with its amounts?

An expectation names some accounts of an entry and by how much it changes each. Where money came from or went
to may be any other account of the same entry: the bank, what was on account, a netting.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from invoicing.bank.models import BankLine, Receipt
from invoicing.bank.proposals.models import PaymentProposal
from invoicing.bank.proposals.rules import ProposalKind, ProposalStatus
from invoicing.fund import books as fund_books
from invoicing.fund.billing.models import ContributionBill
from invoicing.fund.grants.models import Grant
from invoicing.fund.models import Claim, Contribution, ContributionRound
from invoicing.fund.refunds.models import Refund
from invoicing.fund.shares import Pot
from invoicing.incoming.books.actions import charge_of
from invoicing.incoming.books.models import SupplierPosting
from invoicing.incoming.books.rules import legs_of as supplier_legs
from invoicing.incoming.books.rules import payable, spending
from invoicing.incoming.models import SupplierInvoice
from invoicing.incoming.payments.models import SupplierPayment
from invoicing.incoming.payments.rules import Way
from invoicing.incoming.rules import KIND_LABELS
from invoicing.incoming.rules import Kind as SupplierKind
from invoicing.invoices.actions import legs_of
from invoicing.invoices.credit_notes.models import CreditNote
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import SENT
from invoicing.ledger.models import Account
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from invoicing.payments.models import Payment
from invoicing.payments.online.models import OnlineMovement
from invoicing.payments.online.rules import COMES, MOVEMENT_LABELS, MovementKind, at_stripe
from invoicing.payments.rules import money_held
from invoicing.settlement.models import Settlement, SettlementPayment
from invoicing.settlement.rules import clearing
from invoicing.verification.books import sides
from invoicing.verification.rules import Found
from marketplace.core.money import ZERO, Money

AT_ONCE = 500
Changes = Mapping[str, Money]


class Expected(NamedTuple):
    """A document, its entry, and by how much that changes accounts, by their codes: debits positive."""

    record: str
    entry_id: uuid.UUID | None
    changes: Changes


def posted(session: Session, found: Found) -> None:
    """Every document stands in the ledger with its own amounts."""
    for documents in (
        _invoices,
        _credit_notes,
        _payments,
        _online,
        _on_account,
        _undone,
        _proposals,
        _settlements,
        _fund,
        _of_suppliers,
        _to_suppliers,
    ):
        batch: list[Expected] = []
        for expected in documents(session):
            found.counted += 1
            batch.append(expected)
            if len(batch) == AT_ONCE:
                _compare(session, found, batch)
                batch = []
        _compare(session, found, batch)


def _compare(session: Session, found: Found, batch: list[Expected]) -> None:
    moved = sides()
    query = (
        select(moved.c.entry_id, Account.code, moved.c.pence)
        .join(Account, Account.id == moved.c.account_id)
        .where(moved.c.entry_id.in_([one.entry_id for one in batch if one.entry_id]))
    )
    stands: dict[uuid.UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for entry_id, code, pence in session.execute(query):
        stands[entry_id][code] += int(pence)
    for one in batch:
        if one.entry_id is None or one.entry_id not in stands:
            found.differs(one.record, "no entry", "one entry in the ledger")
            continue
        for code, should in one.changes.items():
            found.expect(f"{one.record}, account {code}", Money(stands[one.entry_id][code]), should)


def _of(*legs: Leg) -> Changes:
    changes: dict[str, Money] = defaultdict(lambda: ZERO)
    for leg in legs:
        changes[leg.debit.code] += leg.amount
        changes[leg.credit.code] -= leg.amount
    return changes


def _rows(session: Session, query: Select[Any]) -> Iterator[Any]:
    return iter(session.scalars(query.execution_options(yield_per=AT_ONCE)))


def _invoices(session: Session) -> Iterator[Expected]:
    for one in _rows(session, select(Invoice).where(Invoice.status.in_(SENT)).order_by(Invoice.id)):
        yield Expected(f"Invoice {one.number}", one.id, _of(*legs_of(one, one.net, one.vat)))


def _credit_notes(session: Session) -> Iterator[Expected]:
    query = select(CreditNote).options(joinedload(CreditNote.invoice)).order_by(CreditNote.id)
    for one in _rows(session, query):
        legs = [leg.reversed() for leg in legs_of(one.invoice, one.net, one.vat)]
        yield Expected(f"Credit note {one.number}", one.id, _of(*legs))


def _payments(session: Session) -> Iterator[Expected]:
    query = select(Payment).options(joinedload(Payment.invoice)).order_by(Payment.id)
    for one in _rows(session, query):
        yield Expected(
            f"Payment of {one.amount} for invoice {one.invoice.number}",
            one.entry_id,
            _settled(one.invoice, one.amount),
        )


def _online(session: Session) -> Iterator[Expected]:
    """What went back, was kept or was paid out changes what Stripe holds; what came in is a payment."""
    for one in _rows(session, select(OnlineMovement).order_by(OnlineMovement.id)):
        if one.kind not in COMES:
            amount = one.amount if one.kind is MovementKind.PAYOUT_FAILED else -one.amount
            record = f"{MOVEMENT_LABELS[one.kind]} at Stripe, {one.stripe_id}"
            yield Expected(record, one.id, {at_stripe(one.school_id).code: amount})
        elif one.on_account == one.amount:
            record = f"{one.amount} on account, paid online, {one.stripe_id}"
            yield Expected(record, one.id, {at_stripe(one.school_id).code: one.amount})


def _settled(invoice: Invoice, amount: Money) -> Changes:
    """What both schools' books say about less of an invoice being owed."""
    return {
        AccountName(invoice.issuer_id, AccountKind.RECEIVABLE, invoice.buyer_id).code: -amount,
        AccountName(invoice.buyer_id, AccountKind.PAYABLE, invoice.issuer_id).code: amount,
    }


def _on_account(session: Session) -> Iterator[Expected]:
    for one in _rows(session, select(BankLine).where(BankLine.on_account > ZERO).order_by(BankLine.id)):
        held = money_held(one.school_id, one.payer_id)
        changes = {held.receiver.code: -one.on_account, held.payer.code: one.on_account}
        record = f"{one.on_account} of bank line {one.id} on account"
        yield Expected(record, one.on_account_entry_id, changes)


def _undone(session: Session) -> Iterator[Expected]:
    """A match that was undone: the invoice is owed again by what it had paid."""
    query = (
        select(Receipt)
        .where(Receipt.undoing_id.is_not(None))
        .options(joinedload(Receipt.payment).joinedload(Payment.invoice))
        .order_by(Receipt.payment_id)
    )
    for one in _rows(session, query):
        payment = one.payment
        record = f"Undone payment of {payment.amount} for invoice {payment.invoice.number}"
        yield Expected(record, one.undone_entry_id, _settled(payment.invoice, -payment.amount))


def _proposals(session: Session) -> Iterator[Expected]:
    query = (
        select(PaymentProposal)
        .where(PaymentProposal.status == ProposalStatus.APPROVED)
        .options(joinedload(PaymentProposal.invoice))
        .order_by(PaymentProposal.id)
    )
    for one in _rows(session, query):
        if one.kind is ProposalKind.WRITE_OFF:
            record = f"Write-off of {one.amount} of invoice {one.invoice.number}"
            yield Expected(record, one.entry_id, _settled(one.invoice, one.amount))
        else:
            held = money_held(one.school_id, one.other_id)
            changes = {held.receiver.code: one.amount, held.payer.code: -one.amount}
            yield Expected(f"Repayment {one.id} of {one.amount}", one.entry_id, changes)


def _settlements(session: Session) -> Iterator[Expected]:
    query = (
        select(SettlementPayment, Settlement.reference)
        .join(Settlement, Settlement.id == SettlementPayment.settlement_id)
        .where(SettlementPayment.paid_on.is_not(None))
        .order_by(SettlementPayment.id)
    )
    for one, reference in session.execute(query.execution_options(yield_per=AT_ONCE)):
        cleared = clearing(one.payee_id, one.payer_id, reference)
        changes = {
            AccountName(one.payee_id, AccountKind.BANK).code: one.amount,
            cleared.receiver.code: -one.amount,
            cleared.payer.code: one.amount,
            AccountName(one.payer_id, AccountKind.BANK).code: -one.amount,
        }
        yield Expected(f"Payment {one.reference} of settlement {reference}", one.entry_id, changes)


def _fund(session: Session) -> Iterator[Expected]:
    yield from _contributions(session)
    grants = select(Grant).options(joinedload(Grant.fund)).order_by(Grant.id)
    for one in _rows(session, grants):
        legs = fund_books.grant(one.fund, one.purpose, one.amount)
        yield Expected(f"Grant {one.reference}", one.entry_id, _of(*legs))
    claims = select(Claim).where(Claim.paid_on.is_not(None)).options(joinedload(Claim.fund))
    for one in _rows(session, claims.order_by(Claim.id)):
        changes = {
            fund_books.bank(one.fund).code: -one.amount,
            AccountName(one.school_id, AccountKind.BANK).code: one.amount,
        }
        yield Expected(f"Claim {one.reference}", one.entry_id, changes)
    refunds = (
        select(Refund)
        .where(Refund.paid_on.is_not(None))
        .options(joinedload(Refund.fund), selectinload(Refund.parts))
    )
    for one in _rows(session, refunds.order_by(Refund.id)):
        legs = fund_books.refund(one.fund, one.pots)
        yield Expected(f"Refund {one.reference}", one.entry_id, _of(*legs))


def _contributions(session: Session) -> Iterator[Expected]:
    """What came in by hand, or by an invoice of the school that sends them.

    Of rounds from before purposes were kept apart the share is left out here: which account of it
    was used depends on the day. That all shares together agree with the bank is looked at elsewhere.
    """
    query = (
        select(Contribution, Invoice.issuer_id)
        .outerjoin(ContributionBill, ContributionBill.id == Contribution.entry_id)
        .outerjoin(Invoice, Invoice.id == ContributionBill.invoice_id)
        .where(Contribution.received_on.is_not(None))
        .options(joinedload(Contribution.round).joinedload(ContributionRound.fund))
        .order_by(Contribution.id)
    )
    for one, issuer_id in session.execute(query.execution_options(yield_per=AT_ONCE)):
        fund, pot = one.round.fund, Pot(one.school_id, one.round.purpose)
        if issuer_id is None:
            legs = fund_books.receipt(fund, one.school_id, one.round.purpose, one.due)
        else:
            legs = fund_books.passed_on(fund, pot, issuer_id, one.due)
        changes = dict(_of(*legs))
        if one.days is None:
            del changes[fund_books.share(fund, pot).code]
        yield Expected(f"Contribution {one.round.reference} of {one.due}", one.entry_id, changes)


def _of_suppliers(session: Session) -> Iterator[Expected]:
    """Documents of suppliers that were put into the books, or taken out again.

    What was spent is left out: which account of it was used depends on the contract's category that day. The
    legs of an entry balance, so all of it stands in some account of the school.
    """
    query = (
        select(SupplierPosting, SupplierInvoice)
        .join(SupplierInvoice, SupplierInvoice.id == SupplierPosting.invoice_id)
        .options(selectinload(SupplierInvoice.taxes))
        .order_by(SupplierPosting.entry_id)
        .execution_options(yield_per=AT_ONCE)
    )
    for posting, one in session.execute(query):
        assert one.creditor_id, "what was in the books was owed to somebody"
        owed, spent = payable(one.school_id, one.creditor_id), spending(one.school_id, "")
        legs = supplier_legs(charge_of(one), owed, spent, credit=one.kind is SupplierKind.CREDIT_NOTE)
        stood = [leg.reversed() for leg in legs] if posting.reverses_id else legs
        changes = dict(_of(*stood))
        changes.pop(spent.code, None)
        out = ", taken out of the books" if posting.reverses_id else ""
        yield Expected(
            f"{KIND_LABELS[one.kind]} {one.number} of {one.supplier_name}{out}", posting.entry_id, changes
        )


def _to_suppliers(session: Session) -> Iterator[Expected]:
    query = select(SupplierPayment).options(joinedload(SupplierPayment.invoice)).order_by(SupplierPayment.id)
    for one in _rows(session, query):
        invoice = one.invoice
        amount = one.amount if one.way is Way.PAID else -one.amount
        changes = {
            payable(invoice.school_id, invoice.creditor_id).code: amount,
            AccountName(invoice.school_id, AccountKind.BANK).code: -amount,
        }
        record = f"Payment of {one.amount} for invoice {invoice.number} of {invoice.supplier_name}"
        yield Expected(record, one.entry_id, changes)
        if one.undone_entry_id is not None:
            back = {code: -changed for code, changed in changes.items()}
            yield Expected(f"{record}, undone", one.undone_entry_id, back)
