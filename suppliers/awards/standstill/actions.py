"""Announcing an award, which begins its standstill, and what happens when somebody challenges it.

Every action locks the tender first.
"""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor
from marketplace.tenders import timetable
from marketplace.tenders.actions import mark_changed, start_standstill
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.uk_notices import issuing
from marketplace.tenders.uk_notices.actions import new_reference
from marketplace.tenders.uk_notices.rules import NO_PARTICULARS, NoticeKind, Particulars, Published
from suppliers.awards import queries as awards
from suppliers.awards.letters.queries import sent_at
from suppliers.awards.standstill import notices, queries, rules, setting_aside
from suppliers.awards.standstill.models import Challenge, Standstill
from suppliers.awards.standstill.rules import Challenged, ChallengeStatus, Duty, Outcome
from suppliers.evaluation import queries as evaluation


def announce_award(
    actor: Actor,
    notice_id: uuid.UUID,
    tender_id: uuid.UUID,
    version: int,
    *,
    with_standstill: bool,
    reference: str = "",
    published_on: date | None = None,
) -> None:
    """Publish the award notice (UK6), from whose publication the standstill counts.

    At or above the threshold it stands on Find a Tender first, and its reference and day are entered
    here. A mandatory standstill always begins; another one where `with_standstill` says so. Raises
    RuleBroken before the assessment summaries have been sent (section 50).
    """
    with transaction() as session:
        tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
        policy.require(actor, Act.AWARD_ANNOUNCE, tender.alliance_id)
        if queries.is_announced(session, tender_id):
            return
        expect_version(tender, version)
        if tender.status is not TenderStatus.CONFIRMED_BY_SCHOOLS:
            raise RuleBroken("No award waits to be announced now. Somebody may have been here before you.")
        told = sent_at(session, tender_id)
        if told is None:
            raise RuleBroken("Send every bidder its assessment summary first (section 50).")
        owed = queries.duty_of(session, tender, awards.live_awards(session, tender_id))
        notice = _notice(session, owed, reference, published_on)
        began_on = notice.on if notice else clock.today()
        rules.check_published(began_on, told.astimezone(clock.LONDON).date())
        ends_on = timetable.standstill_last_day(began_on)
        begins = with_standstill or owed is Duty.MANDATORY
        said = Particulars(standstill=(began_on, ends_on)) if begins else NO_PARTICULARS
        issuing.issue(session, tender, NoticeKind.AWARD, said, notice, notice_id=notice_id)
        if begins:
            session.add(
                Standstill(
                    tender_id=tender.id,
                    notice_id=notice_id,
                    duty=owed,
                    began_on=began_on,
                    first_ends_on=ends_on,
                    begun_by=actor.person_id,
                    begun_at=clock.now(),
                )
            )
            start_standstill(session, tender, ends_on)
        mark_changed(tender)
        session.flush()
        events.record(
            session,
            actor,
            Act.AWARD_ANNOUNCE,
            tender.id,
            organisation_id=tender.alliance_id,
            notice=f"{NoticeKind.AWARD}" + (f" on Find a Tender, {notice.reference}" if notice else ""),
            standstill_ends_on=tender.standstill_ends_on,
        )
        notices.award_announced(session, tender)


def _notice(session: Session, owed: Duty, reference: str, published_on: date | None) -> Published | None:
    """Where the award notice stands on Find a Tender: needed at or above the threshold (regulation 5)."""
    if owed is Duty.BELOW and not reference.strip():
        return None
    return new_reference(session, reference, published_on)


def record_challenge(
    actor: Actor, challenge_id: uuid.UUID, tender_id: uuid.UUID, challenged: Challenged
) -> None:
    """Record that somebody challenges an award before its contracts are made: everything waits from now on.

    A claim form that comes within the standstill suspends the contract by law (section 101); a letter
    makes no suspension, but schools wait for its answer all the same.
    """
    with transaction() as session:
        tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
        policy.require(actor, Act.CHALLENGE_RECORD, tender.alliance_id)
        if session.get(Challenge, challenge_id) is not None:
            return
        rules.check_challenge(challenged, tender.status, clock.today())
        session.add(
            Challenge(
                id=challenge_id,
                tender_id=tender_id,
                challenger=challenged.challenger,
                by=challenged.by,
                court=challenged.court,
                reference=challenged.reference,
                received_on=challenged.received_on,
                days_left=_days_left(session, tender, challenged.received_on),
                recorded_by=actor.person_id,
                recorded_at=clock.now(),
            )
        )
        mark_changed(tender)
        session.flush()
        events.record(
            session,
            actor,
            Act.CHALLENGE_RECORD,
            tender_id,
            organisation_id=tender.alliance_id,
            reason=f"{challenged.challenger}, {challenged.reference}",
        )
        notices.challenged(session, tender, challenged.challenger)


