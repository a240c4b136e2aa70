"""A supplier's own copy of its quote: a file that only the supplier has.

Once a quote is sealed nobody can read it in Weald before it is opened, its supplier included. The copy is
what a replacement starts from, and should a quote not open after the deadline, what proves it: it holds the
nonce of each envelope, so that the commitment of the receipt can be worked out anew.
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import InvalidOperation

from marketplace.core.errors import RuleBroken
from suppliers.quotes.offers import Offer
from suppliers.quotes.rules import Envelope
from suppliers.quotes.sealing import NONCE_BYTES, Part

FORMAT = "weald quote copy 1"
LARGEST_COPY = 5 * 1024 * 1024
MEDIA_TYPE = "application/json"
NOT_A_COPY = (
    "This file is no copy of a quote. Choose the file that Weald gave you when you checked or submitted your "
    "quote; its name begins with the reference of the tender and ends in .json."
)


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy holds: whose quote it is of, and each of its envelopes."""

    tender_id: uuid.UUID
    supplier_id: uuid.UUID
    quote_id: uuid.UUID
    parts: Mapping[Envelope, Part]

    @property
    def bodies(self) -> dict[Envelope, bytes]:
        """The content of each envelope, as `Offer.from_bodies` reads it."""
        return {envelope: part.body for envelope, part in self.parts.items()}


def write_copy(copy: Copy, title: str, supplier: str) -> bytes:
    """The file. `title` and `supplier` are for people who find it later; nothing reads them."""
    content = {
        "format": FORMAT,
        "about": f"The quote of {supplier} for {title}. Keep it to yourselves until the quotes are opened.",
        "tender": str(copy.tender_id),
        "supplier": str(copy.supplier_id),
        "quote": str(copy.quote_id),
        "envelopes": {
            envelope.value: {
                "nonce": base64.b64encode(part.nonce).decode(),
                "content": part.body.decode(),
            }
            for envelope, part in copy.parts.items()
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def read_copy(content: bytes) -> Copy:
    """The copy that a file holds. Raises RuleBroken (`copy`) for anything else."""
    try:
        held = json.loads(content.decode())
        if held["format"] != FORMAT:
            raise RuleBroken(NOT_A_COPY, "copy")
        copy = Copy(
            uuid.UUID(held["tender"]),
            uuid.UUID(held["supplier"]),
            uuid.UUID(held["quote"]),
            {
                Envelope(name): Part(base64.b64decode(one["nonce"], validate=True), one["content"].encode())
                for name, one in held["envelopes"].items()
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
        raise RuleBroken(NOT_A_COPY, "copy") from error
    if not copy.parts or any(len(part.nonce) != NONCE_BYTES for part in copy.parts.values()):
        raise RuleBroken(NOT_A_COPY, "copy")
    return copy


def check_whose(copy: Copy, tender_id: uuid.UUID, supplier_id: uuid.UUID) -> None:
    """Raise RuleBroken (`copy`) for a copy of a quote for another tender or of another supplier."""
    if copy.tender_id != tender_id:
        raise RuleBroken(
            "This is the copy of a quote for another tender. Choose the copy of this one.", "copy"
        )
    if copy.supplier_id != supplier_id:
        raise RuleBroken("This is the copy of another supplier’s quote. Choose your own.", "copy")


def offer_in(copy: Copy) -> Offer:
    """What the copy offers. Raises RuleBroken (`copy`) when somebody changed it so that it says nothing."""
    try:
        return Offer.from_bodies(copy.bodies)
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise RuleBroken(
            "This copy was changed and cannot be read any more. Choose another.", "copy"
        ) from error
