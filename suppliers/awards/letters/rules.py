"""Which letter a bidder gets, what it must not say, and when letters can go. Plain Python.

Procurement Act 2023 section 50 (assessment summaries) and section 94 (what may be withheld); Procurement
Regulations 2024 regulation 31 (what a summary says).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum

from marketplace.core.errors import RuleBroken

SUM = re.compile(
    r"(?:£|\bGBP\s?)\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:k|m|bn|million|thousand)\b)?"
    r"|\b\d[\d,]*(?:\.\d+)?\s?(?:pounds?|pence|p)\b",
    re.IGNORECASE,
)
WITHHELD = "[amount withheld]"


class LetterKind(StrEnum):
    """What a letter says: the result before the standstill, or that the award is confirmed."""

    AWARD = "award"
    UNSUCCESSFUL = "unsuccessful"
    SET_ASIDE = "set_aside"
    WITHDRAWN = "withdrawn"
    CONFIRMATION = "confirmation"


KIND_LABELS: Mapping[LetterKind, str] = {
    LetterKind.AWARD: "Intended award, with assessment summary",
    LetterKind.UNSUCCESSFUL: "Not successful, with assessment summary",
    LetterKind.SET_ASIDE: "Not assessed, with the reason",
    LetterKind.WITHDRAWN: "Withdrawn: told that the tender is decided",
    LetterKind.CONFIRMATION: "Award confirmed",
}
SUBJECTS: Mapping[LetterKind, str] = {
    LetterKind.AWARD: "We intend to accept your quote",
    LetterKind.UNSUCCESSFUL: "Your quote was not successful",
    LetterKind.SET_ASIDE: "Your quote was not assessed",
    LetterKind.WITHDRAWN: "The tender that you withdrew from is decided",
    LetterKind.CONFIRMATION: "Your quote is accepted",
}
RESULTS = frozenset(LetterKind) - {LetterKind.CONFIRMATION}
"""The letters that go to every bidder at the same moment."""


def withhold(text: str, own: Collection[str] = ()) -> str:
    """A text without sums of money, but for the reader's own, given as they are written: £12,000.00.

    Reasons are written by people. Whatever they wrote, no bidder reads another's price in its letter.
    """
    known = {_plain(one) for one in own}
    return SUM.sub(lambda found: found[0] if _plain(found[0]) in known else WITHHELD, text)


def _plain(amount: str) -> str:
    """A sum as it is compared: £12,000.00 and £12,000 are the same."""
    plain = amount.replace("£", "").replace(",", "").strip().lower()
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def check_all_read(bidders: int, read: int) -> None:
    """Raise RuleBroken unless the coordinator has read every draft."""
    if not bidders:
        raise RuleBroken("There is no bidder to tell.")
    left = bidders - read
    if left > 0:
        words = "1 draft is" if left == 1 else f"{left} drafts are"
        raise RuleBroken(f"{words} not read yet. Read each, then send all of them together.")
