"""Which passphrases are strong, who is ready, who may open together, and when a proof is due."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import RuleBroken
from suppliers.quotes.keys import rules
from suppliers.quotes.keys.rules import Named, Readiness
from suppliers.quotes.keys.strength import guesses

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
ALDER, BEECH, CEDAR = (uuid.UUID(int=number) for number in (1, 2, 3))
SCHOOLS = {ALDER: "Alder", BEECH: "Beech", CEDAR: "Cedar"}
ABOUT = ["Priya", "Raman", "Ashcombe", "Manor", "School"]


def named(name: str, school: uuid.UUID, proved: datetime | None = NOW, *, tied: bool = False) -> Named:
    key_id = uuid.uuid5(uuid.NAMESPACE_DNS, name) if proved else None
    person = uuid.uuid5(uuid.NAMESPACE_URL, name)
    return Named(person, name, school, SCHOOLS[school], key_id, proved, has_interest=tied)


ANN, BEN, CAT = named("Ann", ALDER), named("Ben", BEECH), named("Cat", BEECH)
HAL = named("Hal", ALDER, tied=True)


# ------------------------------------------------------------------ who stays
@pytest.mark.parametrize(
    ("fourth", "said"),
    [
        (named("Dan", CEDAR, tied=True), "declared an interest: Dan"),
        (named("Dan", CEDAR, None), "set up an opening passphrase: Dan"),
        (named("Dan", CEDAR, NOW - timedelta(days=31)), "prove the passphrase again: Dan"),
        (replace(named("Dan", CEDAR), holds_half=False), "having a new key since publication: Dan"),
    ],
)
def test_an_opener_goes_only_while_three_who_can_open_stay(fourth: Named, said: str) -> None:
    rules.check_enough_stay([ANN, BEN, CAT, named("Dan", CEDAR)], CAT.person_id, NOW)
    with pytest.raises(RuleBroken, match=said) as refused:
        rules.check_enough_stay([ANN, BEN, CAT, fourth], CAT.person_id, NOW)
    assert "these would: Ann (Alder), Ben (Beech)." in refused.value.message


def test_where_nobody_could_open_it_says_so() -> None:
    with pytest.raises(RuleBroken, match=r"Without this one these would: nobody\."):
        rules.check_enough_stay([ANN, named("Ben", BEECH, None)], ANN.person_id, NOW)


def test_three_who_stay_are_not_of_one_school() -> None:
    with pytest.raises(RuleBroken, match="from two schools"):
        rules.check_enough_stay([ANN, BEN, CAT, named("Dan", BEECH)], ANN.person_id, NOW)


# ------------------------------------------------------------------ passphrases
@pytest.mark.parametrize(
    ("passphrase", "said"),
    [
        ("", "at least 16 characters"),
        ("short but odd 7!", "too easy"),
        ("correct horse", "at least 16 characters"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "too easy"),
        ("Password1234567890!", "too easy"),
        ("qwertyuiop asdfghjkl", "too easy"),
        ("Priya Raman Ashcombe Manor School", "too easy"),
        ("x" * 201, "no more than 200"),
    ],
)
def test_a_weak_passphrase_is_refused_with_what_to_do(passphrase: str, said: str) -> None:
    with pytest.raises(RuleBroken, match=said) as refused:
        rules.check_strength(passphrase, guesses(passphrase, ABOUT), ABOUT)
    assert refused.value.field == "passphrase"


@pytest.mark.parametrize(
    "passphrase",
    ["heron lamp gravel tuesday", "otter lantern quarry biscuit", "五つの言葉が並んでいる長い合言葉です"],
)
def test_a_few_words_that_have_nothing_to_do_with_one_another_are_enough(passphrase: str) -> None:
    rules.check_strength(passphrase, guesses(passphrase, ABOUT), ABOUT)


def test_a_passphrase_is_long_and_strong_enough_at_its_limits() -> None:
    """Half of the least length must stay when words about the person are taken out."""
    enough = float(rules.FEWEST_GUESSES)
    rules.check_strength("heron lamp " * 18 + "ab", enough, ())
    rules.check_strength("Priya Raman heronlam", enough, ABOUT)
    with pytest.raises(RuleBroken, match="too easy"):
        rules.check_strength("Priya Raman heronla", enough, ABOUT)


def test_spaces_and_composed_letters_do_not_make_it_another_passphrase() -> None:
    assert rules.tidy_passphrase("  cafe\u0301   noir\u00a0tuesday ") == "café noir tuesday"
    assert rules.tidy_passphrase(None) == ""


def test_after_five_mistypes_it_says_until_when() -> None:
    assert "4 tries are left before it is locked for 15 minutes." in rules.mistyped(1, None).message
    assert "1 try is left" in rules.mistyped(4, None).message
    until = NOW + rules.LOCKED_FOR
    assert "09:15" in rules.mistyped(5, until).message
    assert {rules.mistyped(1, None).field, rules.mistyped(5, until).field} == {"passphrase"}
    with pytest.raises(RuleBroken, match="cannot be tried before 09:15") as refused:
        rules.check_not_locked(until, until - timedelta(milliseconds=1))
    assert refused.value.field == "passphrase"
    rules.check_not_locked(until, until)
    rules.check_not_locked(None, NOW)


def test_until_when_is_told_in_the_time_of_england() -> None:
    assert rules.until(datetime(2027, 6, 7, 8, 15, tzinfo=UTC)) == "09:15"


# ------------------------------------------------------------------ who is ready, who may open together
def test_a_proof_holds_for_thirty_days() -> None:
    assert ANN.readiness(NOW + rules.PROOF_HOLDS) is Readiness.READY
    assert ANN.readiness(NOW + rules.PROOF_HOLDS + timedelta(milliseconds=1)) is Readiness.PROOF_TOO_OLD
    assert named("Dee", CEDAR, None).readiness(NOW) is Readiness.NO_KEY
    assert replace(ANN, proved_at=None).readiness(NOW) is Readiness.NO_KEY
    assert replace(ANN, has_interest=True).readiness(NOW) is Readiness.HAS_INTEREST


def test_two_of_one_school_are_no_pair_and_neither_is_one_with_an_interest() -> None:
    assert list(rules.allowed_pairs([ANN, BEN, CAT])) == [(ANN, BEN), (ANN, CAT)]
    assert not list(rules.allowed_pairs([BEN, CAT]))
    assert list(rules.allowed_pairs([replace(ANN, has_interest=True), BEN, named("Dee", CEDAR)])) == [
        (BEN, named("Dee", CEDAR))
    ]


@given(st.lists(st.tuples(st.sampled_from([ALDER, BEECH, CEDAR]), st.booleans()), max_size=7))
def test_every_pair_is_of_two_schools_without_an_interest(people: list[tuple[uuid.UUID, bool]]) -> None:
    openers = [named(f"P{place}", school, tied=tied) for place, (school, tied) in enumerate(people)]
    pairs = list(rules.allowed_pairs(openers))
    assert all(one.school_id != other.school_id for one, other in pairs)
    assert not any(one.has_interest or other.has_interest for one, other in pairs)
    free = [one for one in openers if not one.has_interest]
    assert len(pairs) == sum(
        one.school_id != other.school_id for place, one in enumerate(free) for other in free[place + 1 :]
    )


def test_three_proven_openers_of_two_schools_are_enough_to_publish() -> None:
    rules.check_publishable([ANN, BEN, CAT], NOW)


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([], ["Nobody is ready yet", "Name 3 more openers"]),
        ([ANN, BEN], ["2 are ready so far", "Name one more opener"]),
        ([ANN, BEN, named("Dee", CEDAR, None)], [r"set up an opening passphrase: Dee \(Cedar\)"]),
        (
            [ANN, named("Ed", BEECH, NOW - timedelta(days=31)), named("Dee", CEDAR, None)],
            ["One is ready so far", r"prove the passphrase again: Ed \(Beech\)", "set up .*: Dee"],
        ),
        (
            [ANN, BEN, replace(CAT, has_interest=True)],
            ["having declared an interest: Cat", "one more opener"],
        ),
        (
            [named("Dee", CEDAR, None), named("Eve", CEDAR, None), named("Gil", ALDER, tied=True), HAL],
            [
                r"set up an opening passphrase: Dee \(Cedar\), Eve \(Cedar\)\.",
                r"having declared an interest: Gil \(Alder\), Hal \(Alder\)\.",
            ],
        ),
        (
            [replace(ANN, holds_half=False), replace(BEN, holds_half=False), named("Dee", CEDAR)],
            [r"having a new key since publication: Ann \(Alder\), Ben \(Beech\)\."],
        ),
        ([BEN, CAT, named("Flo", BEECH)], ["Name an opener of another school"]),
    ],
)
def test_too_few_openers_are_refused_naming_who_must_do_what(people: list[Named], said: list[str]) -> None:
    for words in said:
        with pytest.raises(RuleBroken, match=words):
            rules.check_publishable(people, NOW)


def test_nobody_is_asked_to_name_more_where_those_named_would_be_enough() -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_publishable([ANN, BEN, named("Ed", BEECH, NOW - timedelta(days=31))], NOW)
    assert "Name " not in refused.value.message


# ------------------------------------------------------------------ proofs before the deadline
def test_a_proof_is_asked_seven_and_two_days_before_the_deadline() -> None:
    closes_at = NOW + timedelta(days=30)
    week, two = closes_at - timedelta(days=7), closes_at - timedelta(days=2)
    just = timedelta(milliseconds=1)
    assert rules.proof_due(NOW, closes_at, week - just) is None
    assert rules.proof_due(NOW, closes_at, week) == timedelta(days=7)
    assert rules.proof_due(week, closes_at, two - just) is None
    assert rules.proof_due(week, closes_at, two) == timedelta(days=2)
    assert rules.proof_due(two, closes_at, closes_at - just) is None
    assert rules.proof_due(None, closes_at, closes_at) is None
