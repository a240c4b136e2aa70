"""Conditions of schools: what nobody can meet is refused, and who is left does not depend on any order."""

import random
import uuid
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.alliance.delegation.rules import Approver, Band
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Role
from marketplace.tenders.commitments import rules
from marketplace.tenders.commitments.rules import Conditions, settle

TODAY = Money(12_000_00)
THREE_YEARS = Fraction(36)


@pytest.mark.parametrize(
    ("conditions", "field", "says"),
    [
        (Conditions(price_at_most=ZERO), "price_at_most", "a price of £0 or less"),
        (Conditions(price_at_most=Money(-1)), "price_at_most", "a price of £0 or less"),
        (Conditions(saving_at_least=10_000), "saving_at_least", "100% or more"),
        (Conditions(saving_at_least=10_001), "saving_at_least", "100% or more"),
        (Conditions(schools_at_least=5), "schools_at_least", "Only 4 schools are invited"),
        (Conditions(schools_at_least=1), "schools_at_least", "Your school alone is one already"),
    ],
)
def test_a_condition_that_nobody_can_meet_is_refused(conditions: Conditions, field: str, says: str) -> None:
    with pytest.raises(RuleBroken, match=says) as refusal:
        rules.check_conditions(conditions, invited=4, baseline=TODAY)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "conditions",
    [
        Conditions(),
        Conditions(price_at_most=Money(1)),
        Conditions(saving_at_least=9_999),
        Conditions(saving_at_least=0),
        Conditions(schools_at_least=4),
    ],
)
def test_a_condition_that_somebody_can_meet_is_taken(conditions: Conditions) -> None:
    rules.check_conditions(conditions, invited=4, baseline=TODAY)


def test_no_saving_is_measured_against_a_spend_that_nobody_knows() -> None:
    with pytest.raises(RuleBroken, match="is not known, so no saving can be measured"):
        rules.check_conditions(Conditions(saving_at_least=500), invited=4, baseline=ZERO)


SCHOOLS = st.dictionaries(
    st.uuids(version=4), st.one_of(st.none(), st.integers(min_value=2, max_value=12)), max_size=10
)


@given(SCHOOLS)
def test_everybody_who_stays_has_the_company_they_ask_for(wanted: dict[uuid.UUID, int | None]) -> None:
    staying = settle(wanted).staying
    assert all((wanted[one] or 0) <= len(staying) for one in staying)


@given(SCHOOLS, st.randoms(use_true_random=False))
def test_whoever_drops_out_first_the_same_schools_are_left(
    wanted: dict[uuid.UUID, int | None], chance: random.Random
) -> None:
    """Dropping one discontented school at a time, in any order, ends where all at once ends."""
    left = set(wanted)
    while discontented := sorted(one for one in left if (wanted[one] or 0) > len(left)):
        left.remove(chance.choice(discontented))
    assert left == settle(wanted).staying


@given(SCHOOLS, st.uuids(version=4), st.one_of(st.none(), st.integers(min_value=2, max_value=12)))
def test_one_more_school_never_drives_another_out(
    wanted: dict[uuid.UUID, int | None], late: uuid.UUID, asks: int | None
) -> None:
    assert settle(wanted).staying <= settle({**wanted, late: wanted.get(late, asks)}).staying


def test_dropping_a_school_may_drop_another() -> None:
    alder, beech, cedar = (uuid.UUID(int=number) for number in (1, 2, 3))
    settled = settle({alder: None, beech: 3, cedar: 4})
    assert settled.staying == {alder}
    assert settled.dropped == {cedar: (4, 3), beech: (3, 2)}
    assert rules.too_few(*settled.dropped[beech]) == "It wants at least 3 schools to buy; 2 would."


@pytest.mark.parametrize(("pence", "holds"), [(36_000_00, True), (36_000_01, False)])
def test_a_highest_price_a_year_is_held_against_the_whole_term(pence: int, *, holds: bool) -> None:
    (verdict,) = rules.verdicts(
        Conditions(price_at_most=Money(12_000_00)), total=Money(pence), baseline=ZERO, months=THREE_YEARS
    )
    assert verdict.holds is holds


@pytest.mark.parametrize(("pence", "holds"), [(34_200_00, True), (34_200_01, False)])
def test_a_saving_of_five_per_cent_holds_to_the_penny(pence: int, *, holds: bool) -> None:
    (verdict,) = rules.verdicts(
        Conditions(saving_at_least=500, schools_at_least=3),
        total=Money(pence),
        baseline=TODAY,
        months=THREE_YEARS,
    )
    assert verdict == rules.Verdict("it saves at least 5% of what it pays today", holds)


@pytest.mark.parametrize(("points", "words"), [(500, "5%"), (1_250, "12.5%"), (1, "0.01%"), (0, "0%")])
def test_a_saving_reads_as_people_write_it(points: int, words: str) -> None:
    assert rules.percent(points) == words


def test_a_ladder_leaves_large_commitments_to_the_headteacher() -> None:
    bursar, head = frozenset({Role.BURSAR}), frozenset({Role.HEADTEACHER})
    small, large = Band(Money(1), Approver.BURSAR, 0), Band(None, Approver.GOVERNING_BODY, 3)
    rules.check_committer(None, bursar)
    rules.check_committer(small, bursar)
    rules.check_committer(large, head)
    with pytest.raises(Forbidden, match="only a headteacher"):
        rules.check_committer(large, bursar)
    assert rules.needs_governing_body(large)
    assert not rules.needs_governing_body(None)
