"""A supplier’s program quotes: a draft kept encrypted, submitted once and in time, with its receipt."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.api.repeats import Repeat
from suppliers.quotes.declarations.rules import Declaration
from suppliers.quotes.models import Quote
from tests import make
from tests.web.program import Program

CONFIRMED = [one.value for one in Declaration]


def test_a_program_reads_an_opportunity_quotes_for_it_and_gets_its_receipt(app: Flask) -> None:
    tender, supplier = make.published_tender(make.alliance()), make.supplier()
    program = Program(app, supplier.admin)
    assert [one["id"] for one in program.get("/opportunities")["items"]] == [str(tender.id)]
    asked = program.get(f"/opportunities/{tender.id}")
    lines = [line["id"] for lot in asked["lots"] for line in lot["lines"]]
    draft = {
        "supplier_id": str(supplier.id),
        "version": 0,
        "prices": dict.fromkeys(lines[1:], "7654321.1234"),
    }
    kept = program.put(f"/tenders/{tender.id}/quote", draft)
    assert kept["prices"] == draft["prices"]
    assert any("enter a price" in one for one in kept["missing"])
    to_submit = {"version": kept["version"], "confirmed": CONFIRMED}
    early = program.post(f"/quotes/{kept['id']}/submit", to_submit, status=422)
    assert "not complete" in early["detail"]

    whole = draft | {
        "version": kept["version"],
        "prices": dict.fromkeys(lines, "7654321.1234"),
        "answers": {one["id"]: "Two cooks on site, and menus each term." for one in asked["questions"]},
    }
    kept = program.put(f"/tenders/{tender.id}/quote", whole)
    assert kept["missing"] == []
    assert program.put(f"/tenders/{tender.id}/quote", whole)["version"] == kept["version"], "sent twice"
    late = program.put(f"/tenders/{tender.id}/quote", whole | {"answers": {}}, status=409)
    assert late["version"] == kept["version"]
    copy = program.get(f"/quotes/{kept['id']}/copy")
    assert "7654321.1234" in copy["envelopes"]["price"]["content"]
    to_submit = {"version": kept["version"], "confirmed": CONFIRMED[:1]}
    half = program.post(f"/quotes/{kept['id']}/submit", to_submit, status=422)
    assert half["errors"][0]["field"] in CONFIRMED

    to_submit["confirmed"] = CONFIRMED
    sent = program.post(f"/quotes/{kept['id']}/submit", to_submit, key="once")
    assert program.post(f"/quotes/{kept['id']}/submit", to_submit, key="once") == sent
    assert sent["stage"] == "submitted"
    receipt = program.get(f"/quotes/{sent['id']}/receipt")
    assert (receipt["reference"], receipt["commitment"]) == (sent["reference"], sent["commitment"])
    program.get(f"/quotes/{sent['id']}/copy", status=404)
    assert program.get(f"/tenders/{tender.id}/quote", status=404)["detail"].startswith("There is no draft")
    stored = [f"{one.body}{one.fingerprint}" for one in make.fresh().scalars(select(Repeat))]
    assert not [one for one in stored if "7654321" in one or "Two cooks" in one]

    for other in (make.supplier("Other Ltd").admin, tender.alliance.coordinator):
        stranger = Program(app, other)
        assert stranger.get("/quotes")["items"] == []
        stranger.get(f"/quotes/{sent['id']}", status=404)
        stranger.get(f"/quotes/{sent['id']}/receipt", status=404)
        stranger.post(f"/quotes/{sent['id']}/withdraw", {"version": sent["version"]}, status=404)
    gone = program.post(f"/quotes/{sent['id']}/withdraw", {"version": sent["version"]})
    assert gone["stage"] == "withdrawn"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"prices": {str(uuid.uuid4()): "1"}}, "prices"),
        ({"answers": {str(uuid.uuid4()): "Yes"}}, "answers"),
        ({"discounts": {str(uuid.uuid4()): "5"}}, "discounts"),
        ({"lots": [str(uuid.uuid4())]}, "lots"),
    ],
)
def test_what_a_tender_does_not_ask_is_refused_and_not_dropped(
    app: Flask, sent: dict[str, object], field: str
) -> None:
    tender, supplier = make.published_tender(make.alliance()), make.supplier()
    program = Program(app, supplier.admin)
    draft = {"supplier_id": str(supplier.id), "version": 0}
    refused = program.put(f"/tenders/{tender.id}/quote", draft | sent, status=422)
    assert [one["field"] for one in refused["errors"]] == [field]


def test_after_the_deadline_no_program_quotes(app: Flask) -> None:
    tender, supplier = make.published_tender(make.alliance()), make.supplier()
    quote_id = make.draft_quote(tender, supplier)
    version = make.quote(quote_id).version
    program = Program(app, supplier.admin)
    deadline = tender.row.closes_at
    assert deadline
    with clock.travelling(deadline):
        late = program.post(
            f"/quotes/{quote_id}/submit", {"version": version, "confirmed": CONFIRMED}, status=422
        )
    assert "deadline" in late["detail"]
    assert make.fresh().get_one(Quote, quote_id).received_at is None
