"""The step by which any stage records what a school's governing body confirmed."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from marketplace.alliance.decisions import queries, rules
from marketplace.alliance.decisions.models import Confirmation
from marketplace.alliance.decisions.rules import Subject
from marketplace.core import clock, documents, events, policy
from marketplace.core.documents import Upload
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Act, Actor


def confirm(
    session: Session,
    actor: Actor,
    confirmation_id: uuid.UUID,
    *,
    school_id: uuid.UUID,
    subject: Subject,
    subject_id: uuid.UUID,
    minute_reference: str,
    minuted_on: date,
    expires_on: date | None = None,
    document: Upload | None = None,
) -> Confirmation:
    """Record that a school's governing body agreed to a subject, and where that is minuted. A shared step.

    The caller has loaded the subject as its reader. Sent twice, it is recorded once. Raises Forbidden for
    whoever is no governor of the school, RuleBroken for a meeting in the future, a confirmation that
    has ended already, or a document that is none.
    """
    policy.require(actor, Act.CONFIRMATION_RECORD, school_id)
    known = session.get(Confirmation, confirmation_id)
    if known is not None:
        return known
    reference = rules.check_confirmation(minute_reference, minuted_on, expires_on, clock.today())
    assert actor.person_id, "people record confirmations"
    stored = documents.keep(session, document) if document else None
    confirmation = Confirmation(
        id=confirmation_id,
        school_id=school_id,
        subject=subject,
        subject_id=subject_id,
        minute_reference=reference,
        minuted_on=minuted_on,
        expires_on=expires_on,
        document_sha256=stored.sha256 if stored else None,
        document_name=documents.plain_name(document.name) if document else "",
        recorded_by=actor.person_id,
        recorded_at=clock.now(),
    )
    session.add(confirmation)
    session.flush()
    events.record(
        session,
        actor,
        Act.CONFIRMATION_RECORD,
        confirmation.id,
        organisation_id=school_id,
        subject=subject,
        about_id=subject_id,
        minute=reference,
    )
    return confirmation


def require_live(
    session: Session,
    *,
    school_id: uuid.UUID,
    school: str,
    subject: Subject,
    subject_id: uuid.UUID,
    on: date | None = None,
) -> Confirmation:
    """The confirmation that counts on a day, today unless said. A shared step.

    Without one raises RuleBroken, saying what to do.
    """
    found = queries.live_confirmation(
        session, school_id=school_id, subject=subject, subject_id=subject_id, today=on or clock.today()
    )
    if found is None:
        raise RuleBroken(
            f"The governing body of {school} has not confirmed this, or its confirmation has ended or was "
            "withdrawn. Ask a governor to record its minute first."
        )
    return found
