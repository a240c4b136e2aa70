"""Keys and what is sealed to them: HPKE (RFC 9180) for a public key, AES-256-GCM under a secret one.

Nothing here knows a quote, a person or a database. Every box is bound to what it is for (`info`): it
opens as that and as nothing else.
"""

from __future__ import annotations

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

KEY_BYTES = 32
IV_BYTES = 12
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
FINGERPRINT_LETTERS = 16
LETTERS_TOGETHER = 4


class BrokenBox(Exception):
    """The bytes do not open with this key for this purpose. Carries nothing of what was in them."""


def new_private_key() -> bytes:
    """A new X25519 private key, 32 bytes."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_key_of(private_key: bytes) -> bytes:
    """The public key that belongs to a private one, 32 bytes."""
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def fingerprint(public_key: bytes) -> str:
    """A public key in sixteen letters that two people can compare, such as 9F2C 01AB 77D0 4E1B."""
    letters = hashlib.sha256(public_key).hexdigest()[:FINGERPRINT_LETTERS].upper()
    return " ".join(
        letters[start : start + LETTERS_TOGETHER] for start in range(0, len(letters), LETTERS_TOGETHER)
    )


def seal_to(public_key: bytes, content: bytes, info: bytes) -> bytes:
    """Seal bytes so that only the private key opens them, for this purpose."""
    return SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public_key), info)


def open_with(private_key: bytes, box: bytes, info: bytes) -> bytes:
    """What was sealed to the public key of this private one. Raises BrokenBox."""
    try:
        return SUITE.decrypt(box, X25519PrivateKey.from_private_bytes(private_key), info)
    except (InvalidTag, ValueError) as error:
        raise BrokenBox from error


def wrap(key: bytes, content: bytes, info: bytes) -> bytes:
    """Encrypt bytes under a secret key of 32 bytes."""
    iv = secrets.token_bytes(IV_BYTES)
    return iv + AESGCM(key).encrypt(iv, content, info)


def unwrap(key: bytes, wrapped: bytes, info: bytes) -> bytes:
    """What was wrapped under this key. Raises BrokenBox."""
    try:
        return AESGCM(key).decrypt(wrapped[:IV_BYTES], wrapped[IV_BYTES:], info)
    except (InvalidTag, ValueError) as error:
        raise BrokenBox from error


def halves_of(key: bytes) -> tuple[bytes, bytes]:
    """Two halves of a key, each of which alone says nothing about it."""
    first = secrets.token_bytes(len(key))
    return first, join(first, key)


def join(first: bytes, second: bytes) -> bytes:
    """The key of two halves (their exclusive or)."""
    return bytes(one ^ other for one, other in zip(first, second, strict=True))
