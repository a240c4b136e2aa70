"""How the examiner's pack is written: file by file as it is sent, and last the list of their hashes.

Plain Python. The list has the form that `sha256sum --check` reads, so that an examiner needs nothing of ours.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, cast

HASH_LIST = "SHA256SUMS.txt"


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file of the pack. `read` gives its content when its turn comes, so that one is held at a time."""

    path: str
    read: Callable[[], bytes]


class _Outlet:
    """What the archive is written to: it keeps what was not sent on yet, and cannot be wound back."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, content: bytes) -> int:
        self.waiting.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Everything written is ready to be sent already."""

    def take(self) -> bytes:
        taken = b"".join(self.waiting)
        self.waiting.clear()
        return taken


def archive(files: Iterable[PackedFile], dated: date) -> Iterator[bytes]:
    """A ZIP archive of files, piece by piece; the hash list of all of them comes last.

    Every file bears the same date, so that the same files pack to the same bytes. Raises ValueError when two
    have the same path.
    """
    outlet = _Outlet()
    hashes: dict[str, str] = {}
    with zipfile.ZipFile(cast("IO[bytes]", outlet), "w", zipfile.ZIP_DEFLATED) as packed:
        for file in files:
            if file.path in hashes:
                raise ValueError(f"Two files of the pack are called {file.path}.")
            content = file.read()
            hashes[file.path] = hashlib.sha256(content).hexdigest()
            packed.writestr(_entry(file.path, dated), content)
            yield outlet.take()
        packed.writestr(_entry(HASH_LIST, dated), hash_list(hashes.items()))
    yield outlet.take()


def hash_list(hashes: Iterable[tuple[str, str]]) -> str:
    """One line for each file: its SHA-256, two spaces, its path."""
    return "".join(f"{found}  {path}\n" for path, found in hashes)


def _entry(path: str, dated: date) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, (dated.year, dated.month, dated.day, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
