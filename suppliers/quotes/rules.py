"""What a quote is, and how it moves."""

from __future__ import annotations

from enum import StrEnum

from marketplace.core import moves


class QuoteStatus(StrEnum):
    """How far a quote is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    OPENED = "opened"
    COMPLIANT = "compliant"
    EXCLUDED = "excluded"
    AWARDED = "awarded"
    NOT_AWARDED = "not_awarded"


class Envelope(StrEnum):
    """The two parts of a quote, opened one after the other."""

    QUALITY = "quality"
    PRICE = "price"


_S = QuoteStatus
MOVES: dict[QuoteStatus, frozenset[QuoteStatus]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED, _S.WITHDRAWN}),
    _S.SUBMITTED: frozenset({_S.REPLACED, _S.WITHDRAWN, _S.OPENED}),
    _S.REPLACED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.OPENED: frozenset({_S.COMPLIANT, _S.EXCLUDED}),
    _S.COMPLIANT: frozenset({_S.EXCLUDED, _S.AWARDED, _S.NOT_AWARDED}),
    _S.EXCLUDED: frozenset({_S.NOT_AWARDED}),
    _S.AWARDED: frozenset(),
    _S.NOT_AWARDED: frozenset(),
}


def move(present: QuoteStatus, wanted: QuoteStatus) -> QuoteStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)
