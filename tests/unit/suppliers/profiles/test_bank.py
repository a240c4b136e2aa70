"""Two people, a day, and who the second may be."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core.errors import RuleBroken
from suppliers.profiles.bank import rules
from suppliers.profiles.bank.rules import Account, Colleague

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
ANN, BEN, CAT = (uuid.UUID(int=number) for number in range(1, 4))
STAFF = [
    Colleague(ANN, NOW - timedelta(days=900)),
    Colleague(BEN, NOW - timedelta(hours=24)),
    Colleague(CAT, NOW - timedelta(hours=23)),
]


def test_a_colleague_of_a_day_is_a_second_person_and_the_proposer_is_not() -> None:
    rules.check_second(STAFF, ANN, NOW, BEN)
    with pytest.raises(RuleBroken, match="You proposed this change"):
        rules.check_second(STAFF, ANN, NOW, ANN)


@pytest.mark.parametrize("second", [CAT, uuid.UUID(int=9)])
def test_somebody_invited_for_the_purpose_is_no_second_person(second: uuid.UUID) -> None:
    with pytest.raises(RuleBroken, match="less than a day before"):
        rules.check_second(STAFF, ANN, NOW, second)


def test_a_firm_of_one_needs_a_school() -> None:
    assert rules.needs_a_school(STAFF[:1])
    assert not rules.needs_a_school(STAFF[:2])


@pytest.mark.parametrize(
    ("account", "field"),
    [
        (Account("", "30-94-31", "00733445", "a@b.example"), "account_name"),
        (Account("Mill", "30-94-3", "00733445", "a@b.example"), "sort_code"),
        (Account("Mill", "30-94-31", "733445", "a@b.example"), "account_number"),
        (Account("Mill", "30-94-31", "00733445", "nobody"), "account_email"),
        (Account("", "", "", "a@b.example"), "account_name"),
    ],
)
def test_what_is_no_account_is_named(account: Account, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_account(account)
    assert refused.value.field == field


def test_an_account_is_kept_as_banks_write_it_and_shown_in_letters_by_its_end() -> None:
    kept = rules.check_account(Account("Mill", "309431", "0073 3445", "Pay@Mill.example"))
    assert kept == Account("Mill", "30-94-31", "00733445", "pay@mill.example")
    assert rules.masked(kept.number) == "••••••45"


@pytest.mark.parametrize(
    ("spoke_to", "number_from", "field"), [(" ", "x", "spoke_to"), ("x", "", "number_from")]
)
def test_a_call_is_told_whole(spoke_to: str, number_from: str, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_called(spoke_to, number_from)
    assert refused.value.field == field
