import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts.categories import CATALOGUE, CategoryField, FieldType, category
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.core.rows import Rows
from marketplace.needs import shown
from marketplace.needs.answers import LARGEST_NUMBER, check_answers, gaps, read_answers, write_answers
from tests.make.needs import answer

ELECTRICITY = category("electricity")
WASTE = category("waste")


def an_answer(field: CategoryField) -> st.SearchStrategy[Any]:
    """Any right answer to a question."""
    if field.pattern:
        return st.just(answer(field))
    if field.type is FieldType.TABLE:
        return a_table(field)
    return {
        FieldType.WHOLE_NUMBER: st.integers(0, field.largest or LARGEST_NUMBER),
        FieldType.NUMBER: st.decimals(0, field.largest or LARGEST_NUMBER, places=4),
        FieldType.MONEY: st.integers(0, 100_000_000_00).map(Money),
        FieldType.DATE: st.dates(date(1950, 1, 1), date(2100, 12, 31)),
        FieldType.TEXT: st.text(min_size=1, max_size=200),
        FieldType.LONG_TEXT: st.text(min_size=1, max_size=500),
        FieldType.YES_NO: st.booleans(),
        FieldType.ONE_OF: st.sampled_from(list(field.options) or [""]),
        FieldType.ANY_OF: st.just(list(field.options)),
    }[field.type]


def a_table(field: CategoryField) -> st.SearchStrategy[Rows]:
    """Any right answer in rows, that there are none, or one in words from before there were rows."""
    row = st.fixed_dictionaries({column.key: an_answer(column) for column in field.columns})
    rows = st.lists(row, min_size=1, max_size=3).map(lambda found: Rows(tuple(found)))
    words = st.text(min_size=1, max_size=200).map(lambda text: Rows(text=text))
    return st.one_of(rows, words, *([st.just(Rows(none=True))] if field.none else []))


@given(st.data())
def test_answers_come_back_from_json_as_they_were_given(data: st.DataObject) -> None:
    about = data.draw(st.sampled_from(list(CATALOGUE.values())))
    answers = {field.key: data.draw(an_answer(field)) for field in about.fields}
    check_answers(about, answers)
    assert gaps(about, answers) == []
    stored = json.loads(json.dumps(write_answers(about, answers)))
    assert read_answers(about, stored) == answers
    for field in about.fields:
        assert shown.in_words(field, answers[field.key])


def test_blanks_are_not_stored_but_nought_and_no_are() -> None:
    stored = write_answers(
        ELECTRICITY, {"mpan": "", "half_hourly": False, "capacity": Decimal(0), "meter_operator": None}
    )
    assert stored == {"half_hourly": False, "capacity": "0"}


@pytest.mark.parametrize(
    ("about", "key", "wrong"),
    [
        ("electricity", "mpan", "12 345 678 901 2"),
        ("electricity", "mpan", "twelve"),
        ("gas", "mprn", "12345"),
        ("catering", "service_days", 367),
        ("catering", "service_days", -1),
        ("catering", "service_days", "190"),
        ("catering", "service_days", True),
        ("catering", "kitchen", "caravan"),
        ("catering", "meal_price", Money(-1)),
        ("catering", "meal_price", 260),
        ("cleaning", "hours_week", Decimal("37.12345")),
        ("cleaning", "consumables", "yes"),
        ("cleaning", "access", "x" * 201),
        ("insurance", "covers", ["property", "dragons"]),
        ("audit", "year_end", date(1949, 12, 31)),
        ("waste", "bins", [{"stream": "general"}]),
        ("waste", "bins", Rows(({"stream": "dragons"},))),
        ("waste", "bins", Rows(({"litres": 60_000},))),
        ("waste", "bins", Rows(({"litres": "big"},))),
        ("waste", "bins", Rows(({"colour": "red"},))),
        ("waste", "bins", Rows(({"number": 1},) * 21)),
        ("waste", "bins", Rows(none=True)),
        ("insurance", "claims", Rows(({"cause": "Storm"},), none=True)),
    ],
)
def test_a_wrong_answer_is_refused_at_its_field(about: str, key: str, wrong: Any) -> None:
    with pytest.raises(RuleBroken) as refusal:
        check_answers(category(about), {key: wrong})
    assert refusal.value.field == f"answer_{key}"


def test_a_row_with_a_gap_is_kept_in_a_draft_and_missed_when_it_is_submitted() -> None:
    bins = Rows(({"stream": "general", "litres": 1_100, "number": 6}, {"stream": "paper"}, {}))
    check_answers(WASTE, {"bins": bins})
    stored = write_answers(WASTE, {"bins": bins})
    assert len(stored["bins"]["rows"]) == 2
    missed = [gap.message for gap in gaps(WASTE, read_answers(WASTE, stored)) if gap.field == "answer_bins"]
    assert missed == ["Bins, row 2: Size is missing.", "Bins, row 2: How many is missing."]


def test_what_was_written_before_there_were_rows_stays_readable_and_stays_an_answer() -> None:
    answers = read_answers(WASTE, {"bins": "Six of 1,100 litres"})
    assert answers["bins"] == Rows(text="Six of 1,100 litres")
    bins = next(field for field in WASTE.fields if field.key == "bins")
    assert shown.in_words(bins, answers["bins"]) == "Six of 1,100 litres"
    assert "answer_bins" not in {gap.field for gap in gaps(WASTE, answers)}
    assert write_answers(WASTE, answers) == {"bins": "Six of 1,100 litres"}


def test_a_table_that_may_be_empty_offers_to_say_so() -> None:
    (gap,) = [one for one in gaps(category("insurance"), {}) if one.field == "answer_claims"]
    assert gap.message == (
        "Enter at least one row, or tick that there are none: Claims in the last five years"
    )


def test_an_answer_to_another_categorys_question_is_refused() -> None:
    with pytest.raises(RuleBroken, match="no question mpan"):
        check_answers(category("gas"), {"mpan": "1234567890123"})


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 month"), (12, "1 year"), (18, "18 months"), (36, "3 years"), (120, "10 years")],
)
def test_a_term_in_words(count: int, words: str) -> None:
    assert shown.months(count) == words
