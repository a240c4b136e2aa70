"""A bank file is taken whole or not at all, and a sentence says what is wrong with it."""

from dataclasses import replace
from datetime import date

import pytest

from invoicing.bank.rules import (
    OwnAccount,
    ReadLine,
    ReadStatement,
    check_file,
    check_statement,
    identities,
    real_lines,
)
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

TODAY = date(2026, 11, 27)
OWN = OwnAccount("Alder Primary School", "30-94-31", "00733445")
LINES = (
    ReadLine("entry 1", date(2026, 11, 3), Money(100_00), "Beech", "INV-1", bank_id="A"),
    ReadLine("entry 2", date(2026, 11, 4), Money(-42_50), "Stationery", "", bank_id="B"),
)
STATEMENT = ReadStatement("GB29NWBK30943100733445", "GBP", Money(1_000_00), Money(1_057_50), LINES)


@pytest.mark.parametrize(
    "named",
    [
        "GB29NWBK30943100733445",
        "GB29 NWBK 3094 3100 7334 45",
        "30-94-31 00733445",
        "30943100733445",
        "00733445",
        "733445",
        "****3445",
        "xxxx-xx-xx-733445",
    ],
)
def test_an_own_account_is_known_however_a_bank_writes_it(named: str) -> None:
    check_statement(replace(STATEMENT, account=named), OWN, TODAY)


@pytest.mark.parametrize(
    "named", ["GB29NWBK60161331926819", "30-94-32 00733445", "00733446", "****3446", "**45", "445"]
)
def test_another_account_is_refused_by_its_last_digits(named: str) -> None:
    with pytest.raises(
        RuleBroken, match=r"is of the account ending .* Alder Primary School ends 3445"
    ) as one:
        check_statement(replace(STATEMENT, account=named), OWN, TODAY)
    assert one.value.field == "statement"
    lines = (replace(LINES[0], account=named), LINES[1])
    with pytest.raises(RuleBroken, match="The line in entry 1 is of the account"):
        check_statement(replace(STATEMENT, lines=lines), OWN, TODAY)


def test_without_an_account_of_the_school_nothing_is_read() -> None:
    with pytest.raises(RuleBroken, match="Weald does not know the bank account"):
        check_statement(STATEMENT, OwnAccount("Alder", "", ""), TODAY)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (replace(STATEMENT, currency="EUR"), "The statement is in EUR. Invoices here are in pounds"),
        (
            replace(STATEMENT, lines=(replace(LINES[0], currency="USD"), LINES[1])),
            "The line in entry 1 is in USD",
        ),
        (
            replace(STATEMENT, lines=(replace(LINES[0], booked_on=date(2026, 11, 28)), LINES[1])),
            "entry 1 is dated 28 November 2026, which has not come yet",
        ),
        (
            replace(STATEMENT, closing=Money(1_057_49)),
            r"its movements come to £57.50, and it ends with £1,057.49 instead of £1,057.50",
        ),
    ],
)
def test_what_is_wrong_is_said_and_what_to_do(wrong: ReadStatement, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        check_statement(wrong, OWN, TODAY)
    check_statement(replace(STATEMENT, lines=(replace(LINES[0], booked_on=TODAY), LINES[1])), OWN, TODAY)


def test_a_day_without_movements_is_read_among_others_and_alone_is_refused() -> None:
    weekend = replace(STATEMENT, opening=STATEMENT.closing, lines=())
    check_file([weekend, STATEMENT, weekend], OWN, TODAY)
    with pytest.raises(RuleBroken, match="The statement has no movements"):
        check_file([weekend, weekend], OWN, TODAY)
    with pytest.raises(RuleBroken, match="does not add up"):
        check_file([STATEMENT, replace(STATEMENT, lines=())], OWN, TODAY)


def balanced(*pence: int) -> tuple[ReadLine, ...]:
    return tuple(
        replace(LINES[0], place=f"row {place}", amount=Money(10_00), balance=Money(one))
        for place, one in enumerate(pence, start=2)
    )


def test_balances_beside_each_line_follow_from_one_another_in_either_order() -> None:
    blank = replace(STATEMENT, opening=None, closing=None)
    for fine in (balanced(110_00, 120_00, 130_00), balanced(130_00, 120_00, 110_00)):
        check_statement(replace(blank, lines=fine), OWN, TODAY)
    with pytest.raises(RuleBroken, match="balances do not add up at row 3"):
        check_statement(replace(blank, lines=balanced(110_00, 130_00, 140_00)), OWN, TODAY)


def test_a_line_that_stands_in_the_file_twice_is_taken_once() -> None:
    doubled = replace(STATEMENT, lines=(*LINES, LINES[0]))
    check_statement(doubled, OWN, TODAY)
    assert real_lines(doubled) == list(LINES)
    assert real_lines(replace(doubled, opening=None, closing=None)) == list(LINES)


def test_two_movements_under_one_number_are_both_real_when_the_balances_say_so() -> None:
    both = replace(STATEMENT, lines=(*LINES, LINES[0]), closing=Money(1_157_50))
    check_statement(both, OWN, TODAY)
    assert len(real_lines(both)) == 3
    assert len({identity for identity, _ in identities(real_lines(both), OWN)}) == 3


def test_a_movement_has_the_same_identity_in_every_file() -> None:
    bare = [replace(one, bank_id="") for one in (LINES[0], LINES[0], LINES[1])]
    first = [identity for identity, _ in identities(bare, OWN)]
    assert len(set(first)) == 3
    respaced = [replace(one, payer=f" {one.payer.upper()}", place="row 9") for one in bare]
    assert [identity for identity, _ in identities(respaced, OWN)] == first
    assert not set(first) & {one for one, _ in identities(bare, OwnAccount("Alder", "309431", "00733446"))}
