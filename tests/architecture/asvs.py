"""What OWASP’s security standard asks and Weald answers; run as a program it writes the page of it.

The requirements are OWASP’s (docs/security/asvs-requirements.json), the answers ours (asvs.toml beside it).
"""

import functools
import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tests.architecture.source import PROJECT

FOLDER = PROJECT / "docs" / "security"
PAGE = FOLDER / "asvs.md"
STATUSES = ("met", "not met", "not applicable")
LEVELS = (1, 2)
"""Those that are aimed at; of level 3 a few were taken on besides."""
FUNCTION = re.compile(r"^\s*def (test_\w+)\(", re.MULTILINE)
HEADING = """# ASVS: what the standard asks, and how Weald answers

The [OWASP Application Security Verification Standard](https://github.com/OWASP/ASVS) 5.0, as far as it
concerns a program like this. Its text is © The OWASP Foundation, licensed under
[CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/), and so is this page; “Verify that” is left
out. The answers stand in [asvs.toml](asvs.toml), from which this page is written (`make asvs`). A test holds
that each is answered, that each test and file that an answer names is there, and that the figures are true.
[Controls](controls.md) tells the same as a whole.

"""


@dataclass(frozen=True)
class Answered:
    """A requirement and what Weald says to it: how it is met, and by what one sees that; or why it is not."""

    number: str
    level: int
    section: str
    text: str
    status: str
    how: str
    shown_by: tuple[str, ...]


def answered() -> list[Answered]:
    """Every requirement with its answer. KeyError for one without, ValueError for an answer to none."""
    requirements: list[dict[str, str]] = json.loads((FOLDER / "asvs-requirements.json").read_text("utf-8"))[
        "requirements"
    ]
    answers: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "asvs.toml").read_text("utf-8"))
    if strange := answers.keys() - {one["number"] for one in requirements}:
        raise ValueError(f"No requirement is called {', '.join(sorted(strange))}.")
    return [
        Answered(
            one["number"],
            int(one["level"]),
            f"{one['chapter']}: {one['section']}",
            one["text"],
            answers[one["number"]]["status"],
            answers[one["number"]]["how"],
            tuple(answers[one["number"]].get("shown_by", ())),
        )
        for one in requirements
    ]


def troubles(one: Answered) -> list[str]:
    """What is wrong with an answer, in words."""
    found = []
    if one.status not in STATUSES:
        found.append(f"{one.number} is {one.status!r}")
    if len(one.how.split()) < 2:  # a word is no answer
        found.append(f"{one.number} does not say how or why")
    if (one.status == "met") is not bool(one.shown_by):
        found.append(f"{one.number} is {one.status} and names {len(one.shown_by)} things that show it")
    return found + [f"{one.number}: there is no {shown}" for shown in one.shown_by if not is_there(shown)]


def is_there(shown: str) -> bool:
    """Is there this file, and in it this test?"""
    path, _, test = shown.partition("::")
    return (PROJECT / path).is_file() and (not test or test in tests_in(path))


@functools.cache
def tests_in(path: str) -> frozenset[str]:
    """The tests of a file."""
    return frozenset(FUNCTION.findall((PROJECT / path).read_text("utf-8")))


def counts(answers: list[Answered]) -> Counter[str]:
    """How many of the levels that are aimed at have which status."""
    return Counter(one.status for one in answers if one.level in LEVELS)


def page() -> str:
    """The page, whole."""
    answers = answered()
    aimed_at = counts(answers)
    beyond = [one for one in answers if one.level not in LEVELS]
    met_beyond = sum(one.status == "met" for one in beyond)
    summary = (
        f"**Of {aimed_at.total()} requirements of levels 1 and 2, {aimed_at['met']} are met, "
        f"{aimed_at['not met']} are not, and {aimed_at['not applicable']} do not apply.** "
        f"Of {len(beyond)} of level 3 that were taken on besides, {met_beyond} are met.\n"
    )
    lines = [
        summary,
        "## What is not met\n",
        *(f"- **{one.number}** {one.how}" for one in answers if one.status == "not met"),
        "",
    ]
    for section, group in groupby(sorted(answers, key=in_order), key=lambda one: one.section):
        lines += [
            f"## {section}\n",
            "| | what is asked | level | answer | shown by |",
            "|---|---|---|---|---|",
        ]
        lines += [row(one) for one in group]
        lines.append("")
    return HEADING + "\n".join(lines).rstrip() + "\n"


def in_order(one: Answered) -> tuple[int, ...]:
    """The standard’s own order: 1.2.10 after 1.2.9."""
    return tuple(int(part) for part in one.number.removeprefix("V").split("."))


def row(one: Answered) -> str:
    """A requirement as a line of its table."""
    shown = "<br>".join(map(linked, one.shown_by))
    answer = f"**{one.status}**: {in_cell(one.how)}"
    return f"| {one.number} | {in_cell(one.text)} | {one.level} | {answer} | {shown} |"


def in_cell(text: str) -> str:
    """Text that does not end its cell."""
    return text.replace("|", r"\|").replace("<", "&lt;")


def linked(shown: str) -> str:
    """A test or file, as a link."""
    path, _, test = shown.partition("::")
    return f"[{test or path}](../../{path})"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
