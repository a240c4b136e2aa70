"""What an earlier version sealed still opens: tests/data/sealed is of 27 November 2026 and never made anew.

A quote is sealed for weeks, and Weald may be upgraded meanwhile. What bytes are bound to, how they are padded
and what a commitment is made of are therefore for good; another way gets another mark than WS2 and WD2.
"""

import uuid
from pathlib import Path

from flask import Flask

from marketplace.core.settings import Settings
from suppliers.quotes import sealing
from suppliers.quotes.files import boxes as file_boxes
from suppliers.quotes.files.rules import OfferedFile
from suppliers.quotes.keys import boxes, halves
from suppliers.quotes.keys.models import EnvelopeKey
from suppliers.quotes.rules import Envelope
from suppliers.quotes.sealing import Part, SealHeader

SEALED = Path(__file__).parents[3] / "data" / "sealed"
PRIVATE, UNLOCKING = bytes(range(32)), bytes(range(100, 132))
PUBLIC = boxes.public_key_of(PRIVATE)
TENDER, SUPPLIER, QUOTE, KEY, PAIR, HOLDER = (uuid.UUID(int=number) for number in range(1, 7))
HEADER = SealHeader(TENDER, Envelope.PRICE, SUPPLIER, QUOTE, 1, ("ab" * 32, "cd" * 32))
PART = Part(bytes(range(16)), b'{"prices":{"a":"1.5"}}')
COMMITMENT = "c382d0ea62d3273e345f57e3477d0f643749392d2bcc81f51329f769217a340e"


def kept(name: str) -> bytes:
    return (SEALED / f"{name}.bin").read_bytes()


def test_an_envelope_opens_and_is_what_its_receipt_promised() -> None:
    assert sealing.open_sealed(kept("envelope"), HEADER, COMMITMENT, PRIVATE) == PART.body
    assert sealing.commitment_of(PART, HEADER) == COMMITMENT


def test_all_envelopes_of_a_quote_have_one_commitment_in_the_order_of_opening() -> None:
    each = {Envelope.PRICE: "a" * 64, Envelope.QUALITY: "b" * 64}
    assert sealing.commitment_of_quote(each) == (
        "bea9c80005215c7a5c40bd370f6609410d17c4e0abbb690699cce0e7a40ddf9e"
    )
    assert sealing.commitment_of_quote(dict(reversed(each.items()))) == sealing.commitment_of_quote(each)


def test_a_draft_is_read() -> None:
    installation = Flask(__name__)
    installation.extensions["settings"] = Settings(secret_key="x" * 48)
    with installation.app_context():
        assert sealing.read_draft(kept("draft"), HEADER) == PART


def test_the_halves_of_two_openers_open_and_the_private_key_with_them() -> None:
    key = EnvelopeKey(id=KEY, tender_id=TENDER, envelope=Envelope.PRICE, public_key=PUBLIC)
    own, passed = halves._for_half(key, PAIR, HOLDER), halves._for_half(key, PAIR, HOLDER, b"passed")
    assert boxes.open_with(PRIVATE, kept("half"), own) == UNLOCKING
    assert boxes.open_with(PRIVATE, kept("passed_half"), passed) == UNLOCKING
    bound = halves._for_envelope(TENDER, Envelope.PRICE, PUBLIC)
    assert boxes.unwrap(UNLOCKING, kept("private_key"), bound) == PRIVATE


def test_the_key_of_a_file_opens() -> None:
    file = OfferedFile("ab" * 32, "menu.pdf", 1, "application/pdf", "cd" * 32, kept("file_key"))
    keys = file_boxes.keys_of([file], PRIVATE, file_boxes.bound_to(TENDER, SUPPLIER))
    assert keys == {file.sha256: UNLOCKING}


def test_a_fingerprint_that_was_read_aloud_is_the_same_today() -> None:
    assert boxes.fingerprint(PUBLIC) == "EEDD 883D A0A9 4515"
