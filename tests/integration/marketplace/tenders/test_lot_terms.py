"""What a draft says about its lots is kept, shown, and published only where it can be quoted and judged."""

import uuid
from decimal import Decimal

import pytest

from marketplace.core.errors import RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.tenders import actions
from marketplace.tenders.criteria.actions import set_criteria
from marketplace.tenders.drafting import actions as drafting
from marketplace.tenders.drafting.queries import agreed_splits, readiness
from marketplace.tenders.drafting.rules import missing
from marketplace.tenders.lots import actions as lots
from marketplace.tenders.lots import queries
from marketplace.tenders.lots.rules import (
    Bounds,
    BundleDraft,
    Decided,
    LimitsDraft,
    Selection,
    TierBasis,
    TiersDraft,
)
from marketplace.tenders.opportunities.queries import get_opportunity
from marketplace.tenders.rules import PriceFormula, Split
from tests import make

pytestmark = pytest.mark.usefixtures("app")
HOW = "We add up what all schools pay and take the least."
LIMITS = LimitsDraft(2, 1, Selection.LEAST_COST, HOW)


def three_lots(alliance: make.Alliance | None = None) -> make.Tender:
    schools = alliance or make.alliance(schools=2)
    return make.draft_tender(
        schools,
        lots=[make.lot(f"Lot {name}", {("Meal", "meal"): 900}, schools.schools) for name in "ABC"],
    )


def gaps(tender: make.Tender) -> list[str]:
    return [gap.message for gap in missing(readiness(make.fresh(), tender.row))]


def test_one_lot_says_why_and_suppliers_read_it() -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    coordinator = tender.alliance.coordinator
    with pytest.raises(RuleBroken, match="section 18"):
        lots.set_limits(coordinator, tender.id, tender.version, undivided_reason="")
    published = make.published_tender(make.alliance(schools=2, name="Others"))
    shown = get_opportunity(make.fresh(), published.id)
    assert shown.lot_words.undivided_reason.startswith("It is one service at each school")


def test_a_draft_that_does_not_say_why_it_is_one_lot_invites_nobody() -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    coordinator = tender.alliance.coordinator
    extra = new_id()
    drafting.add_lot(coordinator, tender.id, tender.version, extra, title="Second", description="")
    lots.set_limits(coordinator, tender.id, tender.version)
    drafting.remove_lot(coordinator, tender.id, tender.version, extra)
    assert any("not divided into lots" in gap for gap in gaps(tender))
    with pytest.raises(RuleBroken, match="not divided into lots"):
        actions.invite_schools(coordinator, tender.id, tender.version)


def test_limits_wait_in_the_draft_until_each_lot_is_won_on_its_own() -> None:
    tender = three_lots()
    coordinator = tender.alliance.coordinator
    assert gaps(tender) == []
    lots.set_limits(coordinator, tender.id, tender.version, limits=LIMITS)
    lots.set_tiers(
        coordinator,
        tender.id,
        tender.version,
        tender.lots[0].id,
        TiersDraft(TierBasis.SCHOOLS, (Decimal(2),)),
    )
    words = queries.in_words(make.fresh(), tender.row)
    assert words.limits == (
        "A supplier may quote for at most 2 lots.",
        "A supplier may be awarded at most 1 lot.",
    )
    assert words.mechanism == f"The lots for which all schools together pay least. {HOW}"
    assert words.tiers == {1: "Lower prices from 2 schools"}
    assert words.decided is Decided.TOGETHER
    with pytest.raises(RuleBroken, match="would have no effect"):
        actions.invite_schools(coordinator, tender.id, tender.version)
    lots.set_limits(coordinator, tender.id, tender.version, limits=LIMITS, decided=Decided.APART)
    with pytest.raises(RuleBroken, match="between a ceiling and an optimum of each lot"):
        actions.invite_schools(coordinator, tender.id, tender.version)
    set_criteria(
        coordinator,
        tender.id,
        tender.version,
        make.PRICE_AND_QUALITY,
        formula=PriceFormula.CEILING_OPTIMUM,
        ceiling=Money(9_000_00),
        optimum=Money(6_000_00),
    )
    each = {lot.id: Bounds(Money(3_000_00), Money(2_000_00)) for lot in tender.lots}
    lots.set_limits(coordinator, tender.id, tender.version, limits=LIMITS, decided=Decided.APART, bounds=each)
    actions.invite_schools(coordinator, tender.id, tender.version)
    division = queries.division_of(make.fresh(), tender.id)
    assert division.apart
    assert division.bounds == each
    assert division.limits == LIMITS
    assert queries.in_words(make.fresh(), tender.row).bounds[3] == "Ceiling £3,000.00, optimum £2,000.00"


