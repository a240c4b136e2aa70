"""What waits for a person about awards."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance.models import Membership
from marketplace.alliance.queries import organisations_of, people_with_role
from marketplace.alliance.rules import MembershipStatus
from marketplace.contracts.models import Contract
from marketplace.contracts.offered import ContractLink
from marketplace.core.errors import Forbidden
from marketplace.core.policy import Actor, Kind, Role
from marketplace.core.web import Task
from marketplace.tenders.models import Tender
from marketplace.tenders.progress import NextStep, StepLink
from marketplace.tenders.rules import CommitmentStatus, TenderStatus
from suppliers.awards import queries, rules
from suppliers.awards.letters.queries import sent_at
from suppliers.awards.models import Award
from suppliers.awards.rules import AwardStatus
from suppliers.awards.standstill import queries as standstill
from suppliers.awards.standstill.models import Challenge
from suppliers.awards.standstill.rules import BEFORE_CONTRACTS, Duty
from suppliers.awards.waiving import queries as waiving
from suppliers.awards.waiving.models import AwardStanding
from suppliers.evaluation.queries import visible_to

FOR_COORDINATOR = (
    TenderStatus.PRICES_OPENED,
    TenderStatus.CONFIRMED_BY_SCHOOLS,
    TenderStatus.STANDSTILL,
)


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """What waits for this person: awards to recommend, to accept, to approve and to confirm."""
    return [*_for_coordinator(session, actor), *_for_approver(session, actor)]


def _for_coordinator(session: Session, actor: Actor) -> list[Task]:
    alliances = actor.organisations(Kind.ALLIANCE, Role.COORDINATOR)
    if not alliances:
        return []
    tasks = []
    for tender in queries.waiting_tenders(session, actor, *FOR_COORDINATOR):
        if tender.alliance_id not in alliances:
            continue
        if tender.status is TenderStatus.PRICES_OPENED:
            tasks.append(
                _task("Compare the quotes and recommend an award", "evaluation.compare_quotes", tender)
            )
        else:
            tasks += _after_approval(session, tender)
    return tasks


def _after_approval(session: Session, tender: Tender) -> list[Task]:
    """Tell the bidders, announce the award, confirm it: whichever comes next; nothing while it waits."""
    if sent_at(session, tender.id) is None:
        return [_task("Read the letters to the bidders and send them", "awards.list_letters", tender)]
    awards = queries.live_awards(session, tender.id)
    announced = standstill.is_announced(session, tender.id)
    if not announced and standstill.duty_of(session, tender, awards) is not Duty.BELOW:
        return [_task("Publish the award notice and enter its reference", "awards.announce_award", tender)]
    if standstill.why_not_yet(session, tender, awards):
        return []
    return [_task("Confirm the award", "awards.confirm_award", tender)]


def _for_approver(session: Session, actor: Actor) -> list[Task]:
    held = actor.organisations(Kind.SCHOOL, *queries.APPROVERS)
    if not held or actor.person_id is None:
        return []
    waiting = session.scalars(
        select(Tender)
        .where(Tender.status == TenderStatus.RECOMMENDED, visible_to(actor))
        .order_by(Tender.closes_at)
        .options(selectinload(Tender.panel), selectinload(Tender.commitments))
    ).all()
    awards = _awards(session, waiting)
    members = _members(session, waiting)
    accepting = waiving.waiting_in(session, [tender.id for tender in waiting])
    found = [
        Task(
            f"Say whether {one.school.name} accepts paying more than alone: {tender.title}",
            url_for("awards.waive_worse_price", tender_id=tender.id, school_id=one.school_id),
            tender.reference,
        )
        for tender in waiting
        for tender_id, one in accepting
        if tender_id == tender.id and one.school_id in held
    ]
    for tender in waiting:
        buyers = [one.school_id for one in tender.commitments if one.status is CommitmentStatus.COMMITTED]
        schools = held & rules.approving_schools(buyers, members.get(tender.alliance_id, ()))
        try:
            rules.school_to_approve_for(queries.duties(tender, awards[tender.id]), actor.person_id, schools)
        except Forbidden:
            continue
        found.append(_task("Approve the award or send it back", "awards.show_award", tender))
    return [*found, *_challenges(session, actor)]


def _challenges(session: Session, actor: Actor) -> list[Task]:
    """Challenges of which somebody else proposed what happens next."""
    found = []
    for tender in queries.waiting_tenders(session, actor, *BEFORE_CONTRACTS):
        if not queries.schools_approved_for(session, actor, tender):
            continue
        found += [
            Task(
                f"Decide about a challenge to the award: {tender.title}",
                url_for("awards.settle_challenge", tender_id=tender.id, challenge_id=challenge.id),
                challenge.challenger,
            )
            for challenge in standstill.open_challenges(session, tender.id)
            if challenge.proposed_by and actor.person_id not in _done(challenge)
        ]
    return found


def _done(challenge: Challenge) -> set[uuid.UUID | None]:
    """Who proposed what happens, and who has agreed to it."""
    return {challenge.proposed_by, *(one.person_id for one in challenge.agreements)}


def _awards(session: Session, waiting: Sequence[Tender]) -> dict[uuid.UUID, Award]:
    """An award of each tender: all its lots are decided together."""
    query = (
        select(Award)
        .where(Award.tender_id.in_([tender.id for tender in waiting]), Award.status != AwardStatus.REJECTED)
        .options(selectinload(Award.approvals))
    )
    return {award.tender_id: award for award in session.scalars(query)}


def _members(session: Session, waiting: Sequence[Tender]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """The member schools of the tenders' alliances."""
    query = select(Membership.alliance_id, Membership.school_id).where(
        Membership.alliance_id.in_([tender.alliance_id for tender in waiting]),
        Membership.status == MembershipStatus.ACTIVE,
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for alliance_id, school_id in session.execute(query):
        found.setdefault(alliance_id, set()).add(school_id)
    return found


def _task(text: str, endpoint: str, tender: Tender) -> Task:
    return Task(f"{text}: {tender.title}", url_for(endpoint, tender_id=tender.id), tender.reference)


def offered_steps(session: Session, actor: Actor, tender: Tender) -> list[StepLink]:
    """A link from the tender's page to its award, for those who may see it."""
    found = session.scalar(
        queries.awarded_tenders(actor).with_only_columns(Tender.id).where(Tender.id == tender.id)
    )
    return [StepLink("See the award", url_for("awards.show_award", tender_id=tender.id))] if found else []


def next_step(session: Session, tender: Tender) -> NextStep | None:
    """Whose approval a recommended award still waits for, by name, and what an approved one waits for."""
    if tender.status in BEFORE_CONTRACTS:
        return _next_after_approval(session, tender)
    if tender.status is not TenderStatus.RECOMMENDED:
        return None
    awards = queries.live_awards(session, tender.id)
    accepting = [one for one in waiving.standings(session, awards) if one.is_waiting]
    if accepting:
        return _next_acceptance(session, accepting)
    award = awards[0]
    duties, approving = queries.duties(tender, award), queries.approving_schools(session, tender)
    able = []
    people = queries.approvers(session, tender)
    held = organisations_of(session, people, *queries.APPROVERS)
    for person in people:
        try:
            rules.school_to_approve_for(duties, person.id, held[person.id] & approving)
        except Forbidden:
            continue
        able.append(person.name)
    left = rules.APPROVALS_NEEDED - len(award.approvals)
    words = "Somebody of another school approves" if left == 1 else f"{left} people of {left} schools approve"
    return NextStep(f"{words} the award, or sends it back.", tuple(able))


def _next_acceptance(session: Session, accepting: Sequence[AwardStanding]) -> NextStep:
    """Who says for a school that would pay more than alone why it accepts that."""
    people = people_with_role(session, [one.school_id for one in accepting], *queries.APPROVERS)
    schools = ", ".join(one.school.name for one in accepting)
    return NextStep(
        f"{schools} would pay more than alone. Each such school accepts that with a reason before anybody "
        "approves, or the award is sent back.",
        tuple(person.name for person in people),
    )


def _next_after_approval(session: Session, tender: Tender) -> NextStep:
    people = people_with_role(session, [tender.alliance_id], Role.COORDINATOR)
    names = tuple(person.name for person in people)
    awards = queries.live_awards(session, tender.id)
    waits = standstill.why_not_yet(session, tender, awards)
    if not waits:
        return NextStep("Confirm the award: its contracts can be made.", names)
    if standstill.open_challenges(session, tender.id) or tender.status is TenderStatus.STANDSTILL:
        return NextStep(waits, ())
    return NextStep(waits, names)


def links_of_contract(session: Session, actor: Actor, contract: Contract) -> list[ContractLink]:
    """From a contract's page to the award that it came from, and its school's hand-over pack."""
    award = session.get(Award, contract.award_id) if contract.award_id else None
    if award is None:
        return []
    query = select(Tender.id).where(Tender.id == award.tender_id, visible_to(actor))
    if session.scalar(query) is None:
        return []
    return [
        ContractLink("See the award", url_for("awards.show_award", tender_id=award.tender_id)),
        ContractLink(
            "Download the hand-over pack",
            url_for("awards.download_hand_over", tender_id=award.tender_id, school_id=contract.school_id),
        ),
    ]
