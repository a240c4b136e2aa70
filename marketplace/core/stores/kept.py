"""What every store does, and says about itself. It knows contents by their SHA-256, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

CHUNK = 64 * 1024


class Readable(Protocol):
    """A content that is read piece by piece, until a piece is empty."""

    def read(self, size: int, /) -> bytes:
        """The next piece."""


class Content(Readable, Protocol):
    """A content that lies in a store, to be closed after reading."""

    def close(self) -> None:
        """Let go of it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that lies in the store and has no row yet."""

    sha256: str
    size: int


class Missing(Exception):
    """The store has no content of this hash."""


class Store(Protocol):
    """Somewhere contents are kept under their hash: written once, never changed, never taken away."""

    def write(self, chunks: Iterable[bytes]) -> Written:
        """Keep a content, durably before this returns; nothing of it when the pieces break off."""

    def open(self, sha256: str) -> Content:
        """A content as it lies there, which the caller compares with its hash. Raises Missing."""

    def size(self, sha256: str) -> int | None:
        """How many bytes lie there under a hash; None when nothing does."""

    def mend(self) -> str:
        """Why nothing can be kept here, and what to do; empty when all is well."""

    def room(self) -> int | None:
        """How many bytes are free; None where the store does not end."""
