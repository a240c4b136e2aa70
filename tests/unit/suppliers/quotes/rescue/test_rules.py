"""What is printed can be typed again, a slip is noticed, and a quote is put right while it still matters."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import RuleBroken
from marketplace.tenders.rules import TenderStatus
from suppliers.quotes.rescue import rules
from suppliers.quotes.rules import Envelope


@given(st.binary(min_size=32, max_size=32))
def test_what_is_printed_is_read_again_however_it_is_typed(key: bytes) -> None:
    sheet = rules.printed(key)
    assert len(sheet.split("-")) == 14
    assert rules.read_printed(sheet) == key
    assert rules.read_printed(f" {sheet.lower().replace('-', ' ')} ") == key
    assert rules.read_printed(sheet.replace("O", "0").replace("I", "1").replace("B", "8")) == key


def test_a_slip_anywhere_is_noticed() -> None:
    sheet = rules.printed(secrets.token_bytes(32))
    for place, letter in enumerate(sheet):
        if letter != "-":
            slip = sheet[:place] + ("A" if letter != "A" else "C") + sheet[place + 1 :]
            with pytest.raises(RuleBroken, match="mistake in the recovery key") as refused:
                rules.read_printed(slip)
            assert refused.value.field == "recovery_key"


@pytest.mark.parametrize("typed", ["", None, "ABCD", "ABCD-" * 15])
def test_too_few_or_too_many_letters_are_counted(typed: str | None) -> None:
    with pytest.raises(RuleBroken, match="14 groups of 4"):
        rules.read_printed(typed)


def test_answers_are_put_right_while_they_are_scored_and_prices_until_an_award_is_recommended() -> None:
    allowed = {
        envelope: {status for status in TenderStatus if status in rules.MAY_DISCLOSE[envelope]}
        for envelope in Envelope
    }
    assert allowed[Envelope.QUALITY] == {TenderStatus.OPENED, TenderStatus.EVALUATING}
    assert allowed[Envelope.PRICE] == {TenderStatus.PRICES_OPENED}
    with pytest.raises(RuleBroken, match="too late"):
        rules.check_may_disclose(Envelope.QUALITY, TenderStatus.MODERATED)
