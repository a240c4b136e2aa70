"""How many guesses a passphrase would take, by zxcvbn: it knows words, names, dates and keyboards."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib import import_module
from typing import Any

LONGEST_LOOKED_AT = 72


def guesses(passphrase: str, about: Collection[str]) -> float:
    """How many guesses a good guesser needs who knows these words about the person.

    Only the first 72 characters are looked at, which is all that zxcvbn takes.
    """
    if not passphrase:
        return 0
    found = _zxcvbn()(passphrase[:LONGEST_LOOKED_AT], user_inputs=list(about))
    return float(found["guesses"])


@cache
def _zxcvbn() -> Any:
    """Loaded with the first passphrase: its lists of words would make every start slower."""
    return import_module("zxcvbn").zxcvbn
