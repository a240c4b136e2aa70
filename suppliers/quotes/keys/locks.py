"""A private key under a passphrase: AES-256-GCM with a key that Argon2id makes of it.

The work is stored with each lock, so that a later setting does not lock anybody out.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw

from suppliers.quotes.keys import boxes
from suppliers.quotes.keys.rules import Cost

SALT_BYTES = 16


class WrongPassphrase(Exception):
    """The passphrase does not open the lock. Says nothing about it."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A locked private key with all that is needed to try a passphrase on it."""

    salt: bytes
    cost: Cost
    content: bytes


def lock(private_key: bytes, passphrase: str, cost: Cost) -> Lock:
    """Lock a private key. The passphrase is one that `rules.tidy_passphrase` gave."""
    salt = secrets.token_bytes(SALT_BYTES)
    info = boxes.public_key_of(private_key)
    return Lock(salt, cost, boxes.wrap(_key(passphrase, salt, cost), private_key, info))


def unlock(locked: Lock, public_key: bytes, passphrase: str) -> bytes:
    """The private key. Slow on purpose: call it outside a transaction. Raises WrongPassphrase."""
    try:
        return boxes.unwrap(_key(passphrase, locked.salt, locked.cost), locked.content, public_key)
    except boxes.BrokenBox:
        raise WrongPassphrase from None


def _key(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    return hash_secret_raw(
        passphrase.encode(),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=boxes.KEY_BYTES,
        type=Type.ID,
    )
