"""An award that a challenge undoes: shared steps of settling it, in that action's transaction.

The scores were locked before prices were opened, and stay so. What can be done again is what came after:
excluding quotes, comparing, recommending. Where the scores were at fault, the tender ends.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from marketplace.core import clock, events
from marketplace.core.policy import Act, Actor
from marketplace.tenders.actions import end_unsuccessfully, move_tender
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import queries as awards
from suppliers.awards import rules as award_rules
from suppliers.awards.letters import drafting
from suppliers.awards.letters.queries import letters_of
from suppliers.awards.rules import AwardStatus
from suppliers.awards.standstill import notices, queries, rules
from suppliers.awards.standstill.models import Challenge, ChallengeAgreement
from suppliers.awards.standstill.rules import Outcome


def agree(session: Session, actor: Actor, challenge: Challenge, schools: Collection[uuid.UUID]) -> bool:
    """Note that the actor agrees for a school; have enough people of as many schools agreed?

    Raises Forbidden for who agreed before, and whose school did.
    """
    assert challenge.outcome, "a proposal has an outcome"
    given = challenge.agreements
    school_id = rules.school_to_agree_for(
        schools,
        [one.school_id for one in given],
        agreed_already=any(one.person_id == actor.person_id for one in given),
    )
    assert actor.person_id, "people agree"
    given.append(ChallengeAgreement(person_id=actor.person_id, school_id=school_id, agreed_at=clock.now()))
    session.flush()
    return len(given) >= rules.people_needed(challenge.outcome)


def set_aside(session: Session, actor: Actor, tender: Tender, challenge: Challenge) -> None:
    """Undo the award, its letters and its standstill; all bidders are told at once.

    Another award of the same lots can be recommended from then on, or the tender ends without one. No
    contract was made yet: they are made when an award is confirmed.
    """
    moment = clock.now()
    bidders = drafting.bidders(session, tender.id)
    reason = f"Set aside after the challenge of {challenge.challenger}: {challenge.reason}"
    undone = awards.live_awards(session, tender.id)
    for award in undone:
        award.status = award_rules.move(award.status, AwardStatus.REJECTED)
        award.rejection_reason, award.decided_at = reason, moment
    for letter in letters_of(session, tender.id).values():
        if letter.sent_at is None:
            session.delete(letter)
        else:
            letter.superseded_at = moment
    stood = queries.standstill_of(session, tender.id)
    if stood is not None:
        session.delete(stood)
    ended_on, tender.standstill_ends_on = tender.standstill_ends_on, None
    session.flush()
    if challenge.outcome is Outcome.NO_AWARD:
        end_unsuccessfully(session, tender, reason)
    else:
        move_tender(session, tender, TenderStatus.PRICES_OPENED)
    events.record(
        session,
        actor,
        Act.AWARD_SET_ASIDE,
        tender.id,
        organisation_id=tender.alliance_id,
        award_ids=[award.id for award in undone],
        challenge_id=challenge.id,
        agreed_for=[one.school_id for one in challenge.agreements],
        standstill_ended_on=ended_on,
        outcome=challenge.outcome,
        reason=challenge.reason,
    )
    notices.award_set_aside(session, tender, challenge, bidders)
