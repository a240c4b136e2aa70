"""Importing a register and keeping documents, as a person does it."""

import io
import uuid
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract, ContractDocument
from tests import make
from tests.make.contracts import saved
from tests.make.fund import PDF
from tests.web.client import Client
from tests.web.page import Page

ClientFor = Callable[[uuid.UUID | None], Client]


@pytest.fixture
def alliance(app: Flask) -> make.Alliance:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=2)


@pytest.fixture
def bursar(client_for: ClientFor, alliance: make.Alliance) -> Client:
    return client_for(alliance.schools[0].bursar.person_id)


def choose(
    client: Client, rows: list[dict[str, Any]], *, name: str = "register.xlsx", status: int = 200
) -> Page:
    """The page that follows from importing these rows."""
    write = make.register_workbook if name.endswith(".xlsx") else make.register_text
    return choose_file(client, name, write(rows), status=status)


def choose_file(client: Client, name: str, content: bytes, *, status: int = 200) -> Page:
    form = client.get("/contracts/import").form("Import the register")
    return client.submit(form.fill(register=(io.BytesIO(content), name)), status=status)


@pytest.mark.parametrize("name", ["register.xlsx", "register.csv"])
def test_a_register_is_imported_its_wrong_rows_put_right_and_imported_again(
    bursar: Client, session: Session, name: str
) -> None:
    wrong = make.register_row(title="Windows <b>", ends_on="31/06/2027", supplier_name="")
    done = choose(bursar, [make.register_row(), wrong], name=name)
    assert done.heading == "What the import did"
    assert session.scalar(select(func.count()).select_from(Contract)) == 1
    assert "31/06/2027" in done.words
    assert "Enter the supplier’s name." in done.words
    kind = name.rpartition(".")[2]
    link = next(href for href in done.links().values() if href.endswith(f"refused.{kind}"))
    answer = bursar.download(link)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=refused-rows.{kind}"
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
        column = {cell.value: number for number, cell in enumerate(sheet[1], start=1)}
        assert sheet.cell(2, column["Last day"]).value == "31/06/2027"
        sheet.cell(2, column["Last day"], "30/06/2027")
        sheet.cell(2, column["Supplier"], "Clear Ltd")
        assert sheet.parent is not None
        again = choose_file(bursar, name, saved(sheet.parent))
    else:
        mended = answer.data.replace(b"31/06/2027", b"30/06/2027")
        content = mended.replace(b"Windows <b>,,", b"Windows <b>,Clear,")
        again = choose_file(bursar, name, content)
    assert "Every row was right." in again.words
    assert session.scalar(select(func.count()).select_from(Contract)) == 2


def test_a_file_that_is_no_register_says_what_to_do(bursar: Client) -> None:
    refused = choose_file(bursar, "register.xlsx", b"Category;Supplier", status=422)
    assert "not an Excel workbook" in refused.errors()["register"]
    refused = choose_file(bursar, "register.pdf", PDF, status=422)
    assert "must be a file of type .xlsx or .csv" in refused.errors()["register"]
    empty = bursar.submit(bursar.get("/contracts/import").form(), status=422)
    assert empty.errors() == {"register": "Choose the file with the register."}


def test_the_template_is_offered_in_both_formats(bursar: Client) -> None:
    page = bursar.get("/contracts/import")
    for kind in ("xlsx", "csv"):
        assert f"/contracts/import/template.{kind}" in page.links().values()
        assert bursar.download(f"/contracts/import/template.{kind}").data


def test_what_an_import_did_is_shown_to_whoever_made_it(
    bursar: Client, alliance: make.Alliance, client_for: ClientFor
) -> None:
    done = choose(bursar, [make.register_row(ends_on="?")])
    other = client_for(alliance.schools[1].bursar.person_id)
    for path in (done.path, f"{done.path}/refused.xlsx"):
        other.get(path, status=404)
    client_for(alliance.schools[0].governor.person_id).get("/contracts/import", status=403)
    assert "Import a register" in client_for(alliance.coordinator.person_id).get("/contracts").words


def test_a_document_is_kept_beside_a_contract_downloaded_and_removed(
    bursar: Client, alliance: make.Alliance, client_for: ClientFor, session: Session
) -> None:
    kept = make.contract(alliance.schools[0])
    form = bursar.get(f"/contracts/{kept.id}/documents/add").form("Add the document")
    shown = bursar.submit(form.fill(document=(io.BytesIO(PDF), "../Vertrag £.pdf")))
    assert "You added a document." in shown.words
    link = shown.links()["Vertrag £.pdf"]
    bursar.submit(form.fill(document=(io.BytesIO(PDF), "Vertrag £.pdf")))
    assert session.scalar(select(func.count()).select_from(ContractDocument)) == 1, "a double click"
    governor = client_for(alliance.schools[0].governor.person_id)
    answer = governor.download(link)
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "Remove" not in governor.get(f"/contracts/{kept.id}").words
    stranger = client_for(alliance.schools[1].bursar.person_id)
    stranger.get(link, status=404)
    stranger.post(f"{link}/remove", status=404)
    governor.post(f"{link}/remove", status=403)
    assert "You removed a document." in bursar.post(f"{link}/remove").words
    bursar.get(link, status=404)


def test_a_document_that_is_not_what_its_name_says_is_refused(
    bursar: Client, alliance: make.Alliance
) -> None:
    kept = make.contract(alliance.schools[0])
    form = bursar.get(f"/contracts/{kept.id}/documents/add").form("Add the document")
    refused = bursar.submit(form.fill(document=(io.BytesIO(b"MZ a program"), "contract.pdf")), status=422)
    assert "is not a complete PDF" in refused.errors()["document"]