def test_a_bundle_is_made_once_refused_in_a_circle_and_goes_with_its_lots() -> None:
    tender = three_lots()
    coordinator = tender.alliance.coordinator
    one, two, three = (str(lot.id) for lot in tender.lots)
    north, seen = new_id(), tender.version
    for _ in range(2):
        lots.add_bundle(coordinator, tender.id, seen, north, BundleDraft("North", (one, two), 60))
    with pytest.raises(RuleBroken, match="names a lot twice"):
        lots.add_bundle(
            coordinator, tender.id, tender.version, new_id(), BundleDraft("All", (str(north), one), 60)
        )
    lots.add_bundle(
        coordinator, tender.id, tender.version, new_id(), BundleDraft("All", (str(north), three), 60)
    )
    assert queries.in_words(make.fresh(), tender.row).bundles == (
        "North: lot 1 and lot 2, from 60% of the units of each lot",
        "All: “North” and lot 3, from 60% of the units of each lot",
    )
    with pytest.raises(RuleBroken, match="part of the bundle “North”"):
        drafting.remove_lot(coordinator, tender.id, tender.version, uuid.UUID(one))
    lots.remove_bundle(coordinator, tender.id, tender.version, north)
    assert len(queries.bundles_of(make.fresh(), tender.id)) == 1
    lots.set_limits(coordinator, tender.id, tender.version, decided=Decided.APART)
    (left,) = queries.division_of(make.fresh(), tender.id).bundles
    assert left.lots == {uuid.UUID(three)}
    drafting.set_schedule(
        coordinator,
        tender.id,
        tender.version,
        [make.lot("Meals", {("Meal", "meal"): 900}, tender.schools)],
    )
    assert queries.bundles_of(make.fresh(), tender.id) == []


def test_two_people_who_change_the_lots_at_once_do_not_overwrite_one_another() -> None:
    tender = three_lots()
    seen = tender.version
    lots.set_limits(tender.alliance.coordinator, tender.id, seen, limits=LIMITS)
    with pytest.raises(Stale):
        lots.set_limits(tender.alliance.coordinator, tender.id, seen)


# ------------------------------------------------------------------ the shared cost
def test_every_agreement_about_the_shared_cost_is_kept_with_who_and_when() -> None:
    tender = make.draft_tender(make.alliance(schools=2), recovery_fee=Money(900_00))
    coordinator = tender.alliance.coordinator
    drafting.set_terms(
        coordinator, tender.id, tender.version, recovery_fee=Money(1_200_00), split=Split.EQUAL
    )
    kept = agreed_splits(make.fresh(), tender.id)
    assert [(one.number, one.recovery_fee, one.split) for one in kept] == [
        (2, Money(1_200_00), "equally"),
        (1, Money(900_00), "by pupils on roll"),
    ]
    assert {one.by for one in kept} == {coordinator.name}


def test_the_shared_cost_is_fixed_from_publication_on() -> None:
    tender = make.published_tender(make.alliance(schools=2), recovery_fee=Money(900_00))
    with pytest.raises(RuleBroken, match="fixed when the tender was published, before any quote was opened"):
        drafting.set_terms(
            tender.alliance.coordinator,
            tender.id,
            tender.version,
            recovery_fee=Money(0),
            split=Split.EQUAL,
        )
    assert tender.row.recovery_fee == Money(900_00)
    assert len(agreed_splits(make.fresh(), tender.id)) == 1
