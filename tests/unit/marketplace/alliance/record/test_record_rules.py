"""What the record tells of an event, and what it never does."""

from datetime import date

import pytest

from marketplace.alliance.record.rules import MOST_EXPORTED, check_dates, check_export, details
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Act
from marketplace.core.sentences import SENTENCES, told


def test_a_sentence_begins_with_whoever_did_it_unless_it_was_somebody_else() -> None:
    assert told(Act.NEED_APPROVE, "Ruth Adeyemi") == "Ruth Adeyemi approved a need"
    assert told(Act.PASSWORD_MISS, "Ruth Adeyemi") == "Somebody tried a wrong password for Ruth Adeyemi"
    assert told("thing.undone", "Ruth Adeyemi") == "Ruth Adeyemi did what was called thing.undone"


def test_a_name_with_braces_in_it_is_only_a_name() -> None:
    for act in SENTENCES:
        assert "{0.__class__}" in told(act, "{0.__class__}")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"number": "100001-2026-0007", "reason": "Wrong order."},
            "No. 100001-2026-0007. Reason: Wrong order",
        ),
        ({"roles": ["finance_lead", "bursar"]}, "Roles: finance lead, bursar"),
        ({"ends_on": "2026-12-03"}, "Until 3 December 2026"),
        ({"changed": ["vat_number", "address"]}, "Changed: vat number, address"),
        ({"amount": 1200, "pence": 5, "commitment": "ab12", "key": "cd34", "account": "acct_1"}, ""),
        ({"failed": ["Q-2026-0001"], "conflicted_with": ["x"], "quote_id": "y", "sha256": "z"}, ""),
        ({"reason": 7, "openers": [1, 2]}, ""),
        ({}, ""),
    ],
)
def test_only_facts_that_its_readers_may_know_are_told(facts: dict[str, object], said: str) -> None:
    assert details(facts) == said


def test_days_in_the_wrong_order_are_refused() -> None:
    check_dates(date(2026, 3, 1), date(2026, 3, 1))
    check_dates(None, date(2026, 3, 1))
    with pytest.raises(RuleBroken, match="must not be before the first"):
        check_dates(date(2026, 3, 2), date(2026, 3, 1))


def test_more_than_a_file_takes_is_refused_with_what_to_do() -> None:
    check_export(MOST_EXPORTED)
    with pytest.raises(RuleBroken, match="Choose a shorter time"):
        check_export(MOST_EXPORTED + 1)
