"""What a file of categories must be. All that is wrong with one is told at once, with what to write."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from marketplace.contracts.categories import COMMON, MOST_ROWS, Category, CategoryField, FieldType
from marketplace.contracts.frameworks import known_frameworks

MOST_CATEGORIES = 200
MOST_FIELDS = 40
MOST_COLUMNS = 6
LONGEST_NAME = 60
LONGEST_LABEL = 150
LONGEST_TEXT = 1_000
LARGEST_LIMIT = 100_000_000
WORD = re.compile(r"[a-z][a-z_]{0,39}")
CPV_CODE = re.compile(r"[0-9]{8}")
COMPARISONS = ("rpa",)
CHOSEN = frozenset({FieldType.ONE_OF, FieldType.ANY_OF})
NUMBERS = frozenset({FieldType.WHOLE_NUMBER, FieldType.NUMBER})
IN_A_ROW = tuple(
    kind for kind in FieldType if kind not in {FieldType.LONG_TEXT, FieldType.ANY_OF, FieldType.TABLE}
)
"""The kinds of answer that fit into a cell of a table."""
WORDS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT})

Check = Callable[[Any], str]
"""What is wrong with a value, as what to write; "" when nothing is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a catalogue's entry may say: how it is checked, and whether it must be there."""

    check: Check
    needed: bool = False


def _text(longest: int) -> Check:
    def check(value: Any) -> str:
        right = isinstance(value, str) and 0 < len(value.strip()) <= longest
        return "" if right else f"write a text of 1 to {longest:,} characters"

    return check


def _word(value: Any) -> str:
    if isinstance(value, str) and WORD.fullmatch(value):
        return ""
    return "write one word of at most 40 small letters and underscores, such as playground_equipment"


def _yes_no(value: Any) -> str:
    return "" if isinstance(value, bool) else "write true or false"


def _limit(value: Any) -> str:
    right = type(value) is int and 0 < value <= LARGEST_LIMIT
    return "" if right else f"write a whole number from 1 to {LARGEST_LIMIT}"


def _one_of(*allowed: str) -> Check:
    return lambda value: "" if value in allowed else f"write one of {', '.join(allowed)}"


def _options(value: Any) -> str:
    right = (
        isinstance(value, dict)
        and bool(value)
        and all(WORD.fullmatch(key) and not _text(LONGEST_LABEL)(label) for key, label in value.items())
    )
    return "" if right else 'write what is stored and what is read, such as {"new": "New", "used": "Used"}'


def _pattern(value: Any) -> str:
    try:
        re.compile(value)
    except (re.error, TypeError):
        return "write a regular expression, such as [0-9]{6}"
    return ""


def _cpv(value: Any) -> str:
    right = isinstance(value, list) and all(
        isinstance(one, dict)
        and set(one) == {"code", "label"}
        and CPV_CODE.fullmatch(str(one["code"]))
        and not _text(LONGEST_LABEL)(one["label"])
        for one in value
    )
    if right and value:
        return ""
    return (
        'write at least one code of eight digits with its label, such as [{"code": "37535200", "label": "…"}]'
    )


def _elsewhere(value: Any) -> str:
    ask = 'write {"since": "2026-09-01", "text": "what people are told", "source": "who says so"}'
    if not isinstance(value, dict) or set(value) != {"since", "text", "source"}:
        return ask
    try:
        date.fromisoformat(value["since"])
    except (TypeError, ValueError):
        return ask
    return ask if _text(LONGEST_TEXT)(value["text"]) or _text(LONGEST_TEXT)(value["source"]) else ""


def _frameworks(value: Any) -> str:
    known = known_frameworks()
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        unknown = [one for one in value if one not in known]
        if not unknown:
            return ""
        return f"{unknown[0]} is no approved framework; flask categories frameworks lists their addresses"
    return "write a list of addresses, as flask categories frameworks lists them"


def _fields(value: Any) -> str:
    right = isinstance(value, list) and 0 < len(value) <= MOST_FIELDS
    return "" if right else f"write a list of 1 to {MOST_FIELDS} questions"


def _columns(value: Any) -> str:
    right = isinstance(value, list) and 0 < len(value) <= MOST_COLUMNS
    return "" if right else f"write a list of 1 to {MOST_COLUMNS} columns"


