from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts.categories import CATALOGUE, category
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.core.months import months_later
from marketplace.needs import rules
from marketplace.needs.rules import MOVES, Joint, NeedContent, NeedStatus
from tests.make.needs import content

TODAY = date(2026, 11, 22)
CATERING = category("catering")
WHOLE = replace(
    content("catering"), contract_ends_on=TODAY + timedelta(days=240), wanted_from=TODAY + timedelta(days=241)
)


def refused_field(changes: dict[str, Any], *, complete: bool = False) -> str | None:
    """The field that a refusal of a changed content names."""
    check = rules.check_complete if complete else rules.check_content
    with pytest.raises(RuleBroken) as refusal:
        check(CATERING, replace(WHOLE, **changes), TODAY)
    return refusal.value.field


def test_a_whole_need_can_be_submitted() -> None:
    rules.check_complete(CATERING, WHOLE, TODAY)


def test_a_draft_needs_nothing_but_a_title() -> None:
    rules.check_content(CATERING, NeedContent(title="School meals"), TODAY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"description": "x" * 4_001}, "description"),
        ({"volume": Decimal(0)}, "volume"),
        ({"volume": Decimal(-1)}, "volume"),
        ({"volume": Decimal(100_000_001)}, "volume"),
        ({"current_annual_spend": Money(-1)}, "current_annual_spend"),
        ({"current_annual_spend": Money(100_000_000_01)}, "current_annual_spend"),
        ({"contract_ends_on": TODAY + timedelta(days=3_661)}, "contract_ends_on"),
        ({"contract_ends_on": TODAY - timedelta(days=367)}, "contract_ends_on"),
        ({"wanted_from": TODAY - timedelta(days=1)}, "wanted_from"),
        ({"wanted_from": TODAY + timedelta(days=3_661)}, "wanted_from"),
        ({"term_months": 0}, "term_months"),
        ({"term_months": 121}, "term_months"),
        ({"term_unknown": True}, "term_months"),
        ({"extension_months": 121}, "extension_months"),
        ({"highest_annual_spend": Money(1)}, "highest_annual_spend"),
        ({"frameworks_reason": "x" * 1_001}, "frameworks_reason"),
    ],
)
def test_absurd_figures_are_refused_in_a_draft_too(changes: dict[str, Any], field: str) -> None:
    assert refused_field(changes) == field


@pytest.mark.parametrize(
    "name",
    ["volume", "current_annual_spend", "contract_ends_on", "wanted_from", "term_months", "joint"],
)
def test_a_need_with_a_gap_cannot_be_submitted(name: str) -> None:
    assert refused_field({name: None}, complete=True) == name


def test_something_new_may_cost_nothing_today() -> None:
    rules.check_complete(CATERING, replace(WHOLE, current_annual_spend=Money(0)), TODAY)


def test_a_condition_must_be_said() -> None:
    changes = {"joint": Joint.ONLY_IF, "joint_condition": " "}
    assert refused_field(changes, complete=True) == "joint_condition"


def test_a_required_question_must_be_answered() -> None:
    answers = {key: answer for key, answer in WHOLE.answers.items() if key != "service_days"}
    assert refused_field({"answers": answers}, complete=True) == "answer_service_days"


def test_the_value_is_the_most_that_may_be_paid_over_the_whole_term_with_extensions_and_vat() -> None:
    need = replace(WHOLE, current_annual_spend=Money(10_000_00), term_months=36, extension_months=24)
    assert rules.value_of(need, TODAY) == Money(60_000_00)
    assert rules.value_of(replace(need, highest_annual_spend=Money(20_000_00)), TODAY) == Money(120_000_00)
    assert rules.value_of(replace(need, term_months=None, term_unknown=True), TODAY) is None


def test_a_copy_moves_on_by_the_term_and_asks_again_about_frameworks() -> None:
    ended = replace(WHOLE, contract_ends_on=TODAY, wanted_from=TODAY + timedelta(days=1), term_months=12)
    copied = rules.moved_on(ended, TODAY)
    assert copied.contract_ends_on == months_later(TODAY, 12)
    assert copied.wanted_from == months_later(TODAY + timedelta(days=1), 12)
    assert (copied.frameworks, copied.frameworks_reason) == (None, "")
    assert copied.answers == WHOLE.answers


def test_a_copy_leaves_open_what_it_cannot_know() -> None:
    unknown = rules.moved_on(replace(WHOLE, term_months=None, term_unknown=True), TODAY)
    assert (unknown.contract_ends_on, unknown.wanted_from) == (None, None)
    long_ago = replace(WHOLE, wanted_from=TODAY - timedelta(days=900), term_months=12)
    assert rules.moved_on(long_ago, TODAY).wanted_from is None


def test_frameworks_are_considered_where_there_are_any_and_turned_down_with_a_reason() -> None:
    unasked = replace(WHOLE, frameworks=None)
    rules.check_complete(CATERING, unasked, TODAY)
    with pytest.raises(RuleBroken) as refused:
        rules.check_complete(CATERING, unasked, TODAY, frameworks=True)
    assert refused.value.field == "frameworks"
    assert refused_field({"frameworks_reason": " "}, complete=True) == "frameworks_reason"


def test_an_edit_checks_what_it_changes_and_nothing_else() -> None:
    stale = replace(WHOLE, wanted_from=TODAY - timedelta(days=5))
    rules.check_content(CATERING, rules.changed(stale, replace(stale, title="Another title")), TODAY)
    wrong = rules.changed(stale, replace(stale, highest_annual_spend=Money(1)))
    with pytest.raises(RuleBroken):
        rules.check_content(CATERING, wrong, TODAY)


def test_supply_staff_cannot_be_bought_here_since_september_2026() -> None:
    rules.check_category(category("supply_staff"), date(2026, 8, 31))
    with pytest.raises(RuleBroken, match="RM6376"):
        rules.check_category(category("supply_staff"), date(2026, 9, 1))


def test_everything_else_can() -> None:
    for one in CATALOGUE.values():
        if one.id != "supply_staff":
            rules.check_category(one, TODAY)


@pytest.mark.parametrize(
    ("reason", "right"), [("", False), (" \n", False), ("x" * 1_001, False), ("£ 你好", True)]
)
def test_a_reason_is_given_and_not_too_long(reason: str, *, right: bool) -> None:
    if right:
        assert rules.check_reason(reason, "Say why.") == reason
        return
    with pytest.raises(RuleBroken) as refusal:
        rules.check_reason(reason, "Say why.")
    assert refusal.value.field == "reason"


@given(st.lists(st.sampled_from(NeedStatus), max_size=12))
def test_a_need_is_contracted_only_after_approval_and_ends_only_once(wanted: list[NeedStatus]) -> None:
    status, passed = NeedStatus.DRAFT, [NeedStatus.DRAFT]
    for one in wanted:
        try:
            status = rules.move(status, one)
        except RuleBroken:
            continue
        passed.append(status)
    if NeedStatus.CONTRACTED in passed:
        assert NeedStatus.APPROVED in passed[: passed.index(NeedStatus.CONTRACTED)]
    ends = [one for one in passed if not MOVES[one]]
    assert len(ends) <= 1
    assert not ends or passed[-1] in ends


def test_every_status_is_in_the_table() -> None:
    assert set(MOVES) == set(NeedStatus)
    assert set(rules.STATUS_LABELS) == set(rules.STATUS_COLOURS) == set(NeedStatus)
