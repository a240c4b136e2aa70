import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.months import months_later
from marketplace.needs.rules import Joint, NeedStatus
from marketplace.needs.suggestions import rules
from marketplace.needs.suggestions.pairing import Asked, Term, pair
from marketplace.needs.suggestions.rules import Plan, Suggestion, fit, stand, suggest
from tests.unit.marketplace.needs.suggestions.terms import TODAY, asked, contracts, needs, term

VECTOR = json.loads(
    (Path(__file__).parents[4] / "fixtures" / "scoring" / "cotermination.json").read_text(encoding="utf-8")
)
AUTUMN = date(2027, 8, 31)


def of_the_vector(row: dict[str, Any]) -> Term:
    """A row of the vector's input as a term."""
    options = row.get("ext_months", 0)
    return term(
        row["school"],
        date.fromisoformat(row["contract_end"]),
        notice_days=row.get("notice_days", 0),
        notice_months=row.get("notice_months", 0),
        renewal_months=row.get("auto_renew_months", 0),
        extension_months=(options,) if options else (),
    )


def as_day(text: str | None) -> date | None:
    """A date of the vector."""
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("row", "expected"),
    list(zip(VECTOR["input"], VECTOR["expected"], strict=True)),
    ids=[row["school"] for row in VECTOR["input"]],
)
def test_the_vector_for_bringing_contracts_together_holds(row: dict[str, Any], expected: Any) -> None:
    plan = Plan(*(date.fromisoformat(VECTOR[name]) for name in ("joint_start", "common_end", "latest_join")))
    found = fit(stand(of_the_vector(row), date.fromisoformat(VECTOR["today"])), plan)
    assert found.standing.effective_end == as_day(expected["effective_end"])
    assert found.standing.last_notice_on == as_day(expected["last_notice_date"])
    assert found.joins_on == as_day(expected["join"])
    assert found.bridge_days == expected["bridge_days"]
    assert found.covered is expected["bridge_covered_by_extension"]
    assert found.first_term_days == expected["first_term_days"]


def test_the_schools_of_the_vector_are_brought_to_the_vectors_own_dates() -> None:
    """The start, the end and the last day to join are found, not given."""
    (found,) = suggest(map(of_the_vector, VECTOR["input"]), date.fromisoformat(VECTOR["today"]))
    assert found.plan == Plan(
        *(date.fromisoformat(VECTOR[name]) for name in ("joint_start", "common_end", "latest_join"))
    )
    assert [one.term.school for one in found.members] == ["A", "B"]
    others = rules.others_fits(found)
    assert {one.term.school: one.joins_on for one in others} == {
        "C": date(2028, 8, 1),
        "D": date(2028, 2, 1),
        "E": date(2027, 9, 1),
        "F": None,
    }
    assert {one.term.school: one.gap_days for one in others if one.gap_days} == {"E": 243}


def test_one_school_alone_is_no_suggestion() -> None:
    two_of_one = [term("Ash", AUTUMN, id=asked(name, AUTUMN).id) for name in ("one", "two")]
    assert not found_among(two_of_one, [])
    assert found_among([*two_of_one, term("Elm", AUTUMN)], [])


def test_a_start_leaves_time_for_the_tender_and_is_not_too_far_off() -> None:
    soon, far = TODAY + timedelta(days=60), TODAY + timedelta(days=1200)
    assert not suggest([term("Ash", soon), term("Elm", soon)], TODAY)
    assert not suggest([term("Ash", far), term("Elm", far)], TODAY)
    catering = [term(name, date(2027, 6, 30), category="catering") for name in ("Ash", "Elm")]
    assert not suggest(catering, TODAY)


def test_an_option_to_extend_bridges_to_the_start_of_the_others() -> None:
    early = term("Ash", date(2027, 5, 31), extension_months=(3,))
    (found,) = suggest([early, term("Elm", AUTUMN)], TODAY)
    assert found.plan.starts_on == date(2027, 9, 1)
    assert {one.term.school: one.bridge_days for one in rules.members_fits(found)} == {"Ash": 92, "Elm": 0}


def test_an_option_a_day_too_short_leaves_a_gap_that_is_counted() -> None:
    early = term("Ash", date(2027, 5, 30), extension_months=(3,))
    (found,) = suggest([early, term("Elm", AUTUMN), term("Oak", AUTUMN)], TODAY)
    assert [one.term.school for one in found.members] == ["Elm", "Oak"]
    assert [(one.term.school, one.gap_days) for one in rules.others_fits(found)] == [("Ash", 1)]


def test_the_last_safe_date_is_the_first_on_which_something_is_too_late() -> None:
    renewing = term("Ash", AUTUMN, notice_months=6, renewal_months=12)
    (found,) = suggest([renewing, term("Elm", AUTUMN)], TODAY)
    assert found.decide_by == date(2027, 2, 28)
    (found,) = suggest([term("Ash", AUTUMN), term("Elm", AUTUMN)], TODAY)
    assert found.decide_by == found.begin_by == date(2027, 4, 1)


