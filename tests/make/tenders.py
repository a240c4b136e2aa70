"""Joint tenders in each state before quotes are opened, made by the actions that people use.

A maker returns a frozen `Tender` with the ids that tests need. Unless told otherwise a tender buys
school meals: one lot with one line, each school of the alliance 30,000 meals over three years.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TypedDict, Unpack

from marketplace.alliance.term_dates.rules import proposed_holiday
from marketplace.core import clock
from marketplace.core.clock import LONDON
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money
from marketplace.core.months import months_later
from marketplace.core.policy import SYSTEM, Actor
from marketplace.needs.thresholds import Regime
from marketplace.tenders import actions, queries, timetable
from marketplace.tenders.commitments import actions as commitments
from marketplace.tenders.criteria import actions as criteria_actions
from marketplace.tenders.criteria.rules import CriterionDraft
from marketplace.tenders.drafting import actions as drafting
from marketplace.tenders.drafting.rules import LineDraft, LotDraft, PanelDraft
from marketplace.tenders.interests import actions as interests
from marketplace.tenders.interests.queries import concerned, review_points
from marketplace.tenders.lots import actions as lot_actions
from marketplace.tenders.models import Tender as TenderRow
from marketplace.tenders.rules import CriterionKind, PriceFormula, Seat, Split
from marketplace.tenders.uk_notices.actions import publish_with_reference
from tests.make.alliance import Alliance, School, actor
from tests.make.kept import kept, serials
from tests.make.lots import Divided, divide
from tests.make.openers import proven_opener

PRICE_AND_QUALITY = (
    CriterionDraft(CriterionKind.PRICE, "Price", 60),
    CriterionDraft(CriterionKind.QUALITY, "Menus", 25, "How will you plan menus that children eat?"),
    CriterionDraft(CriterionKind.QUALITY, "Staff", 15, "How will you train the kitchen staff?", 300),
)
WITH_PARTS = (
    CriterionDraft(CriterionKind.PRICE, "Price", 60),
    CriterionDraft(
        CriterionKind.GROUP,
        "Quality",
        40,
        parts=(
            CriterionDraft(CriterionKind.QUALITY, "Menus", Decimal("66.67"), "How will you plan menus?"),
            CriterionDraft(CriterionKind.QUALITY, "Staff", Decimal("33.33"), "How will you train staff?"),
        ),
    ),
    CriterionDraft(CriterionKind.PASS_FAIL, "Insurance", 0, "Are you insured for £5 million?", 50),
)
"""Sub-criteria, and a question to pass or fail."""
ONE_SERVICE = "It is one service at each school; parts of it would be too small to attract suppliers."
PRICE_ONLY = (CriterionDraft(CriterionKind.PRICE, "Price", 100),)
YEARLY_BASELINE = Money(28_000_00)
SPARE_DAYS = 40
_notices = serials()


@dataclass(frozen=True, slots=True)
class Tender:
    """A tender, and who matters for its next steps. `schools` are those that were invited.

    `openers` are the two who open in tests; `standby` is the third whom every tender needs.
    """

    id: uuid.UUID
    alliance: Alliance
    schools: tuple[School, ...]
    lead: School
    openers: tuple[Actor, Actor]
    evaluators: tuple[Actor, ...]
    closes_at: datetime
    standby: Actor | None = None

    @property
    def row(self) -> TenderRow:
        """The tender as it is now."""
        return tender_row(self.id)

    @property
    def version(self) -> int:
        """The version it has now."""
        return self.row.version

    @property
    def lots(self) -> tuple[queries.ScheduleLot, ...]:
        """Its price schedule as it is now."""
        return schedule(self.id)

    @property
    def line_ids(self) -> tuple[uuid.UUID, ...]:
        """The ids of its price lines, in order."""
        return tuple(line.id for lot in self.lots for line in lot.lines)


class Wishes(TypedDict, total=False):
    """What a test may say about the tender it wants; see `draft_tender`."""

    lots: Sequence[LotDraft]
    criteria: Sequence[CriterionDraft]
    formula: PriceFormula
    ceiling: Money
    optimum: Money
    indexation: Decimal
    discount_rate: Decimal
    closes_at: datetime
    schools: Sequence[School]
    need_ids: Collection[uuid.UUID]
    baselines: Mapping[uuid.UUID, Money]
    contract: tuple[date, date]
    title: str
    category: str
    cpv: str
    recovery_fee: Money
    split: Split
    evaluators: Sequence[Actor]
    more_openers: Sequence[Actor]
    draft_id: uuid.UUID
    divided: Divided


def tender_row(tender_id: uuid.UUID) -> TenderRow:
    """A tender as it is now, read afresh."""
    session = db.session()
    session.rollback()
    return queries.get_tender(session, SYSTEM, tender_id)


def schedule(tender_id: uuid.UUID) -> tuple[queries.ScheduleLot, ...]:
    """A tender's price schedule as it is now."""
    session = db.session()
    session.rollback()
    return queries.schedule(session, tender_id)


