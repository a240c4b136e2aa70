"""From a supplier's file to a decision and on to recharges, page by page."""

import io
import uuid
from collections.abc import Callable

from tests import make
from tests.make import incoming as making
from tests.make.bank import Movement
from tests.web.client import Client
from tests.web.page import Page

ONE_DAY = (making.Charged("1", "50", *making.STANDARD),)
ClientFor = Callable[[uuid.UUID | None], Client]


def send(client: Client, content: bytes, name: str, *, status: int = 200) -> Page:
    form = client.get("/supplier-invoices/receive").form("Read and check the invoice")
    return client.submit(form.fill(document=(io.BytesIO(content), name)), status=status)


def test_a_supplier_s_invoice_is_read_matched_accepted_and_shared(client_for: ClientFor) -> None:
    alder, beech = make.alliance(schools=2).schools
    make.payable_school(alder)
    make.contract(alder, supplier_name="Bright & Bramshire Ltd")
    bursar = client_for(alder.bursar.person_id)
    empty = bursar.get(bursar.get("/invoices?direction=received").links()["Invoices of suppliers"])
    assert "No e-invoice yet" in empty.words
    wrong = send(bursar, making.supplier_ubl(beech.name), "inv.xml", status=422)
    assert "is made out to Beech Primary School" in wrong.errors()["document"]
    content = making.hybrid(making.supplier_cii(alder.name))
    read = send(bursar, content, "inv-1041.pdf")
    for words in (
        "Not in your school’s books yet",
        "£120.00",
        "Service 1",
        "The same name",
        "PO-77",
        making.COMPANY,
    ):
        assert words in read.words
    file = bursar.download(f"{read.path}/file")
    assert any(href == f"{read.path}/file" for href in read.links().values())
    assert file.data == content
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "has been taken before" in send(bursar, content, "a.pdf", status=422).errors()["document"]

    lead = client_for(alder.finance_lead.person_id)
    task = lead.get("/").links()["Decide about invoice INV-1041 of Bright & Bramshire Limited"]
    form = lead.get(lead.get(task).links()["Accept the invoice"]).form("Accept the invoice")
    refused = lead.submit(form, status=422)
    assert refused.errors() == {"reason": "Enter why the invoice is right."}
    done = lead.submit(refused.form("Accept the invoice").fill(reason="Counted by the caretaker"))
    assert "You accepted the invoice. It stands in your school’s books now" in done.words
    assert "You accepted it, so somebody else records its payment" in done.words
    account = lead.get(
        done.links()["See the statement of account with Bright & Bramshire Limited (The decision)"]
    )
    assert "Alder Primary School owes Bright & Bramshire Limited £120.00" in account.words
    assert "Cleaning of the whole school" in done.words
    cost = lead.get(done.links()["Share it with other schools"]).form("Check the split")
    check = lead.submit(cost.fill(schools=[str(alder.id), str(beech.id)], split="equal"))
    assert "£50.00" in check.words
    lead.submit(check.form("Record the cost and draft 1 invoice"))
    assert "Service 1, £100.00" in lead.get(done.path).words

    pay = bursar.get(bursar.get(done.path).links()["Record a payment"]).form("Record the payment")
    paid = bursar.submit(pay.fill(amount="50.00"))
    assert "You recorded £50.00 paid of invoice INV-1041." in paid.words
    (line_id,) = make.money_in(alder, Movement(-80_00, payer="Bright and Bramshire", reference="INV-1041"))
    spent = bursar.get(bursar.get(f"/bank/lines/{line_id}").links()["Match it with suppliers’ invoices"])
    assert "Its number is in the reference." in spent.words
    match = spent.form("Record them as paid with this money")
    matched = bursar.submit(match.fill(invoices=[paid.path.rpartition("/")[2]]))
    assert "You recorded £70.00 as paid to suppliers." in matched.words
    assert "Paid of invoice INV-1041" in matched.words

    one = making.supplier_ubl(alder.name, *ONE_DAY, number="CN-7", takes_back="INV-1041")
    note = send(bursar, one, "note.xml")
    assert "Takes back from invoice INV-1041" in note.words
    form = lead.get(note.links()["Accept the credit note"]).form("Accept the credit note")
    credited = lead.submit(form.fill(reason="One day was not worked"))
    assert "Your school owes that much less now." in credited.words
    owed_back = bursar.get(paid.path)
    assert "owes your school £60.00 back" in owed_back.words
    (href,) = [href for words, href in owed_back.links().items() if "Undo the payment of £50.00" in words]
    undo = bursar.get(href).form("Undo the payment")
    undone = bursar.submit(undo.fill(reason="Typed twice"))
    assert "You undid the payment of £50.00." in undone.words
    dispute = bursar.get(f"{credited.path}/dispute").form("Dispute the credit note")
    assert "You disputed it." in bursar.submit(dispute.fill(reason="They take it back")).words
    received = bursar.get("/exports?side=received")
    assert "INV-1041" in received.words
    assert "Bright & Bramshire Limited" in received.words

    second = send(bursar, making.supplier_ubl(alder.name, number="INV-1042"), "second.xml")
    form = bursar.get(second.links()["Reject it"]).form("Reject the invoice")
    rejected = bursar.submit(form.fill(reason="Only one visit took place. Please charge one."))
    assert "It is not to be paid" in rejected.words
    assert "we cannot accept it: Only one visit took place." in rejected.words
    assert "INV-1042" in client_for(alder.headteacher.person_id).get("/supplier-invoices").words
    client_for(beech.bursar.person_id).get(second.path, status=404)
    client_for(alder.governor.person_id).get("/supplier-invoices", status=403)
