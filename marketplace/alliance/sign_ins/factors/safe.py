"""How an authenticator's secret is kept unreadable in a copy of the database.

AES-256-GCM under a key that follows from the installation's secret key, bound to the person. Changing the
secret key makes all of them unreadable: their people use recovery codes, and set up the app anew.
"""

from __future__ import annotations

import secrets
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from marketplace.core.settings import Settings

PURPOSE = b"weald: secret of an authenticator"
IV_BYTES = 12


def lock(secret: str, person_id: uuid.UUID) -> bytes:
    """A secret encrypted for the person whose app it is."""
    iv = secrets.token_bytes(IV_BYTES)
    return iv + AESGCM(_key()).encrypt(iv, secret.encode(), person_id.bytes)


def unlock(kept: bytes, person_id: uuid.UUID) -> str | None:
    """What was locked; None when it, or the secret key, was changed."""
    try:
        return AESGCM(_key()).decrypt(kept[:IV_BYTES], kept[IV_BYTES:], person_id.bytes).decode()
    except (InvalidTag, ValueError):
        return None


def _key() -> bytes:
    settings: Settings = current_app.extensions["settings"]
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(settings.secret_key.encode())