def _days_left(session: Session, tender: Tender, received_on: date) -> int:
    """How much of the standstill was left; while another challenge is open, what was left when that came."""
    before = [one.days_left for one in queries.open_challenges(session, tender.id)]
    if before:
        return max(before)
    begun = queries.standstill_of(session, tender.id)
    if begun is None or tender.standstill_ends_on is None:
        return 0
    return rules.days_left(max(received_on, begun.began_on), tender.standstill_ends_on)


def propose_outcome(
    actor: Actor,
    tender_id: uuid.UUID,
    challenge_id: uuid.UUID,
    version: int,
    *,
    outcome: Outcome,
    reason: str,
) -> None:
    """Propose what happens to a standstill that a challenge has paused; somebody else agrees to it."""
    with transaction() as session:
        tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
        policy.require(actor, Act.CHALLENGE_PROPOSE, tender.alliance_id)
        challenge = queries.get_challenge(session, tender, challenge_id)
        rules.move(challenge.status, rules.SETTLED_AS[outcome])
        expect_version(challenge, version)
        rules.check_outcome_reasons(reason)
        challenge.outcome, challenge.reason = outcome, reason
        challenge.proposed_by, challenge.proposed_at = actor.person_id, clock.now()
        challenge.agreements.clear()
        session.flush()
        events.record(
            session,
            actor,
            Act.CHALLENGE_PROPOSE,
            tender_id,
            organisation_id=tender.alliance_id,
            reason=reason,
        )
        notices.outcome_proposed(session, tender, challenge, awards.approvers(session, tender))


def settle_challenge(actor: Actor, tender_id: uuid.UUID, challenge_id: uuid.UUID, version: int) -> None:
    """Agree to what was proposed about a challenge: the standstill resumes, or the award is set aside.

    It resumes when the last open challenge is settled; the working days that were left run from today. Two
    people of two schools set an award aside, as two approved it: the first agreement waits for the second.
    Raises Forbidden for the person who proposed it. Sent twice, it counts once.
    """
    with transaction() as session:
        tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
        schools = awards.schools_approved_for(session, actor, tender)
        policy.require(actor, Act.CHALLENGE_SETTLE, *schools)
        challenge = queries.get_challenge(session, tender, challenge_id)
        if challenge.status is not ChallengeStatus.OPEN and challenge.settled_by == actor.person_id:
            return
        expect_version(challenge, version)
        rules.check_second_person(challenge.proposed_by, actor.person_id)
        assert challenge.outcome, "a proposal has an outcome"
        if not setting_aside.agree(session, actor, challenge, schools):
            mark_changed(tender)
            session.flush()
            notices.agreed_by_one(session, tender, challenge, awards.approvers(session, tender))
            events.record(session, actor, Act.CHALLENGE_AGREE, tender_id, organisation_id=tender.alliance_id)
            return
        challenge.status = rules.move(challenge.status, rules.SETTLED_AS[challenge.outcome])
        challenge.settled_by, challenge.settled_at = actor.person_id, clock.now()
        session.flush()
        if challenge.status is ChallengeStatus.RESUMED and tender.standstill_ends_on is not None:
            tender.standstill_ends_on = rules.resumed_last_day(
                tender.standstill_ends_on, challenge.days_left, clock.today()
            )
        if challenge.outcome in rules.SETS_ASIDE:
            setting_aside.set_aside(session, actor, tender, challenge)
            return
        mark_changed(tender)
        events.record(
            session,
            actor,
            Act.CHALLENGE_SETTLE,
            tender_id,
            organisation_id=tender.alliance_id,
            outcome=challenge.status.value,
            standstill_ends_on=tender.standstill_ends_on,
            reason=challenge.reason,
        )
        notices.challenge_settled(session, tender, challenge)
