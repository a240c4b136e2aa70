"""When the usual way fails: what is printed on a recovery key, and when a quote may be put right."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from marketplace.core.errors import RuleBroken
from marketplace.tenders.rules import TenderStatus
from suppliers.quotes.rules import Envelope

KEY_LETTERS = 52
CHECK_LETTERS = 4
LETTERS_TOGETHER = 4
MISREAD = str.maketrans("018", "OIB")
"""Digits that are not used in what is printed, as the letters for which they are taken."""
MAY_DISCLOSE: dict[Envelope, frozenset[TenderStatus]] = {
    Envelope.QUALITY: frozenset({TenderStatus.OPENED, TenderStatus.EVALUATING}),
    Envelope.PRICE: frozenset({TenderStatus.PRICES_OPENED}),
}
"""While the answers are scored, and until an award is recommended."""


def printed(private_key: bytes) -> str:
    """A private key as people can type it: groups of four letters, the last of which checks the others."""
    letters = base64.b32encode(private_key).decode().rstrip("=")
    letters += _check(letters)
    return "-".join(
        letters[start : start + LETTERS_TOGETHER] for start in range(0, len(letters), LETTERS_TOGETHER)
    )


def read_printed(typed: str | None) -> bytes:
    """The private key that somebody typed. Raises RuleBroken (`recovery_key`) for anything mistyped."""
    letters = re.sub(r"[^A-Z0-9]", "", (typed or "").upper()).translate(MISREAD)
    expected = KEY_LETTERS + CHECK_LETTERS
    if len(letters) != expected:
        raise RuleBroken(
            f"A recovery key has {expected // LETTERS_TOGETHER} groups of {LETTERS_TOGETHER} letters and "
            f"digits, {expected} in all. You typed {len(letters)}. Compare it with the sheet.",
            "recovery_key",
        )
    key, check = letters[:KEY_LETTERS], letters[KEY_LETTERS:]
    try:
        private_key = base64.b32decode(key + "=" * (-len(key) % 8))
    except binascii.Error:
        private_key = b""
    if check != _check(key) or not private_key:
        raise RuleBroken(
            "There is a mistake in the recovery key. Compare each group with the sheet.", "recovery_key"
        )
    return private_key


def _check(letters: str) -> str:
    digest = hashlib.sha256(b"weald: printed key\n" + letters.encode()).digest()
    return base64.b32encode(digest).decode()[:CHECK_LETTERS]


def check_may_disclose(envelope: Envelope, status: TenderStatus) -> None:
    """Raise RuleBroken when it is too late to put an envelope right."""
    if status not in MAY_DISCLOSE[envelope]:
        raise RuleBroken(
            "It is too late to put this right: what it would be compared with has been decided. Ask the "
            "coordinator of the tender."
        )