def working_moment(days: int, at: time = time(12)) -> datetime:
    """A moment in England at least so many days from now, on a working day in term."""
    day = clock.today() + timedelta(days=days)
    while timetable.not_a_working_day(day) or proposed_holiday(day):
        day += timedelta(days=1)
    return datetime.combine(day, at, LONDON).astimezone(UTC)


def lot(
    title: str,
    lines: Mapping[tuple[str, str], Decimal | int | Mapping[uuid.UUID, Decimal]],
    schools: Collection[School],
) -> LotDraft:
    """A lot of lines by (item, unit): units for each school, or the same number for all of them."""
    return LotDraft(
        title,
        [
            LineDraft(
                item,
                unit,
                volumes
                if isinstance(volumes, Mapping)
                else {school.id: Decimal(volumes) for school in schools},
            )
            for (item, unit), volumes in lines.items()
        ],
    )


@kept
def draft_tender(
    alliance: Alliance,
    *,
    lots: Sequence[LotDraft] | None = None,
    criteria: Sequence[CriterionDraft] = PRICE_AND_QUALITY,
    formula: PriceFormula = PriceFormula.PROPORTION_OF_LOWEST,
    ceiling: Money | None = None,
    optimum: Money | None = None,
    indexation: Decimal | None = None,
    discount_rate: Decimal | None = None,
    closes_at: datetime | None = None,
    schools: Sequence[School] | None = None,
    need_ids: Collection[uuid.UUID] = (),
    baselines: Mapping[uuid.UUID, Money] | None = None,
    contract: tuple[date, date] | None = None,
    title: str = "School meals",
    category: str = "catering",
    cpv: str = "55524000",
    recovery_fee: Money = ZERO,
    split: Split = Split.PUPILS,
    evaluators: Sequence[Actor] | None = None,
    more_openers: Sequence[Actor] = (),
    draft_id: uuid.UUID | None = None,
    divided: Divided | None = None,
) -> Tender:
    """A draft with everything that inviting needs; nobody is invited yet.

    `draft_id` names a draft that is there already, such as an imported one, to fill in.

    The first school leads. Bursars of the first two open, their finance leads evaluate, and the governor
    of the second stands by to open; with one school in the tender the second is another member school.
    The openers have proved their passphrases.
    """
    buying = tuple(schools or alliance.schools)
    tender_id = draft_id or new_id()
    coordinator = alliance.coordinator
    if draft_id is None:
        actions.draft_tender(coordinator, tender_id, alliance.id, title, category=category, need_ids=need_ids)
    deadline = closes_at or working_moment(SPARE_DAYS)
    starts_on, ends_on = contract or _three_years_after(deadline)

    def version() -> int:
        return tender_row(tender_id).version

    drafting.edit_tender(
        coordinator,
        tender_id,
        version(),
        title=title,
        description="Hot meals at midday in term time.",
        category=category,
        cpv=cpv,
    )
    drafting.set_terms(coordinator, tender_id, version(), recovery_fee=recovery_fee, split=split)
    drafting.set_buyers(
        coordinator,
        tender_id,
        version(),
        baselines=baselines or {school.id: YEARLY_BASELINE for school in buying},
        lead_school_id=buying[0].id,
    )
    drafting.set_schedule(
        coordinator,
        tender_id,
        version(),
        lots or [lot("School meals", {("Primary meal", "meal"): 30_000}, buying)],
    )
    if len(schedule(tender_id)) == 1:
        lot_actions.set_limits(coordinator, tender_id, version(), undivided_reason=ONE_SERVICE)
    criteria_actions.set_criteria(
        coordinator,
        tender_id,
        version(),
        criteria,
        formula=formula,
        ceiling=ceiling,
        optimum=optimum,
        indexation=indexation,
        discount_rate=discount_rate,
    )
    if divided is not None:
        divide(coordinator, tender_id, version, {one.number: one.id for one in schedule(tender_id)}, divided)
    drafting.set_timetable(
        coordinator,
        tender_id,
        version(),
        closes_at=deadline,
        contract_starts_on=starts_on,
        contract_ends_on=ends_on,
    )
    first, second = _two_schools(alliance, buying)
    scoring = tuple(evaluators or (first.finance_lead, second.finance_lead))
    drafting.set_panel(
        coordinator,
        tender_id,
        version(),
        [
            PanelDraft(_id(first.bursar), first.id, Seat.OPENER),
            PanelDraft(_id(second.bursar), second.id, Seat.OPENER),
            PanelDraft(_id(second.governor), second.id, Seat.OPENER),
            *(PanelDraft(_id(one), min(one.school_ids), Seat.OPENER) for one in more_openers),
            *(PanelDraft(_id(one), min(one.school_ids), Seat.EVALUATOR) for one in scoring),
        ],
    )
    openers = (first.bursar, second.bursar)
    for opener in (*openers, second.governor, *more_openers):
        proven_opener(opener)
    return Tender(tender_id, alliance, buying, buying[0], openers, scoring, deadline, standby=second.governor)


