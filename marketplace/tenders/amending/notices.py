"""What the alliance's people are told by e-mail when a tender changes. Suppliers are told downstream.

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
from marketplace.tenders.amending import queries
from marketplace.tenders.amending.models import Amendment, Extension
from marketplace.tenders.amending.rules import Change
from marketplace.tenders.models import Tender


def approvers(session: Session, extension: Extension) -> list[Person]:
    """The headteachers who may approve a later deadline."""
    schools = tenders.approving_schools(session, extension.tender)
    schools -= queries.schools_of(session, extension.proposed_by)
    heads = people_with_role(session, schools, Role.HEADTEACHER)
    return [head for head in heads if head.id != extension.proposed_by]


def extension_proposed(session: Session, extension: Extension) -> None:
    """Ask the headteachers who may approve a later deadline to decide, in time."""
    _write(
        session,
        approvers(session, extension),
        f"Please decide: a later deadline for {extension.tender.title}",
        "amending_proposed.txt",
        extension,
    )


def notice_wanted(session: Session, tender: Tender) -> None:
    """Ask the coordinators to publish an agreed change on Find a Tender: it takes effect with its notice."""
    for person in people_with_role(session, [tender.alliance_id], Role.COORDINATOR):
        mail.write(
            session,
            person.email,
            f"Agreed, now for Find a Tender: a change of {tender.title}",
            "amending_notice_wanted.txt",
            person_name=person.name,
            tender=tender,
        )


def deadline_moved(session: Session, extension: Extension, changes: Sequence[Change] = ()) -> None:
    """Tell schools, coordinators, and those named to open and score that the deadline is later.

    And what of the price schedule changes with it.
    """
    tender = extension.tender
    schools = people_with_role(session, tenders.buyers(session, tender.id), Role.HEADTEACHER, Role.BURSAR)
    coordinators = people_with_role(session, [tender.alliance_id], Role.COORDINATOR)
    people = [*schools, *coordinators, *(seat.person for seat in tender.panel)]
    subject = f"Later deadline{' and other price lines' if changes else ''}: {tender.title}"
    _write(session, people, subject, "amending_moved.txt", extension, changes=changes)


def extension_refused(session: Session, extension: Extension) -> None:
    """Tell who proposed it, and the coordinators, that the deadline stays, and why."""
    tender = extension.tender
    coordinators = people_with_role(session, [tender.alliance_id], Role.COORDINATOR)
    people = [extension.proposer, *coordinators]
    _write(session, people, f"The deadline stays: {tender.title}", "amending_refused.txt", extension)


def tender_amended(session: Session, tender: Tender, amendment: Amendment) -> None:
    """Tell schools, coordinators, and those named to open and score what was changed."""
    schools = people_with_role(session, tenders.buyers(session, tender.id), Role.HEADTEACHER, Role.BURSAR)
    coordinators = people_with_role(session, [tender.alliance_id], Role.COORDINATOR)
    people = [*schools, *coordinators, *(seat.person for seat in tender.panel)]
    for person in {person.id: person for person in people}.values():
        mail.write(
            session,
            person.email,
            f"Changed: {tender.title}",
            "amending_amended.txt",
            person_name=person.name,
            tender=tender,
            amendment=amendment,
        )


def _write(
    session: Session,
    people: Collection[Person],
    subject: str,
    template: str,
    extension: Extension,
    **more: Any,
) -> None:
    context: dict[str, Any] = {"tender": extension.tender, "extension": extension, **more}
    for person in {person.id: person for person in people}.values():
        mail.write(session, person.email, subject, template, person_name=person.name, **context)
