"""A joint purchase walks the path from needs to award, as far as its data says."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from demonstration import answers, needs, openers
from demonstration.cast import Cast, DemonstrationSchool
from demonstration.purchases import Purchase
from demonstration.questions import Asked, Group
from demonstration.reach import Apart, Reach
from marketplace.alliance.queries import actor_for
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.months import months_later
from marketplace.core.policy import Actor
from marketplace.tenders import actions, jobs, queries
from marketplace.tenders.commitments import actions as commitments
from marketplace.tenders.criteria import actions as criteria_actions
from marketplace.tenders.criteria.forms import USUAL_GUIDANCE
from marketplace.tenders.criteria.rules import CriterionDraft
from marketplace.tenders.drafting import actions as drafting
from marketplace.tenders.drafting.rules import LineDraft, LotDraft, PanelDraft
from marketplace.tenders.interests import actions as interests
from marketplace.tenders.interests.queries import concerned
from marketplace.tenders.interests.rules import Part
from marketplace.tenders.lots import actions as lots
from marketplace.tenders.lots.rules import Bounds, BundleDraft, Decided, TierBasis, TiersDraft
from marketplace.tenders.models import Tender
from marketplace.tenders.planning.queries import holidays_at
from marketplace.tenders.rules import CriterionKind, PriceFormula, Seat, Split
from marketplace.tenders.timetable import doubts_about
from marketplace.tenders.uk_notices.actions import issue_notice, publish_with_reference
from marketplace.tenders.uk_notices.rules import NoticeKind, Particulars

ONE_SERVICE = (
    "It is one service at each school; parts of it would be too small to attract suppliers, and several "
    "suppliers at one school would cost more to coordinate than they save."
)
NEEDED, DRAFTED, INVITED, COMMITTED, CANCELLED, CONFIRMED = -24, -19, -16, -12, -8, -6
OPEN_FOR = 30
MITIGATION = "I tell the panel before scoring, and step out if this firm quotes."
NOTHING = "Everybody named has declared. Nobody has an interest in who wins, and none is known besides."
SOMETHING = (
    "One evaluator declared a family tie with a firm that might quote. Should it quote, the finance lead of "
    "another school scores instead. Nobody else has an interest, and none is known besides."
)
REFERENCES = 71_500
ENGAGEMENT_LASTS = timedelta(days=21)
HOLIDAY_REASON = "The school offices are open that day, and the openers have agreed to be there."


@dataclass(frozen=True, slots=True)
class Walk:
    """One purchase on its way: the tender's id, and its schools in the order they were named."""

    cast: Cast
    purchase: Purchase
    tender_id: uuid.UUID

    @property
    def schools(self) -> list[DemonstrationSchool]:
        """The schools that buy; the second leads, so that the work is shared out."""
        return [self.cast.schools[urn] for urn in self.purchase.spend]

    @property
    def lead(self) -> DemonstrationSchool:
        """The school that leads."""
        return self.schools[1]

    def tender(self) -> Tender:
        """The tender as it is now."""
        session = db.session()
        session.rollback()
        return queries.get_tender(session, self.cast.coordinator, self.tender_id)

    @property
    def version(self) -> int:
        """The tender's version now."""
        return self.tender().version

    def on(self, offset: int, hour: int = 10, minute: int = 0) -> AbstractContextManager[None]:
        """Live so many days from this purchase's publication."""
        return self.cast.calendar.on(self.purchase.published + offset, hour, minute)


def prepare(cast: Cast, purchase: Purchase) -> Walk:
    """From needs to publication, as far as the purchase reaches."""
    walk = Walk(cast, purchase, new_id())
    need_ids = needs.post_all(cast, purchase, purchase.published + NEEDED)
    _draft(walk, need_ids)
    if purchase.reach >= Reach.INVITED:
        _invite(walk)
    if purchase.reach >= Reach.CONFIRMED:
        _confirm(walk)
        _declare(walk)
    if purchase.reach >= Reach.APPROVED_TO_PUBLISH:
        with walk.on(0, hour=11):
            actions.publish_tender(walk.schools[0].headteacher, walk.tender_id, walk.version)
        if walk.tender().published_at is None and purchase.reach >= Reach.PUBLISHED:
            _open_with_reference(walk)
    if purchase.cancelled_because:
        with walk.on(CANCELLED):
            actions.cancel_tender(cast.coordinator, walk.tender_id, walk.version, purchase.cancelled_because)
    return walk


def _ask_the_market(walk: Walk) -> None:
    """A preliminary market engagement notice, below the threshold."""
    issue_notice(
        walk.cast.coordinator,
        new_id(),
        walk.tender_id,
        walk.version,
        kind=NoticeKind.ENGAGEMENT,
        particulars=Particulars(how=walk.purchase.engagement, ends_on=clock.today() + ENGAGEMENT_LASTS),
    )


