"""What people are told by e-mail when an opener is taken off a published tender.

Each function writes in the action's own transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import Role
from marketplace.tenders import queries as tenders
from marketplace.tenders.amending.queries import schools_of
from marketplace.tenders.models import Tender
from suppliers.quotes.keys.rules import Named
from suppliers.quotes.openers.models import OpenerRemoval


def removal_proposed(session: Session, removal: OpenerRemoval) -> None:
    """Ask the headteachers who may agree to decide."""
    schools = tenders.approving_schools(session, removal.tender) - schools_of(session, removal.proposed_by)
    heads = people_with_role(session, schools, Role.HEADTEACHER)
    asked = [head for head in heads if head.id not in {removal.proposed_by, removal.person_id}]
    subject = f"Please decide: an opener fewer for {removal.tender.title}"
    _write(session, asked, subject, "openers_proposed.txt", removal)


def concerned(session: Session, tender: Tender) -> list[Person]:
    """Whom the openers of a tender concern: those on its panel, its schools and its coordinators."""
    schools = people_with_role(session, tenders.buyers(session, tender.id), Role.HEADTEACHER, Role.BURSAR)
    coordinators = people_with_role(session, [tender.alliance_id], Role.COORDINATOR)
    return [*schools, *coordinators, *(seat.person for seat in tender.panel)]


def opener_taken_off(
    session: Session, removal: OpenerRemoval, told: Collection[Person], left: Sequence[Named]
) -> None:
    """Tell everybody concerned, the person who was taken off among them, and who opens now."""
    subject = f"One opener fewer: {removal.tender.title}"
    _write(session, told, subject, "openers_taken_off.txt", removal, left=left)


def opener_kept(session: Session, removal: OpenerRemoval) -> None:
    """Tell who proposed it, and the coordinators, that the opener stays, and why."""
    coordinators = people_with_role(session, [removal.tender.alliance_id], Role.COORDINATOR)
    subject = f"The opener stays: {removal.tender.title}"
    _write(session, [removal.proposer, *coordinators], subject, "openers_kept.txt", removal)


def _write(
    session: Session,
    people: Collection[Person],
    subject: str,
    template: str,
    removal: OpenerRemoval,
    **more: Any,
) -> None:
    context: dict[str, Any] = {"tender": removal.tender, "removal": removal, **more}
    for person in {person.id: person for person in people}.values():
        mail.write(session, person.email, subject, template, person_name=person.name, **context)
