import csv
import hashlib
import io
import random
import zipfile
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from marketplace.tenders.packs import rules
from marketplace.tenders.packs.rules import Content, Listed

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
NAMES = st.text(st.characters(categories=["L", "N"], include_characters=" -.()£’"), min_size=1, max_size=20)


def content(text: str) -> Content:
    return Content(hashlib.sha256(text.encode()).hexdigest(), len(text.encode()))


def test_a_document_that_did_not_change_keeps_its_version_and_its_day() -> None:
    first = rules.versions([], {"Plan": content("a"), "Terms": content("b")}, MONDAY)
    assert [(one.name, one.version, one.dated_on) for one in first] == [
        ("Plan", 1, MONDAY),
        ("Terms", 1, MONDAY),
    ]
    second = rules.versions(first, {"Plan": content("changed"), "Terms": content("b")}, TUESDAY)
    assert [(one.name, one.version, one.dated_on) for one in second] == [
        ("Plan", 2, TUESDAY),
        ("Terms", 1, MONDAY),
    ]


def test_a_document_that_is_taken_away_is_not_listed_and_one_that_comes_is_new() -> None:
    first = rules.versions([], {"Plan": content("a")}, MONDAY)
    assert rules.versions(first, {"Map": content("m")}, TUESDAY) == [Listed("Map", content("m"), 1, TUESDAY)]


def test_the_manifest_names_each_document_with_its_checksum() -> None:
    listed = rules.versions([], {"Plan": content("a"), "Map": content("m")}, MONDAY)
    rows = list(csv.reader(io.StringIO(rules.manifest(listed).decode("utf-8-sig"))))
    assert rows[0] == ["Name", "Version", "Date", "Bytes", "SHA-256"]
    assert rows[1] == ["Map", "1", "2026-11-23", "1", hashlib.sha256(b"m").hexdigest()]
    assert len(rows) == 3


@given(st.dictionaries(NAMES, st.binary(max_size=200), max_size=6), st.integers(0, 999))
def test_the_same_documents_give_the_same_bytes_in_whatever_order_they_come(
    documents: dict[str, bytes], seed: int
) -> None:
    shuffled = list(documents.items())
    random.Random(seed).shuffle(shuffled)
    packed = rules.zipped(documents)
    assert packed == rules.zipped(dict(shuffled))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == documents


def test_two_files_of_one_name_both_stand_in_the_pack() -> None:
    assert rules.unique_names(["Plan.pdf", "plan.PDF", "Plan.pdf", "Notes"]) == [
        "Plan.pdf",
        "plan (2).PDF",
        "Plan (3).pdf",
        "Notes",
    ]
