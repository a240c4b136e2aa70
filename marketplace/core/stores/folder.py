"""A folder of this machine, with a file for each content."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from marketplace.core.stores.kept import Missing, Written


@dataclass(frozen=True, slots=True)
class FolderStore:
    """Files named by their hash, two digits a folder; synced to the disk before anybody hears of them."""

    folder: Path

    def write(self, chunks: Iterable[bytes]) -> Written:
        _make_folder(self.folder)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as kept:
            temporary = Path(kept.name)
            try:
                for chunk in chunks:
                    size += len(chunk)
                    digest.update(chunk)
                    kept.write(chunk)
                kept.flush()
                os.fsync(kept.fileno())
            except BaseException:
                temporary.unlink()
                raise
        path = self.path_of(digest.hexdigest())
        path.parent.mkdir(exist_ok=True)
        temporary.replace(path)
        sync_folder(path.parent)
        # Its own name too: whoever made it, perhaps this moment in another thread, may not have come so far
        sync_folder(self.folder)
        return Written(digest.hexdigest(), size)

    def open(self, sha256: str) -> IO[bytes]:
        try:
            return self.path_of(sha256).open("rb")
        except (FileNotFoundError, NotADirectoryError) as error:
            raise Missing from error

    def size(self, sha256: str) -> int | None:
        path = self.path_of(sha256)
        return path.stat().st_size if path.is_file() else None

    def mend(self) -> str:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            writable = os.access(self.folder, os.W_OK | os.X_OK)
        except OSError:
            writable = False
        return "" if writable else f"Nothing can be written to {self.folder}. Allow it, or set FILES_FOLDER."

    def room(self) -> int | None:
        return shutil.disk_usage(self.folder).free if self.folder.is_dir() else None

    def path_of(self, sha256: str) -> Path:
        """Where a content of this hash lies, if it is there."""
        return self.folder / sha256[:2] / sha256[2:]


def _make_folder(folder: Path) -> None:
    """Make a folder with those above it that are missing, each of them durable."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """A new name is durable only when its folder is synced too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
