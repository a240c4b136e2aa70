"""A file of a quote is locked piece by piece, and unlocks as exactly what it was or not at all."""

import io

import pytest

from marketplace.core.errors import RuleBroken
from suppliers.quotes.files import locks, rules
from suppliers.quotes.files.locks import FORMAT, PIECE_BYTES, STEP_BYTES, TAG_BYTES, BrokenFile, Locked
from suppliers.quotes.files.rules import OfferedFile
from suppliers.quotes.rules import Envelope

WHOSE = b'{"supplier":"1","tender":"2"}'
SIZES = (
    1,
    100,
    STEP_BYTES - 8,
    STEP_BYTES - 7,
    PIECE_BYTES - 8,
    PIECE_BYTES - 7,
    PIECE_BYTES,
    3 * PIECE_BYTES,
)


def locked(content: bytes, key: bytes, whose: bytes = WHOSE) -> bytes:
    reader = Locked(io.BytesIO(content), len(content), key, whose)
    return b"".join(iter(reader.read, b""))


def unlocked(content: bytes, key: bytes, whose: bytes = WHOSE) -> bytes:
    return b"".join(locks.unlock(content, key, whose))


@pytest.mark.parametrize("size", SIZES)
def test_a_file_of_any_size_comes_back_as_it_was(size: int) -> None:
    content = bytes(range(251)) * (size // 251) + b"x" * (size % 251)
    key = locks.new_key()
    done = locked(content, key)
    assert unlocked(done, key) == content
    assert content[:32] not in done or size < 32
    assert len(done) < locks.LARGEST_LOCKED


def test_only_its_size_in_steps_shows() -> None:
    key = locks.new_key()
    small, larger = (len(locked(b"x" * size, key)) for size in (1, STEP_BYTES - 8))
    assert small == larger == len(FORMAT) + STEP_BYTES + TAG_BYTES
    assert len(locked(b"x" * (STEP_BYTES - 7), key)) == small + STEP_BYTES


def test_the_largest_file_fits_what_the_store_takes() -> None:
    size = rules.LARGEST_FILE
    padded = -(-(size + 8) // STEP_BYTES) * STEP_BYTES
    assert len(FORMAT) + padded + TAG_BYTES * -(-padded // PIECE_BYTES) <= locks.LARGEST_LOCKED


@pytest.mark.parametrize(
    "spoil", ["a byte", "the end", "a piece", "the order", "the format", "the owner", "the key"]
)
def test_a_file_that_was_changed_does_not_unlock(spoil: str) -> None:
    key = locks.new_key()
    done = locked(b"x" * 3 * PIECE_BYTES, key)
    start, piece = len(FORMAT), PIECE_BYTES + TAG_BYTES
    first, second, rest = (
        done[start : start + piece],
        done[start + piece : start + 2 * piece],
        done[start + 2 * piece :],
    )
    spoilt = {
        "a byte": done[:1000] + bytes([done[1000] ^ 1]) + done[1001:],
        "the end": done[: start + 2 * piece],
        "a piece": FORMAT + first + rest,
        "the order": FORMAT + second + first + rest,
        "the format": b"WF9" + done[3:],
    }.get(spoil, done)
    with pytest.raises(BrokenFile):
        unlocked(
            spoilt,
            locks.new_key() if spoil == "the key" else key,
            b"{}" if spoil == "the owner" else WHOSE,
        )


def test_no_file_is_empty_or_over_fifty_megabytes_and_the_sentence_says_what_to_do() -> None:
    with pytest.raises(RuleBroken, match=r"The file is empty\. Choose another\."):
        rules.size_of(io.BytesIO())
    large = io.BytesIO()
    large.seek(rules.LARGEST_FILE + 1024 * 1024 - 1)
    large.write(b"x")
    with pytest.raises(RuleBroken, match=r"smaller than 50 MB\. Make it smaller, or divide it"):
        rules.size_of(large)


def test_a_quote_has_so_many_files_and_only_with_answers() -> None:
    rules.check_count([0] * (rules.MOST_FILES - 1))
    with pytest.raises(RuleBroken, match="can have 20 files"):
        rules.check_count([0] * rules.MOST_FILES)
    rules.check_answers_asked((Envelope.QUALITY, Envelope.PRICE))
    with pytest.raises(RuleBroken, match="prices only"):
        rules.check_answers_asked((Envelope.PRICE,))


def test_what_an_envelope_says_of_a_file_is_read_as_it_was_written() -> None:
    file = OfferedFile("a" * 64, "Menü “2”.pdf", 12, "application/pdf", "b" * 64, b"\x00key")
    assert OfferedFile.read(file.written()) == file
    with pytest.raises((ValueError, KeyError)):
        OfferedFile.read({**file.written(), "key": "no base64!"})
