"""The steps of a change of a bank account that the action on a school's details shares."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.alliance.models import School
from marketplace.alliance.school_accounts import notices, queries
from marketplace.alliance.school_accounts.models import SchoolAccountChange
from marketplace.core import clock, events, policy
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.policy import Act, Actor

FIELDS = ("account_name", "sort_code", "account_number")


def propose(
    session: Session, actor: Actor, school: School, account: tuple[str, str, str], told: dict[str, str]
) -> None:
    """Let another account wait for a second person and a day; sent twice, proposed once. A shared step.

    `told` is who heard of the account before anything else was changed. Raises Forbidden, and RuleBroken
    while another change is under way.
    """
    assert actor.person_id, "accounts are proposed by people"
    policy.require(actor, Act.SCHOOL_PROPOSE_ACCOUNT, school.id)
    waiting = queries.open_change(session, school.id)
    if waiting is not None:
        if (waiting.account_name, waiting.sort_code, waiting.account_number) == account:
            return
        raise RuleBroken(
            "Another change of the bank account is under way. Stop it on the page of the bank account, or "
            "wait until it holds.",
            "account_number",
        )
    if not all(account):
        raise RuleBroken("Enter the new account: a school that has one keeps one.", "account_number")
    change = SchoolAccountChange(
        id=new_id(), school=school, proposed_by=actor.person_id, proposed_at=clock.now()
    )
    change.account_name, change.sort_code, change.account_number = account
    session.add(change)
    session.flush()
    events.record(session, actor, Act.SCHOOL_PROPOSE_ACCOUNT, change.id, organisation_id=school.id)
    notices.write(session, change, told, "is to change", by=actor.name)
