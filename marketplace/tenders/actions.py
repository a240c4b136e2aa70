"""What people do with a joint tender, from draft to publication and its end.

How a draft is filled in stands in `drafting/actions.py`, how schools answer in
`commitments/actions.py`. Every action that changes a tender takes the `version` that its author saw
and raises Stale when somebody changed the tender since.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from marketplace.alliance.sign_ins.actions import ask_for_factor
from marketplace.contracts.categories import category as known_category
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.ids import next_reference
from marketplace.core.moves import move
from marketplace.core.policy import SYSTEM, Act, Actor
from marketplace.needs.actions import place_need
from marketplace.needs.rules import NeedStatus
from marketplace.tenders import notices, publication, queries, rules, timetable
from marketplace.tenders.answers import unanswered_questions
from marketplace.tenders.commitments import queries as commitments
from marketplace.tenders.criteria.rules import has_quality
from marketplace.tenders.drafting import rules as drafting
from marketplace.tenders.drafting.proposal import lock_needs, propose
from marketplace.tenders.drafting.queries import readiness
from marketplace.tenders.interests.queries import concerned, latest_assessment
from marketplace.tenders.interests.rules import check_publishable
from marketplace.tenders.lots.queries import terms_of
from marketplace.tenders.lots.rules import check_can_be_quoted
from marketplace.tenders.models import Commitment, Tender, TenderStep
from marketplace.tenders.packs.assembling import assemble
from marketplace.tenders.planning.queries import holidays_at
from marketplace.tenders.rules import COMMITMENT_MOVES, CommitmentStatus, Seat, TenderStatus
from marketplace.tenders.uk_notices import issuing
from marketplace.tenders.uk_notices.queries import must_wait
from marketplace.tenders.uk_notices.rules import ENDED, NoticeKind, Published


def draft_tender(
    actor: Actor,
    tender_id: uuid.UUID,
    alliance_id: uuid.UUID,
    title: str,
    *,
    category: str,
    need_ids: Collection[uuid.UUID] = (),
) -> None:
    """Draft a joint tender, from approved needs of several schools where there are any.

    The needs become pooled, their schools are invited with what they spend today, one lot with a line
    for each unit is proposed, and so are contract dates and the lead school. Without needs the draft is
    empty. Raises RuleBroken (field `needs`) when the needs cannot be bought together.
    """
    with transaction() as session:
        if alliance_id not in actor.alliance_ids:
            raise NotFound
        policy.require(actor, Act.TENDER_DRAFT, alliance_id)
        if session.get(Tender, tender_id) is not None:
            return
        needs = lock_needs(session, alliance_id, need_ids)
        rules.check_poolable(
            [(need.school_id, need.category, need.status, need.joint) for need in needs], category
        )
        tender = begin_tender(session, actor, tender_id, alliance_id, title=title, category=category)
        if needs:
            propose(session, tender, needs)
        events.record(session, actor, Act.TENDER_DRAFT, tender.id, organisation_id=alliance_id)


def begin_tender(
    session: Session,
    actor: Actor,
    tender_id: uuid.UUID,
    alliance_id: uuid.UUID,
    *,
    title: str,
    category: str,
) -> Tender:
    """The row that every tender starts from, with its reference. A shared step."""
    now = clock.now()
    tender = Tender(
        id=tender_id,
        reference=next_reference(session, "T", now),
        alliance_id=alliance_id,
        title=title,
        category=category,
        drafted_by=actor.person_id,
        drafted_at=now,
        cpv=codes[0].code if (codes := known_category(category).cpv) else "",
        status=TenderStatus.DRAFT,
    )
    tender.steps.append(TenderStep(status=TenderStatus.DRAFT, reached_at=now))
    session.add(tender)
    session.flush()
    return tender


def invite_schools(actor: Actor, tender_id: uuid.UUID, version: int) -> None:
    """Ask each school to commit. Raises RuleBroken with the first thing that is missing."""
    with transaction() as session:
        tender = _for_change(session, actor, tender_id, Act.TENDER_INVITE)
        if already(tender, TenderStatus.JOINING, version):
            return
        expect_version(tender, version)
        drafting.check_editable(tender.status)
        for refusal in drafting.missing(readiness(session, tender)):
            raise refusal
        check_timetable(session, tender, clock.now())
        move_tender(session, tender, TenderStatus.JOINING)
        ask_openers(session, tender)
        notices.schools_invited(session, tender)
        events.record(session, actor, Act.TENDER_INVITE, tender.id, organisation_id=tender.alliance_id)


def publish_tender(actor: Actor, tender_id: uuid.UUID, version: int) -> None:
    """Approve a confirmed tender and open it to suppliers until its deadline.

    Above the threshold it is approved only, and nobody else sees it before its notice stands on Find a
    Tender (Procurement Regulations 2024, regulation 5): `uk_notices.actions.publish_with_reference` opens
    it then. Raises Forbidden for the person who drafted it or asked for approval, and for anybody but a
    headteacher of a school in the tender other than the lead school; RuleBroken when the deadline is
    no longer far enough away, the confirmation of a governing body has ended, or too few openers have
    proved their passphrases, and above the threshold without a whole conflicts assessment.
    """
    with transaction() as session:
        tender = queries.get_tender_of_alliance(session, actor, tender_id, lock=True)
        approving = queries.approving_schools(session, tender)
        policy.require(actor, Act.TENDER_PUBLISH, *approving)
        rules.check_publisher(
            actor.person_id,
            drafted_by=tender.drafted_by,
            asked_by=tender.publication_asked_by,
            headteacher_of=queries.headteacher_of(actor),
            approving_schools=approving,
        )
        if tender.published_by is not None and version < tender.version:
            return
        expect_version(tender, version)
        rules.check_approvable(tender.status, tender.approved_at)
        check_panel(tender)
        check_timetable(session, tender, clock.now())
        check_can_be_quoted(terms_of(session, tender))
        _check_interests(session, actor, tender)
        publication.check(session, tender)
        tender.published_by, tender.approved_at = actor.person_id, clock.now()
        if not must_wait(session, tender):
            open_to_suppliers(session, actor, tender)
            return
        commitments.check_confirmed(session, tender)
        _remove_what_nobody_buys(session, tender)
        issuing.check(session, tender, NoticeKind.TENDER)
        notices.reference_wanted(session, tender)
        events.record(session, actor, Act.TENDER_APPROVE, tender.id, organisation_id=tender.alliance_id)


def return_tender(actor: Actor, tender_id: uuid.UUID, version: int, reason: str) -> None:
    """Take a tender that is not yet published back to draft, with a reason; schools answer again.

    By the coordinator, or by a headteacher who was asked to approve it.
    """
    with transaction() as session:
        tender = queries.get_tender_of_alliance(session, actor, tender_id, lock=True)
        asked = tender.status is TenderStatus.CONFIRMED
        approving = queries.approving_schools(session, tender) if asked else frozenset()
        policy.require(actor, Act.TENDER_RETURN, tender.alliance_id, *approving)
        if already(tender, TenderStatus.DRAFT, version):
            return
        expect_version(tender, version)
        rules.check_reason(reason, "the tender goes back to draft")
        for commitment in tender.commitments:
            if commitment.status is CommitmentStatus.COMMITTED:
                commitment.status = move(COMMITMENT_MOVES, commitment.status, CommitmentStatus.INVITED)
        move_tender(session, tender, TenderStatus.DRAFT)
        notices.tender_returned(session, tender, reason)
        events.record(
            session, actor, Act.TENDER_RETURN, tender.id, organisation_id=tender.alliance_id, reason=reason
        )


def cancel_tender(actor: Actor, tender_id: uuid.UUID, version: int, reason: str) -> None:
    """End a tender without an award, with a reason that schools and suppliers read."""
    with transaction() as session:
        tender = _for_change(session, actor, tender_id, Act.TENDER_CANCEL)
        if already(tender, TenderStatus.CANCELLED, version):
            return
        expect_version(tender, version)
        rules.check_reason(reason, "the tender is cancelled")
        tender.end_reason = reason
        move_tender(session, tender, TenderStatus.CANCELLED)
        notices.tender_cancelled(session, tender)
        events.record(
            session, actor, Act.TENDER_CANCEL, tender.id, organisation_id=tender.alliance_id, reason=reason
        )


def close_tender(tender_id: uuid.UUID) -> bool:
    """Close a published tender whose deadline has passed by the database's clock; was there one to close?

    A question that has no answer holds it: no quote is taken any more, and none can be opened yet.
    """
    with transaction() as session:
        tender = queries.get_tender(session, SYSTEM, tender_id, lock=True)
        policy.require(SYSTEM, Act.TENDER_CLOSE)
        now = clock.database_now(session)
        if tender.status is not TenderStatus.PUBLISHED or rules.accepts_quotes(
            tender.status, tender.closes_at, now
        ):
            return False
        if unanswered_questions(session, tender.id):
            return False
        tender.closed_at = now
        move_tender(session, tender, TenderStatus.CLOSED)
        notices.tender_closed(session, tender)
        events.record(session, SYSTEM, Act.TENDER_CLOSE, tender.id, organisation_id=tender.alliance_id)
        return True


# ------------------------------------------------------- shared steps, for this stage and those downstream


def move_tender(session: Session, tender: Tender, wanted: TenderStatus) -> None:
    """Move a locked tender to a status, note the moment, and let its schools' needs follow.

    The only way a tender's status changes. On publication the needs are in tender, on award contracted,
    and when a tender ends without one they are approved again and its end is made public. Raises
    RuleBroken.
    """
    tender.status = rules.move(tender.status, wanted)
    if wanted in {TenderStatus.DRAFT, TenderStatus.JOINING}:
        tender.published_by = tender.approved_at = None
    tender.steps.append(TenderStep(status=wanted, reached_at=clock.now()))
    for commitment in tender.commitments:
        if wanted is TenderStatus.PUBLISHED:
            _move_need(session, commitment, NeedStatus.IN_TENDER)
        elif wanted is TenderStatus.AWARDED:
            _move_need(session, commitment, NeedStatus.CONTRACTED)
        elif wanted in ENDED:
            release_need(session, commitment)
    session.flush()
    if wanted in ENDED:
        issuing.tender_ended(session, tender)


def open_to_suppliers(
    session: Session, actor: Actor, tender: Tender, notice: Published | None = None
) -> None:
    """Publish an approved tender with its notice; `notice` is that on Find a Tender, if it stands there."""
    commitments.check_confirmed(session, tender)
    _remove_what_nobody_buys(session, tender)
    publication.prepare(session, tender)
    tender.published_at = clock.now()
    move_tender(session, tender, TenderStatus.PUBLISHED)
    assemble(session, tender)
    issuing.issue(session, tender, NoticeKind.TENDER, published=notice)
    notices.tender_published(session, tender)
    facts = {"notice": notice.reference} if notice else {}
    events.record(
        session,
        actor,
        Act.TENDER_PUBLISH,
        tender.id,
        organisation_id=tender.alliance_id,
        also=queries.approving_schools(session, tender),
        **facts,
    )


def start_standstill(session: Session, tender: Tender, ends_on: date) -> None:
    """Move a tender whose award was approved to its standstill, until the end of a day."""
    tender.standstill_ends_on = ends_on
    move_tender(session, tender, TenderStatus.STANDSTILL)


def end_unsuccessfully(session: Session, tender: Tender, reason: str) -> None:
    """End a tender for which no quote can be accepted; the reason is shown to everybody."""
    rules.check_reason(reason, "no quote can be accepted")
    tender.end_reason = reason
    move_tender(session, tender, TenderStatus.UNSUCCESSFUL)


def ask_openers(session: Session, tender: Tender) -> None:
    """Whoever is to open quotes that may come has a second factor. A shared step."""
    ask_for_factor(session, [seat.person_id for seat in tender.panel if seat.seat is Seat.OPENER])


def mark_changed(tender: Tender) -> None:
    """Give the tender a new version when only its parts have changed."""
    flag_modified(tender, "title")


def _for_change(session: Session, actor: Actor, tender_id: uuid.UUID, act: Act) -> Tender:
    """A tender of the actor's alliance to which they may do this, locked. Raises NotFound and Forbidden."""
    tender = queries.get_tender_of_alliance(session, actor, tender_id, lock=True)
    policy.require(actor, act, tender.alliance_id)
    return tender


