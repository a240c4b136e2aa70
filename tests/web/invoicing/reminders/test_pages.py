import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from invoicing.reminders import actions
from marketplace.core import clock
from tests import make
from tests.make import settlement as making
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]


@pytest.fixture(autouse=True)
def _on_a_day_whose_rate_is_known(app: Flask) -> Iterator[None]:  # noqa: ARG001  # it needs the context
    with clock.travelling(datetime(2026, 9, 1, 9, tzinfo=UTC)):
        yield


def test_reminders_are_read_held_and_chosen_and_interest_is_drafted(client_for: ClientFor) -> None:
    made = making.ring()
    alder, beech, _ = made.schools
    lead = client_for(alder.finance_lead.person_id)
    page = lead.get(lead.get("/").links()["Reminders of invoices"])
    assert "An e-mail goes 3 days before an invoice is due, then 7, 21 and 35 days after it." in page.words
    number = make.invoice(made.invoices[0]).number
    assert f"{number}Beech Primary School" in page.words
    assert "None yet" in page.words
    hold = lead.get(page.links()[f"Hold the reminders of invoice {number}"])
    assert lead.submit(hold.form("Hold the reminders"), status=422).errors()["reason"]
    held = lead.submit(hold.form("Hold the reminders").fill(reason="They pay on Friday"))
    assert "They pay on Friday (Alder Finance Lead)" in held.words
    again = lead.get(held.links()[f"Remind again of invoice {number}"])
    lead.submit(again.form("Remind Beech Primary School again"))

    choose = lead.get(page.links()["Choose when to remind"])
    assert "simple interest at 8 % a year above Bank Rate" in choose.words
    assert "a fixed sum of £40, £70 or £100 by the size of the debt" in choose.words
    wrong = lead.submit(choose.form("Save this choice").fill(second="5"), status=422)
    assert "Enter a number of days from 8 to 365" in wrong.errors()["second"]
    empty = wrong.form("Save this choice").fill(before="", first="", second="", last="")
    named = lead.submit(empty, status=422).errors()
    assert len(set(named.values())) == len(named) == 4, "each says which it is about"
    chosen = lead.submit(wrong.form("Save this choice").fill(second="14", charges_interest="y"))
    assert "then 7, 14 and 35 days after it" in chosen.words
    assert f"Interest on invoice {number}" not in chosen.links()
    none = lead.get(f"/reminders/invoices/{made.invoices[0]}/interest")
    assert "No interest can be charged today" in none.words
    with clock.travelling(clock.now() + timedelta(days=20)):
        actions.remind()
        went = lead.get(page.path)
        assert "Second reminder on" in went.words
        owed = lead.get(went.links()[f"Interest on invoice {number}"])
        assert "Bank Rate of 30 June 2026, 3.75 %" in owed.words
        drafted = lead.submit(owed.form("Draft an invoice of £43.22"))  # 20 days at 11.75 %, and £40
        assert "You drafted the invoice of interest." in drafted.words
        assert (
            lead.get(drafted.links()["The invoice that was paid late"]).path
            == f"/invoices/{made.invoices[0]}"
        )
    client_for(beech.finance_lead.person_id).download(page.path, status=404)
    client_for(alder.governor.person_id).get("/reminders", status=403)
    auditor = client_for(made.alliance.auditor.person_id).get("/reminders")
    assert beech.name in auditor.links()
