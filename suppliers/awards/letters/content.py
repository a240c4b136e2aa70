"""What a letter to a bidder says, as it is kept: plain words, no link to what can change. Plain Python."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from suppliers.awards.letters.rules import LetterKind


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion or sub-criterion: the score and its explanation, as people read them."""

    title: str
    score: str
    marks: str
    reason: str
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """How a quote came out, for a lot (blank where all lots are decided together).

    `marks` are of 100; blank where quality was set against price: `said` then tells what came of it.
    """

    lot: str
    supplier: str
    marks: str
    rank: str
    compared: int
    lines: tuple[Line, ...]
    won: bool = False
    said: str = ""

    @property
    def outcome(self) -> str:
        """What the quote came to, in words; blank for one without an assessment."""
        return self.said or (f"{self.marks} of 100 marks" if self.marks else "")


@dataclass(frozen=True, slots=True)
class Content:
    """A letter. `own` is how the reader's quote came out, `winners` the successful ones of others.

    `schools` are those that buy, `facts` what a confirmation says of the contracts.
    """

    kind: LetterKind
    tender: str
    tender_reference: str
    alliance: str
    supplier: str
    reference: str
    set_aside: str = ""
    note: str = ""
    own: tuple[Result, ...] = ()
    winners: tuple[Result, ...] = ()
    schools: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> str:
        """The content as it is stored and hashed."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Content:
    """The content of a stored letter."""
    kept = json.loads(text)
    return Content(
        **{
            **kept,
            "kind": LetterKind(kept["kind"]),
            "own": tuple(map(_result, kept["own"])),
            "winners": tuple(map(_result, kept["winners"])),
            "schools": tuple(kept["schools"]),
            "facts": tuple((key, value) for key, value in kept["facts"]),
        }
    )


def _result(kept: dict[str, Any]) -> Result:
    return Result(**{**kept, "lines": tuple(Line(**line) for line in kept["lines"])})
