"""Taking a backup while people work."""

from __future__ import annotations

import os
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from marketplace.core import clock, storage
from marketplace.core.backups.archive import Manifest, Writer, fingerprint_of, hash_of
from marketplace.core.backups.copying import copied
from marketplace.core.db import revision_of
from marketplace.core.events import ChainHead
from marketplace.core.storage import StoredFile
from marketplace.core.stores.folder import sync_folder


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that lies on the disk, and the hashes of stored files that could not be put into it."""

    manifest: Manifest
    missing: list[str]


def take(engine: Engine, secret_key: str, into: Path) -> Taken:
    """Write a backup to a path that must not exist yet: whole and synced, or not at all. Raises BackupError.

    The database is copied first. A stored file lies on the disk before its row exists and is never changed,
    so every file that the copy knows is there to follow. Nobody but the owner may read the archive.
    """
    into.parent.mkdir(parents=True, exist_ok=True)
    taken_at = clock.now()
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".backup-") as folder:
        copy, unfinished = Path(folder, "database"), Path(folder, "archive")
        with copied(engine, copy) as connection:
            known = list(connection.scalars(select(StoredFile.sha256).order_by(StoredFile.sha256)))
            sizes = {sha256: size for sha256 in known if (size := storage.size_of(sha256)) is not None}
            manifest = _manifest(connection, copy, secret_key, files=len(sizes))
        unfinished.touch(mode=0o600)
        with unfinished.open("wb") as archive:
            writer = Writer(archive, manifest, taken_at)
            writer.add_database(copy)
            for sha256, size in sizes.items():
                with closing(storage.opened(sha256)) as content:
                    writer.add_file(sha256, content, size)
            writer.close()
            archive.flush()
            os.fsync(archive.fileno())
        unfinished.rename(into)
    sync_folder(into.parent)
    return Taken(manifest, [sha256 for sha256 in known if sha256 not in sizes])


def _manifest(connection: Connection, copy: Path, secret_key: str, *, files: int) -> Manifest:
    position, head = connection.execute(select(ChainHead.position, ChainHead.hash)).one()
    return Manifest(
        taken_at=clock.now().isoformat(),
        dialect=connection.dialect.name,
        revision=revision_of(connection),
        database_sha256=hash_of(copy),
        files=files,
        position=position,
        head=head,
        secret=fingerprint_of(secret_key),
    )
