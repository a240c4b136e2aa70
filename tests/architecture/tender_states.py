"""The picture of a tender's states in docs/tender-states.md; run as a program it writes the page anew."""

from pathlib import Path

from marketplace.tenders.picture import ways
from marketplace.tenders.progress import waits_for
from marketplace.tenders.rules import MOVES, STATUS_LABELS, TenderStatus

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tender-states.md"
INTRODUCTION = """# The states of a joint tender

Written by `make states` from the table of moves in `marketplace/tenders/rules.py`; a test makes sure that it
is current. Any move that is not in this picture is refused.
"""


def written() -> str:
    """The whole page: a diagram, and a table that says of each state what it waits for and where it leads."""
    return "\n".join((INTRODUCTION, *_diagram(), "", *_table(), ""))


def _diagram() -> list[str]:
    states = [f"    {status}: {STATUS_LABELS[status]}" for status in TenderStatus]
    arrows = [
        f"    {status} --> {following}"
        for status in TenderStatus
        for following in TenderStatus
        if following in MOVES[status]
    ]
    ends = [f"    {status} --> [*]" for status in TenderStatus if not MOVES[status]]
    return ["```mermaid", "stateDiagram-v2", *states, "    [*] --> draft", *arrows, *ends, "```"]


def _table() -> list[str]:
    rows = [
        f"| {STATUS_LABELS[status]} | {waits_for(status)} | {' '.join(ways(status))} |"
        for status in TenderStatus
    ]
    return ["| State | What it waits for | Where it leads |", "|---|---|---|", *rows]


if __name__ == "__main__":
    PAGE.write_text(written(), "utf-8")
