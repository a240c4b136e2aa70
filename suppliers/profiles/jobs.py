"""What happens for suppliers when news arrives from the marketplace."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.core import mail
from marketplace.core.events import Event
from marketplace.tenders.models import Tender
from suppliers.profiles import queries


def tell_of_opportunity(session: Session, event: Event) -> None:
    """Write to everybody who bids for a supplier of the category of a tender that was just published."""
    tender = session.get_one(Tender, event.subject_id)
    for person in queries.people_serving(session, tender.category):
        mail.write(
            session,
            person.email,
            f"Schools are asking for quotes: {tender.title}",
            "profiles_opportunity.txt",
            person_name=person.name,
            tender=tender,
        )
