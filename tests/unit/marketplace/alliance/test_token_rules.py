"""A token is recognised by its letters alone, and gives away nothing that is stored."""

import re

import pytest

from marketplace.alliance.tokens import rules
from marketplace.core.api.scopes import ACTS, SCOPE_LABELS, Scope
from marketplace.core.errors import RuleBroken
from marketplace.core.permissions.proofs import NEEDS_PROOF


def test_a_token_is_random_and_recognised() -> None:
    one, other = rules.new_token(), rules.new_token()
    assert one != other
    assert re.fullmatch(r"weald_pat_[0-9A-Za-z]{49}", one)
    assert rules.is_token(one)
    assert one not in rules.hash_of(one)


def test_a_token_with_one_wrong_letter_is_none() -> None:
    token = rules.new_token()
    for place in range(len(rules.PREFIX), len(token)):
        wrong = "0" if token[place] != "0" else "1"
        assert not rules.is_token(token[:place] + wrong + token[place + 1 :])
    assert not rules.is_token(token[:-1])


@pytest.mark.parametrize(
    ("name", "scopes", "days", "live", "field"),
    [
        (" ", [Scope.NEEDS_READ], 30, 0, "name"),
        ("x" * 61, [Scope.NEEDS_READ], 30, 0, "name"),
        ("Finance", [], 30, 0, "scopes"),
        ("Finance", [Scope.NEEDS_READ], 3650, 0, "days"),
        ("Finance", [Scope.NEEDS_READ], 30, 20, None),
    ],
)
def test_a_token_that_nobody_should_have_is_refused(
    name: str, scopes: list[Scope], days: int, live: int, field: str | None
) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_token(name, scopes, days, live)
    assert refused.value.field == field


def test_every_scope_is_explained_and_what_only_reads_does_nothing() -> None:
    assert set(SCOPE_LABELS) == set(Scope)
    assert not frozenset().union(*ACTS.values()) & NEEDS_PROOF
    assert {scope for scope in ACTS if ACTS[scope]} == {scope for scope in Scope if scope.endswith(":write")}
