"""What people do with the Partnership Fund. Each locks the fund's row first, so that they take turns."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.fund import books, notices, queries, rules, shares
from invoicing.fund.billing import drafting
from invoicing.fund.billing.queries import waiting_bill
from invoicing.fund.billing.rules import check_by_hand
from invoicing.fund.budgets import queries as budgets
from invoicing.fund.models import Claim, ClaimApproval, Contribution, ContributionRound, Fund
from invoicing.fund.rules import Approval, ClaimStatus, ContributionStatus, Proposal, Wish
from invoicing.ledger import actions as ledger
from invoicing.ledger.models import Entry
from marketplace.alliance.decisions import confirming
from marketplace.alliance.decisions.models import Confirmation
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.delegation.queries import band_for
from marketplace.alliance.models import Organisation
from marketplace.core import clock, documents, events, moves, policy
from marketplace.core.db import transaction
from marketplace.core.documents import Upload
from marketplace.core.errors import NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id, next_reference
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Act, Actor


def open_fund(actor: Actor, fund_id: uuid.UUID, alliance_id: uuid.UUID, name: str, opened_on: date) -> None:
    """Open an alliance's Partnership Fund; it holds nothing yet."""
    with transaction() as session:
        if alliance_id not in actor.alliance_ids:
            raise NotFound
        session.execute(
            select(Organisation.id).where(Organisation.id == alliance_id).with_for_update(key_share=True)
        )
        policy.require(actor, Act.FUND_OPEN, alliance_id)
        if session.get(Fund, fund_id):
            return
        if session.scalar(select(Fund.id).where(Fund.alliance_id == alliance_id)):
            raise RuleBroken("This alliance has a Partnership Fund already; an alliance has one.")
        rules.check_not_in_future(opened_on, clock.today(), "opened_on")
        fund = Fund(
            id=fund_id, alliance_id=alliance_id, name=name, opened_on=opened_on, opened_by=_person(actor)
        )
        session.add(fund)
        session.flush()
        events.record(session, actor, Act.FUND_OPEN, fund.id, organisation_id=alliance_id)


def propose_contributions(
    actor: Actor, round_id: uuid.UUID, fund_id: uuid.UUID, proposal: Proposal, seen: str
) -> None:
    """Ask schools for a total, each in proportion to its pupils; their governing bodies decide.

    `seen` is the fingerprint of the shares that the coordinator was shown. Raises Stale when they
    have changed since.
    """
    with transaction() as session:
        fund = queries.get_fund(session, actor, fund_id, lock=True)
        policy.require(actor, Act.CONTRIBUTION_PROPOSE, fund.alliance_id)
        if session.get(ContributionRound, round_id):
            return
        shares = queries.proposed_shares(session, fund, proposal)
        if rules.fingerprint(proposal, {share.school_id: share.amount for share in shares}) != seen:
            raise Stale("The schools' shares have changed since you looked at them.")
        now = clock.now()
        session.add(
            ContributionRound(
                id=round_id,
                reference=next_reference(session, "FR", now),
                fund_id=fund.id,
                title=proposal.title,
                total=Money.total(share.amount for share in shares),
                rate=proposal.rate,
                year_start=proposal.year_start,
                year_end=proposal.year_end,
                purpose=proposal.purpose,
                proposed_by=_person(actor),
                proposed_at=now,
            )
        )
        session.flush()
        session.add_all(
            Contribution(
                id=new_id(),
                round_id=round_id,
                school_id=share.school_id,
                pupils=share.asked.pupils,
                level=share.asked.level,
                days=share.asked.days,
                of_days=share.asked.of_days,
                amount=share.amount,
            )
            for share in shares
        )
        session.flush()
        notices.ask_governing_bodies(session, queries.get_round(session, actor, round_id))
        events.record(session, actor, Act.CONTRIBUTION_PROPOSE, round_id, organisation_id=fund.alliance_id)


def confirm_contribution(
    actor: Actor,
    contribution_id: uuid.UUID,
    minute_reference: str,
    minuted_on: date,
    *,
    own_budget: bool,
    confirmation_id: uuid.UUID | None = None,
    expires_on: date | None = None,
    document: Upload | None = None,
) -> None:
    """Say that the school's governing body has agreed to its contribution, and where that is minuted.

    `own_budget` says that none of it was raised by the school's parents' association; it never may be.
    A contribution whose confirmation has ended is confirmed anew.
    """
    with transaction() as session:
        contribution = queries.get_contribution(session, actor, contribution_id, lock=True)
        policy.require(actor, Act.CONTRIBUTION_CONFIRM, contribution.school_id)
        if _is_said(contribution.confirmation, actor, minute_reference, minuted_on):
            return
        rules.check_source(own_budget=own_budget)
        again = contribution.status is ContributionStatus.CONFIRMED and queries.needs_confirming(
            contribution, clock.today()
        )
        confirmation = confirming.confirm(
            session,
            actor,
            confirmation_id or new_id(),
            school_id=contribution.school_id,
            subject=Subject.CONTRIBUTION,
            subject_id=contribution.id,
            minute_reference=minute_reference,
            minuted_on=minuted_on,
            expires_on=expires_on,
            document=document,
        )
        contribution.confirmation = confirmation
        if not again:
            contribution.status = moves.move(
                rules.CONTRIBUTION_MOVES, contribution.status, ContributionStatus.CONFIRMED
            )
        session.flush()
        drafting.draft(session, contribution)
        if bill := waiting_bill(session, contribution.id):
            notices.ask_to_issue(session, contribution, bill.invoice)
        else:
            notices.ask_for_transfer(session, contribution)
        events.record(
            session,
            actor,
            Act.CONTRIBUTION_CONFIRM,
            contribution.id,
            organisation_id=contribution.school_id,
            minute=minute_reference,
        )


