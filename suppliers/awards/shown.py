"""The award of a tender as its page shows it, as frozen views."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.queries import names
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core import policy
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import Money
from marketplace.core.policy import Act, Actor
from marketplace.tenders.lots.queries import division_of
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import confirming, lots_shown, queries, rules
from suppliers.awards.letters.queries import sent_at
from suppliers.awards.lots_shown import LotAward, Standing
from suppliers.awards.models import Award
from suppliers.awards.queries import Approval, SentBack
from suppliers.awards.standstill import queries as standstill
from suppliers.awards.standstill.queries import StandstillView
from suppliers.awards.standstill.rules import BEFORE_CONTRACTS, Duty
from suppliers.awards.waiving.models import AwardStanding
from suppliers.awards.waiving.queries import check_all_waived, standings
from suppliers.evaluation.comparison import Comparison, Offer
from suppliers.evaluation.rules import Saving

APPROVED = frozenset({TenderStatus.CONFIRMED_BY_SCHOOLS, TenderStatus.STANDSTILL, TenderStatus.AWARDED})


@dataclass(frozen=True, slots=True)
class SchoolResult:
    """What one school pays under the award over the whole term, before VAT.

    `alone` is what it would pay if it bought alone, where that was worked out. `contract_id` is its contract,
    once it stands in the register, for those who may read it.
    """

    school_id: uuid.UUID
    school: str
    amount: Money
    alone: Money | None
    baseline: Money | None
    saving: Saving | None
    contract_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the award's way: done, current or upcoming."""

    label: str
    state: str
    when: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AwardView:
    """An award and where it stands. Amounts are before VAT over the whole term unless named otherwise.

    `offer` is None where lots are won on their own: then `lots` say who won what.
    """

    tender_id: uuid.UUID
    supplier: str
    reference: str
    offer: Offer | None
    lots: tuple[LotAward, ...]
    more_than_alone: tuple[Standing, ...]
    reasons: str
    departure: str
    recommended_by: str
    recommended_at: datetime
    approvals: tuple[Approval, ...]
    total: Money
    value_with_vat: Money
    standstill: StandstillView
    told_at: datetime | None
    schools: tuple[SchoolResult, ...]
    steps: tuple[Step, ...]

    @property
    def saving(self) -> Saving | None:
        """What all schools save against today; None unless that is known for each."""
        known = [row.saving for row in self.schools if row.saving is not None]
        if len(known) < len(self.schools) or not known:
            return None
        return Saving(Money.total(one.baseline for one in known), self.total)

    @property
    def knows_alone(self) -> bool:
        """Was it worked out what schools would pay alone?"""
        return any(row.alone is not None for row in self.schools)

    @property
    def worse_off(self) -> tuple[str, ...]:
        """The schools that would pay more than they pay today."""
        return tuple(
            row.school for row in self.schools if row.saving is not None and row.saving.amount.pence < 0
        )


@dataclass(frozen=True, slots=True)
class Choices:
    """What the reader can do about an award.

    `why_not` says why an approver cannot approve, `waits` what comes before the confirmation.
    """

    approve: bool = False
    reject: bool = False
    tell: bool = False
    announce: bool = False
    challenge: bool = False
    settle: bool = False
    confirm: bool = False
    why_not: str = ""
    waits: str = ""


def view_award(session: Session, actor: Actor, tender: Tender, comparison: Comparison) -> AwardView | None:
    """The award of a tender as the actor sees it; None when nothing is recommended."""
    awards = queries.live_awards(session, tender.id)
    if not awards:
        return None
    first = awards[0]
    offer = comparison.offer_of(first.quote_id)
    lots = lots_shown.lot_awards(session, tender, awards)
    total = Money.total(award.total for award in awards)
    given = queries.approvals(session, first)
    stands = standstill.view(session, tender, awards)
    told_at = sent_at(session, tender.id)
    held = standings(session, awards)
    return AwardView(
        tender_id=tender.id,
        supplier=", ".join(dict.fromkeys(lot.supplier for lot in lots)),
        reference=", ".join(dict.fromkeys(lot.reference for lot in lots)),
        offer=None if division_of(session, tender.id).apart else offer,
        lots=lots,
        more_than_alone=lots_shown.worse_off(actor, tender, held),
        reasons=first.reasons,
        departure=first.departure,
        recommended_by=session.get_one(Person, first.recommended_by).name,
        recommended_at=first.recommended_at,
        approvals=tuple(given),
        total=total,
        value_with_vat=rules.value_with_vat(total),
        standstill=stands,
        told_at=told_at,
        schools=_schools(session, actor, tender, awards, held),
        steps=tuple(_steps(tender, first, given, stands, told_at)),
    )


