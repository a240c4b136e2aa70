"""What a school records when it looks a supplier up on the debarment list."""

from datetime import date, timedelta

import pytest

from marketplace.core.errors import RuleBroken
from suppliers.profiles.debarment.rules import LONGEST_REFERENCE, LookUp, check_look_up

TODAY = date(2026, 11, 27)


def test_a_look_up_says_what_was_read_and_on_which_day() -> None:
    kept = check_look_up(LookUp(is_listed=False, reference="  List  of 2 November ", looked_on=TODAY), TODAY)
    assert kept.reference == "List of 2 November"


@pytest.mark.parametrize(
    ("reference", "looked_on", "field"),
    [
        (" ", TODAY, "reference"),
        ("x" * (LONGEST_REFERENCE + 1), TODAY, "reference"),
        ("Entry 7", TODAY + timedelta(days=1), "looked_on"),
    ],
)
def test_what_is_missing_or_wrong_is_named(reference: str, looked_on: date, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_look_up(LookUp(is_listed=True, reference=reference, looked_on=looked_on), TODAY)
    assert refused.value.field == field
