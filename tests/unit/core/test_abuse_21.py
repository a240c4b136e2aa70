"""Hostile files are refused with a sentence, and cost next to nothing: time and memory are measured."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from tests import hostile_files

PROJECT = Path(__file__).resolve().parents[3]
XML_READER = re.compile(
    r"^\s*(from|import) (lxml|xml\.(?!etree\.ElementTree import [A-Za-z, ]*$)|defusedxml)"
    r"|import [\w, ]*\b(fromstring|iterparse|XMLParser|XMLPullParser|ElementTree)\b",
    re.MULTILINE,
)
FILE_READER = re.compile(r"request\.files|\b(Multiple)?FileField\b")
MOST_MEGABYTES, MOST_SECONDS = 300, 2.0


def test_abuse_21_hostile_files_are_refused_with_a_sentence_in_little_time_and_memory(tmp_path: Path) -> None:
    """The files are made here and refused in a process of its own, whose memory is theirs alone."""
    offered = [*hostile_files.documents(), *hostile_files.read_at_once()]
    assert len({what for what, _, _ in offered}) == len(offered) > 40
    for number, (_, name, content) in enumerate(offered):
        (tmp_path / f"{number}-{name}").write_bytes(content)
    command = [sys.executable, "-m", "tests.hostile_files", str(tmp_path)]
    told = json.loads(subprocess.run(command, cwd=PROJECT, check=True, capture_output=True).stdout)
    for number, (what, _, _) in enumerate(offered):
        sentences = told["sentences"][str(number)]
        assert sentences, what
        for sentence in sentences:
            assert sentence.endswith("."), f"{what}: {sentence}"
    assert told["seconds"] < MOST_SECONDS
    assert told["megabytes"] < MOST_MEGABYTES


def test_abuse_21_xml_from_outside_comes_in_by_one_door() -> None:
    """No module but `xml_files`, and openpyxl's neighbour, reads XML; lxml only writes what we made."""
    doors = {"marketplace/core/xml_files.py", "marketplace/core/excel.py", "invoicing/gateways/e_invoice.py"}
    found = {
        str(file.relative_to(PROJECT))
        for part in ("marketplace", "suppliers", "invoicing")
        for file in (PROJECT / part).rglob("*.py")
        if XML_READER.search(file.read_text("utf-8"))
    }
    assert found == doors


def test_abuse_21_every_file_from_outside_comes_in_by_one_field() -> None:
    """`UploadField` bounds a file and has it looked at for viruses; nothing else reads one from a request."""
    found = {
        str(file.relative_to(PROJECT))
        for part in ("marketplace", "suppliers", "invoicing", "demonstration")
        for file in (PROJECT / part).rglob("*.py")
        if FILE_READER.search(file.read_text("utf-8"))
    }
    names_only = "marketplace/alliance/sign_ins/proving/views.py"  # says which files to choose again
    assert found == {"marketplace/core/fields.py", names_only}
