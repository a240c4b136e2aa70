"""Which tests PostgreSQL is not asked: none that asks it something which no two others ask."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.settings import PROJECT
from tests import asked
from tests.asked import CHOSEN_FROM, ENOUGH, Asked, choose, function_of, left_out, without_values

FILES = st.sampled_from([f"{CHOSEN_FROM}test_a.py", f"{CHOSEN_FROM}test_b.py", "tests/web/test_c.py"])
TESTS = st.builds("{}::test_{}{}".format, FILES, st.integers(0, 9), st.sampled_from(["", "[a]", "[b]"]))
ASKED = st.builds(
    Asked, st.sets(st.sampled_from("abcdefgh")), st.floats(0, 9), st.sampled_from([False, False, True])
)
NOTES = st.dictionaries(TESTS, ASKED)


def askers(notes: dict[str, Asked]) -> Counter[str]:
    """How many functions ask each statement."""
    return Counter(
        statement
        for function in {function_of(test) for test in notes}
        for statement in set().union(
            *(one.statements for test, one in notes.items() if function_of(test) == function)
        )
    )


@given(NOTES)
def test_every_statement_is_asked_still_by_two_if_two_ever_did(notes: dict[str, Asked]) -> None:
    chosen = set(choose(notes))
    before = askers(notes)
    after = askers({test: one for test, one in notes.items() if function_of(test) not in chosen})
    assert all(after[statement] >= min(ENOUGH, times) for statement, times in before.items())


@given(NOTES)
def test_only_actions_and_queries_are_left_out_and_nothing_that_stands_alone(notes: dict[str, Asked]) -> None:
    for name in choose(notes):
        assert name.startswith(CHOSEN_FROM)
        assert not any(one.alone for test, one in notes.items() if function_of(test) == name)


def test_what_three_ask_alike_is_asked_twice() -> None:
    slowest, *others = (f"{CHOSEN_FROM}test_a.py::test_{number}" for number in range(3))
    alike = {slowest: Asked({"x", "y"}, 3)} | {other: Asked({"x", "y"}, 1) for other in others}
    assert choose(alike) == [slowest]


def test_a_statement_is_the_same_whatever_its_values_and_however_many() -> None:
    one = "SELECT a.id FROM a WHERE a.id IN (%(id_1_1)s::UUID) AND a.name = %(name_1)s::VARCHAR"
    three = one.replace("(%(id_1_1)s::UUID)", "(%(id_1_1)s::UUID, %(id_1_2)s::UUID, %(id_1_3)s::UUID)")
    assert without_values(one) == without_values(three)
    assert without_values(one) != without_values(one.replace("name", "town"))
    rows = "INSERT INTO a (id) VALUES (%(id__0)s::UUID)"
    assert without_values(rows) == without_values(f"{rows}, (%(id__1)s::UUID)")


def test_each_test_that_is_left_out_exists_and_is_named_once() -> None:
    names = left_out()
    assert names
    assert all(one < other for one, other in pairwise(names))
    files = {name.partition("::")[0] for name in names}
    known = {
        f"{file}::{test}"
        for file in files
        for test in named_in(ast.parse((PROJECT / file).read_text("utf-8")))
    }
    assert set(names) <= known, f"write {asked.NOTHING_NEW.name} anew: make asked"


def named_in(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    """The tests of a file, those of its classes with the name of the class."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}::{name}" for name in named_in(node))