def _is_said(found: Confirmation | None, actor: Actor, minute_reference: str, minuted_on: date) -> bool:
    """Did this person just record this very minute, by a second click on the same button?"""
    if found is None or found.withdrawn_at is not None:
        return False
    said = (found.recorded_by, found.minute_reference, found.minuted_on)
    return said == (actor.person_id, minute_reference, minuted_on)


def receive_contribution(
    actor: Actor, entry_id: uuid.UUID, contribution_id: uuid.UUID, received_on: date
) -> None:
    """Record that a confirmed contribution has come into the fund's bank account."""
    with transaction() as session:
        contribution = queries.get_contribution(session, actor, contribution_id, lock=True)
        fund = contribution.round.fund
        policy.require(actor, Act.CONTRIBUTION_RECEIVE, fund.alliance_id)
        if contribution.entry_id == entry_id:
            return
        rules.check_awaits_receipt(contribution.status, contribution.school.name)
        bill = waiting_bill(session, contribution.id)
        check_by_hand(bill.invoice.status if bill else None, contribution.school.name)
        confirmation = confirming.require_live(
            session,
            school_id=contribution.school_id,
            school=contribution.school.name,
            subject=Subject.CONTRIBUTION,
            subject_id=contribution.id,
            on=received_on,
        )
        rules.check_received_on(received_on, confirmation.minuted_on, clock.today())
        _check_unused(session, entry_id)
        entry = ledger.post(
            session,
            entry_id,
            posted_on=received_on,
            description=f"Contribution {contribution.round.reference} of {contribution.school.name}",
            source_id=contribution.id,
            legs=books.receipt(fund, contribution.school_id, contribution.round.purpose, contribution.due),
        )
        contribution.status = moves.move(
            rules.CONTRIBUTION_MOVES, contribution.status, ContributionStatus.RECEIVED
        )
        contribution.entry_id, contribution.received_on = entry.id, received_on
        session.flush()
        events.record(
            session,
            actor,
            Act.CONTRIBUTION_RECEIVE,
            contribution.id,
            organisation_id=contribution.school_id,
            received_on=received_on,
        )


def make_claim(
    actor: Actor,
    claim_id: uuid.UUID,
    fund_id: uuid.UUID,
    wish: Wish,
    evidence: Upload,
) -> None:
    """Ask the fund to pay for work or goods, with evidence. It can never be more than the fund holds."""
    with transaction() as session:
        fund = queries.get_fund(session, actor, fund_id, lock=True)
        policy.require(actor, Act.CLAIM_MAKE, wish.school_id)
        if session.get(Claim, claim_id):
            return
        if wish.school_id not in {school.id for school in queries.members(session, fund)}:
            raise RuleBroken("Only a member school can claim.", "school")
        available = shares.held_for(books.spendable(session, fund, clock.today()), wish.purpose)
        shares.check_within(wish.amount, available, wish.purpose, "amount")
        budgets.check_claim(session, fund, wish.purpose, wish.amount)
        file = documents.keep(session, evidence, field="evidence", endings=rules.EVIDENCE_ENDINGS)
        now = clock.now()
        band = band_for(session, wish.school_id, wish.amount)
        claim = Claim(
            id=claim_id,
            reference=next_reference(session, "FC", now),
            fund_id=fund.id,
            school_id=wish.school_id,
            title=wish.title,
            purpose=wish.purpose,
            amount=wish.amount,
            evidence_sha256=file.sha256,
            evidence_name=documents.plain_name(evidence.name),
            made_by=_person(actor),
            made_at=now,
            status=ClaimStatus.AT_SCHOOL if band else ClaimStatus.SUBMITTED,
            approver=band.approver if band else None,
        )
        session.add(claim)
        session.flush()
        if band is None:
            notices.ask_for_approval(session, claim)
        elif queries.waits_for_governors(session, claim):
            notices.ask_to_confirm(session, claim)
        else:
            notices.ask_own_school(session, claim)
        events.record(session, actor, Act.CLAIM_MAKE, claim.id, organisation_id=claim.school_id)


