"""Who is told by e-mail of what was used. Each writes in the action's own transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from invoicing.agreements.models import Agreement
from invoicing.agreements.notices import tell
from invoicing.agreements.usage.models import Usage
from marketplace.alliance.queries import people_with_role
from marketplace.core.policy import Role

FINANCE = (Role.BURSAR, Role.FINANCE_LEAD)


def ask_buyer(session: Session, agreement: Agreement) -> None:
    """Ask the buyer to confirm what was used: once, until it has answered everything."""
    people = people_with_role(session, [agreement.buyer_id], *FINANCE)
    subject = f"Please confirm what you used: {agreement.reference}"
    tell(session, people, subject, "agreements_used.txt", agreement)


def tell_questioned(session: Session, agreement: Agreement, usage: Usage, who: str) -> None:
    """Tell the seller what is wrong."""
    people = people_with_role(session, [agreement.seller_id], *FINANCE)
    subject = f"A question about {agreement.reference}"
    tell(session, people, subject, "agreements_questioned.txt", agreement, usage=usage, who=who)
