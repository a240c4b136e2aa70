"""What a tender waits for and by whom, what downstream offers about it, and what was done."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.queries import names, people_with_role
from marketplace.core import clock
from marketplace.core.events import Event
from marketplace.core.policy import Act, Actor, Role
from marketplace.tenders import queries, rules
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import CommitmentStatus, Seat, TenderStatus

_S = TenderStatus
WORDS = {
    Act.TENDER_DRAFT: "Drafted",
    Act.TENDER_IMPORT: "Imported from an OCDS file",
    Act.TENDER_EDIT: "Changed",
    Act.TENDER_INVITE: "Schools invited",
    Act.TENDER_COMMIT: "School committed",
    Act.TENDER_DECLINE: "School declined",
    Act.REQUIREMENT_MARK: "School said what it needs",
    Act.COMMITMENT_EDIT: "School corrected its answer",
    Act.COMMITMENT_RENEW: "School committed to other volumes",
    Act.COMMITMENT_INVITE: "One more school invited",
    Act.COMMITMENT_LAPSE: "School dropped out",
    Act.TENDER_CONFIRM: "Buyers settled, approval asked",
    Act.TENDER_APPROVE: "Approved, to be published on Find a Tender first",
    Act.TENDER_PUBLISH: "Approved and published",
    Act.NOTICE_ISSUE: "Notice published",
    Act.TENDER_RETURN: "Taken back to draft",
    Act.INTEREST_DECLARE: "Interests declared",
    Act.INTEREST_ASSESS: "Conflicts of interest assessed",
    Act.TENDER_AMEND: "Changed after publication",
    Act.TENDER_HOLD_CHANGE: "Change held until Find a Tender shows it",
    Act.TENDER_EXTEND: "Later deadline proposed",
    Act.TENDER_APPROVE_EXTENSION: "Deadline moved",
    Act.TENDER_REFUSE_EXTENSION: "Deadline left as it is",
    Act.TENDER_CLOSE: "Closed at the deadline",
    Act.TENDER_CANCEL: "Cancelled",
    Act.TENDER_END: "Ended without an award",
    Act.OPENER_TAKE_OFF: "Proposed to take an opener off",
    Act.OPENER_AGREE: "Opener taken off",
    Act.OPENER_KEEP: "Opener stays",
    Act.QUOTES_OPEN: "Quotes opened",
    Act.SCORES_LOCK: "Quality scores locked",
    Act.AWARD_COMBINE: "Combinations of lots asked for",
    Act.AWARD_RECOMMEND: "Award recommended",
    Act.AWARD_WAIVE: "A school accepted that it pays more than alone",
    Act.AWARD_APPROVE: "Award approved",
    Act.AWARD_TELL: "Every bidder told its result",
    Act.AWARD_ANNOUNCE: "Award notice published",
    Act.CHALLENGE_RECORD: "Award challenged",
    Act.CHALLENGE_PROPOSE: "Proposed how a challenge is settled",
    Act.CHALLENGE_AGREE: "One school agreed that the award is set aside",
    Act.CHALLENGE_SETTLE: "Challenge settled",
    Act.AWARD_SET_ASIDE: "Award set aside",
    Act.RELATED_PARTY_DECLARE: "Related party recorded",
    Act.AWARD_CONFIRM: "Award confirmed",
}


ANSWERS = {
    act.value
    for act in (
        Act.TENDER_COMMIT,
        Act.TENDER_DECLINE,
        Act.REQUIREMENT_MARK,
        Act.COMMITMENT_EDIT,
        Act.COMMITMENT_RENEW,
        Act.COMMITMENT_INVITE,
        Act.COMMITMENT_LAPSE,
        Act.TENDER_APPROVE_EXTENSION,
        Act.AWARD_APPROVE,
    )
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """What has to happen now, and who does it; no people when nobody needs to do anything."""

    text: str
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepLink:
    """A page on which whoever is looking can do or see something about a tender."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Something that was done, in words."""

    at: datetime
    words: str
    by: str
    detail: str


Offer = Callable[[Session, Actor, Tender], Sequence[StepLink]]
Knower = Callable[[Session, Tender], NextStep | None]
_offers: list[Offer] = []
_knowers: list[Knower] = []


def offer_steps(offer: Offer) -> None:
    """Let a stage downstream put its links on the tender's page. Called by the composition root."""
    if offer not in _offers:
        _offers.append(offer)


def offered_steps(session: Session, actor: Actor, tender: Tender) -> list[StepLink]:
    """What the stages downstream offer this actor about this tender."""
    return [link for offer in _offers for link in offer(session, actor, tender)]


def know_next_step(knower: Knower) -> None:
    """Let a stage downstream say who exactly is awaited, in the states that it knows better.

    Called by the composition root.
    """
    if knower not in _knowers:
        _knowers.append(knower)


