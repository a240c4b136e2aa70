"""Questions about money on account and what was proposed, scoped to the people of the school."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from invoicing.bank.proposals.models import PaymentProposal
from invoicing.bank.proposals.rules import ProposalKind, ProposalStatus
from invoicing.ledger import queries as ledger
from invoicing.ledger.models import Account
from invoicing.ledger.rules import AccountKind
from invoicing.payments.rules import ON_ACCOUNT, money_held
from marketplace.alliance.models import Membership, School
from marketplace.core.errors import NotFound
from marketplace.core.money import ZERO, Money
from marketplace.core.permissions.permission import MANAGERS
from marketplace.core.policy import POLICY, Act, Actor, Kind, Role
from marketplace.core.web import Task


def schools_of(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools whose proposals this actor reads as one of their own people."""
    return actor.organisations(Kind.SCHOOL, *MANAGERS)


def reads_proposals(actor: Actor) -> bool:
    """May this actor read any school's proposals?"""
    return bool(schools_of(actor) or actor.organisations(Kind.ALLIANCE, Role.AUDITOR))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Proposals this actor may read: of their own schools, and of those that they audit."""
    audited = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE, Role.AUDITOR))
    )
    return or_(PaymentProposal.school_id.in_(schools_of(actor)), PaymentProposal.school_id.in_(audited))


def get_proposal(
    session: Session, actor: Actor, proposal_id: uuid.UUID, *, lock: bool = False
) -> PaymentProposal:
    """A proposal the actor may read. Raises NotFound."""
    query = select(PaymentProposal).where(PaymentProposal.id == proposal_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=PaymentProposal)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def proposals(session: Session, actor: Actor) -> Sequence[PaymentProposal]:
    """What was proposed, what waits first, then the newest."""
    query = (
        select(PaymentProposal)
        .where(visible_to(actor))
        .options(
            joinedload(PaymentProposal.school),
            joinedload(PaymentProposal.other),
            joinedload(PaymentProposal.proposer),
            joinedload(PaymentProposal.invoice),
        )
        .order_by((PaymentProposal.status != ProposalStatus.PROPOSED), PaymentProposal.proposed_at.desc())
    )
    return session.scalars(query).all()


def waits(
    session: Session,
    kind: ProposalKind,
    school_id: uuid.UUID,
    other_id: uuid.UUID,
    invoice_id: uuid.UUID | None,
) -> bool:
    """Does a proposal like this wait for a second person already?"""
    query = select(PaymentProposal.id).where(
        PaymentProposal.kind == kind,
        PaymentProposal.status == ProposalStatus.PROPOSED,
        PaymentProposal.school_id == school_id,
        PaymentProposal.other_id == other_id,
    )
    if invoice_id is not None:
        query = query.where(PaymentProposal.invoice_id == invoice_id)
    return session.scalar(query.limit(1)) is not None


def held(session: Session, school_id: uuid.UUID, other_id: uuid.UUID) -> Money:
    """What a school keeps on account of another: paid too much, or too early."""
    return -ledger.balance(session, money_held(school_id, other_id).receiver)


@dataclass(frozen=True, slots=True)
class Held:
    """Money that a school keeps on account of another."""

    school_id: uuid.UUID
    school: str
    other_id: uuid.UUID
    other: str
    amount: Money


def on_account(session: Session, actor: Actor) -> list[Held]:
    """All that the actor's schools keep on account of others, by name."""
    query = select(Account.holder_id, Account.counterparty_id).where(
        Account.holder_id.in_(schools_of(actor)),
        Account.kind == AccountKind.PAYABLE,
        Account.purpose == ON_ACCOUNT,
    )
    found = []
    for school_id, other_id in session.execute(query):
        assert other_id, "money on account is another school’s"
        amount = held(session, school_id, other_id)
        if amount > ZERO:
            names = (session.get_one(School, school_id).name, session.get_one(School, other_id).name)
            found.append(Held(school_id, names[0], other_id, names[1], amount))
    return sorted(found, key=lambda one: (one.school, one.other))


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Proposals that wait for this actor as the second person."""
    deciding = actor.organisations(Kind.SCHOOL, *POLICY[Act.PAYMENT_APPROVE].roles)
    if not deciding:
        return []
    query = (
        select(PaymentProposal)
        .where(
            PaymentProposal.school_id.in_(deciding),
            PaymentProposal.status == ProposalStatus.PROPOSED,
            PaymentProposal.proposed_by != actor.person_id,
        )
        .options(joinedload(PaymentProposal.proposer), joinedload(PaymentProposal.other))
        .order_by(PaymentProposal.proposed_at)
    )
    return [
        Task(
            f"Decide whether to {in_words(one)}",
            url_for("bank.decide", proposal_id=one.id),
            f"{one.proposer.name} proposes it.",
        )
        for one in session.scalars(query)
    ]


def in_words(proposal: PaymentProposal) -> str:
    """What is proposed: "write off £20.00 of invoice 990101-2026-0004"."""
    if proposal.invoice is not None:
        return f"write off {proposal.amount} of invoice {proposal.invoice.number}"
    return f"pay {proposal.amount} back to {proposal.other.name}"
