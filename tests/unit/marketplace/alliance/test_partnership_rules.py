from dataclasses import replace
from datetime import date, timedelta

import pytest

from marketplace.alliance.partnerships import rules
from marketplace.alliance.partnerships.rules import MOVES, PartnershipStatus, Terms
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

TODAY = date(2026, 11, 27)
TERMS = Terms(
    starts_on=date(2027, 1, 1),
    months=18,
    service_charge=Money(24_000_00),
    objectives="Attendance above 95 %.",
    reviews=(date(2027, 6, 30), date(2028, 6, 30)),
    credit=Money(10_000_00),
    credit_source="Grant of the Department",
)


def test_terms_of_eighteen_months_with_the_largest_credit_are_agreed() -> None:
    rules.check_terms(TERMS, TODAY)
    assert TERMS.ends_on == date(2028, 6, 30)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"starts_on": TODAY - timedelta(days=1)}, "starts_on", "today or later"),
        ({"starts_on": TODAY + timedelta(days=400)}, "starts_on", "within a year"),
        ({"months": 11}, "months", "from 12 to 18 months"),
        ({"months": 19}, "months", "from 12 to 18 months"),
        ({"service_charge": Money(-1)}, "service_charge", "from £0"),
        ({"objectives": " "}, "objectives", "Say what"),
        ({"reviews": ()}, "first_review", "first reviewed"),
        ({"reviews": (date(2028, 7, 1),)}, "first_review", "within the term: from 1 January 2027 to 30 June"),
        ({"reviews": (date(2027, 6, 30), date(2026, 12, 1))}, "second_review", "within the term"),
        ({"reviews": (date(2027, 6, 30), date(2027, 6, 1))}, "first_review", "in the order"),
        ({"reviews": (date(2027, 6, 30), date(2027, 6, 30))}, "first_review", "each once"),
        ({"credit": Money(10_000_01)}, "credit", "at most £10,000.00"),
        ({"credit": Money(10_000_00), "service_charge": Money(9_000_00)}, "credit", "not be more than"),
        ({"credit_source": ""}, "credit_source", "where the credit comes from"),
        ({"credit": ZERO}, "credit", "leave its source blank"),
    ],
)
def test_terms_that_cannot_be_are_refused_on_their_field(
    changes: dict[str, object], field: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence) as told:
        rules.check_terms(replace(TERMS, **changes), TODAY)  # type: ignore[arg-type]
    assert told.value.field == field


def test_a_review_has_been_held_and_found_something() -> None:
    assert rules.check_review(TODAY, " On track. ", TODAY, TODAY) == "On track."
    for held_on in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(RuleBroken, match="since the partnership began"):
            rules.check_review(held_on, "On track.", TODAY, TODAY)
    with pytest.raises(RuleBroken, match="Say what the review found"):
        rules.check_review(TODAY, "", TODAY, TODAY)


@pytest.mark.parametrize("present", list(PartnershipStatus))
@pytest.mark.parametrize("wanted", list(PartnershipStatus))
def test_a_proposal_is_agreed_or_not_once(present: PartnershipStatus, wanted: PartnershipStatus) -> None:
    allowed = present is PartnershipStatus.PROPOSED and wanted is not PartnershipStatus.PROPOSED
    assert (wanted in MOVES[present]) is allowed
    if not allowed:
        with pytest.raises(RuleBroken):
            rules.move(present, wanted)
