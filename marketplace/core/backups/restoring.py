"""Restoring a backup into an installation that holds nothing yet."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from marketplace.core import storage
from marketplace.core.backups.archive import BackupError, Manifest, Reader, fingerprint_of
from marketplace.core.backups.copying import put_in
from marketplace.core.chain import first_broken_link
from marketplace.core.events import ChainHead
from marketplace.core.settings import Settings
from marketplace.core.storage import StoredFile


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and what of it is not as it should be: nothing, when all is well."""

    manifest: Manifest
    differences: list[str]


def restore(engine: Engine, settings: Settings, backup: Path, migrate: Callable[[], None]) -> Restored:
    """Fill an empty database and the store from a backup, bring it up to date, and look at all of it.

    Files come first and the database last, in one step, so that who is interrupted starts again. `migrate`
    brings an older database to this program. Raises BackupError, with nothing changed in the database, when
    it is not empty, when SECRET_KEY is another, and when the backup is damaged.
    """
    with backup.open("rb") as source, tempfile.TemporaryDirectory(dir=_beside(settings)) as folder:
        reader = Reader(source)
        _check(engine, settings, reader.manifest)
        copy = Path(folder, "database")
        reader.save_database(copy)
        restored = 0
        while (following := reader.next_file()) is not None:
            sha256, content = following
            if storage.write(content, largest=sys.maxsize).sha256 != sha256:
                raise BackupError(f"The file {sha256} in this backup is damaged. Use an older one.")
            restored += 1
        if restored != reader.manifest.files:
            raise BackupError(
                f"This backup should hold {reader.manifest.files:,} files and holds {restored:,}. "
                "Use another copy of it."
            )
        put_in(copy, engine)
    migrate()
    with Session(engine) as session:
        return Restored(reader.manifest, _differences(session, reader.manifest))


def _beside(settings: Settings) -> Path:
    """Where there is room for the copy: beside the store, which has to hold the files anyway."""
    if settings.files_store:
        return Path(tempfile.gettempdir())
    settings.files_folder.parent.mkdir(parents=True, exist_ok=True)
    return settings.files_folder.parent


def _check(engine: Engine, settings: Settings, manifest: Manifest) -> None:
    if inspect(engine).get_table_names():
        raise BackupError(
            "The database is not empty. Restore into a new one, and let DATABASE_URL name it: "
            "what is there now stays as it is."
        )
    if engine.dialect.name != manifest.dialect:
        raise BackupError(
            f"This backup is of a database of the kind {manifest.dialect}, and DATABASE_URL names one of the "
            f"kind {engine.dialect.name}. Set DATABASE_URL to an empty one of the kind {manifest.dialect}."
        )
    if fingerprint_of(settings.secret_key) != manifest.secret:
        raise BackupError("This backup was taken with another SECRET_KEY. Set the one that was in use then.")


def _differences(session: Session, manifest: Manifest) -> list[str]:
    """What a restored installation does not have as its backup said it."""
    found = []
    head = session.get_one(ChainHead, 1)
    if (head.position, head.hash) != (manifest.position, manifest.head):
        found.append(f"The chain of events ends at {head.position}, and should at {manifest.position}.")
    broken = first_broken_link(session)
    if broken is not None:
        found.append(str(broken))
    for sha256, size in session.execute(select(StoredFile.sha256, StoredFile.size)):
        if storage.size_of(sha256) != size:
            found.append(f"The stored file {sha256} is missing.")
    return found
