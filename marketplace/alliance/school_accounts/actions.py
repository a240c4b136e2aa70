"""Approving and stopping a change of a school's bank account, and putting it into force."""

from __future__ import annotations

import uuid

from marketplace.alliance import queries as alliance
from marketplace.alliance.school_accounts import notices, queries, rules
from marketplace.alliance.school_accounts.rules import ChangeStatus
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.forms import expect_version
from marketplace.core.policy import SYSTEM, Act, Actor


def approve_account(actor: Actor, school_id: uuid.UUID, version: int) -> None:
    """Approve the account that a colleague proposed; it holds in a day.

    Raises NotFound, Forbidden, RuleBroken, Stale.
    """
    assert actor.person_id, "accounts are approved by people"
    with transaction() as session:
        school = alliance.get_school(session, actor, school_id, lock=True)
        change = queries.get_open(session, actor, school_id, lock=True)
        policy.require(actor, Act.SCHOOL_APPROVE_ACCOUNT, school_id)
        expect_version(change, version)
        rules.check_second(
            queries.seconds(session, school_id), change.proposed_by, change.proposed_at, actor.person_id
        )
        change.status = rules.move(change.status, ChangeStatus.APPROVED)
        change.approved_by, change.approved_at = actor.person_id, clock.now()
        change.holds_from = change.approved_at + rules.TAKES
        session.flush()
        events.record(
            session,
            actor,
            Act.SCHOOL_APPROVE_ACCOUNT,
            change.id,
            organisation_id=school_id,
            holds_from=change.holds_from.isoformat(),
        )
        notices.write(session, change, notices.told_of(session, school), "changes in 24 hours", by=actor.name)


def stop_account(actor: Actor, school_id: uuid.UUID, version: int, reason: str) -> None:
    """Stop a change before it holds. Raises NotFound, Forbidden, RuleBroken, Stale."""
    with transaction() as session:
        school = alliance.get_school(session, actor, school_id, lock=True)
        change = queries.get_open(session, actor, school_id, lock=True)
        policy.require(actor, Act.SCHOOL_STOP_ACCOUNT, school_id)
        expect_version(change, version)
        change.stop_reason = rules.check_reason(reason)
        change.status = rules.move(change.status, ChangeStatus.STOPPED)
        change.stopped_by, change.stopped_at = actor.person_id, clock.now()
        session.flush()
        events.record(
            session,
            actor,
            Act.SCHOOL_STOP_ACCOUNT,
            change.id,
            organisation_id=school_id,
            reason=change.stop_reason,
        )
        notices.write(session, change, notices.told_of(session, school), "does not change", by=actor.name)


def put_accounts_into_force() -> int:
    """Let every approved account hold whose day has passed; returns how many."""
    with transaction() as session:
        policy.require(SYSTEM, Act.SCHOOL_CHANGE_ACCOUNT)
        now = clock.database_now(session)
        due = queries.due(session, now)
        for change in due:
            school = change.school
            told = notices.told_of(session, school)
            school.account_name, school.sort_code = change.account_name, change.sort_code
            school.account_number = change.account_number
            change.status = rules.move(change.status, ChangeStatus.IN_FORCE)
            change.in_force_at = now
            session.flush()
            events.record(
                session, SYSTEM, Act.SCHOOL_CHANGE_ACCOUNT, change.id, organisation_id=change.school_id
            )
            notices.write(session, change, told, "has changed")
        return len(due)
