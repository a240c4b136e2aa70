"""Who is told by e-mail that another school asks for an offer. In the action's own transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from invoicing.agreements.models import Agreement
from invoicing.agreements.notices import MANAGERS, tell
from marketplace.alliance.queries import people_with_role


def tell_asked(session: Session, agreement: Agreement, who: str) -> None:
    """Tell the seller that a school would like what it offers, and what is left to complete."""
    people = people_with_role(session, [agreement.seller_id], *MANAGERS)
    subject = f"{agreement.buyer.name} asks for {agreement.title}"
    tell(session, people, subject, "agreements_asked.txt", agreement, who=who)
