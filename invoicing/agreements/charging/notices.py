"""Who is told by e-mail of drafts that agreements made. In the action's own transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from invoicing.agreements.models import Agreement
from invoicing.agreements.notices import tell
from marketplace.alliance.queries import people_with_role
from marketplace.core.policy import Role


def tell_drafted(session: Session, agreement: Agreement, drafts: int) -> None:
    """Tell the seller's finance leads that drafts wait for them."""
    people = people_with_role(session, [agreement.seller_id], Role.FINANCE_LEAD)
    subject = f"A draft invoice waits: {agreement.reference}"
    tell(session, people, subject, "agreements_drafted.txt", agreement, drafts=drafts)
