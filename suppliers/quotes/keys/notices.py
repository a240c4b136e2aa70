"""What is written about opening passphrases. No message ever carries one.

Each function writes in the action's own transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import Role
from marketplace.tenders.models import Tender
from suppliers.quotes.keys import boxes, queries, rules
from suppliers.quotes.keys.models import OpeningKey
from suppliers.quotes.rules import in_england


def passphrase_chosen(session: Session, person: Person, key: OpeningKey) -> None:
    """Tell a person that they have a key, with the letters by which it is known."""
    fingerprint = boxes.fingerprint(key.public_key)
    _write(session, person, "You set up your opening passphrase", "keys_chosen.txt", fingerprint=fingerprint)


def passphrase_changed(session: Session, person: Person) -> None:
    """Tell a person that the passphrase is another, in case it was not they who changed it."""
    _write(session, person, "Your opening passphrase was changed", "keys_changed.txt")


def passphrase_locked(session: Session, person: Person, until: str) -> None:
    """Tell a person that the passphrase was mistyped too often, in case it was not they who typed."""
    _write(session, person, "Your opening passphrase is locked for a while", "keys_locked.txt", until=until)


def passphrase_replaced(session: Session, person: Person, lost: Collection[Tender]) -> None:
    """Tell a person, and the coordinators of the tenders that they cannot open any more."""
    subject = "You have a new opening passphrase"
    _write(session, person, subject, "keys_replaced.txt", tenders=lost)
    for tender in lost:
        left = [one.name for one in queries.named(session, tender) if one.person_id != person.id]
        for coordinator in people_with_role(session, [tender.alliance_id], Role.COORDINATOR):
            _write(
                session,
                coordinator,
                f"One opener fewer: {tender.title}",
                "keys_replaced_coordinator.txt",
                opener=person.name,
                tender=tender,
                left=left,
            )


def proof_asked(session: Session, tender_id: uuid.UUID, person_id: uuid.UUID) -> Tender:
    """Ask an opener to prove the passphrase before the deadline; the tender."""
    tender, person = session.get_one(Tender, tender_id), session.get_one(Person, person_id)
    assert tender.closes_at, "only published tenders have their openers asked"
    _write(
        session,
        person,
        f"Do you still know your opening passphrase? {tender.title}",
        "keys_proof.txt",
        tender=tender,
        deadline=in_england(tender.closes_at),
    )
    return tender


def openers_wanted(session: Session, tender: Tender, unready: Collection[rules.Named]) -> None:
    """Ask the openers of a tender who are not ready for its publication to become so."""
    for one in unready:
        _write(
            session,
            session.get_one(Person, one.person_id),
            f"Please get ready to open the quotes: {tender.title}",
            "keys_wanted.txt",
            tender=tender,
            has_key=one.key_id is not None,
        )


def _write(session: Session, person: Person, subject: str, template: str, **more: Any) -> None:
    mail.write(session, person.email, subject, template, person_name=person.name, **more)
