"""Stored files, addressed by the SHA-256 of their content: never changed, never stored twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from functools import cache, partial

from flask import current_app
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core import clock
from marketplace.core.db import Base
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.settings import Settings
from marketplace.core.stores.bucket import BucketStore
from marketplace.core.stores.folder import FolderStore
from marketplace.core.stores.kept import CHUNK, Content, Missing, Readable, Store, Written

LARGEST_FILE = 50 * 1024 * 1024


class StoredFile(Base):
    """A file's content: its hash, its size in bytes and what kind of content it is."""

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str]
    stored_at: Mapped[datetime]


def store(session: Session, content: Readable, media_type: str, *, field: str | None = None) -> StoredFile:
    """Keep a file, durably before its row exists. Raises RuleBroken when it is too large or empty."""
    return record(session, write(content, field=field), media_type)


def write(content: Readable, *, field: str | None = None, largest: int = LARGEST_FILE) -> Written:
    """Put a content into the store, durably, outside any transaction: a large one would hold up everybody.

    `record` makes it a stored file. Raises RuleBroken when it is too large or empty.
    """
    return kept_in().write(_bounded_chunks(content, field, largest))


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
    return size_of(sha256) is not None


def size_of(sha256: str) -> int | None:
    """How many bytes of such a file are in the store; None when it is not there."""
    return kept_in().size(sha256)


def read(sha256: str) -> bytes:
    """The content of a stored file, checked against its hash. Raises NotFound."""
    return _checked(kept_in(), sha256)


def reader() -> Callable[[str], bytes]:
    """`read` for a long download, which goes on when the request that began it has ended."""
    return partial(_checked, kept_in())


def _checked(store: Store, sha256: str) -> bytes:
    try:
        with closing(store.open(sha256)) as kept:
            content = b"".join(_pieces(kept))
    except Missing as error:
        raise NotFound("That file is not in the store.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise NotFound("That file has been damaged in the store. Tell your administrator.")
    return content


def opened(sha256: str) -> Content:
    """The content of a stored file as it lies there, to be read piece by piece. Raises Missing."""
    return kept_in().open(sha256)


def hash_of(sha256: str) -> str | None:
    """The hash that the content of a stored file has at present, read piece by piece; None without one."""
    digest = hashlib.sha256()
    try:
        with closing(opened(sha256)) as content:
            for piece in _pieces(content):
                digest.update(piece)
    except Missing:
        return None
    return digest.hexdigest()


def _pieces(content: Readable) -> Iterator[bytes]:
    while piece := content.read(CHUNK):
        yield piece


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


def kept_in() -> Store:
    """The store of this installation."""
    settings: Settings = current_app.extensions["settings"]
    return store_of(settings)


def store_of(settings: Settings) -> Store:
    """The store that settings name: a bucket, or else a folder of this machine."""
    if settings.files_store:
        return _bucket(settings.files_store, settings.s3_endpoint, settings.s3_encryption)
    return FolderStore(settings.files_folder)


@cache
def _bucket(address: str, endpoint: str, encryption: str) -> BucketStore:
    """One for each process: it keeps connections, and is safe among threads."""
    return BucketStore(address, endpoint, encryption)