def _open_with_reference(walk: Walk) -> None:
    """Above the threshold: the coordinator publishes on Find a Tender first and enters the reference."""
    number = REFERENCES + walk.purchase.published
    with walk.on(0, hour=15):
        today = clock.today()
        publish_with_reference(
            walk.cast.coordinator, walk.tender_id, walk.version, f"{today.year}/S 000-{number:06d}", today
        )


def close(walk: Walk) -> None:
    """Let the deadline pass, and the job by the clock close the tender."""
    closes_at = walk.tender().closes_at
    if closes_at is None:
        raise LookupError(f"{walk.purchase.title} has no deadline.")
    with clock.travelling(closes_at + timedelta(minutes=1)):
        jobs.close_due_tenders()


def _draft(walk: Walk, need_ids: list[uuid.UUID]) -> None:
    purchase, coordinator, tender_id = walk.purchase, walk.cast.coordinator, walk.tender_id
    with walk.on(DRAFTED):
        actions.draft_tender(
            coordinator,
            tender_id,
            walk.cast.alliance_id,
            purchase.title,
            category=purchase.category,
            need_ids=need_ids,
        )
        drafting.edit_tender(
            coordinator,
            tender_id,
            walk.version,
            title=purchase.title,
            description=purchase.description,
            category=purchase.category,
            cpv=walk.tender().cpv,
        )
        drafting.set_terms(
            coordinator,
            tender_id,
            walk.version,
            recovery_fee=Money(purchase.recovery_fee * 100),
            split=Split.PUPILS,
        )
        drafting.set_buyers(
            coordinator,
            tender_id,
            walk.version,
            baselines={
                walk.cast.schools[urn].id: Money(pounds * 100) for urn, pounds in purchase.spend.items()
            },
            lead_school_id=walk.lead.id,
        )
        drafting.set_schedule(coordinator, tender_id, walk.version, _lots(walk))
        _say_about_lots(walk)
        criteria_actions.set_criteria(
            coordinator,
            tender_id,
            walk.version,
            _criteria(purchase),
            indexation=purchase.indexation,
            discount_rate=purchase.discount_rate,
            **_pricing(purchase),
        )
        _set_timetable(walk)
        drafting.set_panel(coordinator, tender_id, walk.version, _panel(walk))
        answers.ask(coordinator, tender_id, purchase.category)
        if purchase.engagement:
            _ask_the_market(walk)


def _set_timetable(walk: Walk) -> None:
    purchase = walk.purchase
    closes_at = walk.cast.calendar.moment(purchase.published + OPEN_FOR)
    starts_on = months_later(closes_at.date().replace(day=1), 4)
    doubts = doubts_about(closes_at, holidays_at(db.session(), walk.tender(), closes_at))
    drafting.set_timetable(
        walk.cast.coordinator,
        walk.tender_id,
        walk.version,
        closes_at=closes_at,
        deadline_reason=HOLIDAY_REASON if doubts else "",
        extension_months=purchase.extension_months,
        contract_starts_on=starts_on,
        contract_ends_on=months_later(starts_on, 12 * purchase.years) - timedelta(days=1),
    )


def _lots(walk: Walk) -> list[LotDraft]:
    """Every lot with its items; a year's units times the years of the term."""
    purchase = walk.purchase
    return [
        LotDraft(
            title,
            [
                LineDraft(
                    item.name,
                    item.unit,
                    {
                        walk.cast.schools[urn].id: Decimal(units * purchase.years)
                        for urn, units in item.a_year.items()
                    },
                    once=item.once,
                )
                for item in purchase.items
                if (item.lot or purchase.title) == title
            ],
        )
        for title in purchase.lots
    ]


def _say_about_lots(walk: Walk) -> None:
    """Why it is one lot; or how several are won, with limits, lower prices and a bundle."""
    coordinator, purchase = walk.cast.coordinator, walk.purchase
    if len(purchase.lots) == 1:
        lots.set_limits(coordinator, walk.tender_id, walk.version, undivided_reason=ONE_SERVICE)
    if purchase.apart:
        _divide(walk, purchase.apart)
    if purchase.tiers:
        lot_id = walk.tender().lots[0].id
        tiers = TiersDraft(TierBasis.SCHOOLS, purchase.tiers)
        lots.set_tiers(coordinator, walk.tender_id, walk.version, lot_id, tiers)


