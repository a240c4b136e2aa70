"""Change one thing at a time in the code that must not be wrong, and count how often a test notices.

mutmut makes the changes (mutants) within functions, in the modules that pyproject.toml names, and runs the
tests named there, as far as they reach each. The table of permissions is data, which mutmut leaves alone:
here each line gets a role more, or loses one, and tests/unit/core/test_permissions.py is asked. Prints killed
and survived by module, then what survived (`mutmut show NAME` says what was changed). Exits with 1 when fewer
than LEAST in a hundred were killed, of the functions or of the table.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from marketplace.core.policy import POLICY, Act, Permission, Role
from tests.unit.core import test_permissions

MUTMUT = str(Path(sys.executable).with_name("mutmut"))
LEAST = 90
NOTICED = ("killed", "timeout", "segfault")

# A module; after the colon its functions that are tried, where it has others that decide nothing of the kind
PARTS: Mapping[str, Sequence[str]] = {
    "money": ["marketplace.core.money"],
    "ledger": [
        "invoicing.ledger.actions",
        "invoicing.ledger.periods.rules",
        "invoicing.ledger.queries",
        "invoicing.ledger.rules",
    ],
    "sealing": [
        "suppliers.quotes.actions: _seal",
        "suppliers.quotes.files.boxes",
        "suppliers.quotes.keys.boxes",
        "suppliers.quotes.keys.halves",
        "suppliers.quotes.keys.rules",
        "suppliers.quotes.sealing",
    ],
    "deadline": [
        "marketplace.core.clock",
        "marketplace.tenders.actions: close_tender",
        "marketplace.tenders.jobs",
        "marketplace.tenders.queries: due_to_close",
        "marketplace.tenders.rules: accepts_quotes shown_status",
        "marketplace.tenders.timetable: check_deadline doubts_about not_a_working_day",
        "suppliers.quotes.actions: submit_quote withdraw_quote _for_opening _refuse_early",
        "suppliers.quotes.drafts: open_for",
        "suppliers.quotes.files.actions: _check_asked",
        "suppliers.quotes.finishing: live may_begin",
        "suppliers.quotes.rules",
    ],
    "policy": ["marketplace.core.policy"],
}


def main() -> int:
    """Try every mutant, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=os.cpu_count(), help="how many are tried at a time")
    children = parser.parse_args().children
    more, less = table_with(a_role_more), table_with(a_role_less)
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    wanted = [pattern for places in PARTS.values() for place in places for pattern in patterns(place)]
    # mutmut measures which test runs which function: none may be spared it by what another has made
    anew = {**os.environ, "TEST_STATES": "anew"}
    subprocess.run([MUTMUT, "run", "--max-children", str(children), *wanted], cwd=ROOT, env=anew, check=True)
    return report(results(), {"policy: the table, a role more": more, "policy: the table, a role less": less})


# ------------------------------------------------------------------ within functions
def patterns(place: str) -> list[str]:
    """What mutmut calls the mutants of a module, or of some of its functions."""
    module, _, functions = place.partition(": ")
    return [f"{module}.x_{function}__mutmut_*" for function in functions.split()] or [f"{module}.x*"]


def starts(place: str) -> tuple[str, ...]:
    """How the names of these mutants begin."""
    return tuple(pattern.rstrip("*") for pattern in patterns(place))


def results() -> dict[str, str]:
    """What became of each mutant that is wanted, by its name. One that was not tried was not noticed."""
    asked = [MUTMUT, "results", "--all", "true"]
    said = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    lines = (line.strip().rpartition(": ") for line in said.splitlines())
    wanted = tuple(start for places in PARTS.values() for place in places for start in starts(place))
    return {name: became for name, _, became in lines if name.startswith(wanted)}


# ------------------------------------------------------------------ the table of permissions
def a_role_more(permission: Permission) -> Iterator[frozenset[Role]]:
    """The roles of a line with each that it does not name."""
    return (permission.roles | {role} for role in Role if role not in permission.roles)


def a_role_less(permission: Permission) -> Iterator[frozenset[Role]]:
    """The roles of a line without each that it names."""
    return (permission.roles - {role} for role in sorted(permission.roles))


def table_with(change: Callable[[Permission], Iterator[frozenset[Role]]]) -> dict[str, str]:
    """What became of the table with each line changed in each of these ways."""
    assert not is_noticed(), "the promises hold of the table as it is"
    table = cast("MutableMapping[Act, Permission]", POLICY)
    became = {}
    for act, permission in POLICY.items():
        for roles in change(permission):
            table[act] = replace(permission, roles=roles)
            which = ", ".join(sorted(roles ^ permission.roles))
            became[f"{act} {which}"] = "killed" if is_noticed() else "survived"
        table[act] = permission
    return became


def is_noticed() -> bool:
    """Is there a promise about permissions that does not hold of the table as it is now?"""
    for name, test in vars(test_permissions).items():
        if name.startswith("test_"):
            try:
                test()
            except AssertionError:
                return True
    return False


# ------------------------------------------------------------------ what came of it
def report(became: Mapping[str, str], tables: Mapping[str, Mapping[str, str]]) -> int:
    """Print the figures by module; 1 when too few mutants were killed."""
    total: Counter[str] = Counter()
    for part, places in PARTS.items():
        for place in places:
            found = Counter(was for name, was in became.items() if name.startswith(starts(place)))
            print(row(f"{part}: {place}", found))
            total += found
    print(row("all functions", total))
    for what, lines in tables.items():
        print(row(what, Counter(lines.values())))
    for what, lines in {"": became, **tables}.items():
        for name, was in sorted(lines.items()):
            if was not in NOTICED:
                print(f"{was}: {what} {name}".replace("  ", " "))
    shares = [share(total), *(share(Counter(lines.values())) for lines in tables.values())]
    return int(min(shares) < LEAST)


def row(what: str, found: Counter[str]) -> str:
    """A line of figures."""
    killed, late = found["killed"] + found["segfault"], found["timeout"]
    survived = found.total() - killed - late
    return f"{killed:5} killed {late:3} timeout {survived:4} survived {share(found):6.1f} %  {what}"


def share(found: Counter[str]) -> float:
    """How many in a hundred were noticed."""
    return 100 * sum(found[was] for was in NOTICED) / found.total() if found else 0.0


if __name__ == "__main__":
    sys.exit(main())
