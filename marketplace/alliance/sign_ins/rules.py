"""How long a sign-in lasts, and how many wrong passwords are answered."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta

from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Proof

IDLE = timedelta(minutes=30)
"""A browser that nobody used for so long is signed out."""
LONGEST = timedelta(hours=12)
"""A sign-in ends after so long, however much it was used."""
MISSES_COUNT = timedelta(minutes=15)
MOST_MISSES = 10
LONGEST_BROWSER = 200
PROOF_LASTS = timedelta(minutes=15)
"""So long a proof of who one is does for what needs one; see `permissions.proofs`."""
HALFWAY_LASTS = timedelta(minutes=10)
"""So long a right password waits for the second factor."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "a Mac"),
    ("CrOS", "a Chromebook"),
    ("Linux", "Linux"),
)


def hash_of(secret: str) -> str:
    """What is stored of a secret that a browser keeps."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_of(email: str, device: str | None) -> str:
    """What wrong passwords are counted by: an address, apart for each device that its owner has used.

    So a stranger who guesses locks out strangers, and never the owner on a device of their own.
    """
    return hash_of(f"{email.strip().lower()} {device or 'a stranger'}")


def check_misses(misses: int, field: str = "password") -> None:
    """Raises RuleBroken, on the form's field, when too many wrong passwords were tried lately."""
    if misses >= MOST_MISSES:
        minutes = int(MISSES_COUNT.total_seconds() // 60)
        raise RuleBroken(
            f"Too many wrong passwords. Wait {minutes} minutes, or choose a new password by e-mail.",
            field,
        )


def key_of_codes(person_id: uuid.UUID, device: str | None) -> str:
    """What wrong codes are counted by: a person, apart for each device that they have used."""
    return hash_of(f"code {person_id} {device or 'a stranger'}")


def check_missed_codes(misses: int, field: str = "code") -> None:
    """Raises RuleBroken, on the form's field, when too many wrong codes were tried lately."""
    if misses >= MOST_MISSES:
        minutes = int(MISSES_COUNT.total_seconds() // 60)
        raise RuleBroken(f"Too many wrong codes. Wait {minutes} minutes, then take the newest.", field)


def proof_of(proven_at: datetime, moment: datetime, *, lacks_factor: bool) -> Proof:
    """What the last proof of a sign-in is still worth."""
    if lacks_factor:
        return Proof.HALF
    return Proof.FRESH if moment - proven_at <= PROOF_LASTS else Proof.OLD


def is_idle(seen_at: datetime | None, moment: datetime) -> bool:
    """Has nobody used this browser for too long? One that never said when counts as unused."""
    return seen_at is None or moment - seen_at > IDLE


def browser_named(user_agent: str) -> str:
    """A browser as its owner would call it: Firefox on Windows."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser
