"""The award of a tender as its page shows it, as frozen views."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.alliance.queries import names
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core import clock, policy
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import Money
from marketplace.core.policy import Act, Actor
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import confirming, queries, rules
from suppliers.awards.models import Award
from suppliers.awards.queries import Approval, SentBack
from suppliers.evaluation.comparison import Comparison, Offer
from suppliers.evaluation.rules import Saving

APPROVED = frozenset({TenderStatus.CONFIRMED_BY_SCHOOLS, TenderStatus.STANDSTILL, TenderStatus.AWARDED})


@dataclass(frozen=True, slots=True)
class SchoolResult:
    """What one school pays under the award over the whole term, before VAT.

    `contract_id` is its contract, once it stands in the register, for those who may read it.
    """

    school: str
    amount: Money
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
    """An award and where it stands. Amounts are before VAT over the whole term unless named otherwise."""

    supplier: str
    reference: str
    offer: Offer
    reasons: str
    departure: str
    recommended_by: str
    recommended_at: datetime
    approvals: tuple[Approval, ...]
    total: Money
    value_with_vat: Money
    owes_standstill: bool
    standstill_ends_on: date | None
    schools: tuple[SchoolResult, ...]
    steps: tuple[Step, ...]

    @property
    def worse_off(self) -> tuple[str, ...]:
        """The schools that would pay more than they pay today."""
        return tuple(
            row.school for row in self.schools if row.saving is not None and row.saving.amount.pence < 0
        )


@dataclass(frozen=True, slots=True)
class Choices:
    """What the reader can do about an award; `why_not` says why an approver cannot approve."""

    approve: bool
    reject: bool
    confirm: bool
    why_not: str = ""


def view_award(session: Session, actor: Actor, tender: Tender, comparison: Comparison) -> AwardView | None:
    """The award of a tender as the actor sees it; None when nothing is recommended."""
    awards = queries.live_awards(session, tender.id)
    if not awards:
        return None
    first = awards[0]
    offer = comparison.offers[comparison.column_of(first.quote_id)]
    total = Money.total(award.total for award in awards)
    given = queries.approvals(session, first)
    return AwardView(
        supplier=offer.supplier,
        reference=offer.reference,
        offer=offer,
        reasons=first.reasons,
        departure=first.departure,
        recommended_by=session.get_one(Person, first.recommended_by).name,
        recommended_at=first.recommended_at,
        approvals=tuple(given),
        total=total,
        value_with_vat=rules.value_with_vat(total),
        owes_standstill=queries.owes_standstill(tender, awards),
        standstill_ends_on=tender.standstill_ends_on,
        schools=_schools(session, actor, awards, comparison),
        steps=tuple(_steps(tender, awards, given)),
    )


def _schools(
    session: Session, actor: Actor, awards: list[Award], comparison: Comparison
) -> tuple[SchoolResult, ...]:
    """Every school that buys; of several contracts of one school the first lot's."""
    query = (
        select(Contract.school_id, Contract.id)
        .where(Contract.award_id.in_([award.id for award in awards]), contracts.visible_to(actor))
        .order_by(Contract.id.desc())
    )
    made = dict(session.execute(query).all())
    column = comparison.column_of(awards[0].quote_id)
    return tuple(
        SchoolResult(
            row.school,
            row.cells[column].amount,
            row.baseline,
            row.cells[column].saving,
            made.get(row.school_id),
        )
        for row in comparison.schools
    )


def _steps(tender: Tender, awards: list[Award], given: list[Approval]) -> list[Step]:
    first = awards[0]
    decided = tender.status in APPROVED
    confirmed = tender.status is TenderStatus.AWARDED
    steps = [Step("Recommended", "done", first.recommended_at)]
    for number in range(rules.APPROVALS_NEEDED):
        approval = given[number] if number < len(given) else None
        label = "First approval" if number == 0 else "Second approval, by another school"
        note = _approved_by(approval) if approval else ""
        state = "done" if approval else "current" if number == len(given) else "upcoming"
        steps.append(Step(label, state, approval.at if approval else None, note))
    if queries.owes_standstill(tender, awards):
        steps.append(_standstill(tender, decided=decided, confirmed=confirmed))
    waits = decided and not confirmed and _is_over(tender)
    state = "done" if confirmed else "current" if waits else "upcoming"
    return [*steps, Step("Confirmed, and contracts registered", state, first.confirmed_at)]


def _approved_by(approval: Approval) -> str:
    minute = f", on the governing body’s minute {approval.minute}" if approval.minute else ""
    return f"{approval.person}, {approval.school}{minute}"


def _standstill(tender: Tender, *, decided: bool, confirmed: bool) -> Step:
    over = confirmed or (decided and _is_over(tender))
    ends_on = tender.standstill_ends_on
    note = f"Until the end of {ends_on.day} {ends_on:%B %Y}" if ends_on else "Eight working days"
    return Step("Standstill", "done" if over else "current" if decided else "upcoming", None, note)


def _is_over(tender: Tender) -> bool:
    return queries.standstill_is_over(tender, clock.today())


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
            confirming.for_approval(session, tender, awards, school_id)
            approve = True
        except (Forbidden, RuleBroken) as refusal:
            why_not = refusal.message
    confirm = tender.status in {TenderStatus.CONFIRMED_BY_SCHOOLS, TenderStatus.STANDSTILL}
    may_confirm = confirm and policy.allows(actor, Act.AWARD_CONFIRM, tender.alliance_id)
    return Choices(approve, reject, may_confirm and _is_over(tender), why_not)


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
