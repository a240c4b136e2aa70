"""How long a sign-in lasts, and how many wrong passwords are answered."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from marketplace.core.errors import RuleBroken

IDLE = timedelta(minutes=30)
"""A browser that nobody used for so long is signed out."""
LONGEST = timedelta(hours=12)
"""A sign-in ends after so long, however much it was used."""
MISSES_COUNT = timedelta(minutes=15)
MOST_MISSES = 10
LONGEST_BROWSER = 200

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


def check_misses(misses: int) -> None:
    """Raises RuleBroken when too many wrong passwords were tried lately."""
    if misses >= MOST_MISSES:
        minutes = int(MISSES_COUNT.total_seconds() // 60)
        raise RuleBroken(
            f"Too many wrong passwords. Wait {minutes} minutes, or choose a new password by e-mail.",
            "password",
        )


def is_idle(seen_at: datetime | None, moment: datetime) -> bool:
    """Has nobody used this browser for too long? One that never said when counts as unused."""
    return seen_at is None or moment - seen_at > IDLE


def browser_named(user_agent: str) -> str:
    """A browser as its owner would call it: Firefox on Windows."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser
