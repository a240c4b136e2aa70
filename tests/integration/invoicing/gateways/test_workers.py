"""What people type reaches a PDF as text and reaches nothing else, whatever they type."""

from __future__ import annotations

import io
import multiprocessing
import os
import resource
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader
from sqlalchemy.orm import Session

from invoicing.gateways import sandbox
from invoicing.gateways.drawing import NotDrawn, Order
from invoicing.gateways.hybrid import XML_NAME
from invoicing.gateways.workers import Limits, Workers
from invoicing.invoices.rules import VatCategory
from marketplace.alliance import actions as alliance_actions
from marketplace.alliance.models import School as SchoolRow
from marketplace.alliance.rules import SchoolDetails
from marketplace.core import storage
from marketplace.core.db import db
from marketplace.core.settings import PROJECT
from tests import make
from tests.make import School

pytestmark = pytest.mark.embedded
FILE = "file:///etc/hostname"
HANGS = 60
"""Seconds after which nothing is going to happen any more."""


@pytest.fixture
def listener() -> Iterator[tuple[str, list[object]]]:
    """An address on this machine, and who has knocked there."""
    knocks: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                knocks.append(address)
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", knocks
        server.shutdown(socket.SHUT_RDWR)


def hostile(address: str, field: str) -> str:
    """Markup that fetches, reads and embeds wherever it is taken for markup; it names its field."""
    return (
        f"{field}</td><img src='{address}/{field}'><link rel=attachment href='{FILE}'>"
        f"<style>@import url({address})</style>"
    )


def _details(school: School, address: str) -> None:
    """The school's own texts, hostile where they reach a document."""
    row = db.session().get_one(SchoolRow, school.id)
    alliance_actions.edit_school(
        school.finance_lead,
        school.id,
        row.version,
        SchoolDetails(
            address=hostile(address, "street"),
            vat_number=make.VAT_NUMBERS[0],
            finance_email="finance@example.org",
            account_name=hostile(address, "holder")[:70],
            sort_code="309431",
            account_number="00000001",
            company_details=hostile(address, "company"),
        ),
    )


def test_abuse_19_markup_in_every_field_of_a_document_opens_no_address_and_embeds_no_file(
    session: Session,  # noqa: ARG001  # it needs the database
    listener: tuple[str, list[object]],
) -> None:
    address, knocks = listener
    alder, beech = make.alliance(2).schools
    for school in (alder, beech):
        _details(school, address)
    invoice_id = make.issued_invoice(
        alder,
        beech,
        make.line(
            description=hostile(address, "line"),
            unit=hostile(address, "unit")[:30],
            category=VatCategory.EXEMPT,
            exemption_reason=hostile(address, "reason"),
        ),
        purchase_order=hostile(address, "order"),
        note=hostile(address, "note"),
    )
    credited = make.credit(alder, invoice_id, {1: 5_000}, reason=hostile(address, "why"))
    for sha256, fields in (
        (
            make.invoice(invoice_id).document_sha256,
            ("street", "holder", "company", "line", "reason", "order", "note"),
        ),
        (make.credit_note(credited).document_sha256, ("street", "line", "why")),
    ):
        assert sha256
        _holds_text_alone(storage.read(sha256), fields, address)
    assert not knocks


def _holds_text_alone(document: bytes, fields: tuple[str, ...], address: str) -> None:
    """Each field stands there as it was typed; no picture, link or file came of it but the e-invoice."""
    reader = PdfReader(io.BytesIO(document))
    words = "".join("".join(page.extract_text() for page in reader.pages).split())
    for field in fields:
        start = f"{field}</td><imgsrc='{address}/{field}'>" if field != "holder" else "holder</td><imgsrc="
        assert start in words, field
    assert list(reader.attachments) == [XML_NAME]
    with pikepdf.open(io.BytesIO(document)) as opened:
        found = [one for one in opened.objects if isinstance(one, pikepdf.Dictionary | pikepdf.Stream)]
        assert not [one for one in found if one.get("/Subtype") in {"/Image", "/Link"}]
        assert len([one for one in found if one.get("/Type") == "/EmbeddedFile"]) == 1


