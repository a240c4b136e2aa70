"""What may be a password, and that a breached one may not."""

from __future__ import annotations

import pytest

from marketplace.alliance import breached_passwords
from marketplace.alliance.breached_passwords import DIGEST_BYTES, is_breached, listed
from marketplace.alliance.passwords import hash_password, matches
from marketplace.alliance.rules import LONGEST_PASSWORD
from marketplace.core.errors import RuleBroken

ABOUT = ("Ann Lee-Harrington", "ann.harrington@oakfield.sch.uk", "Oakfield Primary School")


@pytest.mark.parametrize(
    "password", ["qwertyqwerty", "QwertyQwerty", "1qaz2wsx3edc4rfv", "Liverpool2026!", "..password99!"]
)
def test_a_breached_password_is_refused_whatever_its_case_and_with_what_everybody_adds(password: str) -> None:
    assert is_breached(password)


def test_the_list_is_long_in_order_and_finds_its_first_and_last() -> None:
    found = listed()
    assert len(found) > 3_000 + 10_000, "ASVS 6.2.4: those that the rule of length would let through"
    assert all(found[place] < found[place + 1] for place in range(0, len(found) - 1, 97))
    assert found[0] in found
    assert found[len(found) - 1] in found
    assert bytes(DIGEST_BYTES) not in found


def test_words_of_a_persons_own_choice_are_not_on_the_list() -> None:
    assert not is_breached("three words remembered")
    assert not is_breached("lantern harbour mustard")
    assert breached_passwords.digest("Straße") == breached_passwords.digest("STRASSE")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elevenchars", "at least 12 characters"),
        ("x" * (LONGEST_PASSWORD + 1), "no more than 128"),
        ("Oakfield2026!!!", "little more than names"),
        ("annharrington1", "little more than names"),
        ("HarringtonOakfieldSchool", "little more than names"),
        ("weald-password", "little more than names"),
        ("aaaaaabbbbbbcccccc", "repeats a few characters"),
        ("qwertyqwerty", "criminals try first"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused_with_what_to_do(password: str, reason: str) -> None:
    with pytest.raises(RuleBroken, match=reason) as refused:
        hash_password(password, ABOUT)
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password", ["lantern harbour mustard", "oakfield-buys-together", "ein Überraschungsei 🥚"]
)
def test_any_characters_may_be_in_a_password(password: str) -> None:
    assert matches(hash_password(password, ABOUT), password)
    assert not matches(hash_password(password, ABOUT), password.upper()), "exactly as it was typed"
