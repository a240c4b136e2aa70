"""The ten promises: which tests try to break them, how often they tried, and how often they did.

As a plugin (`pytest -p tests.promises`) it writes a line for each try into the file that WEALD_PROMISES
names. As a program (`python -m tests.promises FILE`) it prints them as a table, and ends with 1 when one
was broken or not tried. With `--promises-only` pytest runs no other tests than those that try.
"""

import json
import os
import re
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

import pytest

FILE = "WEALD_PROMISES"
PROPERTY = "promise"
PROMISES = {
    1: "Nobody reads a quote before two named people of two schools open it",
    2: "A quote that was acknowledged is never lost",
    3: "No quote is accepted late",
    4: "Every penny is a balanced, permanent entry",
    5: "Every event of the bank or of Stripe counts once",
    6: "Document numbers have no gap and no twin",
    7: "No school or supplier sees another’s data",
    8: "History cannot be changed without it showing",
    9: "No single person awards, pays, changes bank details or moves a deadline",
    10: "Losing key holders loses nothing",
    11: "What fails is said plainly, leaves nothing half-done, and works again afterwards",
    12: "Answers come in time",
}
MEASURED_ON_A_QUIET_MACHINE = {12}
"""Promises that the short form need not try: how long answers take says nothing on a busy machine."""
TRIED_BY = (
    (1, r"::test_abuse_0[12]_"),
    (3, r"::test_abuse_0[46]_"),
    (4, r"::test_abuse_1[67]_"),
    (5, r"::test_abuse_1[45]_"),
    (6, r"::test_abuse_18_"),
    (7, r"::test_abuse_1[023]_|test_foreign_ids\.py::|test_census\.py::"),
    (8, r"::test_abuse_(05|08|24)_"),
    (9, r"::test_abuse_(03|07|11|25)_"),
    (10, r"suppliers/quotes/(keys|rescue)/"),
)
"""Tests that are each one try, by where they stand and what they are called."""


@dataclass(frozen=True, slots=True)
class Tried:
    """So many tries to break a promise in one way, and how many of them did."""

    promise: int
    how: str
    tries: int
    violations: int


class Tally:
    """Where a test writes what it tried. What it writes goes with its report, from whichever process."""

    def __init__(self, item: pytest.Item) -> None:
        self._item = item

    def __call__(self, promise: int, how: str, *, tries: int, violations: int) -> None:
        """Note so many tries; the test itself fails on violations, after all are noted."""
        self._item.user_properties.append((PROPERTY, json.dumps([promise, how, tries, violations])))


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Tally:
    """Where this test writes what it tried."""
    return Tally(request.node)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to run nothing but tests that try to break a promise."""
    parser.addoption(
        "--promises-only", action="store_true", help="run only tests that try to break a promise"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the others, when that is asked for."""
    if config.getoption("--promises-only"):
        others = [item for item in items if _promise_of(item.nodeid) is None]
        items[:] = [item for item in items if _promise_of(item.nodeid) is not None]
        config.hook.pytest_deselected(items=others)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write down what a test tried, once, in the process that hears of all tests."""
    if FILE not in os.environ or "PYTEST_XDIST_WORKER" in os.environ:
        return
    if report.when != "call" and not report.failed:
        return
    with Path(os.environ[FILE]).open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(astuple(one)) + "\n" for one in _tried(report))


def _tried(report: pytest.TestReport) -> Iterator[Tried]:
    for name, value in report.user_properties:
        # What is cleared away afterwards may fail too, and has nothing to add
        if name == PROPERTY and report.when == "call":
            yield Tried(*json.loads(str(value)))
    promise = _promise_of(report.nodeid)
    if promise is not None and not report.skipped:
        yield Tried(promise, "tests that try it", 1, int(report.failed))


def _promise_of(nodeid: str) -> int | None:
    return next((promise for promise, where in TRIED_BY if re.search(where, nodeid)), None)


def read(file: Path) -> list[Tried]:
    """All that was tried, in the order in which it was written down."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [Tried(*json.loads(line)) for line in lines]


def table(all_tried: Iterable[Tried]) -> list[str]:
    """The lines of the table: each promise with its tries and violations, below it how it was tried."""
    by_promise: Mapping[int, dict[str, list[int]]] = defaultdict(dict)
    for one in all_tried:
        counted = by_promise[one.promise].setdefault(one.how, [0, 0])
        counted[0] += one.tries
        counted[1] += one.violations
    lines = [f"{'promise':<86}{'tries':>9}{'violations':>12}"]
    for promise, words in PROMISES.items():
        ways = by_promise.get(promise, {})
        tries, violations = (sum(way[place] for way in ways.values()) for place in (0, 1))
        lines.append(f"{promise:>2}  {words:<82}{tries:>9,}{violations:>12,}")
        for how, (tried, broken) in ways.items():
            *rest, last = textwrap.wrap(how, 78)
            lines += [f"      {line}" for line in rest]
            lines.append(f"      {last:<80}{tried:>9,}{broken:>12,}")
    return lines


def main(name: str) -> int:
    """Print the table of a file; 1 when a promise was broken, or not tried at all."""
    tried = read(Path(name))
    print("\n".join(table(tried)))  # noqa: T201  # a program for a person at a terminal
    broken = {one.promise for one in tried if one.violations}
    untried = set(PROMISES) - {one.promise for one in tried if one.tries} - MEASURED_ON_A_QUIET_MACHINE
    for promise in sorted(broken):
        print(f"BROKEN: {PROMISES[promise]}.")  # noqa: T201
    for promise in sorted(untried):
        print(f"NOT TRIED: {PROMISES[promise]}.")  # noqa: T201
    if not broken and not untried:
        print("Every promise was tried, and none was broken.")  # noqa: T201
    return 1 if broken or untried else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