def test_a_missed_notice_rolls_the_contract_on_and_out_of_the_group() -> None:
    missed = term("Ash", AUTUMN, notice_months=10, renewal_months=12)
    (found,) = suggest([missed, term("Elm", AUTUMN), term("Oak", AUTUMN)], TODAY)
    (other,) = rules.others_fits(found)
    assert other.standing.rolled
    assert (other.overlap_days, other.joins_on) == (366, date(2028, 9, 1))


def test_the_term_is_the_one_that_most_needs_ask_for() -> None:
    wishes = [
        asked("Ash", AUTUMN, term_months=48),
        asked("Elm", AUTUMN, term_months=48),
        asked("Oak", AUTUMN),
    ]
    (found,) = suggest(pair([], wishes, TODAY).terms, TODAY)
    assert (found.months, found.plan.ends_on) == (48, date(2031, 8, 31))


@given(st.lists(contracts(), max_size=14), st.lists(needs(), max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_what_is_read_makes_no_difference(
    register: list[Term], posted: list[Asked], chance: random.Random
) -> None:
    found = found_among(register, posted)
    chance.shuffle(register)
    chance.shuffle(posted)
    assert found_among(register, posted) == found


@given(st.lists(contracts(), max_size=20), st.lists(needs(), max_size=8))
def test_every_member_can_be_there_on_the_first_day_by_its_own_terms(
    register: list[Term], posted: list[Asked]
) -> None:
    for suggestion in found_among(register, posted):
        assert len(suggestion.schools) >= 2
        assert suggestion.plan.starts_on >= months_later(TODAY, rules.lead_months(suggestion.category))
        for one in rules.members_fits(suggestion):
            assert one.at_the_start
            own = one.standing
            assert own.free_from <= suggestion.plan.starts_on <= own.reach
            assert not own.term.renewal_months or (own.last_notice_on and own.last_notice_on >= TODAY)


@given(st.lists(contracts(), max_size=14), st.lists(needs(), max_size=8))
def test_nothing_is_suggested_to_a_school_that_said_no(register: list[Term], posted: list[Asked]) -> None:
    said_no = {
        (need.category, need.school_id)
        for need in posted
        if need.joint is Joint.NO and need.status is not NeedStatus.CONTRACTED
    }
    for suggestion in found_among(register, posted):
        named = {one.term.school_id for one in (*suggestion.members, *suggestion.others)}
        assert not {(suggestion.category, school_id) for school_id in named} & said_no


@given(st.lists(contracts(), max_size=10))
def test_no_smaller_number_of_starting_days_would_do(register: list[Term]) -> None:
    """Against the fewest days that trying out every set of days finds."""
    standings = [stand(one, TODAY) for one in pair(register, [], TODAY).terms if one.category == "waste"]
    earliest, latest = rules.earliest_start("waste", TODAY), months_later(TODAY, rules.AHEAD_MONTHS)
    gathered = rules.sweep(standings, earliest, latest)
    able = [one for one in standings if one.reach >= earliest and one.free_from <= latest]
    assert sum(len(one.standings) for one in gathered) == len(able)
    assert len(gathered) == fewest_days([(max(one.free_from, earliest), one.reach) for one in able])


def fewest_days(spans: list[tuple[date, date]]) -> int:
    """How many days it takes at least for each span to hold one: tried out, one set after the other."""
    if not spans:
        return 0
    tried = {last for _, last in spans}
    first_out = min(last for _, last in spans)
    return 1 + min(
        fewest_days([span for span in spans if not span[0] <= day <= span[1]])
        for day in tried
        if any(first <= day <= last for first, last in spans if last == first_out)
    )


def found_among(register: list[Term], posted: list[Asked]) -> list[Suggestion]:
    """What is suggested for a register and needs."""
    return suggest(pair(register, posted, TODAY).terms, TODAY)


def test_a_need_and_the_contract_that_it_is_about_are_one_term() -> None:
    known = pair([term("Ash", AUTUMN, notice_months=3)], [asked("Ash", AUTUMN)], TODAY)
    (found,) = known.terms
    assert (found.ends_on, found.notice_months) == (AUTUMN, 3)
    assert found.wish
    assert found.annual == asked("Ash", AUTUMN).spend


def test_what_a_tender_buys_already_is_not_suggested_again() -> None:
    other_line = term("Ash", AUTUMN + timedelta(days=400))
    register = [term("Ash", AUTUMN), other_line]
    known = pair(register, [asked("Ash", AUTUMN, status=NeedStatus.IN_TENDER)], TODAY)
    assert [one.id for one in known.terms] == [other_line.id]
    assert list(known.taken.values()) == ["Ash"]


def test_the_contract_that_an_award_brought_stands_for_itself() -> None:
    awarded = term("Ash", AUTUMN, starts_on=date(2026, 9, 1))
    bought = asked("Ash", date(2026, 8, 31), status=NeedStatus.CONTRACTED)
    assert [one.id for one in pair([awarded], [bought], TODAY).terms] == [awarded.id]


def test_a_contract_that_is_over_is_not_counted() -> None:
    over, last_day = (stand(term("Ash", TODAY - timedelta(days=days)), TODAY) for days in (1, 0))
    assert not rules.is_live(over, TODAY)
    assert rules.is_live(last_day, TODAY)
