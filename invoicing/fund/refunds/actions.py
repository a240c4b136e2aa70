"""What people do about refunds. Each locks the fund's row first, as whatever moves its money does."""

from __future__ import annotations

import uuid
from datetime import date

from invoicing.fund import books
from invoicing.fund import queries as funds
from invoicing.fund import rules as fund_rules
from invoicing.fund.refunds import notices, queries, rules
from invoicing.fund.refunds.models import RefundApproval
from invoicing.fund.refunds.rules import Approval, RefundStatus
from invoicing.ledger import actions as ledger
from invoicing.ledger.models import Entry
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO
from marketplace.core.policy import Act, Actor


def approve_refund(actor: Actor, approval_id: uuid.UUID, refund_id: uuid.UUID, school_id: uuid.UUID) -> None:
    """Approve a refund for one's school; the second approval, from another school, makes it payable."""
    with transaction() as session:
        refund = queries.get_refund(session, actor, refund_id, lock=True)
        policy.require(actor, Act.REFUND_APPROVE, school_id)
        if any(approval.id == approval_id for approval in refund.approvals):
            return
        if school_id not in {school.id for school in funds.members(session, refund.fund)}:
            raise RuleBroken("Only somebody from a member school can approve.")
        rules.check_awaits_approval(refund.status)
        approval = Approval(_person(actor), school_id)
        rules.check_approver(refund.school_id, queries.given(refund), approval, actor.school_ids)
        if len(refund.approvals) + 1 == rules.APPROVALS_NEEDED:
            refund.status = rules.move(refund.status, RefundStatus.APPROVED)
        session.add(
            RefundApproval(
                id=approval_id,
                refund_id=refund.id,
                leaver_id=refund.school_id,
                position=len(refund.approvals) + 1,
                person_id=_person(actor),
                school_id=school_id,
                approved_at=clock.now(),
            )
        )
        session.flush()
        if refund.status is RefundStatus.APPROVED:
            notices.ask_for_payment(session, refund)
        events.record(session, actor, Act.REFUND_APPROVE, refund.id, organisation_id=refund.school_id)


def pay_refund(actor: Actor, entry_id: uuid.UUID, refund_id: uuid.UUID, paid_on: date) -> None:
    """Record that an approved refund was paid, out of the share of the school that left and no other."""
    with transaction() as session:
        refund = queries.get_refund(session, actor, refund_id, lock=True)
        policy.require(actor, Act.REFUND_PAY, refund.fund.alliance_id)
        if refund.entry_id == entry_id:
            return
        rules.check_awaits_payment(refund.status, refund.school_id, queries.given(refund))
        approved_at = max(approval.approved_at for approval in refund.approvals)
        fund_rules.check_paid_on(paid_on, approved_at.astimezone(clock.LONDON).date(), clock.today())
        free = books.read_books(session, refund.fund).free_shares(paid_on)
        for pot, part in refund.pots.items():
            rules.check_share(part, free.get(pot, ZERO))
        if session.get(Entry, entry_id):
            raise RuleBroken("This page was used for another payment. Open it again from the start.")
        entry = ledger.post(
            session,
            entry_id,
            posted_on=paid_on,
            description=f"Refund {refund.reference} to {refund.school.name}, which left",
            source_id=refund.id,
            legs=books.refund(refund.fund, refund.pots),
        )
        refund.status = rules.move(refund.status, RefundStatus.PAID)
        refund.entry_id, refund.paid_on = entry.id, paid_on
        session.flush()
        assert all(share >= ZERO for share in books.read_books(session, refund.fund).pots.values())
        notices.tell_paid(session, refund)
        events.record(
            session, actor, Act.REFUND_PAY, refund.id, organisation_id=refund.school_id, paid_on=paid_on
        )


def withdraw_refund(actor: Actor, refund_id: uuid.UUID, reason: str) -> None:
    """Leave a share in the fund, because the school that left has joined again. Sent twice, done once."""
    with transaction() as session:
        refund = queries.get_refund(session, actor, refund_id, lock=True)
        policy.require(actor, Act.REFUND_WITHDRAW, refund.fund.alliance_id)
        if (refund.withdrawn_by, refund.withdrawal_reason) == (actor.person_id, reason.strip()):
            return
        if not reason.strip():
            raise RuleBroken("Say what was agreed with the school.", "reason")
        rules.check_withdrawable(
            belongs_again=queries.belongs(session, refund.fund, refund.school_id), school=refund.school.name
        )
        refund.status = rules.move(refund.status, RefundStatus.WITHDRAWN)
        refund.withdrawn_by, refund.withdrawal_reason = _person(actor), reason.strip()
        session.flush()
        events.record(session, actor, Act.REFUND_WITHDRAW, refund.id, organisation_id=refund.school_id)


def _person(actor: Actor) -> uuid.UUID:
    """Only people act here: the permissions name none of the system's roles."""
    assert actor.person_id
    return actor.person_id
