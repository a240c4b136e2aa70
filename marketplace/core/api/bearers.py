"""The token that a request came with."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from flask import g

from marketplace.core.api.scopes import Scope


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that was recognised. Its secret is at hand for this request only; no store has it."""

    token_id: uuid.UUID
    scopes: frozenset[Scope]
    secret: str = field(repr=False)


def bearer() -> Bearer:
    """The token of this request. LookupError without one: the guard lets no such request come here."""
    found: Bearer | None = g.get("bearer")
    if found is None:
        raise LookupError("This request came without a token.")
    return found
