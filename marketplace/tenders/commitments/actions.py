"""How schools answer a joint tender until it is published, and how it is settled who buys.

With those of `tenders/actions.py` and `drafting/actions.py` the only writers of this stage.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from decimal import Decimal

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from marketplace.alliance.models import Person
from marketplace.alliance.work.actions import follow_lead_of_tender
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken, Stale
from marketplace.core.forms import expect_version
from marketplace.core.money import Money
from marketplace.core.moves import move
from marketplace.core.policy import SYSTEM, Act, Actor
from marketplace.core.web import moment
from marketplace.needs.actions import place_need
from marketplace.needs.models import Need
from marketplace.needs.queries import get_need
from marketplace.needs.rules import NeedStatus
from marketplace.tenders import queries as tenders
from marketplace.tenders import rules as tender_rules
from marketplace.tenders.actions import (
    already,
    check_panel,
    mark_changed,
    move_tender,
    release_need,
)
from marketplace.tenders.commitments import notices, queries, rules, settling
from marketplace.tenders.commitments.rules import Conditions
from marketplace.tenders.models import Commitment, LineVolume, Tender
from marketplace.tenders.notices import approval_asked
from marketplace.tenders.rules import COMMITMENT_MOVES, CommitmentStatus, TenderStatus
from marketplace.tenders.timetable import units_over_term


def commit_school(actor: Actor, tender_id: uuid.UUID, school_id: uuid.UUID, version: int) -> None:
    """Commit a school to buy its volumes by this tender. `version` is the tender's, as the school read it.

    Where the school's delegation ladder asks for it, the commitment counts once the governing body has
    confirmed it; its governors are asked. Raises Forbidden when the ladder leaves it to a headteacher.
    """
    with transaction() as session:
        tender, commitment = _for_answer(session, actor, tender_id, school_id, Act.TENDER_COMMIT)
        if commitment.status is CommitmentStatus.COMMITTED:
            return
        rules.check_open_to_answers(tender.status)
        expect_version(tender, version)
        tender_rules.check_not_declined(commitment.status)
        band = queries.band(session, tender, commitment)
        rules.check_committer(band, actor.roles_at(school_id))
        rules.check_some_volume(has_volume=bool(_volumes(tender, school_id)))
        rules.check_conditions(
            queries.conditions_of(commitment), invited=queries.invited(tender), baseline=commitment.baseline
        )
        _answer(commitment, actor, CommitmentStatus.COMMITTED, "")
        notices.school_committed(session, tender, commitment)
        if queries.unconfirmed(session, tender, commitment):
            notices.confirmation_asked(session, tender, commitment)
        events.record(session, actor, Act.TENDER_COMMIT, tender.id, organisation_id=school_id)


def edit_commitment(
    actor: Actor,
    tender_id: uuid.UUID,
    school_id: uuid.UUID,
    version: int,
    *,
    volumes: Mapping[uuid.UUID, Decimal],
    conditions: Conditions,
) -> None:
    """Correct a school's own volumes (units over the whole term, by line) and conditions.

    While schools decide. `version` is the answer's. Raises RuleBroken for a condition that nobody can
    meet, Stale when a colleague changed the answer meanwhile.
    """
    with transaction() as session:
        tender, commitment = _for_answer(session, actor, tender_id, school_id, Act.COMMITMENT_EDIT)
        rules.check_open_to_answers(tender.status)
        tender_rules.check_not_declined(commitment.status)
        expect_version(commitment, version)
        bought = {line_id: quantity for line_id, quantity in volumes.items() if quantity}
        rules.check_some_volume(has_volume=bool(bought))
        rules.check_conditions(conditions, invited=queries.invited(tender), baseline=commitment.baseline)
        corrected = bought != _volumes(tender, school_id)
        _set_volumes(tender, school_id, bought)
        commitment.price_at_most = conditions.price_at_most
        commitment.saving_at_least = conditions.saving_at_least
        commitment.schools_at_least = conditions.schools_at_least
        flag_modified(commitment, "reason")
        session.flush()
        if commitment.status is CommitmentStatus.COMMITTED:
            notices.school_corrected(session, tender, commitment)
        part = "volumes" if corrected else "conditions"
        events.record(session, actor, Act.COMMITMENT_EDIT, tender.id, organisation_id=school_id, part=part)


def decline_tender(
    actor: Actor, tender_id: uuid.UUID, school_id: uuid.UUID, version: int, reason: str
) -> None:
    """Keep a school out of this tender, with a reason, at any time before it is published.

    Its need is free again. When it had been settled who buys, others may drop out with it, and without
    a lead school or any buyer the tender goes back; everybody is told. Raises Stale when a colleague
    has withdrawn the school meanwhile.
    """
    with transaction() as session:
        tender, commitment = _for_answer(session, actor, tender_id, school_id, Act.TENDER_DECLINE)
        if commitment.status is CommitmentStatus.DECLINED:
            _tell_who_declined(session, actor, commitment)
            return
        rules.check_open_to_leaving(tender.status)
        expect_version(tender, version)
        tender_rules.check_reason(reason, "your school stays out")
        _answer(commitment, actor, CommitmentStatus.DECLINED, reason)
        release_need(session, commitment)
        if tender.status is TenderStatus.JOINING:
            notices.school_declined(session, tender, commitment)
        else:
            session.flush()
            found = settling.settle_anew(session, tender)
            notices.school_left(session, tender, commitment, found.dropped, found.went_back)
        events.record(session, actor, Act.TENDER_DECLINE, tender.id, organisation_id=school_id, reason=reason)


def invite_school(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    school_id: uuid.UUID,
    *,
    baseline: Money,
    need_id: uuid.UUID | None = None,
) -> None:
    """Invite one more member school before publication; what the others answered stays.

    With one of its approved needs the school joins with what that says it pays today, else `baseline`
    (pence a year before VAT, zero for unknown) counts. A settled tender waits for this school's answer
    and is then settled again. Raises RuleBroken (field `who`).
    """
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.COMMITMENT_INVITE, tender.alliance_id)
        known = next((one for one in tender.commitments if one.school_id == school_id), None)
        rules.check_open_to_inviting(tender.status, known.status if known else None)
        expect_version(tender, version)
        if school_id not in tenders.member_ids(session, tender.alliance_id):
            raise NotFound
        commitment = known or Commitment(school_id=school_id)
        if known is None:
            tender.commitments.append(commitment)
        else:
            commitment.status = move(COMMITMENT_MOVES, commitment.status, CommitmentStatus.INVITED)
        commitment.baseline, commitment.reason = baseline, ""
        commitment.answered_by = commitment.answered_at = None
        if need_id is not None:
            _pool(session, actor, tender, commitment, need_id)
        session.flush()
        session.refresh(commitment)
        mark_changed(tender)
        if tender.status is TenderStatus.CONFIRMED:
            move_tender(session, tender, TenderStatus.JOINING)
        notices.school_invited_late(session, tender, commitment)
        events.record(session, actor, Act.COMMITMENT_INVITE, tender.id, organisation_id=school_id)


def confirm_tender(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    lead_school_id: uuid.UUID | None = None,
    *,
    staying: Collection[uuid.UUID] | None = None,
) -> None:
    """Settle who buys and ask headteachers for approval to publish.

    Schools that did not commit, whose governing body has not confirmed, or whose condition of company
    is not met are out. `staying` are the schools that the page said would buy: Stale when that has
    changed. `lead_school_id` names another lead school, needed when the one proposed is out. Raises
    RuleBroken when nobody is left, the lead school is out, or the people who open and score are not named.
    """
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.TENDER_CONFIRM, tender.alliance_id)
        if already(tender, TenderStatus.CONFIRMED, version):
            return
        expect_version(tender, version)
        foreseen = queries.forecast(session, tender)
        if staying is not None and set(staying) != foreseen.staying:
            raise Stale("Who would buy has changed since you opened this page.")
        rules.check_somebody_stays(
            committed=any(one.status is CommitmentStatus.COMMITTED for one in tender.commitments),
            staying=foreseen.staying,
        )
        tender.lead_school_id = tender_rules.settled_lead(
            lead_school_id or tender.lead_school_id, foreseen.staying
        )
        check_panel(tender)
        dropped = settling.drop_all(session, tender, foreseen.reasons)
        follow_lead_of_tender(
            session,
            actor,
            alliance_id=tender.alliance_id,
            tender_id=tender.id,
            title=tender.title,
            lead=tender.lead_school_id,
        )
        tender.publication_asked_by = actor.person_id
        move_tender(session, tender, TenderStatus.CONFIRMED)
        approval_asked(session, tender, dropped)
        events.record(session, actor, Act.TENDER_CONFIRM, tender.id, organisation_id=tender.alliance_id)


def drop_lapsed(tender_id: uuid.UUID) -> int:
    """Drop the schools of a tender whose governing bodies' confirmations have ended; returns how many."""
    with transaction() as session:
        policy.require(SYSTEM, Act.COMMITMENT_LAPSE)
        tender = tenders.get_tender(session, SYSTEM, tender_id, lock=True)
        if tender.status not in rules.OPEN_TO_LEAVING:
            return 0
        dropped = settling.drop_lapsed(session, tender)
        for commitment in dropped:
            events.record(
                session,
                SYSTEM,
                Act.COMMITMENT_LAPSE,
                tender.id,
                organisation_id=commitment.school_id,
                reason=commitment.reason,
            )
        return len(dropped)


