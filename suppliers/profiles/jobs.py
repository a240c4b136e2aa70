"""What happens for suppliers when news arrives from the marketplace, and by the clock."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.core import events, jobs, mail
from marketplace.core.events import Event
from marketplace.core.policy import Act
from marketplace.tenders import audience
from marketplace.tenders.models import Tender
from suppliers.profiles.alerts.links import path_to_stop
from suppliers.profiles.alerts.queries import people_to_alert
from suppliers.profiles.bank.jobs import put_accounts_into_force
from suppliers.profiles.documents.jobs import remind_of_documents
from suppliers.profiles.queries import count_serving


def listen() -> None:
    """Say what suppliers hear of, and do by the clock. For the composition root."""
    events.subscribe("profiles.opportunity", tell_of_opportunity, Act.TENDER_PUBLISH)
    jobs.every_minute(remind_of_documents)
    jobs.every_minute(put_accounts_into_force)
    audience.count_with(count_serving)


def tell_of_opportunity(session: Session, event: Event) -> None:
    """Alert those who supply what a tender that was just published asks for, where its schools are."""
    tender = session.get_one(Tender, event.subject_id)
    for person in people_to_alert(session, tender):
        stop = path_to_stop(person.id)
        mail.write(
            session,
            person.email,
            f"Schools are asking for quotes: {tender.title}",
            "profiles_opportunity.txt",
            stop_by=stop,
            person_name=person.name,
            tender=tender,
            stop=stop,
        )
