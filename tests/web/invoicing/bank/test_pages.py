import io
import uuid
from collections.abc import Callable

from marketplace.core import clock
from tests import make
from tests.make.bank import Movement
from tests.web.client import Client
from tests.web.page import Page

ClientFor = Callable[[uuid.UUID | None], Client]


def send(client: Client, content: bytes, name: str, *, status: int = 200) -> Page:
    form = client.get("/bank/statements/import").form("Import the statement")
    return client.submit(form.fill(statement=(io.BytesIO(content), name)), status=status)


def test_a_statement_is_imported_and_its_payment_found_checked_and_recorded(client_for: ClientFor) -> None:
    alder, beech = make.alliance(schools=2).schools
    make.payable_school(alder)
    make.payable_school(beech)
    invoice_ids = [make.issued_invoice(alder, beech) for _ in range(3)]
    lead = client_for(alder.finance_lead.person_id)
    empty = lead.get(lead.get("/").links()["Import a bank statement"])
    refused = lead.submit(empty.form("Import the statement"), status=422)
    assert refused.errors() == {"statement": "Choose the file with the statement."}
    assert "No statement yet" in lead.get("/bank").words
    other = send(lead, make.camt(alder, Movement(1), account="GB29NWBK60161331926819"), "o.xml", status=422)
    assert "is of the account ending 6819" in other.errors()["statement"]

    content = make.camt(alder, Movement(100_00, reference="minibus"), Movement(-5_00, reference="tea"))
    read = send(lead, content, "november.xml")
    assert "You imported the statement: 2 new movements." in read.words
    assert "The movements between them add up" in read.words
    assert "This file was imported before. Nothing has changed." in send(lead, content, "november.xml").words
    task = lead.get("/").links()["Match 1 payment that came in"]
    line = lead.get(lead.get(task).links()["Beech Primary School"])
    assert "3 invoices fit this payment equally well." in line.words
    nothing = lead.submit(line.form("See how it is recorded"), status=422)
    assert "Choose the invoice that this payment is for." in nothing.words
    number = make.invoice(invoice_ids[1]).number
    check = lead.submit(nothing.form("See how it is recorded").fill(invoices=[str(invoice_ids[1])]))
    assert f"{number}Beech Primary School £100.00 £100.00 £0.00" in check.words
    done = lead.submit(check.form(f"Record £100.00 for invoice {number}"))
    assert "You recorded £100.00 as paid." in done.words
    assert "Matched" in done.words
    shown = lead.get(f"/invoices/{invoice_ids[1]}")
    assert "Paid" in shown.words
    matched = lead.get(line.path)
    undo = lead.get(matched.links()["Undo the match: it was a mistake"])
    assert lead.submit(undo.form("Undo the match"), status=422).errors()["reason"]
    undone = lead.submit(undo.form("Undo the match").fill(reason="It was for the hall"))
    assert "You undid the match." in undone.words
    assert "-£100.00" in lead.get(f"/invoices/{invoice_ids[1]}").words
    assert "It was for the hall Alder Finance Lead" in undone.words
    head = client_for(alder.headteacher.person_id)
    assert "£100.00" in head.get("/bank").words
    head.get("/bank/statements/import", status=403)
    client_for(alder.governor.person_id).get("/bank", status=403)


def test_columns_are_said_once_and_money_for_no_invoice_is_set_aside(client_for: ClientFor) -> None:
    alder = make.payable_school(make.alliance(schools=2).schools[0])
    lead = client_for(alder.finance_lead.person_id)
    day = f"{clock.today():%d/%m/%Y}"
    ask = send(lead, f"Date,Details,Sum\n{day},Grant,500.00\n".encode(), "own.csv")
    assert ask.heading == "Which column is which?"
    form = ask.form("Read the statement")
    assert (form.values["date"], form.values["reference"]) == ("Date", "Details")
    wrong = lead.submit(form, status=422)
    assert "Choose the column with the amount" in wrong.errors()["amount"]
    read = lead.submit(wrong.form("Read the statement").fill(amount="Sum"))
    assert "nothing proves that no movement is missing" in read.words
    line = lead.get(lead.get("/bank").links()["Payer not said"])
    assert "No invoice waits for money" in line.words
    aside = lead.get(line.links()["It is for no invoice"])
    told = lead.submit(aside.form("Set it aside"), status=422)
    assert told.errors() == {"reason": "Say what the money is for."}
    done = lead.submit(told.form("Set it aside").fill(reason="A grant of the council"))
    assert "A grant of the council" in done.words
    again = lead.get(done.links()["Payer not said"])
    back = lead.submit(again.form("Let it wait for an invoice again"))
    assert "The payment waits for its invoice again." in back.words
