"""What was acknowledged before a backup is there after a restore, and nothing else passes for a backup."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, inspect, select

from app import create_app
from marketplace.core import storage
from marketplace.core.backups.archive import BackupError
from marketplace.core.backups.restoring import Restored, restore
from marketplace.core.backups.taking import take
from marketplace.core.db import db, transaction
from marketplace.core.errors import NotFound
from marketplace.core.events import Event
from marketplace.core.settings import Settings
from marketplace.core.storage import StoredFile
from suppliers.quotes.rules import QuoteStatus
from tests import buckets, make
from tests.databases import Database


def settings_of(app: Flask) -> Settings:
    settings: Settings = app.extensions["settings"]
    return settings


def keep(content: bytes) -> str:
    with transaction() as session:
        return storage.store(session, io.BytesIO(content), "text/plain").sha256


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "weald.tar"


@pytest.fixture
def elsewhere(app: Flask, database: Database, tmp_path: Path) -> Iterator[Flask]:
    """Another machine: the same program and secret, with nothing in its database and its store."""
    with database.beside() as other:
        there = create_app(
            replace(settings_of(app), database_url=other.url, files_folder=tmp_path / "there" / "files")
        )
        yield there
        with there.app_context():
            db.engine.dispose()


def restored(there: Flask, backup: Path, *, secret_key: str = "") -> Restored:
    settings = settings_of(there)
    settings = replace(settings, secret_key=secret_key or settings.secret_key)
    with there.app_context():
        return restore(db.engine, settings, backup, flask_migrate.upgrade)


def repacked(backup: Path, *, without: str = "", damaged: str = "", added: str = "") -> None:
    """Somebody changes an archive."""
    with tarfile.open(backup) as source:
        members = [(member, source.extractfile(member).read()) for member in source]  # type: ignore[union-attr]
    with tarfile.open(backup, "w") as changed:
        for member, content in members:
            if not without or not member.name.startswith(without):
                spoilt = content[:-1] + b"?" if damaged and member.name.startswith(damaged) else content
                changed.addfile(member, io.BytesIO(spoilt))
        if added:
            changed.addfile(tarfile.TarInfo(added))


def test_a_sealed_tender_opens_on_the_restored_copy(app: Flask, elsewhere: Flask, backup: Path) -> None:
    tender = make.published_tender(make.alliance())
    quoted = make.submitted_quote(tender, make.supplier())
    evidence = keep(b"evidence")
    counted = [db.session.scalar(select(func.count()).select_from(row)) for row in (Event, StoredFile)]
    take(db.engine, settings_of(app).secret_key, backup)
    assert backup.stat().st_mode & 0o077 == 0, "nobody else may read it"

    outcome = restored(elsewhere, backup)

    assert not outcome.differences
    assert [outcome.manifest.position, outcome.manifest.files] == counted
    with elsewhere.app_context():
        assert storage.read(evidence) == b"evidence"
        make.close_tender(tender)
        make.open_envelope(tender, make.quote_schedule(tender).envelopes[0])
        assert make.quote(quoted).status is QuoteStatus.OPENED


@pytest.mark.embedded
def test_files_of_a_folder_go_into_a_bucket_by_a_backup_and_back(
    app: Flask, elsewhere: Flask, backup: Path, tmp_path: Path
) -> None:
    evidence, back = keep(b"evidence"), tmp_path / "back.tar"
    take(db.engine, settings_of(app).secret_key, backup)
    with buckets.running() as endpoint:
        bucket = buckets.made(endpoint)
        elsewhere.extensions["settings"] = replace(
            settings_of(elsewhere), files_store=bucket.address, s3_endpoint=endpoint
        )
        assert not restored(elsewhere, backup).differences
        with elsewhere.app_context():
            assert storage.read(evidence) == b"evidence"
            assert storage.hash_of(evidence) == evidence
            assert not (settings_of(elsewhere).files_folder / evidence[:2]).exists()
            assert take(db.engine, settings_of(elsewhere).secret_key, back).missing == []
            key = {"Bucket": bucket.name, "Key": f"weald/{evidence[:2]}/{evidence[2:]}"}
            bucket.client.put_object(Body=b"damaged", **key)
            with pytest.raises(NotFound, match="damaged"):
                storage.read(evidence)
            bucket.client.delete_object(**key)
            with pytest.raises(NotFound, match="not in the store"):
                storage.read(evidence)
    with tarfile.open(back) as archive:
        assert f"files/{evidence}" in archive.getnames()


def test_a_damaged_backup_restores_nothing_and_says_what_is_wrong(
    app: Flask, elsewhere: Flask, backup: Path
) -> None:
    keep(b"evidence")
    secret = settings_of(app).secret_key
    for change, complaint in (
        ({"damaged": "database"}, "database in this backup is damaged"),
        ({"damaged": "files/"}, "in this backup is damaged"),
        ({"without": "files/"}, "should hold 1 files and holds 0"),
        ({"without": "database"}, "database is missing"),
        ({"without": "manifest"}, "not a backup of Weald"),
        ({"added": "files/../../etc/passwd"}, "which no backup of Weald has"),
    ):
        backup.unlink(missing_ok=True)
        take(db.engine, secret, backup)
        repacked(backup, **change)
        with pytest.raises(BackupError, match=complaint):
            restored(elsewhere, backup)
    backup.write_bytes(b"no archive at all")
    with pytest.raises(BackupError, match="not a backup of Weald"):
        restored(elsewhere, backup)
    with elsewhere.app_context():
        assert not inspect(db.engine).get_table_names()


def test_a_backup_goes_only_where_it_belongs(app: Flask, elsewhere: Flask, backup: Path) -> None:
    take(db.engine, settings_of(app).secret_key, backup)
    with pytest.raises(BackupError, match="taken with another SECRET_KEY"):
        restored(elsewhere, backup, secret_key="another secret of some other installation")
    restored(elsewhere, backup)
    with pytest.raises(BackupError, match="not empty"):
        restored(elsewhere, backup)


def test_a_file_that_is_gone_from_the_store_is_named(app: Flask, elsewhere: Flask, backup: Path) -> None:
    lost, kept = keep(b"lost"), keep(b"kept")
    (settings_of(app).files_folder / lost[:2] / lost[2:]).unlink()
    assert take(db.engine, settings_of(app).secret_key, backup).missing == [lost]
    outcome = restored(elsewhere, backup)
    assert outcome.differences == [f"The stored file {lost} is missing."]
    with elsewhere.app_context():
        assert storage.read(kept) == b"kept"
