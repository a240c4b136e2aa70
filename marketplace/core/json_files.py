"""JSON files from anybody: read exactly, and every fault named by the field it is in.

Numbers keep the digits they are written with: no float comes near money. A file is data from outside, so
wrong types, absurd sizes, repeated names and numbers that are none get a sentence, never a traceback.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from marketplace.core.errors import RuleBroken

LARGEST_FILE = 50_000_000
LARGEST_NUMBER = 10**15
LONGEST_NUMBER = 400
MOST_PLACES = 60
LONGEST_NAME = 200
WRITTEN_NUMBER = re.compile(
    rf"-?\d{{1,{MOST_PLACES}}}(\.\d{{1,{MOST_PLACES}}}|/0*[1-9]\d{{0,{MOST_PLACES}}})?", re.ASCII
)
Found = TypeVar("Found")


class _Twice(ValueError):
    """A name that an object of the file has twice."""


def read(file: Path) -> Mapping[str, Any]:
    """The object that a JSON file holds. Raises RuleBroken when it holds none."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as broken:
        raise RuleBroken(f"The file cannot be read: {broken.strerror}.") from broken
    if len(content) > LARGEST_FILE:
        raise RuleBroken(f"The file is larger than {LARGEST_FILE // 1_000_000} MB.")
    return parse(content)


def parse(content: bytes) -> Mapping[str, Any]:
    """The object that some JSON says. Raises RuleBroken."""
    try:
        found = json.loads(
            content,
            parse_float=_decimal,
            parse_int=_decimal,
            parse_constant=_no_number,
            object_pairs_hook=_once,
        )
    except _Twice as twice:
        raise RuleBroken(f"The file says “{twice}” twice in one place. Leave one of them.") from twice
    except RecursionError as deep:
        raise RuleBroken("The file is nested too deeply.") from deep
    except (ValueError, InvalidOperation) as broken:
        raise RuleBroken(f"The file is not JSON: {broken}.") from broken
    if not isinstance(found, dict):
        raise RuleBroken("The file must hold one JSON object, between { and }.")
    return found


def _decimal(text: str) -> Decimal:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number has more than {LONGEST_NUMBER} digits")
    return Decimal(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number")


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1)[:LONGEST_NAME])
    return found


def needed(holder: Mapping[str, Any], name: str, where: str = "") -> Any:
    """What stands under a name. Raises RuleBroken when nothing does."""
    if name not in holder:
        raise RuleBroken(f"{_at(where, name)} is missing.", _at(where, name))
    return holder[name]


def present(holder: Mapping[str, Any], name: str, otherwise: Any) -> Any:
    """What stands under a name; something else when nothing or null does."""
    found = holder.get(name)
    return otherwise if found is None else found


def mapping(value: Any, where: str) -> Mapping[str, Any]:
    """A value that must be an object of names. Raises RuleBroken."""
    if not isinstance(value, dict):
        raise RuleBroken(f"{where} must be an object, between {{ and }}.", where)
    return value


def listed(value: Any, where: str, *, fewest: int = 1, most: int = 10_000) -> list[Any]:
    """A value that must be a list of so many. Raises RuleBroken."""
    if not isinstance(value, list):
        raise RuleBroken(f"{where} must be a list, between [ and ].", where)
    if len(value) < fewest:
        raise RuleBroken(f"{where} must hold at least {fewest}, and holds {len(value)}.", where)
    if len(value) > most:
        raise RuleBroken(f"{where} may hold at most {most:,}, and holds {len(value):,}.", where)
    return value


def each(value: Any, where: str, one: Callable[[Any, str], Found], *, fewest: int = 1) -> list[Found]:
    """A list of which each is read by `one`; the field of a fault says which."""
    return [one(item, f"{where}[{at}]") for at, item in enumerate(listed(value, where, fewest=fewest))]


def name(value: Any, where: str) -> str:
    """A short text that names something. Raises RuleBroken."""
    if not isinstance(value, str) or not value.strip():
        raise RuleBroken(f"{where} must be a name, in quotation marks.", where)
    if len(value) > LONGEST_NAME:
        raise RuleBroken(f"{where} is longer than {LONGEST_NAME} characters.", where)
    return value


def names(value: Any, where: str) -> tuple[str, ...]:
    """A list of names, each once. Raises RuleBroken."""
    found = each(value, where, name)
    for at, one in enumerate(found):
        if one in found[:at]:
            raise RuleBroken(f"{where}[{at}] names {one} a second time.", f"{where}[{at}]")
    return tuple(found)


def whole(value: Any, where: str, *, least: int = 0) -> int:
    """A whole number, such as pence. Raises RuleBroken."""
    number = exact(value, where, least=least)
    if number.denominator != 1:
        raise RuleBroken(f"{where} must be a whole number.", where)
    return number.numerator


def optional_whole(value: Any, where: str, *, least: int = 0) -> int | None:
    """A whole number, or null for none. Raises RuleBroken."""
    return None if value is None else whole(value, where, least=least)


def exact(value: Any, where: str, *, least: int | None = 0) -> Fraction:
    """A number, or a text such as "11000.50" or "1/2", exactly as written. Raises RuleBroken.

    `least` None lets it be negative.
    """
    number = _number(value, where)
    if abs(number) > LARGEST_NUMBER:
        raise RuleBroken(f"{where} is larger than {LARGEST_NUMBER:,}.", where)
    if least is not None and number < least:
        raise RuleBroken(f"{where} must be {least} or more.", where)
    return number


def _number(value: Any, where: str) -> Fraction:
    if isinstance(value, str) and WRITTEN_NUMBER.fullmatch(value.strip()):
        return Fraction(value.strip())
    if not isinstance(value, Decimal):
        raise RuleBroken(f'{where} must be a number, such as 11000 or "11000.50".', where)
    if value and abs(value.adjusted()) > MOST_PLACES:
        raise RuleBroken(f"{where} has more than {MOST_PLACES} places.", where)
    return Fraction(value)


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