def _for_answer(
    session: Session, actor: Actor, tender_id: uuid.UUID, school_id: uuid.UUID, act: Act
) -> tuple[Tender, Commitment]:
    tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
    commitment = next((one for one in tender.commitments if one.school_id == school_id), None)
    if commitment is None:
        raise NotFound
    policy.require(actor, act, school_id)
    return tender, commitment


def _answer(commitment: Commitment, actor: Actor, status: CommitmentStatus, reason: str) -> None:
    commitment.status = move(COMMITMENT_MOVES, commitment.status, status)
    commitment.reason = reason
    commitment.answered_by, commitment.answered_at = actor.person_id, clock.now()


def _tell_who_declined(session: Session, actor: Actor, commitment: Commitment) -> None:
    """A second click by the same person changes nothing; a colleague is told who was here before."""
    if commitment.answered_by == actor.person_id:
        return
    person = session.get(Person, commitment.answered_by) if commitment.answered_by else None
    who = (
        f"{person.name} has withdrawn {commitment.school.name}"
        if person
        else f"{commitment.school.name} is out"
    )
    when = f" on {moment(commitment.answered_at)}" if commitment.answered_at else ""
    raise Stale(f"{who} already{when}. You do not need to do anything.")


def _volumes(tender: Tender, school_id: uuid.UUID) -> dict[uuid.UUID, Decimal]:
    """One school's units, by line."""
    return {
        line.id: volume.quantity
        for lot in tender.lots
        for line in lot.lines
        for volume in line.volumes
        if volume.school_id == school_id
    }


