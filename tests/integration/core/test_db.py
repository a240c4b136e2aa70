"""One action is one transaction, and reading never writes."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from marketplace.alliance.models import Organisation
from marketplace.core import outages
from marketplace.core.db import db, let_go, transaction
from marketplace.core.policy import Kind

MOMENT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def organisation(name: str) -> Organisation:
    return Organisation(kind=Kind.SCHOOL, name=name, created_at=MOMENT)


def stop_half_way() -> None:
    with transaction() as acting:
        acting.add(organisation("Half done"))
        acting.flush()
        1 / 0  # noqa: B018  # the failure


def test_an_action_that_fails_leaves_nothing_behind(session: Session) -> None:
    with pytest.raises(ZeroDivisionError):
        stop_half_way()
    assert session.scalars(select(Organisation)).all() == []


def test_a_change_outside_an_action_is_refused(session: Session) -> None:
    session.add(organisation("Sneaked in"))
    with pytest.raises(RuntimeError, match="outside an action"):
        session.flush()


def test_an_action_within_an_action_is_refused(session: Session) -> None:
    assert session is db.session()
    with pytest.raises(RuntimeError, match="never call actions"), transaction(), transaction():
        pass


def test_moments_come_back_in_utc(session: Session) -> None:
    with transaction() as acting:
        acting.add(organisation("Timely"))
    assert session.scalars(select(Organisation)).one().created_at == MOMENT


@pytest.mark.usefixtures("app")
def test_a_status_that_does_not_exist_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError), transaction() as acting:
        acting.execute(
            text("INSERT INTO organisation (id, kind, name, created_at) VALUES (:id, 'club', 'x', :at)"),
            {"id": uuid.uuid4().hex, "at": "2026-01-01 00:00:00"},
        )


@pytest.mark.usefixtures("app")
def test_a_foreign_key_is_kept() -> None:
    with pytest.raises(IntegrityError), transaction() as acting:
        acting.execute(
            text(
                "INSERT INTO role_holding (id, person_id, organisation_id, role) "
                "VALUES (:a, :b, :c, 'bursar')"
            ),
            {name: uuid.uuid4().hex for name in "abc"},
        )


def test_sqlite_keeps_what_it_acknowledged(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        assert session.scalar(text("SHOW synchronous_commit")) in {"on", "off"}
        return
    assert session.scalar(text("PRAGMA synchronous")) == 2
    assert session.scalar(text("PRAGMA journal_mode")) == "wal"


def test_a_server_that_does_not_write_any_more_is_let_go_of(session: Session) -> None:
    """Another machine has taken over: whoever writes here is told so, and led there the next time."""
    if db.engine.dialect.name != "postgresql":
        return  # an embedded database is never led anywhere
    session.rollback()
    session.execute(text("SET TRANSACTION READ ONLY"))
    with pytest.raises(DBAPIError) as refused:
        session.execute(text("UPDATE chain_head SET position = position"))
    assert refused.value.connection_invalidated
    assert outages.found_in(refused.value) is outages.AWAY
    session.rollback()
    session.execute(text("UPDATE chain_head SET position = position"))
    session.rollback()


@pytest.mark.usefixtures("app")
def test_a_connection_that_was_lost_is_let_go_of_and_the_next_one_works() -> None:
    db.session.execute(text("SELECT 1"))
    driver = db.session.connection().connection.driver_connection
    assert driver
    driver.close()
    let_go()
    assert not db.session.registry.has()
    assert db.session.scalar(text("SELECT 1")) == 1
