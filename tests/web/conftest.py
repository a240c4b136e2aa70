"""What tests of pages may ask for."""

import io
import logging
import uuid
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from marketplace.core import logs
from tests.web.client import Client


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
