"""The plan: backwards from the contract, forwards from today, and what is late in words."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.alliance.term_dates.rules import proposed_holiday
from marketplace.core import working_days
from marketplace.tenders.planning import rules
from marketplace.tenders.planning.rules import Planned, Situation, Step
from marketplace.tenders.timetable import standstill_last_day


def in_school(day: date) -> bool:
    return working_days.is_working_day(day) and not proposed_holiday(day)


TODAY = date(2026, 11, 27)
DRAFT = Situation(
    today=TODAY,
    present=Step.PREPARE,
    reached={Step.PREPARE: date(2026, 11, 20)},
    closes_on=None,
    starts_on=date(2027, 9, 1),
    category="cleaning",
    suppliers=25,
    standstill=True,
    in_school=in_school,
)


def by_step(known: Situation) -> dict[Step, Planned]:
    return {one.step: one for one in rules.plan(known)}


def said(known: Situation) -> list[str]:
    return [finding.text for finding in rules.findings(rules.plan(known), known)]


def late(known: Situation) -> list[str]:
    return [finding.text for finding in rules.findings(rules.plan(known), known) if finding.late]


def test_the_supplier_has_two_months_before_the_contract_starts() -> None:
    last = by_step(DRAFT)[Step.MOBILISATION]
    assert last.latest == rules.Days(date(2027, 7, 1), date(2027, 8, 31))


def test_meals_need_three_months_and_are_begun_nine_months_ahead() -> None:
    last = by_step(replace(DRAFT, category="catering"))[Step.MOBILISATION]
    assert last.latest
    assert last.latest.first == date(2027, 6, 1)
    assert rules.begin_by("catering", date(2027, 9, 1)) == date(2026, 12, 1)
    assert rules.begin_by("cleaning", date(2027, 9, 1)) == date(2027, 1, 1)


def test_the_standstill_is_the_laws_eight_working_days_of_the_whole_kingdom() -> None:
    standstill = by_step(DRAFT)[Step.STANDSTILL]
    assert standstill.latest
    assert standstill_last_day(standstill.latest.first) == standstill.latest.last


def test_below_the_threshold_no_standstill_is_planned() -> None:
    assert Step.STANDSTILL not in by_step(replace(DRAFT, standstill=False))


def test_nobody_opens_or_scores_in_the_easter_holiday() -> None:
    plan = by_step(replace(DRAFT, starts_on=date(2027, 7, 20)))
    for step in (Step.OPENING, Step.EVALUATION, Step.AGREEMENT, Step.APPROVAL):
        days = plan[step].latest
        assert days
        assert in_school(days.first)
        assert in_school(days.last)


def test_what_must_be_published_by_when_is_said_with_the_days_to_spare() -> None:
    first = said(DRAFT)[0]
    assert first.startswith("Publish by ")
    assert "to start on 1 September 2027. On this plan you publish on " in first
    assert "days to spare." in first
    assert late(DRAFT) == []


def test_who_missed_the_latest_day_is_told_by_how_many_days() -> None:
    latest = by_step(DRAFT)[Step.QUOTES].latest
    assert latest
    missed = replace(DRAFT, today=latest.first + timedelta(days=9), present=Step.APPROVE)
    assert late(missed)[0].endswith("to start on 1 September 2027. You are 9 days late.")


def test_a_plan_that_comes_too_late_is_late_before_the_day_has_passed() -> None:
    soon = replace(DRAFT, starts_on=date(2027, 6, 1))
    assert "On this plan you publish on" in late(soon)[0]
    assert late(soon)[0].endswith("days late.")


def test_a_tender_begun_too_late_for_its_category_is_told_so() -> None:
    begun = replace(DRAFT, category="catering", starts_on=date(2027, 8, 1))
    assert any("usually begun 9 months ahead, by 1 November 2026" in text for text in late(begun))


def test_a_deadline_before_suppliers_had_their_days_is_late() -> None:
    hasty = replace(DRAFT, closes_on=date(2027, 1, 20))
    assert any("To close on 20 January 2027, publish by 26 December 2026." in text for text in late(hasty))


def test_without_a_first_day_of_the_contract_the_page_asks_for_it() -> None:
    assert said(replace(DRAFT, starts_on=None)) == [
        "Set the first day of the contract, and this page says by when each step must be done."
    ]
    assert all(one.latest is None for one in rules.plan(replace(DRAFT, starts_on=None)))


def test_a_step_that_takes_longer_than_planned_moves_all_that_follow() -> None:
    slow = replace(
        DRAFT,
        today=date(2027, 3, 1),
        present=Step.EVALUATION,
        reached={
            Step.PREPARE: date(2026, 11, 20),
            Step.QUOTES: date(2026, 12, 14),
            Step.OPENING: date(2027, 1, 20),
            Step.EVALUATION: date(2027, 1, 25),
        },
        closes_on=date(2027, 1, 20),
    )
    plan = by_step(slow)
    assert plan[Step.EVALUATION].expected == rules.Days(date(2027, 1, 25), date(2027, 3, 1))
    assert plan[Step.AGREEMENT].expected.first > date(2027, 3, 1)
    assert plan[Step.QUOTES].done
    assert plan[Step.QUOTES].expected == rules.Days(date(2026, 12, 14), date(2027, 1, 20))
    assert said(slow)[0].startswith("Score the answers: by ")


def test_when_the_contract_runs_everything_is_done() -> None:
    running = replace(DRAFT, today=date(2027, 9, 2), present=None)
    assert said(running) == ["Every step is done."]
    assert all(one.done for one in rules.plan(running))


def test_questions_end_five_working_days_before_quotes_close() -> None:
    assert rules.questions_end(date(2027, 1, 20)) == date(2027, 1, 13)


@pytest.mark.parametrize("present", [step for step in Step if step is not Step.STANDSTILL])
def test_every_place_a_tender_can_be_in_has_a_plan_and_a_sentence(present: Step) -> None:
    known = replace(DRAFT, present=present, reached={Step.PREPARE: TODAY, present: TODAY})
    assert said(known)


@given(
    st.dates(date(2026, 12, 1), date(2029, 12, 31)),
    st.dates(date(2026, 12, 1), date(2029, 12, 31)),
    st.sampled_from(list(Step)),
    st.booleans(),
    st.sampled_from(["cleaning", "catering", "gas"]),
)
def test_steps_follow_one_another_and_never_run_backwards(
    today: date,
    starts_on: date,
    present: Step,
    standstill: bool,  # noqa: FBT001
    category: str,
) -> None:
    known = replace(
        DRAFT, today=today, starts_on=starts_on, present=present, standstill=standstill, category=category
    )
    plan = rules.plan(known)
    for one in plan:
        assert one.expected.first <= one.expected.last
        assert one.latest
        assert one.latest.first <= one.latest.last
    for before, after in itertools.pairwise(plan):
        assert before.latest
        assert after.latest
        assert before.latest.last < after.latest.first
        if not before.done:
            assert before.expected.last < after.expected.first