def _set_volumes(tender: Tender, school_id: uuid.UUID, bought: Mapping[uuid.UUID, Decimal]) -> None:
    lines = {line.id: line for lot in tender.lots for line in lot.lines}
    if set(bought) - set(lines):
        raise NotFound
    if any(quantity < 0 for quantity in bought.values()):
        raise RuleBroken("A volume cannot be less than 0.", "volumes")
    for line_id, line in lines.items():
        present = next((one for one in line.volumes if one.school_id == school_id), None)
        wanted = bought.get(line_id)
        if wanted is None and present is not None:
            line.volumes.remove(present)
        elif wanted is not None and present is None:
            line.volumes.append(LineVolume(school_id=school_id, quantity=wanted))
        elif wanted is not None and present is not None:
            present.quantity = wanted


def _pool(session: Session, actor: Actor, tender: Tender, commitment: Commitment, need_id: uuid.UUID) -> None:
    """Bring an approved need of the school into the tender, its volume on the first line in its unit."""
    need: Need = get_need(session, actor, need_id, lock=True)
    if need.school_id != commitment.school_id or need.category != tender.category:
        raise NotFound
    tender_rules.check_need_free(need.status, need.joint)
    place_need(session, need.id, NeedStatus.POOLED)
    commitment.need_id, commitment.baseline = need.id, need.current_annual_spend
    unit = tender_rules.unit_over_term(need.volume_unit)
    line = next((one for lot in tender.lots for one in lot.lines if one.unit == unit), None)
    if line and tender.contract_starts_on and tender.contract_ends_on:
        units = units_over_term(need.volume, tender.contract_starts_on, tender.contract_ends_on)
        _set_volumes(tender, need.school_id, _volumes(tender, need.school_id) | {line.id: units})
