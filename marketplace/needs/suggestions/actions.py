"""What people do with suggestions."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from marketplace.alliance.queries import get_school, people_with_role
from marketplace.contracts import categories
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.policy import POLICY, SYSTEM, Act, Actor
from marketplace.needs.suggestions import queries
from marketplace.needs.suggestions.counting import count_anew
from marketplace.needs.suggestions.models import NeedRequest, NeighbourConsent
from marketplace.needs.suggestions.rules import Suggestion, without_need


def request_needs(actor: Actor, alliance_id: uuid.UUID, category: str, starts_on: date) -> int:
    """Ask a suggestion's schools of the alliance that have no approved need to post one; how many were asked.

    Each school is asked once for the same start. Raises NotFound when the suggestion is gone, RuleBroken when
    everybody has a need or was asked.
    """
    with transaction() as session:
        alliance = queries.get_alliance(session, actor, alliance_id, lock=True)
        policy.require(actor, Act.NEED_REQUEST, alliance.id)
        found = queries.findings(session, alliance.id, clock.today())
        suggestion = found.find(category, starts_on)
        asked = queries.requests(session, suggestion)
        schools = [one for one in without_need(suggestion) if one in found.members and one not in asked]
        if not schools:
            raise RuleBroken("Every school of this suggestion has an approved need, or was asked for one.")
        for school_id in schools:
            _request(session, actor, suggestion, school_id, alliance.id)
        return len(schools)


def _request(
    session: Session, actor: Actor, suggestion: Suggestion, school_id: uuid.UUID, alliance_id: uuid.UUID
) -> None:
    request = NeedRequest(
        id=new_id(),
        school_id=school_id,
        alliance_id=alliance_id,
        category=suggestion.category,
        starts_on=suggestion.plan.starts_on,
        asked_by=actor.person_id,
        asked_at=clock.now(),
    )
    session.add(request)
    events.record(session, actor, Act.NEED_REQUEST, request.id, organisation_id=school_id)
    label = categories.label(suggestion.category)
    for person in people_with_role(session, [school_id], *POLICY[Act.NEED_POST].roles):
        mail.write(
            session,
            person.email,
            f"Please post a need: {label}",
            "suggestions_need_requested.txt",
            person_name=person.name,
            by=actor.name,
            school_name=suggestion.schools[school_id],
            school_id=school_id,
            category=suggestion.category,
            label=label,
            starts_on=suggestion.plan.starts_on,
            decide_by=suggestion.decide_by,
        )


def count_suggestions(alliance_id: uuid.UUID) -> bool:
    """Count the suggestions of an alliance for today; nothing when that was done. Says whether it did."""
    with transaction() as session:
        policy.require(SYSTEM, Act.SUGGESTION_COUNT)
        if alliance_id not in queries.alliances_to_count(session, clock.today()):
            return False
        count_anew(session, alliance_id)
        events.record(session, SYSTEM, Act.SUGGESTION_COUNT, alliance_id, organisation_id=alliance_id)
        return True


def give_consent(actor: Actor, school_id: uuid.UUID) -> None:
    """Let neighbouring alliances see the school in their suggestions. Given already, nothing happens."""
    with transaction() as session:
        school = get_school(session, _of_the_school(actor, school_id), school_id, lock=True)
        policy.require(actor, Act.CONSENT_GIVE, school.id)
        if session.get(NeighbourConsent, school.id) is not None:
            return
        session.add(NeighbourConsent(school_id=school.id, given_by=actor.person_id, given_at=clock.now()))
        events.record(session, actor, Act.CONSENT_GIVE, school.id, organisation_id=school.id)


def withdraw_consent(actor: Actor, school_id: uuid.UUID) -> None:
    """Take the consent back: only the school's own alliances see it now. Gone already, nothing happens."""
    with transaction() as session:
        school = get_school(session, _of_the_school(actor, school_id), school_id, lock=True)
        policy.require(actor, Act.CONSENT_WITHDRAW, school.id)
        given = session.get(NeighbourConsent, school.id)
        if given is None:
            return
        session.delete(given)
        events.record(session, actor, Act.CONSENT_WITHDRAW, school.id, organisation_id=school.id)


def _of_the_school(actor: Actor, school_id: uuid.UUID) -> Actor:
    """The actor, if the school is one of theirs. Raises NotFound."""
    if school_id not in actor.school_ids:
        raise NotFound
    return actor
