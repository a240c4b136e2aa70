"""Having many invoices issued together, and looking how far they are."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from invoicing.invoices.batches import jobs
from invoicing.invoices.rules import MOST_AT_ONCE
from marketplace.core import mail
from marketplace.core.db import db
from tests import make
from tests.web.client import Client

START = "/invoices/batches/start"
pytestmark = pytest.mark.usefixtures("app")


def test_a_finance_lead_looks_through_drafts_and_has_them_issued(
    client_for: Callable[[uuid.UUID | None], Client],
) -> None:
    alder, beech, cedar = (make.payable_school(school) for school in make.alliance(3).schools)
    for place in range(MOST_AT_ONCE + 1):
        make.draft_invoice(alder, beech, make.line(description=f"Minibus in week {place}"))
    theirs = make.draft_invoice(alder, cedar, make.line("40.00", description="A day of the technician"))
    client = client_for(alder.finance_lead.person_id)
    assert START in client.get("/invoices/issue").links().values()
    page = client.get(START)
    assert "Drafts found 27" in page.words
    assert "£2,640.00" in page.words
    page = client.submit(page.form("Issue these invoices"), status=422)
    assert page.errors()["which"] == "Choose which drafts to issue."
    page = client.submit(page.form("Issue these invoices").fill(which="ticked"), status=422)
    assert "Tick the invoices to issue" in page.errors()["ticked"]

    found = client.get(f"{START}?q=technician").form("Issue these invoices").fill(which="all")
    late = make.draft_invoice(alder, cedar, make.line(description="Another technician"))
    page = client.submit(found, status=422)
    assert "have changed since you looked" in page.errors()["which"]
    page = client.submit(page.form("Issue these invoices"))
    assert page.heading == "A batch of 2 invoices"
    assert "0 of 2 done" in page.words
    assert "A batch of 2 invoices is being issued at present" in client.get(START).words
    batch = page.form("Issue no more of them")

    jobs.go_on()
    page = client.get(batch.action.removesuffix("/stop"))
    assert "2 of 2 done" in page.words
    assert "The batch was finished on" in page.words
    assert {make.invoice(one).number for one in (theirs, late)} == {
        f"{alder.urn}-{make.invoice(theirs).number[7:11]}-000{serial}"  # type: ignore[index]
        for serial in (1, 2)
    }
    assert any("Issued: 2" in letter.body for letter in mail.newest(db.session(), "batch"))
    assert "had finished before you stopped it" in client.submit(batch).words
    assert "Finished" in client.get("/invoices/batches").words
    client_for(alder.bursar.person_id).get(START, status=403)
    client_for(beech.finance_lead.person_id).get(batch.action.removesuffix("/stop"), status=404)
    client.get(f"{START}?school={beech.id}", status=404)