def _schools(
    session: Session, actor: Actor, tender: Tender, awards: list[Award], held: list[AwardStanding]
) -> tuple[SchoolResult, ...]:
    """Every school that buys; of several contracts of one school the first lot's."""
    query = (
        select(Contract.school_id, Contract.id)
        .where(Contract.award_id.in_([award.id for award in awards]), contracts.visible_to(actor))
        .order_by(Contract.id.desc())
    )
    made = dict(session.execute(query).all())
    alone = {one.school_id: one.alone for one in held}
    return tuple(
        SchoolResult(
            school_id,
            name,
            amount,
            alone.get(school_id),
            saving.baseline if saving else None,
            saving,
            made.get(school_id),
        )
        for school_id, (name, amount, saving) in lots_shown.school_amounts(session, tender, awards).items()
    )


def _steps(
    tender: Tender,
    first: Award,
    given: list[Approval],
    stands: StandstillView,
    told_at: datetime | None,
) -> list[Step]:
    decided = tender.status in APPROVED
    confirmed = tender.status is TenderStatus.AWARDED
    steps = [Step("Recommended", "done", first.recommended_at)]
    for number in range(rules.APPROVALS_NEEDED):
        approval = given[number] if number < len(given) else None
        label = "First approval" if number == 0 else "Second approval, by another school"
        note = _approved_by(approval) if approval else ""
        state = "done" if approval else "current" if number == len(given) else "upcoming"
        steps.append(Step(label, state, approval.at if approval else None, note))
    steps.append(Step("Every bidder told", _state(done=told_at is not None, current=decided), told_at))
    if stands.duty is not Duty.BELOW or stands.began_on:
        steps += _standstill(stands, told=told_at is not None, confirmed=confirmed)
    waits = decided and all(step.state == "done" for step in steps) and not stands.paused
    state = _state(done=confirmed, current=waits)
    return [*steps, Step("Confirmed, and contracts registered", state, first.confirmed_at)]


def _state(*, done: bool, current: bool) -> str:
    return "done" if done else "current" if current else "upcoming"


def _approved_by(approval: Approval) -> str:
    minute = f", on the governing body’s minute {approval.minute}" if approval.minute else ""
    return f"{approval.person}, {approval.school}{minute}"


def _standstill(stands: StandstillView, *, told: bool, confirmed: bool) -> list[Step]:
    announced = bool(stands.began_on or stands.reference or confirmed)
    notice = Step("Award notice published", _state(done=announced, current=told), None, stands.reference)
    if stands.duty is not Duty.MANDATORY and announced and not stands.began_on:
        return [notice]
    over = confirmed or stands.is_over
    note = "Eight working days from the award notice"
    if stands.paused:
        note = "Paused by a challenge"
    elif stands.ends_on:
        note = f"Until the end of {stands.ends_on.day} {stands.ends_on:%B %Y}"
    return [notice, Step("Standstill", _state(done=over, current=announced), None, note)]


def choices_of(session: Session, actor: Actor, tender: Tender) -> Choices:
    """What this reader can do about the award of a tender."""
    awards = queries.live_awards(session, tender.id)
    approve = reject = False
    why_not = ""
    schools = queries.schools_approved_for(session, actor, tender)
    if awards and schools and tender.status is TenderStatus.RECOMMENDED and actor.person_id:
        duties = queries.duties(tender, awards[0])
        try:
            rules.check_duties(duties, actor.person_id)
            reject = True
            school_id = rules.school_to_approve_for(duties, actor.person_id, schools)
            check_all_waived(session, awards)
            confirming.for_approval(session, tender, awards, school_id)
            approve = True
        except (Forbidden, RuleBroken) as refusal:
            why_not = refusal.message
    return replace(
        _for_coordinator(session, actor, tender, awards),
        approve=approve,
        reject=reject,
        why_not=why_not,
        settle=bool(schools),
    )


def _for_coordinator(session: Session, actor: Actor, tender: Tender, awards: list[Award]) -> Choices:
    """What comes next after the approval, where the reader is the coordinator."""
    if tender.status not in BEFORE_CONTRACTS or not policy.allows(
        actor, Act.AWARD_CONFIRM, tender.alliance_id
    ):
        return Choices()
    told = sent_at(session, tender.id) is not None
    waits = standstill.why_not_yet(session, tender, awards)
    return Choices(
        tell=not told,
        announce=told and not standstill.is_announced(session, tender.id),
        challenge=True,
        confirm=not waits,
        waits=waits,
    )


def schools_to_choose(session: Session, actor: Actor, tender: Tender) -> dict[uuid.UUID, str]:
    """The schools for which this reader can approve the award now, by name."""
    awards = queries.live_awards(session, tender.id)
    schools = queries.schools_approved_for(session, actor, tender)
    if not awards or not schools or not actor.person_id:
        return {}
    try:
        free = rules.schools_to_approve_for(queries.duties(tender, awards[0]), actor.person_id, schools)
    except Forbidden:
        return {}
    return dict(sorted(names(session, free).items(), key=lambda pair: pair[1]))


def history(session: Session, tender: Tender) -> tuple[SentBack, ...]:
    """The recommendations that were sent back."""
    return tuple(queries.sent_back(session, tender.id))
