"""A stored file is what was given, once, and damage shows."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core import storage
from marketplace.core.db import transaction
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