def next_step(session: Session, tender: Tender) -> NextStep:
    """What has to happen now, by name."""
    status = rules.shown_status(tender.status, tender.closes_at, clock.now())
    for knower in _knowers:
        if step := knower(session, tender):
            return step
    if status is _S.JOINING:
        return _while_joining(session, tender)
    if status is _S.CONFIRMED:
        schools = queries.approving_schools(session, tender)
        heads = people_with_role(session, schools, Role.HEADTEACHER)
        able = [
            head.name for head in heads if head.id not in {tender.drafted_by, tender.publication_asked_by}
        ]
        return NextStep("One of these headteachers approves and publishes it, or sends it back.", tuple(able))
    text, who = NEXT[status]
    return NextStep(text, _people(session, tender, who))


NEXT: dict[TenderStatus, tuple[str, Role | Seat | None]] = {
    _S.DRAFT: ("Finish the draft and invite the schools.", Role.COORDINATOR),
    _S.PUBLISHED: ("Suppliers prepare their quotes. Nobody can see them before the deadline.", None),
    _S.CLOSED: ("Two people named for it, from two schools, open the quotes.", Seat.OPENER),
    _S.OPENED: ("Declare conflicts of interest, then score the answers alone.", Seat.EVALUATOR),
    _S.EVALUATING: ("Score the answers alone; then the panel agrees its scores.", Seat.EVALUATOR),
    _S.MODERATED: ("Two people named for it, from two schools, open the prices.", Seat.OPENER),
    _S.PRICES_OPENED: ("Compare the quotes and recommend an award.", Role.COORDINATOR),
    _S.RECOMMENDED: ("A headteacher or governor of each of two schools approves the award.", None),
    _S.CONFIRMED_BY_SCHOOLS: ("Tell the suppliers and start the standstill, or confirm.", Role.COORDINATOR),
    _S.STANDSTILL: ("Confirm the award when the standstill has ended.", Role.COORDINATOR),
    _S.AWARDED: ("Nothing more: each school has its contract in its register.", None),
    _S.UNSUCCESSFUL: ("Nothing more: the schools’ needs are free for another tender.", None),
    _S.CANCELLED: ("Nothing more: the schools’ needs are free for another tender.", None),
}


def waits_for(status: TenderStatus) -> str:
    """What any tender of this status waits for, in a sentence."""
    if status is _S.JOINING:
        return "Each school commits or declines; then the coordinator settles who buys."
    if status is _S.CONFIRMED:
        return "A headteacher of a school but the lead school approves and publishes it, or sends it back."
    return NEXT[status][0]


def _while_joining(session: Session, tender: Tender) -> NextStep:
    waiting = [one.school_id for one in tender.commitments if one.status is CommitmentStatus.INVITED]
    if waiting:
        schools = sorted(names(session, waiting).values())
        return NextStep(
            "The bursar or headteacher of each of these schools commits or declines.", tuple(schools)
        )
    coordinators = _people(session, tender, Role.COORDINATOR)
    return NextStep("Every school has answered. Settle who buys and ask for approval.", coordinators)


def _people(session: Session, tender: Tender, who: Role | Seat | None) -> tuple[str, ...]:
    if isinstance(who, Seat):
        return tuple(seat.person.name for seat in queries.named(tender, who))
    if who is None:
        return ()
    return tuple(person.name for person in people_with_role(session, [tender.alliance_id], who))


def history(session: Session, tender_id: uuid.UUID) -> list[HistoryLine]:
    """What was done to a tender by its schools, newest first. Load the tender as its reader first."""
    events = list(
        session.scalars(
            select(Event)
            .where(Event.subject_id == tender_id, Event.act.in_([act.value for act in WORDS]))
            .order_by(Event.position.desc())
        )
    )
    of_schools = [one for one in events if one.act in ANSWERS]
    schools = names(session, {one.organisation_id for one in of_schools if one.organisation_id})
    return [
        HistoryLine(event.at, _words(event), event.actor_name, _detail(event, schools)) for event in events
    ]


def _words(event: Event) -> str:
    """What was done; publication with a notice on Find a Tender comes after the approval."""
    if event.act == Act.TENDER_PUBLISH and event.facts.get("notice"):
        return "Published"
    return WORDS[Act(event.act)]


def _detail(event: Event, schools: dict[uuid.UUID, str]) -> str:
    school = schools.get(event.organisation_id, "") if event.organisation_id else ""
    facts = event.facts
    said = (school, PARTS.get(facts.get("part", ""), ""), facts.get("notice", ""), facts.get("reason", ""))
    return ": ".join(filter(None, said))


PARTS = {
    "requirements": "what the schools ask for",
    "volumes": "volumes",
    "conditions": "conditions",
    "basics": "what it buys",
    "terms": "shared cost",
    "timetable": "dates",
    "buyers": "who buys",
    "lots": "lots and price lines",
    "criteria": "criteria and weights",
    "people": "who opens and scores",
    "documents": "documents",
    "threshold": "how it is valued",
}
