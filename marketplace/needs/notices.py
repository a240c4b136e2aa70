"""Who is told by e-mail of a need. Each function writes in the action's own transaction."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from marketplace.alliance.delegation.queries import people_to_ask
from marketplace.alliance.delegation.rules import Approver
from marketplace.alliance.models import Person
from marketplace.alliance.queries import people_with_role
from marketplace.core import mail
from marketplace.core.policy import POLICY, Act, Actor
from marketplace.needs.models import Need


def ask_for_approval(session: Session, need: Need, by: str, by_id: uuid.UUID | None) -> None:
    """Ask whoever approves a need by its band; whoever did the asking is not asked themselves."""
    subject = f"Approve the need {need.reference}"
    for person in people_to_ask(
        session, need.school_id, need.approver or Approver.HEADTEACHER, need.posted_by
    ):
        if person.id != by_id:
            _write(session, person, need, subject, "needs_submitted.txt", by=by)


def ask_to_confirm(session: Session, need: Need, by: str) -> None:
    """Ask the school's governors to record their governing body's confirmation of a need."""
    subject = f"Confirm the need {need.reference} for the governing body"
    for person in people_with_role(session, [need.school_id], *POLICY[Act.CONFIRMATION_RECORD].roles):
        _write(session, person, need, subject, "needs_to_confirm.txt", by=by)


def tell_author(
    session: Session, need: Need, by: Actor, *, subject: str, template: str, reason: str = ""
) -> None:
    """Tell the author of a need what somebody else did to it, and why where a reason was given."""
    author = session.get_one(Person, need.posted_by)
    if author.active and author.id != by.person_id:
        _write(session, author, need, subject, template, by=by.name, reason=reason)


def _write(
    session: Session, person: Person, need: Need, subject: str, template: str, *, by: str, reason: str = ""
) -> None:
    mail.write(
        session,
        person.email,
        subject,
        template,
        person_name=person.name,
        title=need.title,
        reference=need.reference,
        need_id=need.id,
        school_id=need.school_id,
        school_name=need.school.name,
        by=by,
        reason=reason,
    )
