"""What a batch is: how its invoices move, and what was seen by whoever starts it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import RuleBroken

MOST_IN_A_BATCH = 2_000
CHANGED = "The drafts have changed since you looked. Look at them again, then press the button once more."


class ItemStatus(StrEnum):
    """How far one invoice of a batch is."""

    WAITING = "waiting"
    ISSUED = "issued"
    SET_ASIDE = "set_aside"
    STOPPED = "stopped"


class Which(StrEnum):
    """Which of the drafts that were found are issued."""

    TICKED = "ticked"
    ALL = "all"


MOVES: dict[ItemStatus, frozenset[ItemStatus]] = {
    ItemStatus.WAITING: frozenset({ItemStatus.ISSUED, ItemStatus.SET_ASIDE, ItemStatus.STOPPED}),
    ItemStatus.ISSUED: frozenset(),
    ItemStatus.SET_ASIDE: frozenset(),
    ItemStatus.STOPPED: frozenset(),
}
STATUS_LABELS: Mapping[ItemStatus, str] = {
    ItemStatus.WAITING: "Waiting",
    ItemStatus.ISSUED: "Issued",
    ItemStatus.SET_ASIDE: "Not issued",
    ItemStatus.STOPPED: "Stopped before its turn",
}
Seen = tuple[uuid.UUID, int]
"""A draft and the version of it that was checked."""


def move(present: ItemStatus, wanted: ItemStatus) -> ItemStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def fingerprint(drafts: Sequence[Seen]) -> str:
    """What a list of drafts is known by: it changes with any draft that comes, goes or is changed."""
    text = "\n".join(f"{draft_id}:{version}" for draft_id, version in sorted(drafts))
    return hashlib.sha256(text.encode()).hexdigest()


def chosen(found: Sequence[Seen], ticked: Sequence[Seen], which: Which, seen: str) -> list[Seen]:
    """The drafts that somebody chose: those that were ticked, or all that were found. Raises RuleBroken.

    All are only all that were there when they looked; `seen` is the fingerprint of those.
    """
    if which is Which.ALL and fingerprint(found) != seen:
        raise RuleBroken(CHANGED, "which")
    drafts = list(found) if which is Which.ALL else [draft for draft in found if draft in set(ticked)]
    if which is Which.TICKED and not ticked:
        raise RuleBroken("Tick the invoices to issue, or choose all that were found.", "ticked")
    if which is Which.TICKED and len(drafts) < len(set(ticked)):
        raise RuleBroken(
            "A draft that you ticked has been changed, issued or discarded since you looked. "
            "Look at the list again, and tick those to issue.",
            "ticked",
        )
    if len(drafts) > MOST_IN_A_BATCH:
        raise RuleBroken(
            f"A batch has at most {MOST_IN_A_BATCH:,} invoices; these are {len(drafts):,}. Filter the list.",
            "which",
        )
    return drafts
