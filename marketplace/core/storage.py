"""Stored files, addressed by the SHA-256 of their content: never changed, never stored twice."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from flask import current_app
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core import clock
from marketplace.core.db import Base
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.settings import Settings

LARGEST_FILE = 50 * 1024 * 1024
CHUNK = 64 * 1024


class StoredFile(Base):
    """A file's content: its hash, its size in bytes and what kind of content it is."""

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str]
    stored_at: Mapped[datetime]


class Readable(Protocol):
    """A content that is read piece by piece, until a piece is empty."""

    def read(self, size: int, /) -> bytes:
        """The next piece."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that lies in the store and has no row yet."""

    sha256: str
    size: int


def store(session: Session, content: Readable, media_type: str, *, field: str | None = None) -> StoredFile:
    """Keep a file, synced to disk before its row exists. Raises RuleBroken when it is too large or empty."""
    return record(session, write(content, field=field), media_type)


def write(content: Readable, *, field: str | None = None, largest: int = LARGEST_FILE) -> Written:
    """Put a content on the disk, synced, outside any transaction: a large one would hold up everybody.

    `record` makes it a stored file. Raises RuleBroken when it is too large or empty.
    """
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as kept:
        temporary = Path(kept.name)
        try:
            for chunk in _bounded_chunks(content, field, largest):
                size += len(chunk)
                digest.update(chunk)
                kept.write(chunk)
            kept.flush()
            os.fsync(kept.fileno())
        except BaseException:
            temporary.unlink()
            raise
    path = path_of(digest.hexdigest())
    path.parent.mkdir(exist_ok=True)
    temporary.replace(path)
    sync_folder(path.parent)
    return Written(digest.hexdigest(), size)


def record(session: Session, written: Written, media_type: str) -> StoredFile:
    """The row of a written file. A shared step."""
    known = session.get(StoredFile, written.sha256)
    if known is None:
        known = StoredFile(
            sha256=written.sha256, size=written.size, media_type=media_type, stored_at=clock.now()
        )
        session.add(known)
        session.flush()
    return known


def is_kept(sha256: str) -> bool:
    """Is there such a file in the store? Whether it is whole, `read` says."""
    return path_of(sha256).is_file()


def read(sha256: str) -> bytes:
    """The content of a stored file, checked against its hash. Raises NotFound."""
    return _checked(path_of(sha256), sha256)


def reader() -> Callable[[str], bytes]:
    """`read` for a long download, which goes on when the request that began it has ended."""
    folder = _folder()
    return lambda sha256: _checked(folder / sha256[:2] / sha256[2:], sha256)


def _checked(path: Path, sha256: str) -> bytes:
    if not path.is_file():
        raise NotFound("That file is not in the store.")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise NotFound("That file has been damaged in the store. Tell your administrator.")
    return content


def hash_of(sha256: str) -> str | None:
    """The hash that the content of a stored file has at present, read piece by piece; None without one."""
    path = path_of(sha256)
    if not path.is_file():
        return None
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _bounded_chunks(content: Readable, field: str | None, largest: int) -> Iterator[bytes]:
    """The content piece by piece. Raises RuleBroken when there is none of it, or too much."""
    size = 0
    while chunk := content.read(CHUNK):
        size += len(chunk)
        if size > largest:
            raise RuleBroken("The file must be smaller than 50 MB.", field)
        yield chunk
    if not size:
        raise RuleBroken("The file is empty. Choose another.", field)


def _folder() -> Path:
    settings: Settings = current_app.extensions["settings"]
    return settings.files_folder


def path_of(sha256: str) -> Path:
    """Where the store keeps a file of this hash, if it has it."""
    return _folder() / sha256[:2] / sha256[2:]


def sync_folder(folder: Path) -> None:
    """A new name is durable only when its folder is synced too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
