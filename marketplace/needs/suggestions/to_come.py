"""Which needs a suggestion still waits for, and how far each is."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from marketplace.core.web import day
from marketplace.needs.suggestions import rules
from marketplace.needs.suggestions.models import NeedRequest
from marketplace.needs.suggestions.rules import Suggestion


def still_to_come(
    suggestion: Suggestion,
    own: Collection[uuid.UUID],
    asked: Mapping[uuid.UUID, NeedRequest],
    submitted: Collection[uuid.UUID],
) -> list[tuple[str, str]]:
    """The alliance's own schools without an approved need, and how far each of them is."""
    return [
        (suggestion.schools[one], _how_far(asked.get(one), waits=one in submitted))
        for one in rules.without_need(suggestion)
        if one in own
    ]


def _how_far(request: NeedRequest | None, *, waits: bool) -> str:
    if waits:
        return "Its need is submitted and waits for approval in the school"
    if request is None:
        return "Not asked yet"
    return f"Asked on {day(request.asked_at)}; no need is submitted yet"
