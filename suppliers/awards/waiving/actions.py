"""Keeping what each school would pay alone beside a recommendation, and accepting that one pays more."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.money import Money
from marketplace.core.policy import Act, Actor
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import queries
from suppliers.awards.models import Award
from suppliers.awards.rules import check_reasons
from suppliers.awards.waiving.models import AwardStanding
from suppliers.awards.waiving.queries import standings
from suppliers.evaluation import queries as evaluation


def write_standings(
    session: Session,
    first: Award,
    together: Mapping[uuid.UUID, Money],
    alone: Mapping[uuid.UUID, Money],
) -> list[AwardStanding]:
    """Keep what each school pays by a recommendation beside what it would pay alone, where that is known.

    Part of the action that recommends. Returns the schools that have to accept that they pay more.
    """
    session.add_all(
        AwardStanding(award_id=first.id, school_id=school_id, together=amount, alone=alone[school_id])
        for school_id, amount in together.items()
        if school_id in alone
    )
    session.flush()
    return [one for one in standings(session, [first]) if one.is_waiting]


def waive_worse_price(actor: Actor, tender_id: uuid.UUID, school_id: uuid.UUID, reason: str) -> None:
    """Accept for a school that it pays more by the recommended award than alone, with the reason.

    Sent twice, the first reason stands. Raises NotFound for a school that does not pay more.
    """
    with transaction() as session:
        tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
        policy.require(actor, Act.AWARD_WAIVE, school_id)
        live = queries.live_awards(session, tender_id)
        own = next((one for one in standings(session, live) if one.school_id == school_id), None)
        if own is None or not own.is_worse_off:
            raise NotFound
        if own.waived_by is not None:
            return
        if tender.status is not TenderStatus.RECOMMENDED:
            raise RuleBroken("No award is waiting for approval now. Somebody may have been here before you.")
        check_reasons(reason, "reason")
        own.reason, own.waived_by, own.waived_at = reason, _person(actor), clock.now()
        session.flush()
        events.record(
            session,
            actor,
            Act.AWARD_WAIVE,
            tender_id,
            organisation_id=school_id,
            school_id=school_id,
            reason=reason,
        )


def _person(actor: Actor) -> uuid.UUID:
    assert actor.person_id, "people decide about awards"
    return actor.person_id
