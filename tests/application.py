"""What every test may ask for: the application on a real database that is as new for each test."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import flask_migrate
import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app import create_app
from invoicing.gateways import stripe as gateway
from invoicing.gateways.checkout import Patience
from marketplace.alliance import passwords
from marketplace.core import jobs, walls
from marketplace.core.db import db
from marketplace.core.settings import Mode, Settings
from tests import databases, stripe
from tests.make import kept

# How long inputs take to make is measured on the wall: a busy machine would fail tests that are right
settings.register_profile("weald", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("weald")

WEB_ROLE = "weald_web_of_tests"
MOST_STATEMENTS = 10_000
_migrated: list[bytes] = []
"""An empty database after the migrations: another run in this process need not wait for them."""


@pytest.fixture(autouse=True, scope="session")
def a_password_costs_little() -> Iterator[None]:
    """Hash with the same Argon2id and the least work, so that making a hundred people takes no minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def database() -> Iterator[databases.Database]:
    """The database of this run, empty: SQLite, or PostgreSQL with TEST_DATABASE=postgresql."""
    with databases.chosen(os.environ) as chosen:
        yield chosen


def remember_statements(connection: object, _: object) -> None:
    """Have PostgreSQL plan a statement that is asked again once for all, however many others there are."""
    if isinstance(connection, psycopg.Connection):
        connection.prepare_threshold, connection.prepared_max = 1, MOST_STATEMENTS


@pytest.fixture(scope="session")
def migrated_app(database: databases.Database, run_folder: Path) -> Iterator[Flask]:
    """One application for the whole run, its database migrated and that state kept."""
    application = create_app(
        Settings(
            secret_key=hashlib.sha256(run_folder.name.encode()).hexdigest(),
            database_url=database.url,
            files_folder=run_folder / "files",
            mode=Mode.TEST,
            passphrase_memory_kib=32,
            passphrase_passes=1,
        )
    )
    with application.app_context():
        event.listen(db.engine, "connect", remember_statements)
        if _migrated and isinstance(database, databases.SqliteDatabase):
            database.put_back(_migrated[0])
        flask_migrate.upgrade()
        db.engine.dispose()
        _migrated[:] = [database.read()]
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def web_role(migrated_app: Flask) -> str:
    """The role of web server and worker on PostgreSQL: it owns nothing, and keeps to the policies on rows.

    What it finds there the owner has made, the tables of the queue too. Blank on SQLite, which has no roles.
    """
    with migrated_app.app_context(), db.engine.begin() as owner:
        if owner.dialect.name != "postgresql":
            return ""
        jobs._queue(migrated_app.extensions["settings"]).storage.close()
        if not owner.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": WEB_ROLE}):
            owner.execute(text(f"CREATE ROLE {WEB_ROLE} NOSUPERUSER NOBYPASSRLS"))
        walls.grant(owner, WEB_ROLE)
    return WEB_ROLE


@pytest.fixture(scope="session")
def shelf(migrated_app: Flask, database: databases.Database, run_folder: Path) -> kept.Shelf:
    """Where builders keep the states that several tests start from."""
    shelf = kept.Shelf(database, run_folder / "states")
    with migrated_app.app_context():
        shelf.follow(db.engine)
    kept.use(shelf)
    return shelf


@pytest.fixture
def app(migrated_app: Flask, shelf: kept.Shelf) -> Iterator[Flask]:
    """The application in its own context, on a database in which nothing has happened yet."""
    with migrated_app.app_context():
        shelf.put_back_empty()
        yield migrated_app
        db.session.remove()
        shelf.let_go()


@pytest.fixture
def session(app: Flask) -> Session:  # noqa: ARG001  # it needs the context
    """The session that actions and queries of this test use."""
    return db.session()


@pytest.fixture
def files_folder(app: Flask) -> Path:
    """Where the application of this test stores files."""
    settings: Settings = app.extensions["settings"]
    return settings.files_folder


@pytest.fixture(scope="session")
def pretend_stripe() -> Iterator[str]:
    """The address of a pretend Stripe, started for the first test of a process that asks for one."""
    with stripe.running() as address:
        yield address


@pytest.fixture
def at_stripe(app: Flask, pretend_stripe: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[stripe.Stripe]:
    """A pretend Stripe that this test's application asks, and has patience with; nothing was reported yet."""
    monkeypatch.setattr(gateway, "MILLISECONDS", dict.fromkeys(Patience, (5_000, 10_000)))
    kept_settings = app.extensions["settings"]
    app.extensions["settings"] = replace(kept_settings, **stripe.settings_for(pretend_stripe))
    steered = stripe.Stripe(pretend_stripe)
    steered.reports()
    yield steered
    app.extensions["settings"] = kept_settings
