"""What people do about the seats of a Strategic Board."""

from __future__ import annotations

import uuid

from marketplace.alliance.board import notices, queries, rules
from marketplace.alliance.board.models import SeatNaming
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, Stale
from marketplace.core.policy import Act, Actor


def name_holder(
    actor: Actor, naming_id: uuid.UUID, membership_id: uuid.UUID, person_id: uuid.UUID, seen: str
) -> None:
    """Name who holds the school's seat from now on: a headteacher or a senior leader of the school.

    Votes that were given stay. Who holds it now and who held it are told. `seen` says who held it when
    the page was shown: Stale when that has changed. Raises RuleBroken for whoever holds it alone already.
    """
    with transaction() as session:
        membership = queries.get_seat(session, actor, membership_id, lock=True)
        policy.require(actor, Act.SEAT_NAME, membership.school_id)
        if session.get(SeatNaming, naming_id):
            return
        seat = queries.seat_of(session, membership.id)
        if seat is None:
            raise NotFound
        if rules.seen(seat.holders) != seen:
            raise Stale("Somebody else has been named since you looked.")
        candidates = queries.candidates(session, [membership.school_id])[membership.school_id]
        rules.check_named(person_id, candidates, seat.holders)
        assert actor.person_id, "headteachers name who holds a seat"
        naming = SeatNaming(
            id=naming_id,
            membership_id=membership.id,
            person_id=person_id,
            named_by=actor.person_id,
            named_at=clock.now(),
        )
        session.add(naming)
        session.flush()
        events.record(
            session,
            actor,
            Act.SEAT_NAME,
            membership.id,
            organisation_id=membership.school_id,
            alliance_id=membership.alliance_id,
            person_id=person_id,
        )
        notices.tell_named(session, membership, naming, seat.holders)
