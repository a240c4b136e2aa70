"""What people behind a tender declare, and how the coordinator assesses it."""

from __future__ import annotations

import uuid

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.policy import Act, Actor
from marketplace.tenders import queries as tenders
from marketplace.tenders.interests import queries, rules
from marketplace.tenders.interests.models import ConflictsAssessment, Interest


def declare_interest(
    actor: Actor, tender_id: uuid.UUID, *, has_interest: bool, interest: str = "", mitigation: str = ""
) -> None:
    """Declare for oneself that one has no interest in a tender, or which one and what is done about it.

    A later declaration replaces the earlier one; the history keeps that there was one. Raises Forbidden
    for somebody not named in the tender, RuleBroken (fields `interest`, `mitigation`).
    """
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.INTEREST_DECLARE, tender.alliance_id, *actor.school_ids)
        rules.check_concerned(actor.person_id, queries.concerned(session, tender))
        rules.check_declaration(has_interest=has_interest, interest=interest, mitigation=mitigation)
        if actor.person_id is None:
            raise Forbidden("Only a person declares interests.")
        row = queries.own_interest(session, tender_id, actor.person_id)
        if row is None:
            row = Interest(id=new_id(), tender_id=tender_id, person_id=actor.person_id)
            session.add(row)
        row.has_interest = has_interest
        row.interest, row.mitigation = (interest.strip(), mitigation.strip()) if has_interest else ("", "")
        row.declared_at = clock.now()
        session.flush()
        events.record(
            session,
            actor,
            Act.INTEREST_DECLARE,
            tender.id,
            organisation_id=tender.alliance_id,
            has_interest=has_interest,
        )


def assess_interests(actor: Actor, tender_id: uuid.UUID, assessment_id: uuid.UUID, text: str) -> None:
    """Record the conflicts assessment of a tender; earlier ones are kept.

    Raises RuleBroken (field `text`) without one, and while somebody named has not declared.
    """
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.INTEREST_ASSESS, tender.alliance_id)
        if session.get(ConflictsAssessment, assessment_id) is not None:
            return
        if not text.strip():
            raise RuleBroken("Enter the assessment: what was declared or is known, and what is done.", "text")
        rules.check_assessable(queries.concerned(session, tender))
        assert actor.person_id
        session.add(
            ConflictsAssessment(
                id=assessment_id,
                tender_id=tender_id,
                text=text.strip(),
                recorded_by=actor.person_id,
                recorded_at=clock.now(),
            )
        )
        session.flush()
        events.record(session, actor, Act.INTEREST_ASSESS, tender.id, organisation_id=tender.alliance_id)
