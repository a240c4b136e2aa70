"""Recording what the nightly verification found, and telling whoever must know."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from invoicing.verification import queries
from invoicing.verification.rules import Outcome, lines
from marketplace.alliance import queries as alliance
from marketplace.core import events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.policy import SYSTEM, Act, Role
from marketplace.core.settings import Settings

NOBODY = UUID(int=0)
"""What is verified belongs to nobody in particular."""


def record_verification(outcomes: Sequence[Outcome]) -> bool:
    """Put a night's verification on record, once a day, and mail what differs; False when it was there."""
    with transaction() as session:
        policy.require(SYSTEM, Act.BOOKS_VERIFY)
        events.hold_chain(session)
        if queries.verified_today(session):
            return False
        differing = [one for one in outcomes if one.differing]
        events.record(
            session,
            SYSTEM,
            Act.BOOKS_VERIFY,
            NOBODY,
            counted=sum(one.counted for one in outcomes),
            differing={one.check.name: one.differing for one in differing},
        )
        if differing:
            _tell(session, differing)
        return True


def _tell(session: Session, differing: Sequence[Outcome]) -> None:
    """Write to the operator with every record, and to auditors without: some may be another alliance's."""
    settings: Settings = current_app.extensions["settings"]
    headings = [one.heading for one in differing]
    if settings.alerts_to:
        told = [line for one in differing for line in lines(one)]
        _write(session, "operator", settings.alerts_to, told)
    alliances = [one.id for one in alliance.alliances(session)]
    for person in alliance.people_with_role(session, alliances, Role.AUDITOR):
        _write(session, person.name, person.email, headings)


def _write(session: Session, name: str, address: str, told: Sequence[str]) -> None:
    subject = "Something stored does not agree with itself"
    mail.write(session, address, subject, "verification_differs.txt", person_name=name, told=told)
