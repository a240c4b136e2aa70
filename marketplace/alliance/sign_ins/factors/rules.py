"""What a code must be, for how long it counts, and whose role asks for a second factor."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import datetime

import pyotp

from marketplace.core.policy import Role, Seat

ISSUER = "Weald"
STEP_SECONDS = 30
"""A code is of one step of time (RFC 6238, section 5.2)."""
STEPS_BACK = 1
"""The step before is taken too, for slow clocks and for the time that typing takes; none ahead is."""
DIGITS = re.compile(r"[0-9]{6}")
CODES_ON_A_SHEET = 10
FEW_CODES = 3
CODE_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
"""Digits and letters that are not taken for one another on paper."""
GROUPS, LETTERS_OF_A_GROUP = 5, 6
MUST_HAVE = frozenset({Role.FINANCE_LEAD, Role.COORDINATOR, Role.ADMINISTRATOR})
"""Roles that ask for a second factor: they move money, or other people’s roles."""


def new_secret() -> str:
    """The secret that an app and Weald share, of 160 bits, in base 32."""
    return pyotp.random_base32()


def address_of(secret: str, email: str) -> str:
    """What the app reads out of the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(typed: str, secret: str, moment: datetime, last_step: int) -> int | None:
    """The step of time that a typed code is of, when it counts now; None for any other.

    A step that was used, or one before it, does not count again (RFC 6238, section 5.2).
    """
    code = re.sub(r"\s", "", typed)
    if not DIGITS.fullmatch(code):
        return None
    now = int(moment.timestamp()) // STEP_SECONDS
    steps = range(max(now - STEPS_BACK, last_step + 1), now + 1)
    found = [step for step in steps if secrets.compare_digest(pyotp.TOTP(secret).generate_otp(step), code)]
    return found[-1] if found else None


def new_code() -> str:
    """A recovery code, of 147 bits, in groups."""
    letters = [secrets.choice(CODE_LETTERS) for _ in range(GROUPS * LETTERS_OF_A_GROUP)]
    groups = range(0, len(letters), LETTERS_OF_A_GROUP)
    return "-".join("".join(letters[start : start + LETTERS_OF_A_GROUP]) for start in groups)


def tidy_code(typed: str) -> str:
    """A recovery code as it was made, however it was typed."""
    letters = re.sub(r"[^0-9a-z]", "", typed.casefold())
    groups = range(0, len(letters), LETTERS_OF_A_GROUP)
    return "-".join(letters[start : start + LETTERS_OF_A_GROUP] for start in groups)


def role_asks(seats: Iterable[Seat]) -> bool:
    """Does a role of these ask for a second factor?"""
    return any(seat.role in MUST_HAVE for seat in seats)
