"""What is sealed opens as exactly that, for exactly that quote, with its key, or not at all."""

import dataclasses
import secrets
import uuid
from typing import Any

import pytest
from flask import Flask

from suppliers.quotes import sealing
from suppliers.quotes.keys import boxes
from suppliers.quotes.rules import Envelope
from suppliers.quotes.sealing import BrokenSeal, Part, SealHeader, new_part

BODY = '{"prices":{"a":"1234.5678"}} £ é'.encode()
KEY = boxes.new_private_key()
PUBLIC = boxes.public_key_of(KEY)
pytestmark = pytest.mark.usefixtures("app")


def header() -> SealHeader:
    return SealHeader(uuid.uuid4(), Envelope.PRICE, uuid.uuid4(), uuid.uuid4(), 1)


def test_what_is_sealed_opens_as_it_was_with_the_private_key_and_no_other() -> None:
    whose = header()
    done = sealing.seal(new_part(BODY), whose, PUBLIC)
    assert sealing.open_sealed(done.sealed, whose, done.commitment, KEY) == BODY
    with pytest.raises(BrokenSeal):
        sealing.open_sealed(done.sealed, whose, done.commitment, boxes.new_private_key())


def test_nothing_can_be_read_from_sealed_bytes_but_their_size_in_steps() -> None:
    whose = header()
    sizes = {
        len(sealing.seal(new_part(b"x" * length), whose, PUBLIC).sealed) for length in (0, 1, 100, 4_000)
    }
    assert len(sizes) == 1
    sealed = sealing.seal(new_part(BODY), whose, PUBLIC).sealed
    assert BODY not in sealed
    assert b"1234" not in sealed


def test_the_same_offer_sealed_twice_looks_different_and_commits_differently() -> None:
    whose = header()
    first, second = (sealing.seal(new_part(BODY), whose, PUBLIC) for _ in range(2))
    assert first.sealed != second.sealed
    assert first.commitment != second.commitment


@pytest.mark.parametrize(
    "changed",
    [
        {"tender_id": uuid.uuid4()},
        {"envelope": Envelope.QUALITY},
        {"supplier_id": uuid.uuid4()},
        {"quote_id": uuid.uuid4()},
        {"deadline_version": 2},
        {"files": ("ab" * 32,)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_body_does_not_open_under_another_header(changed: dict[str, Any]) -> None:
    whose = header()
    done = sealing.seal(new_part(BODY), whose, PUBLIC)
    with pytest.raises(BrokenSeal):
        sealing.open_sealed(done.sealed, dataclasses.replace(whose, **changed), done.commitment, KEY)


def test_a_changed_byte_anywhere_is_noticed() -> None:
    whose = header()
    done = sealing.seal(new_part(BODY), whose, PUBLIC)
    for _ in range(50):
        changed = bytearray(done.sealed)
        changed[secrets.randbelow(len(changed))] ^= 1 + secrets.randbelow(255)
        with pytest.raises(BrokenSeal):
            sealing.open_sealed(bytes(changed), whose, done.commitment, KEY)


@pytest.mark.parametrize("sealed", [b"", b"WS2", b"WS2" + bytes(10), b"WS2" + bytes(100), b"nonsense"])
def test_what_is_no_envelope_does_not_open(sealed: bytes) -> None:
    with pytest.raises(BrokenSeal):
        sealing.open_sealed(sealed, header(), "", KEY)


def test_an_envelope_that_is_not_what_the_receipt_promises_does_not_open() -> None:
    whose = header()
    promised = sealing.seal(new_part(BODY), whose, PUBLIC)
    put_in_its_place = sealing.seal(new_part(b"cheaper"), whose, PUBLIC)
    with pytest.raises(BrokenSeal, match="receipt"):
        sealing.open_sealed(put_in_its_place.sealed, whose, promised.commitment, KEY)


def test_a_price_cannot_be_found_by_trying_all_against_the_commitment() -> None:
    whose, part = header(), new_part(BODY)
    commitment = sealing.commitment_of(part, whose)
    assert sealing.keeps_promise(part, whose, commitment)
    assert not sealing.keeps_promise(Part(bytes(16), BODY), whose, commitment)
    assert not sealing.keeps_promise(new_part(BODY), whose, commitment)


def test_a_draft_is_no_sealed_envelope_and_the_other_way_round() -> None:
    whose = header()
    with pytest.raises(BrokenSeal):
        sealing.open_sealed(sealing.keep_draft(new_part(BODY), whose), whose, "", KEY)
    with pytest.raises(BrokenSeal):
        sealing.read_draft(sealing.seal(new_part(BODY), whose, PUBLIC).sealed, whose)


def test_another_installation_cannot_read_a_draft(app: Flask) -> None:
    whose, part = header(), new_part(BODY)
    kept = sealing.keep_draft(part, whose)
    assert sealing.read_draft(kept, whose) == part
    ours = app.extensions["settings"]
    app.extensions["settings"] = dataclasses.replace(ours, secret_key=secrets.token_urlsafe(48))
    try:
        with pytest.raises(BrokenSeal):
            sealing.read_draft(kept, whose)
    finally:
        app.extensions["settings"] = ours
