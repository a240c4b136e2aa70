"""Passwords: Argon2id, and the same work whether or not the person exists."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from marketplace.alliance.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from marketplace.core.errors import RuleBroken

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to store. Raises RuleBroken for a password that is too short or too long."""
    if len(password) < SHORTEST_PASSWORD:
        raise RuleBroken(f"The password must have at least {SHORTEST_PASSWORD} characters.", "password")
    if len(password) > LONGEST_PASSWORD:
        raise RuleBroken(f"The password must have no more than {LONGEST_PASSWORD} characters.", "password")
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Is this the password? With no stored hash it does the same work and answers no."""
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """A hash that stands in for a person who does not exist."""
    return _hasher.hash("nobody has this password")
