"""How a file of a quote is locked before it reaches a disk.

A file is encrypted, piece by piece, under a key of its own that is used for nothing else. That key is
sealed at once to the public key of the tender's quality envelope, so that from the upload on only those who
open the envelope can read the file; not its supplier, and not whoever runs Weald. What lies in the store is
known by the hash of the locked bytes; its size in steps of 64 KiB is all that it tells.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from marketplace.core.errors import RuleBroken
from suppliers.quotes.files.rules import LARGEST_FILE

KEY_BYTES = 32
STEP_BYTES = 64 * 1024
PIECE_BYTES = 1024 * 1024
TAG_BYTES = 16
LENGTH_BYTES = 8
NONCE_BYTES = 12
FORMAT = b"WF1"
LARGEST_LOCKED = LARGEST_FILE + 2 * STEP_BYTES
"""What a file of the largest size comes to once it is padded and locked, with room to spare."""


class BrokenFile(RuleBroken):
    """The bytes are not the file that was locked."""


def new_key() -> bytes:
    """A key for one file."""
    return secrets.token_bytes(KEY_BYTES)


class Locked:
    """A file's locked bytes, made as they are read, so that a large one is never in memory twice.

    `bound_to` says whose file it is: it unlocks as nothing else.
    """

    def __init__(self, content: IO[bytes], size: int, key: bytes, bound_to: bytes) -> None:
        self._pieces = self._lock(content, size, key, bound_to)

    def read(self, _size: int = -1) -> bytes:
        """The next piece; empty after the last."""
        return next(self._pieces, b"")

    @staticmethod
    def _lock(content: IO[bytes], size: int, key: bytes, bound_to: bytes) -> Iterator[bytes]:
        cipher = AESGCM(key)
        yield FORMAT
        padding = -(LENGTH_BYTES + size) % STEP_BYTES
        waiting = size.to_bytes(LENGTH_BYTES, "big")
        number = 0
        while len(waiting) + size + padding > 0:
            wanted = PIECE_BYTES - len(waiting)
            taken = content.read(min(wanted, size)) if size else b""
            size -= len(taken)
            filled = min(padding, wanted - len(taken)) if not size else 0
            padding -= filled
            piece, waiting = waiting + taken + bytes(filled), b""
            last = not size and not padding
            yield cipher.encrypt(_nonce(number, last=last), piece, bound_to)
            number += 1


def unlock(locked: bytes, key: bytes, bound_to: bytes) -> Iterator[bytes]:
    """The file that was locked, piece by piece. Raises BrokenFile for anything else."""
    if not locked.startswith(FORMAT):
        raise BrokenFile("This is no file of a quote. Tell your administrator.")
    cipher = AESGCM(key)
    start, number, left = len(FORMAT), 0, -1
    while start < len(locked):
        end = start + PIECE_BYTES + TAG_BYTES
        try:
            piece = cipher.decrypt(_nonce(number, last=end >= len(locked)), locked[start:end], bound_to)
        except (InvalidTag, ValueError) as error:
            raise BrokenFile(
                "This file could not be read: it was changed. Tell your administrator."
            ) from error
        if left < 0:
            left, piece = int.from_bytes(piece[:LENGTH_BYTES], "big"), piece[LENGTH_BYTES:]
        yield piece[:left]
        left -= len(piece[:left])
        start, number = end, number + 1


def _nonce(number: int, *, last: bool) -> bytes:
    """Each piece of a key has a nonce of its own, and the last another: none can be moved or left out."""
    return number.to_bytes(NONCE_BYTES - 1, "big") + bytes([last])
