"""Invoices and statements for programs: the same figures as on the pages, for the same readers."""

from datetime import timedelta

from flask import Flask

from marketplace.core import clock
from marketplace.core.money import Money
from tests import make
from tests.web.program import Program


def test_an_invoice_is_read_by_both_schools_and_the_auditor_with_its_files(app: Flask) -> None:
    alliance = make.alliance()
    issuer, buyer, third = alliance.schools
    for school in alliance.schools:
        make.payable_school(school)
    invoice_id = make.issued_invoice(issuer, buyer, make.line("12.50", "3", "Places on a course"))
    draft_id = make.draft_invoice(issuer, buyer)
    stored = make.invoice(invoice_id)
    issuing = Program(app, issuer.finance_lead)
    shown = issuing.get(f"/invoices/{invoice_id}")
    assert (shown["total_pence"], shown["outstanding_pence"]) == (stored.total.pence, stored.total.pence)
    assert shown["number"] == stored.number
    assert [(line["quantity"], line["net_pence"]) for line in shown["lines"]] == [("3", 37_50)]
    assert issuing.get(f"/invoices/{invoice_id}/pdf")[:5] == b"%PDF-"
    assert b"Invoice" in issuing.get(f"/invoices/{invoice_id}/xml")
    issuing.get(f"/invoices/{draft_id}/pdf", status=404)
    assert {one["id"] for one in issuing.get("/invoices")["items"]} == {str(invoice_id), str(draft_id)}
    assert [one["id"] for one in issuing.get("/invoices?shown=draft")["items"]] == [str(draft_id)]
    tomorrow = clock.today() + timedelta(days=1)
    assert issuing.get(f"/invoices?since={tomorrow}")["items"] == []

    buying = Program(app, buyer.bursar)
    assert [one["id"] for one in buying.get("/invoices?direction=received")["items"]] == [str(invoice_id)]
    buying.get(f"/invoices/{draft_id}", status=404)
    Program(app, alliance.auditor).get(f"/invoices/{invoice_id}")
    for stranger in (third.finance_lead, make.supplier().admin):
        program = Program(app, stranger)
        assert program.get("/invoices")["items"] == []
        program.get(f"/invoices/{invoice_id}", status=404)
        program.get(f"/invoices/{invoice_id}/xml", status=404)


def test_a_statement_adds_up_and_is_the_alliances_own(app: Flask) -> None:
    alliance = make.alliance()
    held = make.partnership_fund(alliance)
    make.received_round(held, Money(900_00))
    program = Program(app, alliance.schools[0].bursar)
    (fund,) = program.get("/funds")["items"]
    stated = program.get(f"/funds/{fund['id']}/statement")
    assert stated["paid_in_pence"] == stated["closing_pence"] == 900_00
    assert sum(one["closing_pence"] for one in stated["shares"]) == stated["closing_pence"]
    assert sum(line["paid_in_pence"] for line in stated["lines"]) == 900_00
    own = program.get(f"/funds/{fund['id']}/statement?school_id={alliance.schools[0].id}")
    assert own["closing_pence"] == stated["shares"][0]["closing_pence"]
    wrong = program.get(f"/funds/{fund['id']}/statement?starts_on=2026-09-02&ends_on=2026-09-01", status=422)
    assert "must not be before" in wrong["detail"]
    other = make.alliance(schools=1, name="Otherwold Alliance")
    program.get(f"/funds/{fund['id']}/statement?school_id={other.schools[0].id}", status=404)
    stranger = Program(app, other.schools[0].bursar)
    assert stranger.get("/funds")["items"] == []
    stranger.get(f"/funds/{fund['id']}/statement", status=404)
