"""The receipt of a submitted quote: as a page, as a PDF, and as a file that a program can check."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from marketplace.core import printing
from marketplace.core.errors import NotFound
from suppliers.quotes import queries, rules
from suppliers.quotes.models import Quote

FORMAT = "weald receipt 1"
MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a supplier can prove: when its quote was received, and what exactly it was.

    `received_at` is the database's clock. `commitment` covers the envelopes' in `envelopes`, those cover what
    the quote holds and `files`, the hashes of the sealed files. `chain_head` is the hash of entry `position`
    of the record of events, which every later entry follows from.
    """

    reference: str
    tender_reference: str
    tender: str
    supplier: str
    received_at: datetime
    closes_at: datetime
    deadline_version: int
    commitment: str
    envelopes: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    position: int
    chain_head: str
    replaces: str


def receipt_of(session: Session, quote: Quote) -> Receipt:
    """The receipt of a quote that was submitted. Ask first whether the reader may see it. Raises NotFound."""
    event = queries.receipt_of(session, quote.id)
    if (
        event is None
        or quote.reference is None
        or quote.received_at is None
        or quote.tender.closes_at is None
    ):
        raise NotFound
    return Receipt(
        reference=quote.reference,
        tender_reference=quote.tender.reference,
        tender=quote.tender.title,
        supplier=quote.supplier.name,
        received_at=quote.received_at,
        closes_at=quote.tender.closes_at,
        deadline_version=quote.deadline_version or quote.tender.deadline_version,
        commitment=quote.commitment,
        envelopes=tuple((body.envelope.value, body.commitment) for body in quote.bodies),
        files=tuple(file.sha256 for file in quote.files),
        position=event.position,
        chain_head=event.hash,
        replaces=event.facts.get("replaces") or "",
    )


def as_file(receipt: Receipt) -> bytes:
    """The receipt as JSON; moments are in UTC to the millisecond, as the database gave them."""
    content = {
        "format": FORMAT,
        "receipt": receipt.reference,
        "tender": {
            "reference": receipt.tender_reference,
            "title": receipt.tender,
            "deadline": _moment(receipt.closes_at),
            "deadlineVersion": receipt.deadline_version,
        },
        "supplier": receipt.supplier,
        "receivedAt": _moment(receipt.received_at),
        "commitment": receipt.commitment,
        "envelopes": dict(receipt.envelopes),
        "files": list(receipt.files),
        "record": {"position": receipt.position, "hash": receipt.chain_head},
        "replaces": receipt.replaces or None,
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def as_pdf(receipt: Receipt) -> bytes:
    """The receipt as a document. The same receipt gives the same bytes."""
    return printing.draw(
        "print/quote_receipt.html",
        issuer="Weald",
        reference=receipt.reference,
        receipt=receipt,
        received=rules.in_england(receipt.received_at),
        deadline=rules.in_england(receipt.closes_at),
    )


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
