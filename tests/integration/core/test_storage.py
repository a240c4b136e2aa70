"""A stored file is what was given, once, and damage shows."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from invoicing.verification import keeping
from invoicing.verification.rules import Found
from marketplace.core import storage
from marketplace.core.db import db, transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.storage import StoredFile


def keep(content: bytes) -> str:
    with transaction() as session:
        return storage.store(session, io.BytesIO(content), "text/plain", field="file").sha256


def test_the_same_content_is_kept_once(session: Session) -> None:
    assert keep(b"the same") == keep(b"the same")
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 1


@pytest.mark.usefixtures("app")
def test_what_is_read_is_what_was_stored() -> None:
    assert storage.read(keep(b"evidence")) == b"evidence"


@pytest.mark.usefixtures("app")
def test_an_empty_file_is_refused_at_its_field() -> None:
    with pytest.raises(RuleBroken, match="empty") as refused:
        keep(b"")
    assert refused.value.field == "file"


@pytest.mark.usefixtures("app")
def test_a_file_over_the_limit_is_refused_and_leaves_nothing(app: Flask) -> None:
    folder: Path = app.extensions["settings"].files_folder
    before = set(folder.rglob("*"))
    with pytest.raises(RuleBroken, match="smaller than 50 MB"):
        storage.write(io.BytesIO(b"eleven byte"), largest=10)
    assert set(folder.rglob("*")) == before


def test_a_damaged_file_is_not_passed_off_as_whole(app: Flask) -> None:
    sha256 = keep(b"unharmed")
    folder: Path = app.extensions["settings"].files_folder
    (folder / sha256[:2] / sha256[2:]).write_bytes(b"harmed")
    with pytest.raises(NotFound, match="damaged"):
        storage.read(sha256)


def test_abuse_24_evidence_is_neither_taken_away_nor_changed_unnoticed(
    session: Session, files_folder: Path
) -> None:
    """Its row is permanent, other content is another file, and the nightly check names what the disk lost."""
    kept, lost, changed = (keep(content) for content in (b"minutes", b"letter", b"receipt"))
    for change in ("DELETE FROM stored_file", "UPDATE stored_file SET media_type = 'text/html'"):
        with pytest.raises(DBAPIError, match="permanent"), db.engine.begin() as connection:
            connection.execute(text(change))
    assert keep(b"minutes, amended") != kept
    assert storage.read(kept) == b"minutes"
    (files_folder / lost[:2] / lost[2:]).unlink()
    (files_folder / changed[:2] / changed[2:]).write_bytes(b"another receipt")
    session.rollback()
    found = Found()
    keeping.files(session, found)
    named = {one.record.split()[1]: one.stands for one in found.kept}
    assert set(named) == {lost, changed}
    assert named[lost] == "nothing in the store"
