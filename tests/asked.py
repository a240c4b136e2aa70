"""Which statements each test asks the database, so that PostgreSQL is not asked the same again and again.

As a plugin (`pytest -p tests.asked`) it leaves out the tests that `NOTHING_NEW` names, with
`--nothing-twice`, or writes down what each test asked, with `--note-asked FOLDER`. As a program
(`python -m tests.asked FOLDER`) it chooses from such notes which tests of actions and queries ask PostgreSQL
nothing new. `make asked` does both.
"""

import json
import os
import re
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

NOTHING_NEW = Path(__file__).parent / "data" / "asks_nothing_new.txt"
CHOSEN_FROM = "tests/integration/"
ENOUGH = 2
"""So many tests ask a statement still, where more than one did."""
VALUE = re.compile(r"%\(\w+\)s(::\w+(\[\])?)?")
VALUES = re.compile(r"\(\?(, \?)*\)(, \(\?(, \?)*\))*")


@dataclass
class Asked:
    """What one test asked: each statement without its values, and how long it took, in seconds.

    `alone` says that the test asks what others do not, whatever the statements are: it runs in several
    threads, the database refuses something, or it is one of those that try thousands of ways.
    """

    statements: set[str] = field(default_factory=set)
    seconds: float = 0
    alone: bool = False


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to leave tests out, and to note what they ask."""
    parser.addoption("--nothing-twice", action="store_true", help="leave out tests that ask nothing new")
    parser.addoption("--note-asked", metavar="FOLDER", help="write down which statements each test asks")


def pytest_configure(config: pytest.Config) -> None:
    """Listen from now on, when that is asked for, in each process that runs tests itself."""
    runs_tests = "PYTEST_XDIST_WORKER" in os.environ or config.option.dist == "no"
    if runs_tests and (folder := config.getoption("--note-asked")):
        config.pluginmanager.register(Notes(Path(folder).absolute()))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what asks nothing new."""
    if config.getoption("--nothing-twice"):
        known = set(left_out())
        config.hook.pytest_deselected(items=[item for item in items if function_of(item.nodeid) in known])
        items[:] = [item for item in items if function_of(item.nodeid) not in known]


class Notes:
    """What the tests of this process ask, by test; written into a folder at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: dict[str, Asked] = defaultdict(Asked)
        self.present: Asked | None = None
        event.listen(Engine, "before_cursor_execute", self._hear)
        event.listen(Engine, "handle_error", self._refused)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Listen for one test, from its fixtures to the last of its clearing away."""
        self.present = self.asked[item.nodeid]
        self.present.alone = item.get_closest_marker("long") is not None
        try:
            return (yield)
        finally:
            self.present = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up how long its parts took."""
        self.asked[report.nodeid].seconds += report.duration

    def pytest_sessionfinish(self) -> None:
        """Write it down."""
        self.folder.mkdir(parents=True, exist_ok=True)
        notes = {
            test: asdict(asked) | {"statements": sorted(asked.statements)}
            for test, asked in self.asked.items()
        }
        process = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        (self.folder / f"{process}.json").write_text(json.dumps(notes), "utf-8")

    def _hear(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if self.present is not None:
            self.present.statements.add(without_values(statement))
            self.present.alone |= threading.current_thread() is not threading.main_thread()

    def _refused(self, _: Any) -> None:
        if self.present is not None:
            self.present.alone = True


def without_values(statement: str) -> str:
    """A statement as it is the same for any values, and for any number of them in a list."""
    return VALUES.sub("(?)", VALUE.sub("?", statement))


def function_of(test: str) -> str:
    """A test without what it was asked with: its file and its name."""
    return test.partition("[")[0]


def left_out() -> list[str]:
    """The tests that ask nothing new, in order."""
    return NOTHING_NEW.read_text("utf-8").splitlines()


def read(folder: Path) -> dict[str, Asked]:
    """What every process wrote down."""
    notes: dict[str, Asked] = {}
    for file in folder.glob("*.json"):
        for test, said in json.loads(file.read_text("utf-8")).items():
            notes[test] = Asked(**said | {"statements": set(said["statements"])})
    return notes


def choose(notes: dict[str, Asked]) -> list[str]:
    """Which tests can be left out, so that each statement is asked still: by two tests, if two ever asked it.

    Those that take longest are looked at first.
    """
    functions: dict[str, Asked] = defaultdict(Asked)
    asked: Counter[str] = Counter()
    for test, one in notes.items():
        function = functions[function_of(test)]
        function.statements |= one.statements
        function.seconds += one.seconds
        function.alone |= one.alone
    for function in functions.values():
        asked.update(function.statements)
    still, chosen = asked.copy(), []
    for name, one in sorted(functions.items(), key=lambda pair: -pair[1].seconds):
        if one.alone or not name.startswith(CHOSEN_FROM):
            continue
        if all(still[statement] > min(ENOUGH, asked[statement]) for statement in one.statements):
            still.subtract(one.statements)
            chosen.append(name)
    return sorted(chosen)


def main(folder: Path) -> None:
    """Choose anew, write the list, and say what it saves."""
    notes = read(folder)
    chosen = choose(notes)
    NOTHING_NEW.write_text("".join(f"{name}\n" for name in chosen), "utf-8")
    names = set(chosen)
    saved = sum(one.seconds for test, one in notes.items() if function_of(test) in names)
    statements = len({statement for one in notes.values() for statement in one.statements})
    sys.stdout.write(
        f"{statements} statements are asked by {len(notes)} tests. {len(chosen)} functions of {CHOSEN_FROM} "
        f"ask nothing new: {saved:.0f} of {sum(one.seconds for one in notes.values()):.0f} seconds.\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
