"""What a personal token looks like, what it may be given, and for how long it holds."""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Collection
from datetime import datetime

from marketplace.core.api.scopes import Scope
from marketplace.core.clock import LONDON
from marketplace.core.errors import RuleBroken

PREFIX = "weald_pat_"
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
SECRET_LETTERS, CHECK_LETTERS = 43, 6
SHAPE = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{SECRET_LETTERS + CHECK_LETTERS}}}")
"""By which scanners of code and mail recognise a token that was left lying about."""
LIFETIMES = (30, 90, 365)
"""For how many days a token may hold."""
MOST_LIVE = 20
LONGEST_NAME = 60


def new_token() -> str:
    """A token: a prefix, 43 random letters (256 bits), and six by which a mistyped one is told."""
    secret = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LETTERS))
    return f"{PREFIX}{secret}{_check_letters(secret)}"


def is_token(text: str) -> bool:
    """Can this be a token? Says so without asking the database."""
    if not SHAPE.fullmatch(text):
        return False
    return text.endswith(_check_letters(text[len(PREFIX) : -CHECK_LETTERS]))


def _check_letters(secret: str) -> str:
    """The CRC-32 of a secret in six letters."""
    rest, letters = zlib.crc32(secret.encode()), ""
    for _ in range(CHECK_LETTERS):
        rest, digit = divmod(rest, len(ALPHABET))
        letters = ALPHABET[digit] + letters
    return letters


def hash_of(token: str) -> str:
    """What is stored of a token. It is random and long, so a plain hash is as good as a slow one."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_token(name: str, scopes: Collection[Scope], days: int, live: int) -> None:
    """Raise RuleBroken, naming the field, for a token that nobody should have."""
    if not name.strip():
        raise RuleBroken("Enter what the token is for, such as Finance system.", "name")
    if len(name) > LONGEST_NAME:
        raise RuleBroken(f"This must have {LONGEST_NAME} characters or fewer.", "name")
    if not scopes:
        raise RuleBroken("Choose what the token may do.", "scopes")
    if days not in LIFETIMES:
        raise RuleBroken("Choose for how long the token holds.", "days")
    if live >= MOST_LIVE:
        raise RuleBroken(
            f"You have {live} tokens. Revoke one that is not needed any more, then make this one."
        )


def is_noted(used_at: datetime | None, moment: datetime) -> bool:
    """Was a token's use noted on this day already? Once a day is enough, so that reading stays cheap."""
    return used_at is not None and used_at.astimezone(LONDON).date() == moment.astimezone(LONDON).date()
