"""E-mails that go with letters. Each function writes in the action's own transaction."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from marketplace.core import mail
from marketplace.tenders.models import Tender
from suppliers.awards.letters.content import from_json
from suppliers.awards.letters.models import Letter
from suppliers.profiles.queries import people_who_bid


def results_sent(session: Session, tender: Tender, letters: Iterable[Letter]) -> None:
    """Send each bidder its result, all in this one transaction."""
    for letter in letters:
        content = from_json(letter.content)
        for person in people_who_bid(session, letter.supplier_id):
            mail.write(
                session,
                person.email,
                f"The result of your quote {content.reference}: {tender.title}",
                "awards_summary.txt",
                person_name=person.name,
                tender=tender,
                letter=content,
                quote_id=letter.quote_id,
            )
