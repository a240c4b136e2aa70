import csv
import io
import uuid
from collections.abc import Callable

from pypdf import PdfReader

from tests import make
from tests.make import settlement as making
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]


def test_a_bursar_reads_ages_and_takes_the_statement_with_another_school_along(client_for: ClientFor) -> None:
    made = making.ring()
    alder, beech, _ = made.schools
    make.pay(alder, made.invoices[0], 120_00)
    bursar = client_for(alder.bursar.person_id)
    page = bursar.get(bursar.get("/").links()["What is owed, by age"])
    assert "Owed to the school £380.00" in page.words
    assert "Owed by the school £100.00" in page.words
    listed = bursar.download(page.links()["Download as CSV, invoice by invoice: owed to the school"])
    rows = list(csv.reader(io.StringIO(listed.data.decode("utf-8-sig"))))
    assert rows[1][:2] == ["Beech Primary School", make.invoice(made.invoices[0]).number]
    assert rows[-1][5] == "380.00"
    wrong = bursar.get(f"{page.path}?day-day=31&day-month=2&day-year=2026", status=422)
    assert "Day must be a real date" in wrong.errors()["day-day"]

    shown = bursar.get(page.links()["Statement with Beech Primary School"])
    assert "Beech Primary School owes Alder Primary School £380.00" in shown.words
    links = shown.links()
    pdf = bursar.download(links["Download as PDF"])
    text = " ".join(PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text().split())
    assert "Closing balance so far £380.00" in text
    lines = list(csv.reader(io.StringIO(bursar.download(links["Download as CSV"]).data.decode("utf-8-sig"))))
    assert lines[-1][1:] == ["Closing balance", "", "", "", "380.00"]
    assert ["500.00", "", "500.00"] in [line[3:] for line in lines]
    turned = bursar.get(
        f"{shown.path}?start-day=2&start-month=3&start-year=2026&end-day=1&end-month=3&end-year=2026",
        status=422,
    )
    assert "The last day must not be before the first." in turned.words
    client_for(beech.bursar.person_id).download(shown.path, status=404)


def test_a_school_without_invoices_and_an_auditor_of_several_schools_read_what_to_do(
    client_for: ClientFor,
) -> None:
    made = make.alliance(schools=2)
    page = client_for(made.schools[0].finance_lead.person_id).get("/accounts")
    assert "Nobody owes anybody anything yet" in page.words
    auditor = client_for(made.auditor.person_id).get("/accounts")
    assert made.schools[1].name in auditor.links()
    client_for(made.schools[0].governor.person_id).get("/accounts", status=403)
