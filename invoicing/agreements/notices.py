"""Who is told by e-mail about agreements between schools. Each writes in the action's own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from invoicing.agreements.models import Agreement, AgreementReview
from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import Role

MANAGERS = (Role.HEADTEACHER, Role.BURSAR)


def remind_of_review(session: Session, review: AgreementReview) -> None:
    """Tell both schools that a review is due."""
    agreement = review.agreement
    subject = f"Review {agreement.reference}"
    tell(session, _both(session, agreement), subject, "agreements_review.txt", agreement, review=review)


def tell_reviewed(session: Session, review: AgreementReview) -> None:
    """Tell both schools what a review found."""
    agreement = review.agreement
    subject = f"{agreement.reference} was reviewed"
    tell(session, _both(session, agreement), subject, "agreements_reviewed.txt", agreement, review=review)


def remind_of_end(session: Session, agreement: Agreement) -> None:
    """Tell both schools that it ends soon, and what is left to do."""
    subject = f"{agreement.reference} ends soon"
    tell(session, _both(session, agreement), subject, "agreements_ending.txt", agreement)


def tell_discarded(session: Session, agreement: Agreement) -> None:
    """Tell the school that asked for it that it comes to nothing."""
    people = people_with_role(session, [agreement.buyer_id], *MANAGERS)
    tell(session, people, f"{agreement.reference} comes to nothing", "agreements_discarded.txt", agreement)


def tell(
    session: Session,
    people: Iterable[Person],
    subject: str,
    template: str,
    agreement: Agreement,
    **context: Any,
) -> None:
    """Write to each of these people about an agreement. A shared step."""
    for person in people:
        mail.write(
            session, person.email, subject, template, person_name=person.name, agreement=agreement, **context
        )


def _both(session: Session, agreement: Agreement) -> list[Person]:
    return people_with_role(session, [agreement.seller_id, agreement.buyer_id], *MANAGERS)
