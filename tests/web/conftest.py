"""What tests of pages may ask for."""

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

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
