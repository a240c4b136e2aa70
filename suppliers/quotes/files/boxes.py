"""Whose a locked file is, and the box that holds its key for those who open the quality envelope."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable

from suppliers.quotes.files.rules import OfferedFile
from suppliers.quotes.keys import boxes

FILE_USE = b"weald: key of a file of a quote\n"


def bound_to(tender_id: uuid.UUID, supplier_id: uuid.UUID) -> bytes:
    """What ties a locked file to its tender and supplier: it unlocks as nothing else."""
    whose = {"supplier": str(supplier_id), "tender": str(tender_id)}
    return json.dumps(whose, sort_keys=True, separators=(",", ":")).encode()


def box_key(public_key: bytes, key: bytes, whose: bytes, sha256: str) -> bytes:
    """A file's key, sealed to the public key of the envelope that its quote's answers lie in."""
    return boxes.seal_to(public_key, key, FILE_USE + whose + sha256.encode())


def keys_of(files: Iterable[OfferedFile], private_key: bytes, whose: bytes) -> dict[str, bytes]:
    """The key of each file by its hash. Raises BrokenBox."""
    return {
        one.sha256: boxes.open_with(private_key, one.key, FILE_USE + whose + one.sha256.encode())
        for one in files
    }