@kept
def joining_tender(alliance: Alliance, **given: Unpack[Wishes]) -> Tender:
    """A tender whose schools are invited; none has answered. Takes what `draft_tender` takes."""
    tender = draft_tender(alliance, **given)
    actions.invite_schools(alliance.coordinator, tender.id, tender.version)
    return tender


@kept
def confirmed_tender(alliance: Alliance, **given: Unpack[Wishes]) -> Tender:
    """A tender to which every school committed, waiting for a headteacher's approval."""
    tender = joining_tender(alliance, **given)
    for school in tender.schools:
        commitments.commit_school(school.headteacher, tender.id, school.id, tender.version)
    commitments.confirm_tender(alliance.coordinator, tender.id, tender.version)
    return tender


@kept
def published_tender(alliance: Alliance, **given: Unpack[Wishes]) -> Tender:
    """A tender that suppliers can quote for. Takes what `draft_tender` takes."""
    tender = confirmed_tender(alliance, **given)
    if queries.value_and_regime(db.session(), tender.row)[1] is not Regime.BELOW:
        assess_interests(tender)
    others = [school for school in (*tender.schools, *alliance.schools) if school.id != tender.lead.id]
    actions.publish_tender(others[0].headteacher, tender.id, tender.version)
    if tender.row.published_at is None:
        enter_reference(tender)
    return tender


def enter_reference(tender: Tender, reference: str = "") -> None:
    """Open an approved tender above the threshold, with a notice that Find a Tender published today."""
    today = clock.today()
    number = reference or f"{today.year}/S 000-{next(_notices):06d}"
    publish_with_reference(tender.alliance.coordinator, tender.id, tender.version, number, today)


@kept
def assess_interests(tender: Tender) -> None:
    """Everybody behind a tender declares that they have no interest, and the coordinator assesses it."""
    for one in concerned(db.session(), tender.row):
        interests.declare_interest(actor(one.person_id), tender.id, has_interest=False)
    interests.assess_interests(
        tender.alliance.coordinator, tender.id, new_id(), "Nobody has an interest in who wins."
    )


def review_interests(tender: Tender) -> None:
    """Above the threshold the coordinator looks at the assessment again once quotes are opened."""
    if review_points(db.session(), tender.row):
        with clock.travelling(max(clock.now(), *(step.reached_at for step in tender.row.steps))):
            interests.assess_interests(
                tender.alliance.coordinator, tender.id, new_id(), "Nobody has an interest in who quoted."
            )


def closed_tender(alliance: Alliance, **given: Unpack[Wishes]) -> Tender:
    """A tender past its deadline, waiting to be opened. The clock of the test itself does not move."""
    tender = published_tender(alliance, **given)
    close_tender(tender)
    return tender


def close_tender(tender: Tender) -> None:
    """Close a published tender at its deadline; the clock of the test itself does not move."""
    with clock.travelling(tender.closes_at):
        assert actions.close_tender(tender.id)


def _three_years_after(deadline: datetime) -> tuple[date, date]:
    """From the first of the month three months after a deadline, for three years."""
    starts_on = months_later(deadline.date().replace(day=1), 3)
    return starts_on, months_later(starts_on, 36) - timedelta(days=1)


def _two_schools(alliance: Alliance, buying: Sequence[School]) -> tuple[School, School]:
    first = buying[0]
    second = next(school for school in (*buying, *alliance.schools) if school.id != first.id)
    return first, second


def _id(actor: Actor) -> uuid.UUID:
    assert actor.person_id
    return actor.person_id