def _divide(walk: Walk, apart: Apart) -> None:
    """Each lot is won on its own; some may be priced together."""
    coordinator, found = walk.cast.coordinator, walk.tender().lots
    lots.set_limits(
        coordinator,
        walk.tender_id,
        walk.version,
        limits=walk.purchase.limits,
        decided=Decided.APART,
        bounds={
            lot.id: Bounds(Money(ceiling * 100), Money(optimum * 100))
            for lot, (ceiling, optimum) in zip(found, apart.ends, strict=False)
        },
    )
    if apart.bundle:
        parts = tuple(str(lot.id) for lot in walk.tender().lots if lot.title in apart.bundled)
        draft = BundleDraft(apart.bundle, parts, apart.least_share)
        lots.add_bundle(coordinator, walk.tender_id, walk.version, new_id(), draft)


def _criteria(purchase: Purchase) -> list[CriterionDraft]:
    price = CriterionDraft(CriterionKind.PRICE, "Price", purchase.price_weight)
    return [price, *map(_criterion, purchase.questions)]


def _pricing(purchase: Purchase) -> dict[str, Any]:
    if not purchase.ceiling:
        return {"formula": purchase.formula}
    return {
        "formula": PriceFormula.CEILING_OPTIMUM,
        "ceiling": Money(purchase.ceiling * 100),
        "optimum": Money(purchase.optimum * 100),
    }


def _criterion(one: Asked | Group) -> CriterionDraft:
    if isinstance(one, Group):
        parts = tuple(map(_criterion, one.parts))
        return CriterionDraft(CriterionKind.GROUP, one.title, one.weight, parts=parts)
    if not one.weight:
        return CriterionDraft(CriterionKind.PASS_FAIL, one.title, 0, one.question, 100)
    return CriterionDraft(
        CriterionKind.QUALITY, one.title, one.weight, one.question, 300, guidance=USUAL_GUIDANCE
    )


def _panel(walk: Walk) -> list[PanelDraft]:
    """The bursars of three schools open, or of two with a governor; the finance leads evaluate."""
    first, second = walk.schools[0], walk.schools[1]
    opening = [_seat(school, actor, Seat.OPENER) for school, actor in _openers(walk)]
    evaluators = [_seat(school, school.finance_lead, Seat.EVALUATOR) for school in (first, second)]
    return opening + (evaluators if walk.purchase.questions else [])


def _openers(walk: Walk) -> list[tuple[DemonstrationSchool, Actor]]:
    first, second = walk.schools[0], walk.schools[1]
    third = walk.schools[2] if len(walk.schools) > 2 else None  # noqa: PLR2004  # the first two, and one more
    standby = (third, third.bursar) if third else (second, second.governor)
    fourth = [(second, second.governor)] if walk.purchase.opener_leaves else []
    return [(first, first.bursar), (second, second.bursar), standby, *fourth]


def _seat(school: DemonstrationSchool, actor: Actor, seat: Seat) -> PanelDraft:
    if actor.person_id is None:
        raise LookupError(actor.name)
    return PanelDraft(actor.person_id, school.id, seat)


def _invite(walk: Walk) -> None:
    with walk.on(INVITED):
        actions.invite_schools(walk.cast.coordinator, walk.tender_id, walk.version)
    committed = walk.schools if walk.purchase.reach >= Reach.CONFIRMED else walk.schools[:2]
    for place, school in enumerate(committed):
        with walk.on(COMMITTED, hour=9 + place):
            answers.say(school, walk.tender_id, walk.purchase.category)
            commitments.commit_school(school.headteacher, walk.tender_id, school.id, walk.version)


def _confirm(walk: Walk) -> None:
    for place, (_, opener) in enumerate(_openers(walk)):
        with walk.on(CONFIRMED, hour=8, minute=20 + 7 * place):
            openers.prove(opener)
    with walk.on(CONFIRMED):
        commitments.confirm_tender(walk.cast.coordinator, walk.tender_id, walk.version)


def _declare(walk: Walk) -> None:
    """Everybody declares, one with an interest where the purchase says so; then it is assessed."""
    tied = walk.purchase.interest
    people = concerned(db.session(), walk.tender())
    with_tie = next((one.person_id for one in people if tied and Part.SCORES in one.parts), None)
    for place, one in enumerate(people):
        actor = actor_for(db.session(), one.person_id)
        if actor is None:
            raise LookupError(one.name)
        has_interest = one.person_id == with_tie
        with walk.on(CONFIRMED, hour=11 + place // 6, minute=9 * (place % 6)):
            interests.declare_interest(
                actor,
                walk.tender_id,
                has_interest=has_interest,
                interest=tied if has_interest else "",
                mitigation=MITIGATION if has_interest else "",
            )
    with walk.on(CONFIRMED, hour=15):
        interests.assess_interests(
            walk.cast.coordinator, walk.tender_id, new_id(), SOMETHING if with_tie else NOTHING
        )