def already(tender: Tender, wanted: TenderStatus, version: int) -> bool:
    """Was this done since the page was read, by a second click on the same button or by a colleague?"""
    return tender.status is wanted and version < tender.version


def check_panel(tender: Tender) -> None:
    """The people who open and score are named. Raises RuleBroken."""
    quality = has_quality(criterion.kind for criterion in tender.criteria)
    seats = [drafting.PanelDraft(seat.person_id, seat.school_id, seat.seat) for seat in tender.panel]
    drafting.check_panel(seats, quality=quality)


def _check_interests(session: Session, actor: Actor, tender: Tender) -> None:
    _, regime = queries.value_and_regime(session, tender)
    latest = latest_assessment(session, tender.id)
    check_publishable(
        regime, concerned(session, tender), latest.recorded_at if latest else None, actor.person_id
    )


def check_timetable(session: Session, tender: Tender, published_at: datetime) -> None:
    """Raise RuleBroken unless the dates can be kept by a tender that is published at this moment."""
    if tender.closes_at is None or tender.contract_starts_on is None or tender.contract_ends_on is None:
        raise RuleBroken("Set the deadline and the contract’s dates.", "timetable")
    _, regime = queries.value_and_regime(session, tender)
    timetable.check_deadline(
        tender.closes_at,
        published_at,
        timetable.least_days(regime, tender.procedure),
        on_holiday=holidays_at(session, tender, tender.closes_at),
        reason=tender.deadline_reason,
    )
    timetable.check_contract_dates(tender.contract_starts_on, tender.contract_ends_on, tender.closes_at)


def _remove_what_nobody_buys(session: Session, tender: Tender) -> None:
    """Remove for good what schools that are out would have bought: suppliers are about to read the rest."""
    buying = queries.buyers(session, tender.id)
    for lot in list(tender.lots):
        for line in list(lot.lines):
            line.volumes = [volume for volume in line.volumes if volume.school_id in buying]
            if not line.volumes:
                lot.lines.remove(line)
        if not lot.lines:
            tender.lots.remove(lot)
    session.flush()


def _move_need(session: Session, commitment: Commitment, wanted: NeedStatus) -> None:
    """Let a committed school's need follow the tender."""
    if commitment.need_id is not None and commitment.status is CommitmentStatus.COMMITTED:
        place_need(session, commitment.need_id, wanted)


def release_need(session: Session, commitment: Commitment) -> None:
    """Free a school's need for another way of buying."""
    if commitment.need_id is not None:
        place_need(session, commitment.need_id, NeedStatus.APPROVED)
        commitment.need_id = None
