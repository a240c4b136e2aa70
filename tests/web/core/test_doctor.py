"""What is not fit to work with is named, with the way to mend it, and keeps production from starting."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app import create_app
from marketplace.core import clock, doctor
from marketplace.core.db import db, transaction
from marketplace.core.events import Delivery
from marketplace.core.settings import Mode, Settings, SettingsError
from tests import make

FIT = {
    "base_url": "https://weald.example",
    "smtp_url": "smtp://mail.weald.example:587",
    "mail_from": "Weald <weald@weald.example>",
}


@pytest.fixture(autouse=True)
def little_room_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this machine keeps what tests write may be small."""
    monkeypatch.setattr(doctor, "LEAST_ROOM", 1)


def amiss(session: Session, settings: Settings) -> dict[str, str]:
    return {found.name: found.mend for found in doctor.examine(session, settings) if found.mend}


@pytest.fixture
def settings(app: Flask) -> Settings:
    own: Settings = app.extensions["settings"]
    return replace(own, **FIT)  # type: ignore[arg-type]  # texts for texts


def test_a_healthy_installation_has_nothing_to_mend(session: Session, settings: Settings) -> None:
    assert amiss(session, settings) == {}


def test_production_does_not_start_with_unfit_settings(settings: Settings) -> None:
    unfit = replace(settings, mode=Mode.PRODUCTION, passphrase_memory_kib=65_536, base_url="http://localhost")
    with pytest.raises(SettingsError, match="BASE_URL is http://localhost"):
        create_app(unfit)
    with pytest.raises(SettingsError, match="Unset FLASK_DEBUG"):
        doctor.refuse_unfit(replace(unfit, base_url=FIT["base_url"]), debug=True)
    doctor.refuse_unfit(replace(unfit, mode=Mode.DEMONSTRATION), debug=True)


def test_a_disk_that_fills_up_is_noticed(
    session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "LEAST_ROOM", 2**60)
    assert "Make room" in amiss(session, settings)["room"]


def test_a_sleeping_worker_and_waiting_mail_are_noticed(session: Session, settings: Settings) -> None:
    make.approved_need(make.alliance().schools[0])
    session.rollback()
    since = session.scalars(select(func.min(Delivery.due_at))).one()
    with clock.travelling(since + timedelta(minutes=9)):
        assert not amiss(session, settings), "it may take that long"
    with clock.travelling(since + timedelta(minutes=11)):
        assert "Start the worker" in amiss(session, settings)["worker"]


@pytest.mark.embedded
def test_a_commit_that_does_not_wait_for_the_disk_is_noticed(session: Session, settings: Settings) -> None:
    raw = db.engine.raw_connection()
    raw.cursor().execute("PRAGMA synchronous=NORMAL")
    raw.close()
    assert "power cut" in amiss(session, settings)["database"]


@pytest.mark.embedded  # a server's other tests would find the old version, too
def test_an_old_database_is_not_ready_and_says_how_to_bring_it_up_to_date(
    app: Flask, session: Session, settings: Settings
) -> None:
    client = app.test_client()
    assert client.get("/health").json == {"status": "alive"}
    assert client.get("/ready").json == {"amiss": [], "status": "ready"}
    with transaction() as writing:
        writing.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert "db upgrade" in amiss(session, settings)["database"]
    answer = client.get("/ready")
    assert (answer.status_code, answer.json) == (503, {"amiss": ["database"], "status": "amiss"})


def test_a_store_that_cannot_be_written_is_noticed(
    settings: Settings, session: Session, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    nowhere = replace(settings, files_folder=tmp_path / "file" / "store")
    assert "set FILES_FOLDER" in amiss(session, nowhere)["store"]
