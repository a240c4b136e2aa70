"""Who is told by e-mail about trust partnerships. Each function writes in the action's own transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.partnerships.models import Partnership, PartnershipReview
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import POLICY, Act, Role


def ask_partner(session: Session, partnership: Partnership) -> None:
    """Ask the partner's governors to confirm, and let its headteacher know."""
    roles = (*POLICY[Act.CONFIRMATION_RECORD].roles, Role.HEADTEACHER)
    for person in people_with_role(session, [partnership.school_id], *roles):
        _write(
            session,
            person,
            f"{partnership.alliance.name} proposes a trust partnership",
            "partnerships_proposed.txt",
            partnership=partnership,
        )


def tell_begun(session: Session, partnership: Partnership) -> None:
    """Tell both that the partnership runs."""
    for person in _both(session, partnership):
        subject = f"The trust partnership with {partnership.school.name} has begun"
        _write(session, person, subject, "partnerships_begun.txt", partnership=partnership)


def tell_not_agreed(session: Session, partnership: Partnership, answer: str) -> None:
    """Tell the partner that the board did not agree, or that the question was taken back, and why."""
    for person in people_with_role(session, [partnership.school_id], Role.HEADTEACHER, Role.GOVERNOR):
        _write(
            session,
            person,
            f"The trust partnership with {partnership.alliance.name}",
            "partnerships_not_agreed.txt",
            partnership=partnership,
            answer=answer,
        )


def remind_of_review(session: Session, review: PartnershipReview) -> None:
    """Tell both that a review is due."""
    for person in _both(session, review.partnership):
        subject = f"Review the trust partnership with {review.partnership.school.name}"
        _write(session, person, subject, "partnerships_review.txt", review=review)


def tell_reviewed(session: Session, review: PartnershipReview) -> None:
    """Tell the partner what a review found."""
    partner = people_with_role(session, [review.partnership.school_id], Role.HEADTEACHER, Role.GOVERNOR)
    for person in partner:
        subject = f"The trust partnership with {review.partnership.alliance.name} was reviewed"
        _write(session, person, subject, "partnerships_reviewed.txt", review=review)


def _both(session: Session, partnership: Partnership) -> list[Person]:
    partner = people_with_role(session, [partnership.school_id], Role.HEADTEACHER)
    officers = people_with_role(session, [partnership.alliance_id], Role.COORDINATOR)
    return [*partner, *officers]


def _write(session: Session, person: Person, subject: str, template: str, **context: Any) -> None:
    mail.write(session, person.email, subject, template, person_name=person.name, **context)
