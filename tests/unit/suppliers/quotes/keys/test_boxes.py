"""A box opens with its key, for its purpose, or not at all; a half says nothing without the other."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suppliers.quotes.keys import boxes, locks
from suppliers.quotes.keys.rules import Cost

CHEAP = Cost(32, 1)
KEY = boxes.new_private_key()
PUBLIC = boxes.public_key_of(KEY)


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_what_is_sealed_to_a_key_opens_with_it_for_its_purpose_only(content: bytes, use: bytes) -> None:
    box = boxes.seal_to(PUBLIC, content, use)
    assert boxes.open_with(KEY, box, use) == content
    for key, purpose in ((KEY, use + b"x"), (boxes.new_private_key(), use)):
        with pytest.raises(boxes.BrokenBox):
            boxes.open_with(key, box, purpose)


def test_a_wrapped_key_opens_under_its_key_for_its_purpose_only() -> None:
    under = secrets.token_bytes(32)
    wrapped = boxes.wrap(under, KEY, b"use")
    assert boxes.unwrap(under, wrapped, b"use") == KEY
    for key, content, use in (
        (secrets.token_bytes(32), wrapped, b"use"),
        (under, wrapped, b"other"),
        (under, wrapped[:-1], b"use"),
        (under, b"", b"use"),
    ):
        with pytest.raises(boxes.BrokenBox):
            boxes.unwrap(key, content, use)


def test_two_halves_make_the_key_and_each_pair_has_others() -> None:
    key = secrets.token_bytes(32)
    pairs = [boxes.halves_of(key) for _ in range(20)]
    assert all(boxes.join(one, other) == key for one, other in pairs)
    assert len({half for pair in pairs for half in pair}) == 40
    assert boxes.join(pairs[0][0], pairs[1][1]) != key
    assert [len(half) for half in boxes.halves_of(key[:16])] == [16, 16]
    with pytest.raises(ValueError, match="shorter"):
        boxes.join(pairs[0][0], pairs[0][1][:-1])


def test_a_fingerprint_is_short_enough_to_read_aloud_and_another_for_each_key() -> None:
    assert len(boxes.fingerprint(PUBLIC).split()) == 4
    assert boxes.fingerprint(PUBLIC) != boxes.fingerprint(boxes.public_key_of(boxes.new_private_key()))


def test_a_locked_key_opens_with_its_passphrase_and_never_with_another() -> None:
    locked = locks.lock(KEY, "heron lamp gravel tuesday", CHEAP)
    assert KEY not in locked.content
    assert locks.unlock(locked, PUBLIC, "heron lamp gravel tuesday") == KEY
    with pytest.raises(locks.WrongPassphrase):
        locks.unlock(locked, PUBLIC, "heron lamp gravel Tuesday")


def test_a_locked_key_is_bound_to_its_public_key() -> None:
    locked = locks.lock(KEY, "heron lamp gravel tuesday", CHEAP)
    with pytest.raises(locks.WrongPassphrase):
        locks.unlock(locked, boxes.public_key_of(boxes.new_private_key()), "heron lamp gravel tuesday")
