"""Letters about a change of a school's bank account: its leaders and the old address hear of each step."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.alliance import queries as alliance
from marketplace.alliance.models import School
from marketplace.alliance.school_accounts.models import SchoolAccountChange
from marketplace.alliance.school_accounts.rules import masked
from marketplace.core import mail
from marketplace.core.policy import Role


def told_of(session: Session, school: School) -> dict[str, str]:
    """Who hears of a school's bank account: e-mail address to name."""
    people = alliance.people_with_role(session, [school.id], Role.HEADTEACHER, Role.FINANCE_LEAD)
    told = {person.email: person.name for person in people}
    if school.finance_email:
        told.setdefault(school.finance_email, "colleague")
    return told


def write(
    session: Session, change: SchoolAccountChange, told: dict[str, str], what: str, *, by: str = ""
) -> None:
    """Tell these people what became of a change ("is to change"), and who did it."""
    for address, name in told.items():
        mail.write(
            session,
            address,
            f"The bank account of {change.school.name} {what}",
            "school_account_change.txt",
            person_name=name,
            school_name=change.school.name,
            school_id=change.school_id,
            step=change.status.value,
            by=by,
            number=masked(change.account_number),
            holds_from=change.holds_from,
            reason=change.stop_reason,
        )
