"""The examples of the guide for programs work as they stand, one after the other."""

import re
import shlex
from string import Template
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from marketplace.contracts.models import Contract
from marketplace.core.settings import PROJECT
from tests import make
from tests.web.program import Program

GUIDE = PROJECT / "docs" / "api.md"


def examples() -> list[str]:
    """The commands of the guide, each on one line."""
    blocks = re.findall(r"```sh\n(.+?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    text = "\n".join(blocks).replace("\\\n", " ")
    return [f"curl {one}" for one in re.split(r"^curl ", text, flags=re.MULTILINE)[1:]]


def sent_by(command: str, known: dict[str, str]) -> tuple[str, str, dict[str, str], str]:
    """What a curl command sends: method, path, headers and body."""
    words = shlex.split(Template(command).safe_substitute(known))
    return _read(words[1:])


def _read(words: list[str]) -> tuple[str, str, dict[str, str], str]:
    method, path, body, headers = "GET", "", "", {}
    rest = iter(words)
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest)
        elif word.startswith("http"):
            parts = urlsplit(word)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
    return method, path, headers, body


def test_the_examples_of_the_guide_work_one_after_the_other(app: Flask) -> None:
    alliance = make.alliance()
    tender, supplier, school = make.published_tender(alliance), make.supplier(), alliance.schools[0]
    known: dict[str, Any] = {
        "WEALD": "https://weald.example.org",
        "TOKEN": make.token(school.bursar),
        "SCHOOL": str(school.id),
        "BIDDER": make.token(supplier.admin),
        "SUPPLIER": str(supplier.id),
        "TENDER": str(tender.id),
        "LINE": str(make.schedule(tender.id)[0].lines[0].id),
    }
    program = Program(app)
    done = []
    for command in examples():
        if "$CONTRACT" in command:
            contract = make.fresh().scalars(select(Contract).order_by(Contract.id.desc())).first()
            assert contract
            known |= {"CONTRACT": str(contract.id), "VERSION": str(contract.version)}
        method, path, headers, body = sent_by(command, known)
        answer = program.client.open(path, method=method, headers=headers, data=body or None)
        expected = 201 if method == "POST" else 200
        assert answer.status_code == expected, f"{command}\n{answer.text}"
        done.append((method, path.partition("?")[0]))
    assert len(done) >= 13
    assert {method for method, _ in done} == {"GET", "POST", "PUT"}
