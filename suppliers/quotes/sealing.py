"""Sealing: the one place that knows how quotes are kept unreadable.

What this promises now: prices and answers are never stored, logged or mailed in the clear before the
envelope is opened; a stolen copy of the database alone gives nothing away but a quote's size in steps
of 4 KiB; a changed byte, or a body put under another quote, is noticed; the commitment proves after
opening that nothing changed since the receipt was given.

What it does not promise yet: whoever has the database *and* the installation's secret key can read
quotes early. The keys of two named openers will take the secret key's place here (HPKE, RFC 9180, one
key pair a tender and envelope), and only this module changes: `seal` and `open_sealed` keep their
shape, with the openers' keys handed to the second. `reopen_for_its_supplier` then cannot read a sealed
body any more: what a replacement starts from must then be the supplier's own copy, encrypted for it.

Changing the secret key makes sealed quotes and drafts unreadable.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from marketplace.core.errors import RuleBroken
from marketplace.core.settings import Settings
from suppliers.quotes.rules import Envelope

STEP_BYTES = 4096
NONCE_BYTES = 16
IV_BYTES = 12
LENGTH_BYTES = 4
FORMAT = b"WS1"
ENVELOPE_KEY = b"weald: sealed envelope of a submitted quote"
DRAFT_KEY = b"weald: draft of a quote"


class BrokenSeal(RuleBroken):
    """The bytes do not open under this header, or are not what was committed to."""


@dataclass(frozen=True, slots=True)
class SealHeader:
    """Whose envelope it is: bound to the sealed bytes, so that they open as nothing else."""

    tender_id: uuid.UUID
    envelope: Envelope
    supplier_id: uuid.UUID
    quote_id: uuid.UUID

    def canonical(self) -> bytes:
        """The header as canonical JSON."""
        content = {
            "envelope": self.envelope.value,
            "quote": str(self.quote_id),
            "supplier": str(self.supplier_id),
            "tender": str(self.tender_id),
        }
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed body, and the SHA-256 of header, nonce and body that its supplier gets as proof."""

    sealed: bytes
    commitment: str


def seal(body: bytes, header: SealHeader) -> Sealed:
    """Seal an envelope's body (canonical JSON) for good: only opening reads it again."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return Sealed(_encrypt(ENVELOPE_KEY, nonce, body, header), _commitment(nonce, body, header))


def open_sealed(sealed: bytes, header: SealHeader, commitment: str) -> bytes:
    """The body of a sealed envelope. Raises BrokenSeal unless it is exactly what was committed to."""
    nonce, body = _decrypt(ENVELOPE_KEY, sealed, header)
    if not secrets.compare_digest(_commitment(nonce, body, header), commitment):
        raise BrokenSeal("This does not hold what its receipt promises. Tell your administrator.")
    return body


def reopen_for_its_supplier(sealed: bytes, header: SealHeader, commitment: str) -> bytes:
    """The body of a sealed envelope for the supplier that sealed it, before the deadline, to replace it.

    Kept apart from `open_sealed` because it must change when quotes are sealed to the openers' keys.
    Raises BrokenSeal.
    """
    return open_sealed(sealed, header, commitment)


def keep_draft(body: bytes, header: SealHeader) -> bytes:
    """Encrypt a draft's envelope, which its supplier reads and changes until it is submitted."""
    return _encrypt(DRAFT_KEY, secrets.token_bytes(NONCE_BYTES), body, header)


def read_draft(kept: bytes, header: SealHeader) -> bytes:
    """The body of a draft's envelope. Raises BrokenSeal."""
    return _decrypt(DRAFT_KEY, kept, header)[1]


def commitment_of_quote(commitments: dict[Envelope, str]) -> str:
    """One commitment for all envelopes of a quote: the SHA-256 of theirs, in the order of opening."""
    lines = [f"{envelope.value}:{commitments[envelope]}" for envelope in Envelope if envelope in commitments]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _encrypt(purpose: bytes, nonce: bytes, body: bytes, header: SealHeader) -> bytes:
    content = len(body).to_bytes(LENGTH_BYTES, "big") + nonce + body
    padded = content + bytes(-len(content) % STEP_BYTES)
    iv = secrets.token_bytes(IV_BYTES)
    return FORMAT + iv + AESGCM(_key(purpose)).encrypt(iv, padded, header.canonical())


def _decrypt(purpose: bytes, sealed: bytes, header: SealHeader) -> tuple[bytes, bytes]:
    start = len(FORMAT) + IV_BYTES
    if not sealed.startswith(FORMAT):
        raise BrokenSeal("This is no sealed envelope. Tell your administrator.")
    try:
        padded = AESGCM(_key(purpose)).decrypt(
            sealed[len(FORMAT) : start], sealed[start:], header.canonical()
        )
    except (InvalidTag, ValueError) as error:
        raise BrokenSeal(
            "This could not be read: it, or the secret key, was changed. Tell your administrator."
        ) from error
    length = int.from_bytes(padded[:LENGTH_BYTES], "big")
    nonce = padded[LENGTH_BYTES : LENGTH_BYTES + NONCE_BYTES]
    return nonce, padded[LENGTH_BYTES + NONCE_BYTES :][:length]


def _commitment(nonce: bytes, body: bytes, header: SealHeader) -> str:
    canonical = header.canonical()
    length = len(canonical).to_bytes(LENGTH_BYTES, "big")
    return hashlib.sha256(length + canonical + nonce + body).hexdigest()


def _key(purpose: bytes) -> bytes:
    settings: Settings = current_app.extensions["settings"]
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose)
    return derivation.derive(settings.secret_key.encode())
