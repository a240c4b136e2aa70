"""Which contract of the register an invoice may be for, and why: suggestions, never a decision."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from invoicing.incoming.parties import Known, letters, reasons_they_are_one


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contract of the school. `references` are the numbers that it goes by."""

    id: uuid.UUID
    title: str
    supplier: Known
    references: tuple[str, ...]
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Claim:
    """What an invoice says about where it belongs. `on` is its day of supply."""

    supplier: Known
    order: str
    contract: str
    on: date


@dataclass(frozen=True, slots=True)
class Match:
    """A contract, what speaks for it, and what speaks against it."""

    id: uuid.UUID
    title: str
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]


def suggest(claim: Claim, candidates: Iterable[Candidate]) -> list[Match]:
    """The contracts that something speaks for, the best first."""
    found = [match for one in candidates if (match := _match(claim, one))]
    return sorted(found, key=lambda match: (len(match.doubts) - len(match.reasons), match.title, match.id))


def _match(claim: Claim, one: Candidate) -> Match | None:
    reasons = reasons_they_are_one(claim.supplier, one.supplier)
    known = {letters(reference) for reference in one.references if reference}
    for words, said in (("contract", claim.contract), ("order", claim.order)):
        if said and letters(said) in known:
            reasons.append(f"its {words} number {said}")
    if not reasons:
        return None
    doubts = () if one.starts_on <= claim.on <= one.ends_on else ("it did not run on the day of supply",)
    return Match(one.id, one.title, tuple(reasons), doubts)
