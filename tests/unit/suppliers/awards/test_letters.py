"""What a letter to a bidder leaves out."""

import pytest

from marketplace.core.errors import RuleBroken
from suppliers.awards.letters import rules
from suppliers.awards.letters.content import Content, Line, Result, from_json
from suppliers.awards.letters.rules import LetterKind


@pytest.mark.parametrize(
    "said",
    [
        "£12,000",
        "£ 12,000.50",
        "GBP 12000",
        "£1.2 million",
        "£12k",
        "12 pounds",
        "85p",
        "240 pence",
    ],
)
def test_sums_of_money_in_reasons_are_withheld_however_they_are_written(said: str) -> None:
    assert rules.withhold(f"At {said} it is dearer.") == f"At {rules.WITHHELD} it is dearer."


def test_a_bidders_own_sums_stay_and_other_numbers_too() -> None:
    reason = "£2.50 a meal, £7,500.00 in all, against £2.40; 4 of 5 menus in 2026, and 12 weeks."
    assert rules.withhold(reason, {"£2.50", "£7,500"}) == (
        f"£2.50 a meal, £7,500.00 in all, against {rules.WITHHELD}; 4 of 5 menus in 2026, and 12 weeks."
    )


def test_nothing_is_sent_before_every_draft_was_read() -> None:
    with pytest.raises(RuleBroken, match="2 drafts are not read"):
        rules.check_all_read(3, 1)
    with pytest.raises(RuleBroken, match="no bidder"):
        rules.check_all_read(0, 0)
    rules.check_all_read(3, 3)


def test_a_letter_comes_out_of_the_store_as_it_went_in() -> None:
    result = Result(
        "Lot 1: Meals", "Alpha", "84.23", "1", 3, (Line("Menus", "4 of 5", "32", "Good."),), won=True
    )
    letter = Content(
        LetterKind.UNSUCCESSFUL,
        "School meals",
        "T-2026-0001",
        "Alliance",
        "Beta & Söhne",
        "Q-1",
        own=(result,),
        winners=(result,),
        schools=("Alder",),
        facts=(("Lots", "1"),),
    )
    assert from_json(letter.to_json()) == letter