def _most_rows(value: Any) -> str:
    right = type(value) is int and 0 < value <= MOST_ROWS
    return "" if right else f"write a whole number from 1 to {MOST_ROWS}"


CATEGORY: Final[Mapping[str, Entry]] = {
    "id": Entry(_word, needed=True),
    "name": Entry(_text(LONGEST_NAME), needed=True),
    "volume_unit": Entry(_text(LONGEST_NAME), needed=True),
    "cpv": Entry(_cpv, needed=True),
    "fields": Entry(_fields, needed=True),
    "volume_max": Entry(_limit),
    "volume_message": Entry(_text(LONGEST_TEXT)),
    "compare": Entry(_one_of(*COMPARISONS)),
    "elsewhere": Entry(_elsewhere),
    "frameworks": Entry(_frameworks),
}
FIELD: Final[Mapping[str, Entry]] = {
    "key": Entry(_word, needed=True),
    "label": Entry(_text(LONGEST_LABEL), needed=True),
    "type": Entry(_one_of(*FieldType), needed=True),
    "required": Entry(_yes_no, needed=True),
    "unit": Entry(_text(LONGEST_NAME)),
    "hint": Entry(_text(LONGEST_TEXT)),
    "page": Entry(_text(LONGEST_LABEL)),
    "options": Entry(_options),
    "pattern": Entry(_pattern),
    "message": Entry(_text(LONGEST_TEXT)),
    "max": Entry(_limit),
    "columns": Entry(_columns),
    "max_rows": Entry(_most_rows),
    "none": Entry(_text(LONGEST_LABEL)),
}
COLUMN: Final[Mapping[str, Entry]] = {
    "key": Entry(_word, needed=True),
    "label": Entry(_text(LONGEST_NAME), needed=True),
    "type": Entry(_one_of(*IN_A_ROW), needed=True),
    "required": Entry(_yes_no, needed=True),
    "unit": Entry(_text(LONGEST_NAME)),
    "options": Entry(_options),
    "max": Entry(_limit),
}


