"""What a declaration must say, and the list of grounds as the law has them."""

from datetime import date

import pytest

from marketplace.core.errors import RuleBroken
from suppliers.profiles.declarations.grounds import Schedule, edition_on, editions
from suppliers.profiles.declarations.rules import (
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_LINES,
    NONE,
    Declared,
    check_current,
    check_declared,
    lines_of,
)
from suppliers.quotes.declarations.rules import Confirmed, Declaration, check_confirmed

NOW = edition_on(date(2026, 11, 27))


def declared(**said: object) -> Declared:
    return Declared(**{"mandatory": (NONE,), "discretionary": (NONE,)} | said)  # type: ignore[arg-type]


def paragraphs(schedule: Schedule) -> list[int]:
    found: list[int] = []
    for ground in NOW.of(schedule):
        ends = [int(word) for word in ground.paragraphs.split() if word.isdecimal()]
        found += range(ends[0], ends[-1] + 1)
    return found


def test_the_grounds_cover_every_paragraph_of_both_schedules_once() -> None:
    """Schedule 6: 1 and 35 only introduce, 44 onwards say how to read it. Schedule 7 names 14 paragraphs."""
    assert paragraphs(Schedule.MANDATORY) == [*range(2, 35), *range(36, 44)]
    assert paragraphs(Schedule.DISCRETIONARY) == list(range(1, 15))


def test_a_declaration_is_judged_by_the_list_that_holds_on_its_day() -> None:
    assert edition_on(date(2025, 2, 24)).holds_from == date(2025, 2, 24)
    assert NOW is editions()[0]
    assert NOW.grounds[0].cited == "Schedule 6, paragraph 2"
    assert NOW.grounds[2].cited == "Schedule 6, paragraphs 4 to 18"


def test_none_of_these_is_an_answer_and_no_answer_is_not() -> None:
    assert check_declared(declared(), NOW).applying == frozenset()
    for field in ("mandatory", "discretionary"):
        with pytest.raises(RuleBroken, match="or “None of these applies”") as refused:
            check_declared(declared(**{field: ()}), NOW)
        assert refused.value.field == field


def test_a_ground_and_none_of_these_cannot_both_be_true() -> None:
    with pytest.raises(RuleBroken, match="Leave only what is true"):
        check_declared(declared(mandatory=("terrorism", NONE)), NOW)


def test_a_ground_of_the_other_schedule_or_of_no_list_is_refused() -> None:
    for wrong in ("insolvency", "submarines"):
        with pytest.raises(RuleBroken, match="from the list"):
            check_declared(declared(mandatory=(wrong,)), NOW)


def test_who_declares_grounds_says_of_each_what_happened_and_what_was_done() -> None:
    both = {"mandatory": ("terrorism",), "discretionary": ("insolvency",)}
    for accounts, missing in (
        ({"terrorism": "In 2022 …", "insolvency": "  "}, "insolvency"),
        ({"insolvency": "In 2024 …"}, "terrorism"),
    ):
        with pytest.raises(RuleBroken, match="what happened, when, and what you have done") as refused:
            check_declared(declared(**both, accounts=accounts), NOW)
        assert refused.value.field == f"account_{missing}"
    said = {"insolvency": " In 2024 we … ", "theft_fraud_bribery": "Not ticked, so not kept."}
    kept = check_declared(declared(discretionary=("insolvency",), accounts=said), NOW)
    assert kept.accounts == {"insolvency": "In 2024 we …"}
    assert [one.title for one in NOW.named(kept.applying)] == ["Insolvency, or business suspended"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("conflict", "x" * (LONGEST_TEXT + 1)),
        ("connected", ("x" * (LONGEST_LINE + 1),)),
        ("sub_contractors", ("Clearview",) * (MOST_LINES + 1)),
    ],
)
def test_what_is_too_long_is_named(field: str, value: object) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_declared(declared(**{field: value}), NOW)
    assert refused.value.field == field


def test_a_long_account_is_named_by_its_ground() -> None:
    said = {"insolvency": "x" * (LONGEST_TEXT + 1)}
    with pytest.raises(RuleBroken) as refused:
        check_declared(declared(discretionary=("insolvency",), accounts=said), NOW)
    assert refused.value.field == "account_insolvency"


def test_lines_are_tidied_and_blank_ones_left_out() -> None:
    assert lines_of("  A  Ltd \r\n\n\tB \n") == ("A Ltd", "B")


def test_everything_must_be_confirmed_with_a_quote() -> None:
    check_confirmed(Confirmed())
    for left_out in Declaration:
        with pytest.raises(RuleBroken) as refused:
            check_confirmed(Confirmed(tuple(one for one in Declaration if one is not left_out)))
        assert refused.value.field == left_out.value


def test_a_declaration_by_an_older_list_is_not_confirmed() -> None:
    check_current(NOW.holds_from, NOW)
    with pytest.raises(RuleBroken, match="Declare anew first"):
        check_current(date(2024, 1, 1), NOW)
