"""Which schools pay more than alone. Load the tender as one that its reader may compare first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from suppliers.awards.models import Award
from suppliers.awards.rules import AwardStatus
from suppliers.awards.waiving.models import AwardStanding
from suppliers.awards.waiving.rules import check_waived


def standings(session: Session, awards: Sequence[Award]) -> list[AwardStanding]:
    """What each school pays by a recommendation and would pay alone, by its name."""
    query = (
        select(AwardStanding)
        .where(AwardStanding.award_id.in_([award.id for award in awards]))
        .options(selectinload(AwardStanding.school), selectinload(AwardStanding.person))
    )
    return sorted(session.scalars(query), key=lambda one: (one.school.name, one.school_id))


def check_all_waived(session: Session, awards: Sequence[Award]) -> None:
    """Raise RuleBroken while a school that would pay more than alone has not said that it accepts it."""
    check_waived(one.school.name for one in standings(session, awards) if one.is_waiting)


def waiting_in(session: Session, tender_ids: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, AwardStanding]]:
    """The schools that have yet to accept that they pay more than alone, each with its tender."""
    query = (
        select(Award.tender_id, AwardStanding)
        .join(Award, Award.id == AwardStanding.award_id)
        .where(
            Award.tender_id.in_(tender_ids),
            Award.status == AwardStatus.RECOMMENDED,
            AwardStanding.together > AwardStanding.alone,
            AwardStanding.waived_by.is_(None),
        )
        .options(selectinload(AwardStanding.school))
    )
    return [(tender_id, one) for tender_id, one in session.execute(query)]
