"""What people are told by e-mail about prices to explain. No message carries a price.

Each function writes in the action's own transaction.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import Role
from marketplace.tenders.models import Tender
from suppliers.evaluation.low_prices.models import PriceInquiry
from suppliers.profiles.queries import people_who_bid
from suppliers.quotes.models import Quote


def asked(session: Session, tender: Tender, quote: Quote, inquiry: PriceInquiry) -> None:
    """Ask everybody who quotes for the supplier to explain its price."""
    for person in people_who_bid(session, quote.supplier_id):
        mail.write(
            session,
            person.email,
            f"Please explain your price: {tender.title}",
            "evaluation_price_asked.txt",
            person_name=person.name,
            tender=tender,
            quote=quote,
            inquiry=inquiry,
        )


def explained(session: Session, tender: Tender, quote: Quote) -> None:
    """Tell the coordinator that the supplier has explained."""
    for person in people_with_role(session, [tender.alliance_id], Role.COORDINATOR):
        mail.write(
            session,
            person.email,
            f"{quote.supplier.name} explained its price: {tender.title}",
            "evaluation_price_explained.txt",
            person_name=person.name,
            tender=tender,
            quote=quote,
        )
