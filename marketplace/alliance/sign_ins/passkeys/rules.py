"""What a passkey may be called, and how long a challenge waits for its answer."""

from __future__ import annotations

from datetime import timedelta

from marketplace.core.errors import RuleBroken

CHALLENGE_LASTS = timedelta(minutes=5)
LONGEST_NAME = 60
MOST_PASSKEYS = 10
LONGEST_CREDENTIAL = 20_000
"""What a device says is shorter than this by far."""


def tidy_name(name: str) -> str:
    """What a passkey is called. Raises RuleBroken when it is blank or too long."""
    tidied = " ".join(name.split())
    if not tidied:
        raise RuleBroken("Enter a name by which you will know this passkey, such as Office computer.", "name")
    if len(tidied) > LONGEST_NAME:
        raise RuleBroken(f"The name must have {LONGEST_NAME} characters or fewer.", "name")
    return tidied


def check_count(held: int) -> None:
    """Raises RuleBroken when somebody has as many passkeys as one may have."""
    if held >= MOST_PASSKEYS:
        raise RuleBroken(f"You have {held} passkeys. Remove one that you do not use any more first.")