def read_file(content: bytes, known: Mapping[str, Category]) -> tuple[list[dict[str, Any]], list[str]]:
    """The entries of a catalogue file, and everything that is wrong with it, one sentence each.

    `known` are the categories that there are; nothing that needs say in them may become unreadable.
    """
    try:
        told = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return [], ["The file is not written in UTF-8. Save it as UTF-8 and check it again."]
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        ask = "Correct it there; often a comma or a quotation mark is missing."
        return [], [f"The file is no JSON: {where}. {ask}"]
    rows = told.get("categories") if isinstance(told, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_CATEGORIES:
        return [], [f'Write {{"categories": […]}} with 1 to {MOST_CATEGORIES} categories in it.']
    problems = [sentence for number, row in enumerate(rows, 1) for sentence in _category(number, row, known)]
    return rows, problems + list(_twins(rows, known))


def _category(number: int, row: Any, known: Mapping[str, Category]) -> Iterator[str]:
    where = _named(f"Category {number}", row, "id")
    yield from _entries(where, row, CATEGORY)
    if not isinstance(row, dict):
        return
    if ("volume_max" in row) != ("volume_message" in row):
        yield f"{where}: write volume_max and volume_message together: the limit, and what to do beyond it."
    fields = row.get("fields")
    if isinstance(fields, list):
        for place, field in enumerate(fields, 1):
            yield from _field(_named(f"{where}, question {place}", field, "key"), field)
        yield from _repeated(where, fields)
        present = known.get(row.get("id", "")) if isinstance(row.get("id"), str) else None
        if present:
            yield from _readable(where, fields, present)


def _named(where: str, row: Any, key: str) -> str:
    return f"{where} ({row[key]})" if isinstance(row, dict) and isinstance(row.get(key), str) else where


def _entries(where: str, row: Any, allowed: Mapping[str, Entry]) -> Iterator[str]:
    """What is wrong with each entry of a row by itself."""
    if not isinstance(row, dict):
        yield f"{where}: write it in braces, with {', '.join(allowed)}."
        return
    for name in row.keys() - allowed.keys():
        yield f"{where}: “{name}” means nothing here. Remove it, or write one of {', '.join(allowed)}."
    for name, entry in allowed.items():
        if name in row:
            if wrong := entry.check(row[name]):
                yield f"{where}, “{name}”: {wrong}."
        elif entry.needed:
            yield f"{where}: “{name}” is missing. Add it."


def _field(where: str, row: Any) -> Iterator[str]:
    yield from _entries(where, row, FIELD)
    if not isinstance(row, dict):
        return
    kind = row.get("type")
    yield from _parts(where, row)
    if (kind == FieldType.TABLE) != ("columns" in row):
        yield f"{where}: write columns for the type table, and for no other."
    if kind != FieldType.TABLE and row.keys() & {"max_rows", "none"}:
        yield f"{where}: only a table has max_rows and none. Remove them, or write the type table."
    columns = row.get("columns")
    if isinstance(columns, list):
        for place, column in enumerate(columns, 1):
            named = _named(f"{where}, column {place}", column, "key")
            yield from _entries(named, column, COLUMN)
            if isinstance(column, dict):
                yield from _parts(named, column)
        yield from _twice(f"{where}: two columns", _keys(columns))
    if ("pattern" in row) != ("message" in row):
        yield f"{where}: write pattern and message together: what is right, and what to do when it is not."
    if "pattern" in row and kind not in WORDS:
        yield f"{where}: only a text has a pattern. Remove it, or write the type text."


def _parts(where: str, row: Mapping[str, Any]) -> Iterator[str]:
    """What a question and a column alike say only with a type that it belongs to."""
    kind = row.get("type")
    if (kind in CHOSEN) != ("options" in row):
        yield f"{where}: write options for the types enum and multi, and for no other."
    if "max" in row and kind not in NUMBERS:
        yield f"{where}: only int and number have a max. Remove it, or write one of these types."


def _keys(rows: list[Any]) -> list[str]:
    return [row["key"] for row in rows if isinstance(row, dict) and isinstance(row.get("key"), str)]


def _twice(what: str, keys: list[str]) -> Iterator[str]:
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"{what} have the key {key}. Give one of them another."


def _repeated(where: str, fields: list[Any]) -> Iterator[str]:
    keys = _keys(fields)
    yield from _twice(f"{where}: two questions", keys)
    for key in sorted({field.key for field in COMMON} & set(keys)):
        yield f"{where}: the key {key} is a question of every category. Give yours another."


def _readable(where: str, fields: list[Any], present: Category) -> Iterator[str]:
    """What needs already say in a category must stay readable."""
    yield from _all_kept(where, "question", fields, [one for one in present.fields if not one.is_common])


def _all_kept(where: str, what: str, rows: list[Any], present: Iterable[CategoryField]) -> Iterator[str]:
    new = {row.get("key"): row for row in rows if isinstance(row, dict)}
    for field in present:
        if field.key not in new:
            yield f"{where}: the {what} {field.key} is gone, but needs may have answered it. Keep it."
        else:
            yield from _same_kind(f"{where}, {what} {field.key}", new[field.key], field)


def _same_kind(where: str, row: Mapping[str, Any], field: CategoryField) -> Iterator[str]:
    kind = row.get("type")
    becomes_a_table = field.type in WORDS and kind == FieldType.TABLE  # what was written stays readable
    if kind != field.type and not becomes_a_table:
        yield f"{where}: its type was {field.type} and must stay so. Add another question instead."
    columns = row.get("columns")
    if field.type is FieldType.TABLE and isinstance(columns, list):
        yield from _all_kept(where, "column", columns, field.columns)
    options = row.get("options")
    gone = set(field.options) - set(options if isinstance(options, dict) else ())
    if gone:
        named = ", ".join(sorted(gone))
        yield f"{where}: the options {named} are gone, but needs may have chosen them. Keep them."


def _twins(rows: list[Any], known: Mapping[str, Category]) -> Iterator[str]:
    """What two categories may not share: an id, and a CPV code, by which imported tenders find theirs."""
    ids = [row.get("id") for row in rows if isinstance(row, dict)]
    for twice in sorted({one for one in ids if isinstance(one, str) and ids.count(one) > 1}):
        yield f"Two categories have the id {twice}. Give one of them another."
    owners = {cpv.code: one.id for one in known.values() if one.id not in ids for cpv in one.cpv}
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("cpv"), list):
            continue
        for code in {str(one.get("code")) for one in row["cpv"] if isinstance(one, dict)}:
            owner = owners.setdefault(code, str(row.get("id")))
            if owner != row.get("id"):
                yield f"Category {row.get('id')}: the CPV code {code} belongs to {owner}. Use another code."
