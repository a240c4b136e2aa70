"""Passwords that have been breached so often that guessers try them first, whatever their case.

The list holds digests only: what people once chose, some of it about themselves, is nobody's to read here.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from functools import cache
from pathlib import Path

LIST = Path(__file__).parent / "reference" / "breached_passwords.sha256"
DIGEST_BYTES = 8
LEAST_BESIDE = 8
"""So many characters around a common word make it another password; fewer are what everybody adds."""


class Digests:
    """Digests of one length that stand in order in a file's content, to be searched by halving."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __len__(self) -> int:
        return len(self.content) // DIGEST_BYTES

    def __getitem__(self, place: int) -> bytes:
        return self.content[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES]

    def __contains__(self, wanted: bytes) -> bool:
        place = bisect_left(self, wanted)
        return place < len(self) and self[place] == wanted


def digest(password: str) -> bytes:
    """What is kept of a breached password, the same for every case of its letters."""
    return hashlib.sha256(password.casefold().encode()).digest()[:DIGEST_BYTES]


def is_breached(password: str) -> bool:
    """Is it on the list, as it stands, or with nothing but a few digits and signs around it?"""
    word = password.strip("0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~£")
    decorated = len(password) - len(word) < LEAST_BESIDE
    return digest(password) in listed() or (decorated and bool(word) and digest(word) in listed())


@cache
def listed() -> Digests:
    """The list, read once."""
    return Digests(LIST.read_bytes())
