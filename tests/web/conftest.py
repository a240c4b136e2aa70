"""What tests of pages may ask for."""

import io
import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event

from app import create_app
from marketplace.core import logs
from marketplace.core.db import db
from tests.web.client import Client


@pytest.fixture(autouse=True)
def as_the_web_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """On PostgreSQL a page is asked for by the role that web servers have: its owner passes all walls."""
    role = request.getfixturevalue("web_role") if "app" in request.fixturenames else ""
    if not role:
        yield
        return
    request.getfixturevalue("app")
    engine = db.engine

    def be_it(connection: Connection) -> None:
        connection.exec_driver_sql(f"SET LOCAL ROLE {role}")

    event.listen(engine, "begin", be_it)
    yield
    event.remove(engine, "begin", be_it)


@pytest.fixture
def client(app: Flask) -> Client:
    """Somebody not signed in."""
    return Client(app)


@pytest.fixture
def client_for(app: Flask) -> Callable[[uuid.UUID], Client]:
    """A browser for a person, signed in."""

    def sign_in(person_id: uuid.UUID) -> Client:
        return Client(app, person_id)

    return sign_in


@pytest.fixture
def app_with(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Flask]]:
    """Make the application with other settings: on the same database, closed afterwards.

    It has no queue, and no processes to draw in, which this process would go on to use.
    """
    monkeypatch.setattr("marketplace.core.jobs.set_up", lambda *_: None)
    monkeypatch.setattr("invoicing.gateways.pdf.draw_apart", lambda _: None)
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        made.append(create_app(replace(app.extensions["settings"], **settings)))
        return made[-1]

    yield make
    for other in made:
        with other.app_context():
            db.engine.dispose()


@pytest.fixture
def production_log() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, down to the least important, as production writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter(production=True))
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)
