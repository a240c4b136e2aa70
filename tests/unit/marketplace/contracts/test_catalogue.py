import json
from typing import Any

import pytest

from marketplace.contracts.catalogue.rules import read_file
from marketplace.contracts.categories import CATALOGUE, CATALOGUE_FILE
from tests.make.categories import PLAYGROUND

COLUMNS = [{"key": "kind", "label": "Kind", "type": "text", "required": True}]


def problems(*rows: Any) -> list[str]:
    return read_file(json.dumps({"categories": rows}).encode(), CATALOGUE)[1]


def changed(**changes: Any) -> dict[str, Any]:
    return {**PLAYGROUND, **changes}


def field(**changes: Any) -> dict[str, Any]:
    return changed(fields=[{**PLAYGROUND["fields"][0], **changes}])


def test_a_right_file_and_our_own_have_nothing_to_correct() -> None:
    assert problems(PLAYGROUND) == []
    own = json.loads(CATALOGUE_FILE.read_text("utf-8"))["categories"]
    assert problems(*(row for row in own if row["id"] != "other")) == []


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("playground", "Category 1: write it in braces, with id, name"),
        ({**PLAYGROUND, "id": "Play ground"}, "Category 1 (Play ground), “id”: write one word"),
        ({**PLAYGROUND, "colour": "red"}, "“colour” means nothing here. Remove it"),
        ({key: value for key, value in PLAYGROUND.items() if key != "name"}, "“name” is missing. Add it."),
        ({**PLAYGROUND, "name": ""}, "“name”: write a text of 1 to 60 characters."),
        ({**PLAYGROUND, "cpv": [{"code": "375", "label": "x"}]}, "at least one code of eight digits"),
        ({**PLAYGROUND, "cpv": []}, "at least one code of eight digits"),
        ({**PLAYGROUND, "cpv": [{"code": "55524000", "label": "x"}]}, "55524000 belongs to catering"),
        ({**PLAYGROUND, "fields": []}, "“fields”: write a list of 1 to 40 questions."),
        ({**PLAYGROUND, "volume_max": 3}, "write volume_max and volume_message together"),
        ({**PLAYGROUND, "elsewhere": {"since": "soon"}}, "“elsewhere”: write {"),
        ({**PLAYGROUND, "compare": "lottery"}, "“compare”: write one of rpa."),
        ({**PLAYGROUND, "frameworks": []}, "“frameworks”: write a list of addresses"),
        (
            {**PLAYGROUND, "frameworks": ["https://example.org/x"]},
            "https://example.org/x is no approved framework; flask categories frameworks lists",
        ),
        (field(type="picture"), "question 1 (surface), “type”: write one of int, number, money"),
        (field(type="table"), "write columns for the type table"),
        (field(columns=COLUMNS), "write columns for the type table"),
        (field(none="There are none"), "only a table has max_rows and none"),
        (field(type="table", columns=[]), "“columns”: write a list of 1 to 6 columns."),
        (field(type="table", columns=COLUMNS, max_rows=41), "“max_rows”: write a whole number from 1 to 40."),
        (field(type="table", columns=COLUMNS * 2), "question 1 (surface): two columns have the key kind"),
        (
            field(type="table", columns=[{**COLUMNS[0], "type": "table"}]),
            "question 1 (surface), column 1 (kind), “type”: write one of int, number, money",
        ),
        (
            field(type="table", columns=[{**COLUMNS[0], "type": "enum"}]),
            "column 1 (kind): write options for the types enum and multi",
        ),
        (field(required="yes"), "“required”: write true or false."),
        (field(type="enum"), "write options for the types enum and multi"),
        (field(options={"a": "A"}), "write options for the types enum and multi"),
        (field(pattern="["), "“pattern”: write a regular expression"),
        (field(pattern="x"), "write pattern and message together"),
        (field(type="date", pattern="x", message="y"), "only a text has a pattern"),
        (field(max=5), "only int and number have a max"),
        (field(key="vat_recovery"), "the key vat_recovery is a question of every category"),
        ({**PLAYGROUND, "fields": PLAYGROUND["fields"][:1] * 2}, "two questions have the key surface"),
    ],
)
def test_what_is_wrong_is_said_with_where_and_what_to_write(row: Any, sentence: str) -> None:
    assert any(sentence in problem for problem in problems(row)), problems(row)


def test_everything_wrong_is_told_at_once() -> None:
    assert len(problems(changed(name="", volume_unit=7), changed(cpv=0))) >= 4


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "The file is no JSON: line 1, column 2"),
        (b"\xff\xfe{", "not written in UTF-8"),
        (b"[]", "Write {"),
        (b'{"categories": []}', "with 1 to 200 categories"),
    ],
)
def test_a_file_that_is_no_catalogue_is_told_so(content: bytes, sentence: str) -> None:
    rows, told = read_file(content, CATALOGUE)
    assert rows == []
    assert sentence in told[0]


def test_what_needs_have_answered_stays_readable() -> None:
    gas = next(
        row for row in json.loads(CATALOGUE_FILE.read_text("utf-8"))["categories"] if row["id"] == "gas"
    )
    fewer = {**gas, "fields": [row for row in gas["fields"] if row["key"] != "meters"]}
    assert "the question meters is gone" in problems(fewer)[0]
    other = {
        **gas,
        "fields": [{**row, "type": "text"} if row["key"] == "meters" else row for row in gas["fields"]],
    }
    assert "its type was int and must stay so" in problems(other)[0]
    options = {
        **gas,
        "fields": [
            {**row, "options": {"standard": "20%"}} if row["key"] == "vat_rate" else row
            for row in gas["fields"]
        ],
    }
    assert "the options reduced are gone" in problems(options)[0]


def test_a_text_may_become_a_table_and_a_column_that_was_answered_stays() -> None:
    own = json.loads(CATALOGUE_FILE.read_text("utf-8"))["categories"]
    waste = next(row for row in own if row["id"] == "waste")
    rows = {"type": "table", "columns": COLUMNS}
    table = [{**row, **rows} if row["key"] == "access" else row for row in waste["fields"]]
    assert problems({**waste, "fields": table}) == []
    fewer = [{**row, "columns": row["columns"][1:]} if row["key"] == "bins" else row for row in table]
    assert "question bins: the column stream is gone" in problems({**waste, "fields": fewer})[0]
