"""E-mails about the announcement of an award and about challenges. In the action's own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import Role
from marketplace.tenders import queries as tenders
from marketplace.tenders.models import Tender
from suppliers.awards.letters.queries import letters_of
from suppliers.awards.standstill import rules
from suppliers.awards.standstill.models import Challenge
from suppliers.awards.standstill.rules import Outcome
from suppliers.profiles.queries import people_who_bid
from suppliers.quotes.models import Quote


def award_announced(session: Session, tender: Tender) -> None:
    """Tell every bidder that the award notice is published, and until when a standstill lasts."""
    letters = letters_of(session, tender.id)
    for letter in letters.values():
        _write(
            session,
            people_who_bid(session, letter.supplier_id),
            f"The award notice is published: {tender.title}",
            "awards_announced.txt",
            tender,
            quote_id=letter.quote_id,
        )


def challenged(session: Session, tender: Tender, challenger: str) -> None:
    """Tell the schools that buy and the coordinator that everything waits."""
    _write(
        session,
        [*_heads(session, tender), *_coordinators(session, tender)],
        f"Challenged: the award of {tender.title}",
        "awards_challenged.txt",
        tender,
        challenger=challenger,
    )


def outcome_proposed(
    session: Session, tender: Tender, challenge: Challenge, approvers: Iterable[Person]
) -> None:
    """Ask those who approve awards to agree to what happens to the standstill."""
    assert challenge.outcome
    _write(
        session,
        [one for one in approvers if one.id != challenge.proposed_by],
        f"Please decide about a challenge: {tender.title}",
        "awards_outcome_proposed.txt",
        tender,
        challenger=challenge.challenger,
        outcome=rules.OUTCOMES[challenge.outcome],
        reason=challenge.reason,
    )


def challenge_settled(session: Session, tender: Tender, challenge: Challenge) -> None:
    """Tell everybody who was told of the challenge how it ended."""
    assert challenge.outcome
    _write(
        session,
        [*_heads(session, tender), *_coordinators(session, tender)],
        f"Settled: the challenge to the award of {tender.title}",
        "awards_challenge_settled.txt",
        tender,
        challenger=challenge.challenger,
        outcome=rules.OUTCOMES[challenge.outcome],
        reason=challenge.reason,
    )


def agreed_by_one(
    session: Session, tender: Tender, challenge: Challenge, approvers: Iterable[Person]
) -> None:
    """Ask people of the other schools to agree, too, that an award is set aside."""
    assert challenge.outcome
    done = {challenge.proposed_by, *(one.person_id for one in challenge.agreements)}
    _write(
        session,
        [one for one in approvers if one.id not in done],
        f"One school agreed, another must: a challenge to the award of {tender.title}",
        "awards_outcome_proposed.txt",
        tender,
        challenger=challenge.challenger,
        outcome=rules.OUTCOMES[challenge.outcome],
        reason=challenge.reason,
    )


def award_set_aside(session: Session, tender: Tender, challenge: Challenge, bidders: Iterable[Quote]) -> None:
    """Tell all bidders at the same moment, and the schools, that the award does not stand."""
    subject = f"The award is set aside: {tender.title}"
    again = challenge.outcome is Outcome.AGAIN
    for quote in bidders:
        _write(
            session,
            people_who_bid(session, quote.supplier_id),
            subject,
            "awards_set_aside_bidder.txt",
            tender,
            again=again,
            quote_id=quote.id,
        )
    _write(
        session,
        [*_heads(session, tender), *_coordinators(session, tender)],
        subject,
        "awards_set_aside.txt",
        tender,
        again=again,
        challenger=challenge.challenger,
        reason=challenge.reason,
    )


def _heads(session: Session, tender: Tender) -> list[Person]:
    return people_with_role(session, tenders.buyers(session, tender.id), Role.HEADTEACHER)


def _coordinators(session: Session, tender: Tender) -> list[Person]:
    return people_with_role(session, [tender.alliance_id], Role.COORDINATOR)


def _write(
    session: Session, people: Iterable[Person], subject: str, template: str, tender: Tender, **context: Any
) -> None:
    for person in {person.id: person for person in people}.values():
        mail.write(
            session, person.email, subject, template, person_name=person.name, tender=tender, **context
        )
