"""What people are told by e-mail while quotes are evaluated. No message carries a score or a price.

Each function writes in the action's own transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import Actor, Role
from marketplace.tenders.models import Tender
from suppliers.profiles.queries import people_who_bid
from suppliers.quotes.models import Quote
from suppliers.quotes.opening import openers_of


def conflict_declared(session: Session, tender: Tender, evaluator: Actor) -> None:
    """Tell the coordinator that an evaluator steps aside."""
    _write(
        session,
        _coordinators(session, tender),
        f"{evaluator.name} declared a conflict of interest: {tender.title}",
        "evaluation_conflict.txt",
        tender,
        evaluator=evaluator.name,
    )


def scoring_done(session: Session, tender: Tender) -> None:
    """Tell the coordinator that everybody has scored, so that scores can be agreed."""
    _write(
        session,
        _coordinators(session, tender),
        f"Everybody has scored: {tender.title}",
        "evaluation_scored.txt",
        tender,
    )


def scores_locked(session: Session, tender: Tender, passed: int, excluded: int) -> None:
    """Ask the openers to open the prices; tell the coordinator."""
    _write(
        session,
        [seat.person for seat in openers_of(session, tender.id)],
        f"Please open the prices: {tender.title}",
        "evaluation_locked.txt",
        tender,
        passed=passed,
        excluded=excluded,
    )


def none_passed(session: Session, tender: Tender, quotes: Sequence[Quote]) -> None:
    """Tell every supplier at once that the tender ended without an award, and why its quote failed."""
    for quote in quotes:
        _write(
            session,
            people_who_bid(session, quote.supplier_id),
            f"Ended without an award: {tender.title}",
            "evaluation_none_passed.txt",
            tender,
            quote=quote,
        )


def _coordinators(session: Session, tender: Tender) -> list[Person]:
    return people_with_role(session, [tender.alliance_id], Role.COORDINATOR)


def _write(
    session: Session, people: Iterable[Person], subject: str, template: str, tender: Tender, **context: Any
) -> None:
    for person in {person.id: person for person in people}.values():
        mail.write(
            session, person.email, subject, template, person_name=person.name, tender=tender, **context
        )
