"""The pack for the examiner holds the year's ledger, documents and decisions, and all their hashes."""

import csv
import hashlib
import io
import uuid
import zipfile
from collections.abc import Callable
from datetime import date

import pytest

from invoicing.fund.rules import Purpose
from invoicing.fund.statements import academic_year
from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from tests import make
from tests.make import budgets as budgeted
from tests.make import fund as making
from tests.make import refunds as leavers
from tests.web.client import Client

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def test_the_pack_has_ledger_documents_and_decisions_and_its_hashes_are_those_of_its_files(
    browse: Browse,
) -> None:
    held = make.partnership_fund(make.alliance(schools=4), opened_on=date(2025, 9, 1))
    make.received_round(held, Money(6_000_00))
    budgeted.budget(held, {Purpose.STAFF_TRAINING: Money(3_000_00)})
    budgeted.grant(held, budgeted.gift(Money(500_00)))
    make.paid_claim(held, held.schools[0], Money(650_00), "=A course")
    leavers.leave(held, held.schools[3])
    auditor = browse(held.alliance.auditor)
    year = academic_year(clock.today()).start.year
    page = auditor.get(f"/funds/{held.id}/examination")
    assert len(page.select("tbody tr")) == year - 2025 + 1
    answer = auditor.download(f"/funds/{held.id}/examination/{year}.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    lines = archive.read("SHA256SUMS.txt").decode().splitlines()
    listed = {path: found for found, path in (line.split("  ", 1) for line in lines)}
    assert set(listed) == set(archive.namelist()) - {"SHA256SUMS.txt"}
    assert listed == {path: hashlib.sha256(archive.read(path)).hexdigest() for path in listed}
    (claim,) = table(archive, "claims.csv")
    assert archive.read(claim["Evidence"]) == making.PDF
    assert claim["Title"] == "'=A course", "no cell is a formula"
    assert claim["First approval"]
    assert claim["Second approval"]
    assert archive.read(table(archive, "grants.csv")[0]["Letter"]) == making.PDF
    ledger = table(archive, "ledger.csv")
    bank = sum(
        Money(int(row["Amount"].replace(".", ""))).pence * (1 if row["Debit"] == "Bank" else -1)
        for row in ledger
        if row["Books of"] == held.alliance.name and "Bank" in (row["Debit"], row["Credit"])
    )
    assert bank == (6_000_00 + 500_00 - 650_00), "the ledger's entries come to what the bank holds"
    assert {row["Answer"] for row in table(archive, "decisions.csv")} == {"For"}
    assert len(table(archive, "contributions.csv")) == 4
    assert table(archive, "refunds.csv")[0]["School"] == held.schools[3].name
    assert table(archive, "budgets.csv")[0]["Up to"] == "3000.00"
    for somebody in (held.schools[0].headteacher, make.alliance(schools=1, name="Elsewhere").auditor):
        browse(somebody).get(f"/funds/{held.id}/examination", status=404)
        browse(somebody).get(f"/funds/{held.id}/examination/{year}.zip", status=404)
    auditor.get(f"/funds/{held.id}/examination/2024.zip", status=404)
