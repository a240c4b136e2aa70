"""Sealing: the one place that knows how quotes are kept unreadable.

A submitted envelope is sealed (HPKE, RFC 9180) to the public key of its tender's envelope. The private
key that opens it exists only while two openers of two schools, or the holders of two printed keys, put it
together with their passphrases: `keys.halves` says how. Whoever has the database, the stored files and
the secret key of the installation has nothing that opens a quote; its size in steps of 4 KiB is all that
sealed bytes tell.

The sealed bytes are bound to their header: they open as nothing else. The commitment, the SHA-256 over
header, nonce and body that the supplier gets with its receipt, proves after opening that nothing changed.
The nonce keeps anybody from finding a price by trying all of them against the commitment.

A draft, which its supplier reads and changes, lies under a key made of the installation's secret key, and
is erased on submission. From then on the supplier's own copy (`copies`) is the only readable one.

What sealing does not stop is in docs/operators/keys.md: an operator who changes the running code, and two
openers who collude with an operator.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from marketplace.core.errors import RuleBroken
from marketplace.core.settings import Settings
from suppliers.quotes.keys import boxes
from suppliers.quotes.rules import Envelope

STEP_BYTES = 4096
NONCE_BYTES = 16
LENGTH_BYTES = 4
SEALED = b"WS2"
KEPT = b"WD2"
ENVELOPE_USE = b"weald: sealed envelope of a submitted quote\n"
DRAFT_USE = b"weald: draft of a quote"


class BrokenSeal(RuleBroken):
    """The bytes do not open under this header, or are not what was committed to."""


@dataclass(frozen=True, slots=True)
class SealHeader:
    """Whose envelope it is: bound to the sealed bytes, so that they open as nothing else.

    A quote's id is its version: each replacement is a quote of its own. `deadline_version` is the
    tender's when it was submitted, 0 in a draft. `files` are the SHA-256 of files that go with it.
    """

    tender_id: uuid.UUID
    envelope: Envelope
    supplier_id: uuid.UUID
    quote_id: uuid.UUID
    deadline_version: int = 0
    files: tuple[str, ...] = ()

    def canonical(self) -> bytes:
        """The header as canonical JSON."""
        content = {
            "deadline": self.deadline_version,
            "envelope": self.envelope.value,
            "files": sorted(self.files),
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


@dataclass(frozen=True, slots=True)
class Part:
    """What an envelope holds: its body (canonical JSON), and the nonce that blinds its commitment."""

    nonce: bytes
    body: bytes


def new_part(body: bytes) -> Part:
    """A body with a nonce of its own."""
    return Part(secrets.token_bytes(NONCE_BYTES), body)


def seal(part: Part, header: SealHeader, public_key: bytes) -> Sealed:
    """Seal an envelope for good, to the public key of the tender's envelope: only opening reads it again."""
    box = boxes.seal_to(public_key, _padded(part), ENVELOPE_USE + header.canonical())
    return Sealed(SEALED + box, commitment_of(part, header))


def open_sealed(sealed: bytes, header: SealHeader, commitment: str, private_key: bytes) -> bytes:
    """The body of a sealed envelope. Raises BrokenSeal unless it is exactly what was committed to."""
    if not sealed.startswith(SEALED):
        raise BrokenSeal("This is no sealed envelope. Tell your administrator.")
    try:
        padded = boxes.open_with(private_key, sealed[len(SEALED) :], ENVELOPE_USE + header.canonical())
    except boxes.BrokenBox as error:
        raise BrokenSeal("This could not be read: it was changed. Tell your administrator.") from error
    part = _unpadded(padded)
    if not keeps_promise(part, header, commitment):
        raise BrokenSeal("This does not hold what its receipt promises. Tell your administrator.")
    return part.body


def keep_draft(part: Part, header: SealHeader) -> bytes:
    """Encrypt a draft's envelope, which its supplier reads and changes until it is submitted."""
    return KEPT + boxes.wrap(_draft_key(), _padded(part), header.canonical())


def read_draft(kept: bytes, header: SealHeader) -> Part:
    """What a draft's envelope holds. Raises BrokenSeal."""
    if not kept.startswith(KEPT):
        raise BrokenSeal("This is no draft. Tell your administrator.")
    try:
        return _unpadded(boxes.unwrap(_draft_key(), kept[len(KEPT) :], header.canonical()))
    except boxes.BrokenBox as error:
        raise BrokenSeal(
            "This draft could not be read: it, or the secret key, was changed. Tell your administrator."
        ) from error


def commitment_of(part: Part, header: SealHeader) -> str:
    """The SHA-256 of header, nonce and body, in hexadecimal."""
    canonical = header.canonical()
    length = len(canonical).to_bytes(LENGTH_BYTES, "big")
    return hashlib.sha256(length + canonical + part.nonce + part.body).hexdigest()


def keeps_promise(part: Part, header: SealHeader, commitment: str) -> bool:
    """Is this exactly what was committed to?"""
    return secrets.compare_digest(commitment_of(part, header), commitment)


def commitment_of_quote(commitments: dict[Envelope, str]) -> str:
    """One commitment for all envelopes of a quote: the SHA-256 of theirs, in the order of opening."""
    lines = [f"{envelope.value}:{commitments[envelope]}" for envelope in Envelope if envelope in commitments]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _padded(part: Part) -> bytes:
    content = len(part.body).to_bytes(LENGTH_BYTES, "big") + part.nonce + part.body
    return content + bytes(-len(content) % STEP_BYTES)


def _unpadded(padded: bytes) -> Part:
    length = int.from_bytes(padded[:LENGTH_BYTES], "big")
    start = LENGTH_BYTES + NONCE_BYTES
    return Part(padded[LENGTH_BYTES:start], padded[start : start + length])


def _draft_key() -> bytes:
    settings: Settings = current_app.extensions["settings"]
    derivation = HKDF(algorithm=SHA256(), length=boxes.KEY_BYTES, salt=None, info=DRAFT_USE)
    return derivation.derive(settings.secret_key.encode())
