"""Which files go with a quote. Plain Python."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import IO, Any

from marketplace.core.errors import RuleBroken
from suppliers.quotes.rules import Envelope

LARGEST_FILE = 50 * 1024 * 1024
MOST_FILES = 20
A_PIECE = 1024 * 1024
TOO_LARGE = "The file must be smaller than 50 MB. Make it smaller, or divide it into several."


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file as the quality envelope names it.

    `sha256` is that of the locked bytes, by which it lies in the store; `digest` the SHA-256 of the file
    itself and `size` its bytes. `key` is the file's own key, sealed to the envelope's public key.
    """

    sha256: str
    name: str
    size: int
    media_type: str
    digest: str
    key: bytes

    def written(self) -> dict[str, str | int]:
        """The file as JSON takes it."""
        return {
            "digest": self.digest,
            "key": base64.b64encode(self.key).decode(),
            "name": self.name,
            "sha256": self.sha256,
            "size": self.size,
            "type": self.media_type,
        }

    @classmethod
    def read(cls, held: Mapping[str, Any]) -> OfferedFile:
        """The file that `written` gave. Raises ValueError, KeyError or TypeError for anything else."""
        key = base64.b64decode(held["key"], validate=True)
        size = int(held["size"])
        return cls(str(held["sha256"]), str(held["name"]), size, str(held["type"]), str(held["digest"]), key)


def check_answers_asked(envelopes: Collection[Envelope]) -> None:
    """Raise RuleBroken for a tender without an envelope for answers: files go with them."""
    if Envelope.QUALITY not in envelopes:
        raise RuleBroken("This tender asks for prices only, so no file can go with a quote.")


def check_count(files: Collection[object]) -> None:
    """Raise RuleBroken when a quote has as many files as it may have."""
    if len(files) >= MOST_FILES:
        raise RuleBroken(
            f"A quote can have {MOST_FILES} files. Remove one, or put several into one document.", "file"
        )


def digest_of(content: IO[bytes]) -> str:
    """The SHA-256 of a file, which stands at its start again."""
    digest = hashlib.sha256()
    while piece := content.read(A_PIECE):
        digest.update(piece)
    content.seek(0)
    return digest.hexdigest()


def size_of(content: IO[bytes]) -> int:
    """How many bytes a file has; it stands at its start again. Raises RuleBroken when none, or too many."""
    size = content.seek(0, 2)
    content.seek(0)
    if not size:
        raise RuleBroken("The file is empty. Choose another.", "file")
    if size > LARGEST_FILE:
        raise RuleBroken(TOO_LARGE, "file")
    return size
