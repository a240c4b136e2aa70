"""What is sealed opens as exactly that, for exactly that quote, or not at all."""

import dataclasses
import secrets
import uuid
from typing import Any

import pytest
from flask import Flask

from suppliers.quotes import sealing
from suppliers.quotes.rules import Envelope
from suppliers.quotes.sealing import BrokenSeal, SealHeader

BODY = '{"prices":{"a":"1234.5678"}} £ é'.encode()
pytestmark = pytest.mark.usefixtures("app")


def header() -> SealHeader:
    return SealHeader(uuid.uuid4(), Envelope.PRICE, uuid.uuid4(), uuid.uuid4())


def test_what_is_sealed_opens_as_it_was() -> None:
    whose = header()
    done = sealing.seal(BODY, whose)
    assert sealing.open_sealed(done.sealed, whose, done.commitment) == BODY


def test_nothing_can_be_read_from_sealed_bytes_but_their_size_in_steps() -> None:
    whose = header()
    sizes = {len(sealing.seal(b"x" * length, whose).sealed) for length in (0, 1, 100, 4_000)}
    assert len(sizes) == 1
    assert BODY not in sealing.seal(BODY, whose).sealed
    assert b"1234" not in sealing.seal(BODY, whose).sealed


def test_the_same_offer_sealed_twice_looks_different_and_commits_differently() -> None:
    whose = header()
    first, second = sealing.seal(BODY, whose), sealing.seal(BODY, whose)
    assert first.sealed != second.sealed
    assert first.commitment != second.commitment


@pytest.mark.parametrize("field", ["tender_id", "envelope", "supplier_id", "quote_id"])
def test_a_body_does_not_open_under_another_header(field: str) -> None:
    whose = header()
    done = sealing.seal(BODY, whose)
    changed: dict[str, Any] = {field: Envelope.QUALITY if field == "envelope" else uuid.uuid4()}
    other = dataclasses.replace(whose, **changed)
    with pytest.raises(BrokenSeal):
        sealing.open_sealed(done.sealed, other, done.commitment)


def test_a_changed_byte_anywhere_is_noticed() -> None:
    whose = header()
    done = sealing.seal(BODY, whose)
    for _ in range(50):
        changed = bytearray(done.sealed)
        changed[secrets.randbelow(len(changed))] ^= 1 + secrets.randbelow(255)
        with pytest.raises(BrokenSeal):
            sealing.open_sealed(bytes(changed), whose, done.commitment)


@pytest.mark.parametrize("sealed", [b"", b"WS1", b"WS1" + bytes(10), b"WS1" + bytes(100), b"nonsense"])
def test_what_is_no_envelope_does_not_open(sealed: bytes) -> None:
    with pytest.raises(BrokenSeal):
        sealing.open_sealed(sealed, header(), "")


def test_an_envelope_that_is_not_what_the_receipt_promises_does_not_open() -> None:
    whose = header()
    promised, put_in_its_place = sealing.seal(BODY, whose), sealing.seal(b"cheaper", whose)
    with pytest.raises(BrokenSeal, match="receipt"):
        sealing.open_sealed(put_in_its_place.sealed, whose, promised.commitment)


def test_a_draft_is_no_sealed_envelope_and_the_other_way_round() -> None:
    whose = header()
    with pytest.raises(BrokenSeal):
        sealing.open_sealed(sealing.keep_draft(BODY, whose), whose, "")
    with pytest.raises(BrokenSeal):
        sealing.read_draft(sealing.seal(BODY, whose).sealed, whose)


def test_another_installation_cannot_open_it(app: Flask) -> None:
    whose = header()
    done = sealing.seal(BODY, whose)
    ours = app.extensions["settings"]
    app.extensions["settings"] = dataclasses.replace(ours, secret_key=secrets.token_urlsafe(48))
    try:
        with pytest.raises(BrokenSeal):
            sealing.open_sealed(done.sealed, whose, done.commitment)
    finally:
        app.extensions["settings"] = ours
