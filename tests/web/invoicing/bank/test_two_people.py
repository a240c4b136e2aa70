import uuid
from collections.abc import Callable

from invoicing.bank import actions as bank
from marketplace.core.money import Money
from tests import make
from tests.make.bank import Movement
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]


def test_money_on_account_is_used_paid_back_and_a_rest_written_off(client_for: ClientFor) -> None:
    alder, beech = make.alliance(schools=2).schools
    make.payable_school(alder)
    make.payable_school(beech)
    paid, rest = make.issued_invoice(alder, beech), make.issued_invoice(alder, beech)
    lead = client_for(alder.finance_lead.person_id)
    assert "Nothing is on account" in lead.get("/bank/on-account").words
    (line_id,) = make.money_in(alder, Movement(140_00))
    bank.match_payment(alder.finance_lead, line_id, 1, [paid], Money(40_00))
    page = lead.get("/bank/on-account")
    assert "Beech Primary School Alder Primary School £40.00" in page.words
    back = lead.get(page.links()["Pay it back to Beech Primary School"])
    told = lead.submit(back.form("Propose to pay it back").fill(amount="41", reason="Twice"), status=422)
    assert "must be £40.00 or less" in told.errors()["amount"]
    done = lead.submit(told.form("Propose to pay it back").fill(amount="10"))
    assert "Another person of your school decides" in done.words
    record = lead.get(f"/invoices/{rest}/payments/record")
    used = lead.submit(
        lead.get(record.links()["Use it for this invoice"]).form("Use £40.00 for this invoice")
    )
    assert "You used £40.00 from the account" in used.words
    off = lead.get(used.links()["Write off what is not paid"])
    lead.submit(off.form("Propose to write it off").fill(reason="It cannot be found any more."))

    head = client_for(alder.headteacher.person_id)
    tasks = head.get("/").links()
    number = make.invoice(rest).number
    decide = head.get(tasks[f"Decide whether to write off £60.00 of invoice {number}"])
    own = lead.get(decide.path)
    assert "not the one who proposed it" in own.words
    done = head.submit(decide.form(f"Approve: write off £60.00 of invoice {number}"))
    assert "It is in both schools’ books." in done.words
    repay = head.get(tasks["Decide whether to pay £10.00 back to Beech Primary School"])
    late = head.submit(repay.form("Approve: pay £10.00 back to Beech Primary School"), status=422)
    assert "must be £0.00 or less: that is what is kept on account" in late.words
    refuse = head.get(repay.links()["Refuse it, with a reason"])
    told = head.submit(refuse.form("Refuse it").fill(reason="It was used meanwhile."))
    assert "You refused it. Nothing has changed." in told.words
    assert f"Written off of invoice {number}" in head.get(f"/invoices/{rest}").words
