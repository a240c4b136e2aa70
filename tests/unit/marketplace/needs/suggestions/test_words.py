from datetime import date
from typing import Any

import pytest

from marketplace.needs.suggestions import rules, shown
from marketplace.needs.suggestions.pairing import pair
from marketplace.needs.suggestions.rules import Suggestion, suggest
from tests.unit.marketplace.needs.suggestions.terms import TODAY, asked, term

AUTUMN = date(2027, 8, 31)


def with_two(*others: Any) -> Suggestion:
    """Ash and Elm, free on 1 September 2027, and others that do not fit."""
    (found,) = suggest([term("Ash", AUTUMN), term("Elm", AUTUMN), *others], TODAY)
    return found


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"ends_on": date(2027, 7, 31)}, "An extension of 31 days, until 31 August 2027, would bring it in."),
        (
            {"ends_on": date(2027, 5, 31), "extension_months": (2,)},
            "Its own options to extend last until 31 July 2027. A further extension of 31 days",
        ),
        (
            {"ends_on": date(2027, 7, 31), "renewal_months": 12, "notice_months": 3},
            "Or it lets the contract renew once more, and joins on 1 August 2028.",
        ),
        (
            {"ends_on": date(2027, 12, 31), "renewal_months": 12, "notice_months": 3},
            "for 974 of the 1,096 days. For that, notice must be given by 30 September 2027, or it renews.",
        ),
        (
            {"ends_on": date(2026, 12, 31), "renewal_months": 12, "notice_months": 3},
            "Its last day for notice has passed, so its contract runs on until 31 December 2027.",
        ),
        (
            {"ends_on": date(2029, 8, 31)},
            "leave today’s contract at least 365 days early, to join by 1 September 2028. Its supplier has",
        ),
    ],
)
def test_what_it_would_take_is_said_in_a_sentence(other: dict[str, Any], sentence: str) -> None:
    suggestion = with_two(term("Oak", **other))
    (fit,) = rules.others_fits(suggestion)
    assert sentence in shown.what_it_would_take(fit, suggestion.plan)


def test_a_reason_says_why_these_schools() -> None:
    assert shown.reason(with_two()) == (
        "Ash and Elm are both free on 1 September 2027, the day after what they have today ends."
    )
    bridged = with_two(term("Oak", date(2027, 6, 30), extension_months=(6,)))
    assert shown.reason(bridged).startswith("Ash, Elm and Oak become free between 1 July 2027 and")


def test_a_school_that_asks_to_start_later_reads_how_long_it_is_without_a_contract() -> None:
    """Its own wish is no bridge that others ask of it, and is not passed over in silence either."""
    start = date(2027, 9, 1)
    contracts = [term("Ash", date(2027, 7, 31)), term("Elm", AUTUMN)]
    needs = [asked("Ash", date(2027, 7, 31), wanted_from=start)]
    (found,) = suggest(pair(contracts, needs, TODAY).terms, TODAY)
    assert shown.reason(found) == "Ash and Elm are both free on 1 September 2027, or ask to start then."
    ash, elm = shown.members(found, {}, {})
    assert (ash["bridge"], elm["bridge"]) == ("Waits 31 days, by its own need", "None")
    assert ash["advice"] == (
        "Plan for the 31 days between the end of today’s contract and 1 September 2027, when its need starts."
    )
    assert elm["advice"] == "Nothing but to join: what it has today ends by itself."


def test_a_member_reads_what_it_has_to_do() -> None:
    options = term("Ash", date(2027, 6, 30), extension_months=(6,), renewal_months=12, notice_months=1)
    needs = [asked("Elm", AUTUMN, condition="the same cook stays")]
    (found,) = suggest(pair([options, term("Elm", AUTUMN), term("Fir", AUTUMN)], needs, TODAY).terms, TODAY)
    said = {one.term.school: shown.advice(one, found.plan) for one in rules.members_fits(found)}
    assert said == {
        "Ash": (
            "Give notice by 30 May 2027, or it renews by itself. "
            "Use the option to extend, until 31 August 2027."
        ),
        "Elm": "Only if: the same cook stays",
        "Fir": "Nothing but to join: what it has today ends by itself.",
    }


def test_long_lists_of_names_are_cut() -> None:
    assert shown.listed(["A"]) == "A"
    assert shown.listed(list("ABCDE")) == "A, B, C, D and E"
    assert shown.listed(list("ABCDEF")) == "A, B, C, D and 2 more"


def test_the_last_safe_date_says_what_it_is_for() -> None:
    assert shown.deciding(with_two()) == "to begin the tender"
    renewing = term("Oak", AUTUMN, renewal_months=12, notice_months=6)
    assert shown.deciding(with_two(renewing)) == "for notice from Oak; begin the tender by 1 April 2027"
