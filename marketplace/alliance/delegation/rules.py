"""What a delegation ladder must be, and who may decide by it.

The bands and the governing body's right to set them: Academy Trust Handbook ("the board must approve a
written scheme of delegation of financial powers"); for maintained schools the Schools Financial Value
Standard asks for the same. The example comes from `reference/example_ladder.csv`, with its source.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Role

EXAMPLE = Path(__file__).with_name("reference") / "example_ladder.csv"
LARGEST_LIMIT = Money(100_000_000_00)
MOST_BANDS = 5
MOST_QUOTES = 10
LONGEST_MINUTE = 60


class Approver(StrEnum):
    """Who approves what falls into a band, from the lowest to the highest."""

    BURSAR = "bursar"
    HEADTEACHER = "headteacher"
    GOVERNING_BODY = "governing_body"


APPROVER_LABELS = {
    Approver.BURSAR: "A bursar who did not ask for it",
    Approver.HEADTEACHER: "The headteacher",
    Approver.GOVERNING_BODY: "The headteacher, once the governing body has confirmed it",
}
SHORT_LABELS = {
    Approver.BURSAR: "Another bursar",
    Approver.HEADTEACHER: "Headteacher",
    Approver.GOVERNING_BODY: "Governing body first",
}
"""The same, where there is little room."""
RANK = {approver: rank for rank, approver in enumerate(Approver)}
ROLES = {
    Approver.BURSAR: (Role.BURSAR, Role.HEADTEACHER),
    Approver.HEADTEACHER: (Role.HEADTEACHER,),
    Approver.GOVERNING_BODY: (Role.HEADTEACHER,),
}
"""The roles that may approve in a band: whoever may approve more may approve less."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band of a ladder: values above the band before it, up to and including `up_to`.

    Values count VAT and the whole term. `up_to` is None for the last band, which is open-ended.
    `least_quotes` is how many quotes must be asked for at least.
    """

    up_to: Money | None
    approver: Approver
    least_quotes: int


@dataclass(frozen=True, slots=True)
class LadderContent:
    """The bands as a headteacher sets them, and where the governing body's decision is minuted."""

    bands: tuple[Band, ...]
    minute_reference: str
    minuted_on: date


def check_ladder(content: LadderContent, today: date) -> None:
    """Refuse a ladder that leaves a value without an approver. Raises RuleBroken naming the field."""
    _check_bands(content.bands)
    if not content.minute_reference.strip():
        raise RuleBroken(
            "Enter where the governing body’s decision is minuted, such as FGB 2026/41.", "minute_reference"
        )
    if len(content.minute_reference) > LONGEST_MINUTE:
        raise RuleBroken(
            f"The minute’s reference must have {LONGEST_MINUTE} characters or fewer.", "minute_reference"
        )
    if content.minuted_on > today:
        raise RuleBroken("The governing body’s meeting must be today or in the past.", "minuted_on")


def _check_bands(bands: Sequence[Band]) -> None:
    if not bands:
        raise RuleBroken("Enter at least one band: choose who approves in it.", field("approver", 1))
    if len(bands) > MOST_BANDS:
        raise RuleBroken(f"A ladder has {MOST_BANDS} bands at most. Join two of them.")
    for number, band in enumerate(bands, start=1):
        last = number == len(bands)
        _check_limit(band, number, last=last)
        if not 0 <= band.least_quotes <= MOST_QUOTES:
            raise RuleBroken(
                f"The least number of quotes must be from 0 to {MOST_QUOTES}.", field("least_quotes", number)
            )
    for number, (lower, higher) in enumerate(pairwise(bands), start=2):
        _check_step(lower, higher, number)


def _check_limit(band: Band, number: int, *, last: bool) -> None:
    if last and band.up_to is not None:
        raise RuleBroken(
            "Leave the last band without an upper limit, so that every value has an approver.",
            field("up_to", number),
        )
    if not last and band.up_to is None:
        raise RuleBroken(
            "Enter the highest value of this band. Only the last band has no limit.", field("up_to", number)
        )
    if band.up_to is not None and not ZERO < band.up_to <= LARGEST_LIMIT:
        raise RuleBroken("The limit must be more than £0 and at most £100,000,000.", field("up_to", number))


def _check_step(lower: Band, higher: Band, number: int) -> None:
    if lower.up_to and higher.up_to and higher.up_to <= lower.up_to:
        raise RuleBroken(
            f"The limit of this band must be more than {lower.up_to}, the limit of the band before it.",
            field("up_to", number),
        )
    if RANK[higher.approver] < RANK[lower.approver]:
        raise RuleBroken(
            "A higher band cannot have a lower approver than the band before it.", field("approver", number)
        )
    if higher.least_quotes < lower.least_quotes:
        raise RuleBroken(
            f"A higher band cannot ask for fewer quotes than the band before it, which asks for "
            f"{lower.least_quotes}.",
            field("least_quotes", number),
        )


def field(part: str, number: int) -> str:
    """The form field of a part of a band, counted from 1."""
    return f"{part}_{number}"


def band_of(bands: Sequence[Band], value: Money | None) -> Band:
    """The band that a value falls into; a value that nobody knows falls into the last, which is open-ended.

    Raises ValueError for a ladder without bands: `check_ladder` lets none be set.
    """
    if not bands:
        raise ValueError("A ladder has at least one band.")
    if value is None:
        return bands[-1]
    return next(band for band in bands if band.up_to is None or value <= band.up_to)


def may_approve(approver: Approver, roles: Collection[Role], *, is_author: bool, others: bool) -> bool:
    """May somebody with these roles at the school approve in a band?

    Nobody approves what they asked for themselves, but for a headteacher where no other person of the
    school could (`others`): a small school must not stand still.
    """
    if not set(ROLES[approver]) & set(roles):
        return False
    return not is_author or (Role.HEADTEACHER in roles and not others)


@cache
def example() -> tuple[Band, ...]:
    """The bands that a school without a ladder is shown to start from. Advice, not law."""
    with EXAMPLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Band(
                up_to=Money(int(row["up_to_pounds"]) * 100) if row["up_to_pounds"] else None,
                approver=Approver(row["approver"]),
                least_quotes=int(row["least_quotes"]),
            )
            for row in csv.DictReader(file)
        )


def ranges(bands: Sequence[Band]) -> list[str]:
    """Which values each band takes, in words."""
    words, below = [], None
    for band in bands:
        if band.up_to is None:
            words.append(f"More than {below}" if below else "Any value")
        else:
            words.append(f"More than {below}, up to {band.up_to}" if below else f"Up to {band.up_to}")
        below = band.up_to
    return words
