"""Proposing and deciding, by two people of one school. Approving posts to both schools' books."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from invoicing.bank.proposals import notices, queries, rules
from invoicing.bank.proposals.models import PaymentProposal
from invoicing.bank.proposals.rules import ProposalKind, ProposalStatus
from invoicing.invoices import queries as invoices
from invoicing.invoices.actions import settle
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import UNPAID
from invoicing.ledger.actions import post
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from invoicing.payments.actions import lock_money_of
from invoicing.payments.rules import banks, money_held
from marketplace.alliance.queries import get_school
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.core.policy import Act, Actor


def propose_write_off(
    actor: Actor, proposal_id: uuid.UUID, invoice_id: uuid.UUID, *, amount: Money, reason: str
) -> None:
    """Propose to give up what is still to be paid of an invoice, or some of it. Raises RuleBroken."""
    with transaction() as session:
        invoice = invoices.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.PAYMENT_PROPOSE, invoice.issuer_id)
        if session.get(PaymentProposal, proposal_id) is not None:
            return
        if invoice.status not in UNPAID:
            raise RuleBroken("This invoice is not waiting for money, so there is nothing to write off.")
        rules.check_amount(ProposalKind.WRITE_OFF, amount, invoice.outstanding)
        _propose(
            session,
            actor,
            PaymentProposal(
                id=proposal_id,
                kind=ProposalKind.WRITE_OFF,
                school_id=invoice.issuer_id,
                other_id=invoice.buyer_id,
                invoice_id=invoice.id,
                amount=amount,
                reason=rules.check_reason(reason),
            ),
        )


def propose_repayment(
    actor: Actor,
    proposal_id: uuid.UUID,
    school_id: uuid.UUID,
    other_id: uuid.UUID,
    *,
    amount: Money,
    reason: str,
) -> None:
    """Propose to pay back money that a school keeps on account of another. Raises RuleBroken."""
    with transaction() as session:
        get_school(session, actor, school_id)
        policy.require(actor, Act.PAYMENT_PROPOSE, school_id)
        if session.get(PaymentProposal, proposal_id) is not None:
            return
        rules.check_amount(ProposalKind.REPAYMENT, amount, queries.held(session, school_id, other_id))
        _propose(
            session,
            actor,
            PaymentProposal(
                id=proposal_id,
                kind=ProposalKind.REPAYMENT,
                school_id=school_id,
                other_id=other_id,
                amount=amount,
                reason=rules.check_reason(reason),
            ),
        )


def _propose(session: Session, actor: Actor, proposal: PaymentProposal) -> None:
    if queries.waits(session, proposal.kind, proposal.school_id, proposal.other_id, proposal.invoice_id):
        raise RuleBroken("Such a proposal waits for a second person already. Let it be decided first.")
    assert actor.person_id, "people propose"
    proposal.proposed_by, proposal.proposed_at = actor.person_id, clock.now()
    session.add(proposal)
    session.flush()
    events.record(
        session,
        actor,
        Act.PAYMENT_PROPOSE,
        proposal.id,
        organisation_id=proposal.school_id,
        kind=proposal.kind,
        amount=proposal.amount.pence,
        reason=proposal.reason,
    )


def approve_proposal(actor: Actor, proposal_id: uuid.UUID, paid_on: date | None = None) -> None:
    """Approve as the second person: from now on it stands in both schools' books. Sent twice, once.

    `paid_on` is the day on which a repayment left the bank; today unless given. Raises Forbidden for who
    proposed it, RuleBroken when less is still to be paid, or kept on account, than was proposed.
    """
    with transaction() as session:
        proposal = queries.get_proposal(session, actor, proposal_id, lock=True)
        policy.require(actor, Act.PAYMENT_APPROVE, proposal.school_id)
        rules.check_second_person(actor.person_id, proposal.proposed_by)
        if proposal.status is ProposalStatus.APPROVED:
            return
        status = rules.move(proposal.status, ProposalStatus.APPROVED)
        if proposal.kind is ProposalKind.WRITE_OFF:
            _write_off(session, actor, proposal)
        else:
            _pay_back(session, proposal, paid_on or clock.today())
        proposal.status, proposal.entry_id = status, proposal.id
        proposal.decided_by, proposal.decided_at = actor.person_id, clock.now()
        session.flush()
        events.record(session, actor, Act.PAYMENT_APPROVE, proposal.id, organisation_id=proposal.school_id)
        notices.tell_decided(session, proposal)


def _write_off(session: Session, actor: Actor, proposal: PaymentProposal) -> None:
    """What is given up is spending of the school, and income of the one that does not pay it."""
    assert proposal.invoice_id, "something of an invoice is written off"
    invoice: Invoice = invoices.get_invoice(session, actor, proposal.invoice_id, lock=True)
    rules.check_amount(proposal.kind, proposal.amount, invoice.outstanding)
    issuer, buyer = invoice.issuer_id, invoice.buyer_id
    settle(session, invoice, proposal.amount)
    _post(
        session,
        proposal,
        posted_on=clock.today(),
        description=f"Written off of invoice {invoice.number}",
        source_id=invoice.id,
        legs=[
            Leg(
                AccountName(issuer, AccountKind.EXPENSE),
                AccountName(issuer, AccountKind.RECEIVABLE, buyer),
                proposal.amount,
            ),
            Leg(
                AccountName(buyer, AccountKind.PAYABLE, issuer),
                AccountName(buyer, AccountKind.INCOME),
                proposal.amount,
            ),
        ],
    )


def _pay_back(session: Session, proposal: PaymentProposal, paid_on: date) -> None:
    lock_money_of(session, proposal.school_id)
    rules.check_paid_on(paid_on, proposal.proposed_at.astimezone(clock.LONDON).date(), clock.today())
    rules.check_amount(
        proposal.kind, proposal.amount, queries.held(session, proposal.school_id, proposal.other_id)
    )
    bank = banks(proposal.school_id, proposal.other_id)
    account = money_held(proposal.school_id, proposal.other_id)
    _post(
        session,
        proposal,
        posted_on=paid_on,
        description="Paid back from what was on account",
        source_id=proposal.id,
        legs=[
            Leg(account.receiver, bank.receiver, proposal.amount),
            Leg(bank.payer, account.payer, proposal.amount),
        ],
    )


def _post(
    session: Session,
    proposal: PaymentProposal,
    *,
    posted_on: date,
    description: str,
    source_id: uuid.UUID,
    legs: Sequence[Leg],
) -> None:
    post(session, proposal.id, posted_on=posted_on, description=description, source_id=source_id, legs=legs)


def refuse_proposal(actor: Actor, proposal_id: uuid.UUID, reason: str) -> None:
    """Refuse as the second person, with a reason; nothing is posted. Sent twice, it is refused once."""
    with transaction() as session:
        proposal = queries.get_proposal(session, actor, proposal_id, lock=True)
        policy.require(actor, Act.PAYMENT_REFUSE, proposal.school_id)
        rules.check_second_person(actor.person_id, proposal.proposed_by)
        if proposal.status is ProposalStatus.REFUSED:
            return
        proposal.status = rules.move(proposal.status, ProposalStatus.REFUSED)
        proposal.refusal_reason = rules.check_reason(reason)
        proposal.decided_by, proposal.decided_at = actor.person_id, clock.now()
        session.flush()
        events.record(
            session,
            actor,
            Act.PAYMENT_REFUSE,
            proposal.id,
            organisation_id=proposal.school_id,
            reason=proposal.refusal_reason,
        )
        notices.tell_decided(session, proposal)
