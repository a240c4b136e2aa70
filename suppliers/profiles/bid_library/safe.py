"""How the library is kept unreadable in a copy of the database: what is in it may go into the next quote.

AES-256-GCM under a key that follows from the installation's secret key, bound to the supplier and the
answer. Whoever has the secret key too can read it, as with drafts; changing it makes the library unreadable.
"""

from __future__ import annotations

import json
import secrets
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from marketplace.core.settings import Settings
from suppliers.profiles.bid_library.rules import Answer

PURPOSE = b"weald: bid library of a supplier"
IV_BYTES = 12
STEP_BYTES = 1024


def lock(answer: Answer, supplier_id: uuid.UUID, answer_id: uuid.UUID) -> bytes:
    """An answer encrypted, its length hidden in steps of a kilobyte."""
    content = json.dumps([answer.question, answer.answer], ensure_ascii=False).encode()
    iv = secrets.token_bytes(IV_BYTES)
    padded = content + b" " * (-len(content) % STEP_BYTES)
    return iv + AESGCM(_key()).encrypt(iv, padded, _bound(supplier_id, answer_id))


def unlock(kept: bytes, supplier_id: uuid.UUID, answer_id: uuid.UUID) -> Answer | None:
    """What was locked; None when it, or the secret key, was changed."""
    try:
        content = AESGCM(_key()).decrypt(kept[:IV_BYTES], kept[IV_BYTES:], _bound(supplier_id, answer_id))
    except (InvalidTag, ValueError):
        return None
    return Answer(*json.loads(content))


def _bound(supplier_id: uuid.UUID, answer_id: uuid.UUID) -> bytes:
    return supplier_id.bytes + answer_id.bytes


def _key() -> bytes:
    settings: Settings = current_app.extensions["settings"]
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return derivation.derive(settings.secret_key.encode())