def test_abuse_19_a_template_that_reaches_out_is_refused_by_the_process_that_draws(
    listener: tuple[str, list[object]],
) -> None:
    """Even where a template of ours did not escape: nothing is fetched, no file read, and it ends."""
    address, knocks = listener
    workers = Workers(1, Limits(processor_seconds=1))
    try:
        for reaching in (
            f"<img src='{address}/x'>",
            f"<link rel=attachment href='{FILE}'>",
            f"<img src='{FILE}'>",
        ):
            with pytest.raises(ValueError, match="outside the document"):
                workers.begin(Order("tried", f"<p>Words</p>{reaching}", "p { color: black }")).result()
        assert not knocks
        endless = Order("tried", "<p>" + "words " * 1_000_000, "")
        with pytest.raises(NotDrawn, match="within its limits"):
            workers.begin(endless).result()
        assert workers.begin(Order("tried", "<p>Words</p>", "")).result().startswith(b"%PDF-")
    finally:
        workers.close()


def test_processes_are_made_anew_while_documents_wait_and_each_is_drawn() -> None:
    """The library's own way of it (max_tasks_per_child) leaves a pool without a process at times."""
    workers = Workers(2, Limits(documents=4))
    try:
        begun = [workers.begin(Order("tried", f"<p>{number}</p>", "")) for number in range(20)]
        drawn: list[bytes] = []
        waiting = threading.Thread(target=lambda: drawn.extend(one.result() for one in begun), daemon=True)
        waiting.start()
        waiting.join(HANGS)
        assert len(drawn) == len(begun), "the others wait for ever"
    finally:
        workers.close()


def test_abuse_19_whatever_runs_in_the_process_that_draws_meets_its_limits(
    monkeypatch: pytest.MonkeyPatch, listener: tuple[str, list[object]], tmp_path: Path
) -> None:
    """Should a document ever run code there: no memory without end, no program, address, secret or file."""
    monkeypatch.setenv("SECRET_KEY", "not for whoever draws")
    here = tmp_path / "weald.sqlite"
    here.write_bytes(b"quotes")
    address, knocks = listener
    workers = Workers(1, Limits(megabytes=1024))
    pool = workers._new()
    try:
        assert pool.submit(os.getenv, "SECRET_KEY").result(HANGS) is None
        assert pool.submit(resource.getrlimit, resource.RLIMIT_CORE).result(HANGS) == (0, 0)
        with pytest.raises(MemoryError):
            pool.submit(bytearray, 2 * 1024**3).result(HANGS)
        for reach in (
            pool.submit(subprocess.run, ["true"]),
            pool.submit(os.system, "true"),
            pool.submit(socket.create_connection, ("127.0.0.1", int(address.rpartition(":")[2]))),
            pool.submit(socket.gethostbyname, "localhost"),
        ):
            with pytest.raises(PermissionError, match="A document may not do this"):
                reach.result(HANGS)
        assert not knocks
        if not sandbox.version():
            pytest.skip("this kernel has no Landlock, which keeps files from whoever draws")
        for reading in (
            pool.submit(here.read_bytes),
            pool.submit(here.write_bytes, b"others"),
            pool.submit(os.listdir, tmp_path),
            pool.submit(os.listdir, PROJECT / "instance"),
            pool.submit(Path("/etc/passwd").read_bytes),
            pool.submit(Path("/proc/self/environ").read_bytes),
        ):
            with pytest.raises(PermissionError, match="Permission denied"):
                reading.result(HANGS)
        assert here.read_bytes() == b"quotes"
        desk = Path(pool.submit(tempfile.gettempdir).result(HANGS))
        pool.submit((desk / "typeface").write_bytes, b"letters").result(HANGS)
        assert (desk / "typeface").read_bytes() == b"letters"
    finally:
        pool.shutdown()
    del workers
    assert not desk.exists()


def test_a_place_that_cannot_be_opened_is_left_out(
    tmp_path: Path,
) -> None:
    """Such as a home that the service is kept out of, or one whose folder is a file."""
    (tmp_path / "a-file").write_bytes(b"")
    places = [tmp_path / "a-file" / "typefaces", tmp_path / "not-there", Path("/usr")]
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as apart:
        shut = apart.submit(_shut_in, places).result(HANGS)
    assert shut == (sandbox.version() > 0)


def _shut_in(places: list[Path]) -> bool:
    return sandbox.shut_in(reading=places, writing=[])
