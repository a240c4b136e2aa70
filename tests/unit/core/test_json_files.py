"""JSON from outside: exact numbers, and a sentence for whatever a hostile file holds."""

from fractions import Fraction
from pathlib import Path

import pytest

from marketplace.core import json_files
from marketplace.core.errors import RuleBroken


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[1, 2]", "one JSON object"),
        (b"null", "one JSON object"),
        (b'{"a": NaN}', "not a number"),
        (b'{"a": -Infinity}', "not a number"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": ' + b"9" * 500 + b"}", "more than 400 digits"),
        (b'{"a": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"a": 1e99999999999999999999}', "not JSON"),
        (b'{"a": "\\ud800"', "not JSON"),
    ],
)
def test_a_file_that_is_no_object_of_json_is_refused_with_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(RuleBroken, match=words):
        json_files.parse(content)


def test_a_file_larger_than_any_calculation_needs_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_files, "LARGEST_FILE", 10)
    file = tmp_path / "large.json"
    file.write_bytes(b'{"a": "123456"}')
    with pytest.raises(RuleBroken, match="larger than"):
        json_files.read(file)


def test_numbers_keep_their_digits() -> None:
    found = json_files.parse(b'{"a": 0.1, "b": "201513/2", "c": "11000.50", "d": 7}')
    exact = [json_files.exact(found[name], name) for name in "abcd"]
    assert exact == [Fraction(1, 10), Fraction(201513, 2), Fraction(22001, 2), 7]


@pytest.mark.parametrize(
    "value",
    ["", "NaN", "Infinity", "1e5", "1/0", "1/2/3", "1_000", "١٢", "0x10", "1" * 90, None, True, [1], {}],
)
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(RuleBroken, match="price must be a number"):
        json_files.exact(value, "price")


@pytest.mark.parametrize("value", [b"1e300", b"1e-300", b"1e16"])
def test_numbers_beyond_all_money_are_refused(value: bytes) -> None:
    with pytest.raises(RuleBroken, match="price"):
        json_files.exact(json_files.parse(b'{"a": ' + value + b"}")["a"], "price")


def test_a_number_below_what_may_be_is_refused() -> None:
    with pytest.raises(RuleBroken, match="must be 1 or more"):
        json_files.whole("0", "lots", least=1)
    assert json_files.exact("-1", "cost", least=None) == -1
