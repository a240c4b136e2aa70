"""What a backup is: one tar archive, and how its parts are written and read.

    manifest.json       what the backup holds, and the hash of the database's copy
    database            SQLite's own file, or PostgreSQL's custom format of pg_dump
    files/SHA256        every stored file; its name is its hash

Any tar program can unpack it. It holds personal data and no secret: SECRET_KEY is not in it, only a
fingerprint by which a restore recognises the right one.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import tarfile
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import IO

from marketplace.core.stores.kept import Readable

FORMAT = 1
MANIFEST, DATABASE, FILES = "manifest.json", "database", "files/"
FILE_NAME = re.compile(r"files/([0-9a-f]{64})")
LARGEST_MANIFEST = 64 * 1024
CHUNK = 1024 * 1024


class BackupError(Exception):
    """A backup cannot be taken or restored; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds.

    taken_at        the moment (ISO 8601, UTC) before which everything acknowledged is in it
    dialect         sqlite or postgresql: where the copy of the database can go back to
    revision        the migration that the database had
    database_sha256 the hash of the database's copy
    files           how many stored files lie beside it
    position, head  the number of the last event, and its hash
    secret          a fingerprint of SECRET_KEY
    """

    taken_at: str
    dialect: str
    revision: str
    database_sha256: str
    files: int
    position: int
    head: str
    secret: str
    format: int = FORMAT


def fingerprint_of(secret_key: str) -> str:
    """A text by which a secret is recognised and from which it cannot be found."""
    return hmac.new(secret_key.encode(), b"weald backup", hashlib.sha256).hexdigest()


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


class Writer:
    """An archive in the making: the manifest, then the database, then the files."""

    def __init__(self, into: IO[bytes], manifest: Manifest, taken_at: datetime) -> None:
        self._tar = tarfile.open(fileobj=into, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115  # `close`
        self._time = int(taken_at.timestamp())
        content = json.dumps(asdict(manifest), indent=2).encode()
        self._add(MANIFEST, io.BytesIO(content), len(content))

    def add_database(self, path: Path) -> None:
        """The copy of the database."""
        with path.open("rb") as content:
            self._add(DATABASE, content, path.stat().st_size)

    def add_file(self, sha256: str, content: Readable, size: int) -> None:
        """A stored file."""
        self._add(FILES + sha256, content, size)

    def close(self) -> None:
        """Write the end of the archive, without which it counts as cut off."""
        self._tar.close()

    def _add(self, name: str, content: Readable, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, self._time, 0o600
        self._tar.addfile(member, content)  # type: ignore[arg-type]  # it only reads


class Reader:
    """An archive being read from front to back. Raises BackupError for anything else than a whole one."""

    def __init__(self, source: IO[bytes]) -> None:
        try:
            self._tar = tarfile.open(fileobj=source, mode="r|")  # noqa: SIM115  # the caller closes its source
            self.manifest = self._read_manifest()
        except (tarfile.TarError, EOFError) as error:
            raise BackupError("This file is not a backup of Weald.") from error

    def _read_manifest(self) -> Manifest:
        member = self._tar.next()
        if member is None or member.name != MANIFEST or member.size > LARGEST_MANIFEST:
            raise BackupError("This file is not a backup of Weald.")
        said = json.loads(self._content(member).read())
        if said.get("format") != FORMAT:
            raise BackupError(
                f"This backup has the format {said.get('format')}; this program reads {FORMAT}."
            )
        known = {field.name for field in fields(Manifest)}
        return Manifest(**{name: value for name, value in said.items() if name in known})

    def save_database(self, into: Path) -> None:
        """Write the copy of the database to a path, and compare it with its hash."""
        member = self._next()
        if member is None or member.name != DATABASE:
            raise BackupError("The database is missing in this backup. Use an older one.")
        digest = hashlib.sha256()
        content = self._content(member)
        with into.open("wb") as written:
            while chunk := content.read(CHUNK):
                digest.update(chunk)
                written.write(chunk)
        if digest.hexdigest() != self.manifest.database_sha256:
            raise BackupError("The database in this backup is damaged. Use an older one.")

    def next_file(self) -> tuple[str, IO[bytes]] | None:
        """The hash and the content of the next stored file; None after the last."""
        member = self._next()
        if member is None:
            return None
        named = FILE_NAME.fullmatch(member.name)
        if named is None:
            raise BackupError(f"This backup holds {member.name!r}, which no backup of Weald has.")
        return named[1], self._content(member)

    def _next(self) -> tarfile.TarInfo | None:
        try:
            return self._tar.next()
        except (tarfile.TarError, EOFError) as error:
            raise BackupError("This backup is cut off. Use another copy of it.") from error

    def _content(self, member: tarfile.TarInfo) -> IO[bytes]:
        content = self._tar.extractfile(member) if member.isfile() else None
        if content is None:
            raise BackupError(f"This backup holds {member.name!r}, which no backup of Weald has.")
        return content