def release_claim(actor: Actor, claim_id: uuid.UUID) -> None:
    """Approve one's own school's claim by its ladder; from then on two other schools decide on it."""
    with transaction() as session:
        claim = queries.get_claim(session, actor, claim_id, lock=True)
        policy.require(actor, Act.CLAIM_RELEASE, claim.school_id)
        if claim.released_by == actor.person_id:
            return
        queries.check_releaser(session, actor, claim)
        queries.check_confirmed(session, claim)
        claim.status = moves.move(rules.CLAIM_MOVES, claim.status, ClaimStatus.SUBMITTED)
        claim.released_by, claim.released_at = _person(actor), clock.now()
        session.flush()
        notices.ask_for_approval(session, claim)
        events.record(session, actor, Act.CLAIM_RELEASE, claim.id, organisation_id=claim.school_id)


def approve_claim(actor: Actor, approval_id: uuid.UUID, claim_id: uuid.UUID, school_id: uuid.UUID) -> None:
    """Approve a claim for one's school; the second approval, from another school, makes it payable."""
    with transaction() as session:
        claim = queries.get_claim(session, actor, claim_id, lock=True)
        policy.require(actor, Act.CLAIM_APPROVE, school_id)
        if any(approval.id == approval_id for approval in claim.approvals):
            return
        if school_id not in {school.id for school in queries.members(session, claim.fund)}:
            raise RuleBroken("Only somebody from a member school can approve.")
        rules.check_awaits_approval(claim.status)
        rules.check_approver(queries.case_of(claim), Approval(_person(actor), school_id), actor.school_ids)
        budgets.check_approval(session, claim)
        if len(claim.approvals) + 1 == rules.APPROVALS_NEEDED:
            claim.status = moves.move(rules.CLAIM_MOVES, claim.status, ClaimStatus.APPROVED)
        session.add(
            ClaimApproval(
                id=approval_id,
                claim_id=claim.id,
                claimant_id=claim.school_id,
                position=len(claim.approvals) + 1,
                person_id=_person(actor),
                school_id=school_id,
                approved_at=clock.now(),
            )
        )
        session.flush()
        if claim.status is ClaimStatus.APPROVED:
            notices.ask_for_payment(session, claim)
        events.record(session, actor, Act.CLAIM_APPROVE, claim.id, organisation_id=claim.school_id)


def refuse_claim(actor: Actor, claim_id: uuid.UUID, reason: str) -> None:
    """Refuse a claim that has not been paid, and say why.

    While it waits in its own school, the school's own approver refuses it; afterwards another school does.
    """
    with transaction() as session:
        claim = queries.get_claim(session, actor, claim_id, lock=True)
        members = queries.members(session, claim.fund)
        policy.require(actor, Act.CLAIM_REFUSE, *(school.id for school in members))
        if (claim.refused_by, claim.refusal_reason) == (actor.person_id, reason):
            return
        if claim.status is ClaimStatus.AT_SCHOOL:
            queries.check_releaser(session, actor, claim)
        else:
            rules.check_outsider(claim.school_id, actor.school_ids)
        claim.status = moves.move(rules.CLAIM_MOVES, claim.status, ClaimStatus.REFUSED)
        claim.refusal_reason, claim.refused_by, claim.refused_at = reason, _person(actor), clock.now()
        session.flush()
        notices.tell_refused(session, claim)
        events.record(session, actor, Act.CLAIM_REFUSE, claim.id, organisation_id=claim.school_id)


def pay_claim(actor: Actor, entry_id: uuid.UUID, claim_id: uuid.UUID, paid_on: date) -> None:
    """Record that an approved claim was paid. Each share bears its part, and none more than it holds."""
    with transaction() as session:
        claim = queries.get_claim(session, actor, claim_id, lock=True)
        policy.require(actor, Act.CLAIM_PAY, claim.fund.alliance_id)
        if claim.entry_id == entry_id:
            return
        rules.check_awaits_payment(claim.status, queries.case_of(claim))
        approved_at = max(approval.approved_at for approval in claim.approvals)
        rules.check_paid_on(paid_on, approved_at.astimezone(clock.LONDON).date(), clock.today())
        borne = shares.bear(claim.amount, books.spendable(session, claim.fund, paid_on), claim.purpose)
        _check_unused(session, entry_id)
        entry = ledger.post(
            session,
            entry_id,
            posted_on=paid_on,
            description=f"Claim {claim.reference} of {claim.school.name}",
            source_id=claim.id,
            legs=books.payment(claim.fund, claim.school_id, borne),
        )
        claim.status = moves.move(rules.CLAIM_MOVES, claim.status, ClaimStatus.PAID)
        claim.entry_id, claim.paid_on = entry.id, paid_on
        session.flush()
        assert all(share >= ZERO for share in books.read_books(session, claim.fund).pots.values())
        notices.tell_paid(session, claim)
        events.record(
            session, actor, Act.CLAIM_PAY, claim.id, organisation_id=claim.school_id, paid_on=paid_on
        )


def _person(actor: Actor) -> uuid.UUID:
    """Only people act here: the permissions name none of the system's roles."""
    assert actor.person_id
    return actor.person_id


def _check_unused(session: Session, entry_id: uuid.UUID) -> None:
    """Raise RuleBroken when an entry has this id already: it was made from another page."""
    if session.get(Entry, entry_id):
        raise RuleBroken("This page was used for another payment. Open it again from the start.")
