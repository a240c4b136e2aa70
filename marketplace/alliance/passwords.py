"""Passwords: what may be one, Argon2id, and the same work whether or not the person exists."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from marketplace.alliance import rules
from marketplace.alliance.breached_passwords import is_breached
from marketplace.core.errors import RuleBroken

_hasher = PasswordHasher()


def hash_password(password: str, about: Iterable[str] = ()) -> str:
    """The hash to store. Raises RuleBroken for a password that is easy to guess, or too long.

    `about` are names of the person and of their organisations, which a guesser tries first.
    """
    rules.check_password(password, about)
    if is_breached(password):
        raise RuleBroken(
            "This password is on the lists that criminals try first, after breaches elsewhere. "
            "Choose another, such as three words that have nothing to do with one another.",
            "password",
        )
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
