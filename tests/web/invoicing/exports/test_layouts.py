"""Layouts as a finance lead sees, copies, changes, removes and brings them back."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest

from invoicing.exports.layouts import actions, queries, rules
from invoicing.exports.layouts.shipped import shipped
from marketplace.core.db import db
from marketplace.core.errors import RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.policy import Actor
from tests import make
from tests.make import School
from tests.web.client import Client

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")
KEY = "sage-50-sales"


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


@pytest.fixture
def schools() -> tuple[School, School]:
    """A school that has issued an invoice, and the one that received it."""
    alder, beech = make.alliance(2).schools
    for school in (alder, beech):
        make.payable_school(school)
    make.issued_invoice(alder, beech)
    return alder, beech


def stored(school: School, layout_id: uuid.UUID) -> rules.Layout:
    db.session().expire_all()
    return rules.from_data(queries.get_layout(db.session(), school.bursar, layout_id).content)


def test_a_shipped_layout_is_looked_at_downloaded_copied_and_changed(
    schools: tuple[School, School], browse: Browse
) -> None:
    alder, _ = schools
    client = browse(alder.bursar)
    assert "Check against your version" in client.get("/exports/layouts").words
    unsure = client.get("/exports/layouts/shipped/fms-sales")
    assert "Check this layout against your version" in unsure.words
    page = client.get(f"/exports/layouts/shipped/{KEY}")
    assert "Shared minibus, autumn term" in page.words
    wrong = "since-day=2&since-month=12&since-year=2026&until-day=1&until-month=12&until-year=2026"
    refused = client.get(f"/exports/layouts/shipped/{KEY}/file?{wrong}", status=422)
    assert "the range is backwards" in refused.words
    client.get("/exports/layouts/shipped/none", status=404)
    edit = client.submit(client.get(f"/exports/layouts/shipped/{KEY}/copy").form("Copy the layout"))
    assert edit.heading == "Change the layout"
    form = edit.form("Save the layout")
    assert "Enter the package’s code" in client.submit(form.fill(vat_zero=""), status=422).words
    form.fill(vat_zero="T0", name="Ours", **{"columns-3-cell_heading": "Type"})
    assert "stands there twice" in client.submit(form, status=422).words
    form.fill(
        **{"columns-3-cell_heading": "Centre", "columns-3-cell_text": "77", "columns-3-cell_order": "1"},
    )
    shown = client.submit(form)
    assert "You changed the layout" in shown.words
    answer = client.download(shown.form("Download the file").action)
    heads, row = csv.reader(io.StringIO(answer.data.decode(), newline=""))
    assert heads[:2] == ["Type", "Centre"]
    assert row[:2] == ["SI", "77"]
    assert "Version 2" in shown.words


def test_a_layout_is_removed_and_brought_back_and_an_earlier_version_is_used_again(
    schools: tuple[School, School], browse: Browse
) -> None:
    alder, beech = schools
    layout_id = make.layout(alder)
    before = stored(alder, layout_id)
    actions.edit_layout(alder.bursar, layout_id, 1, replace(before, nominal="9999"))
    client = browse(alder.finance_lead)
    page = client.get(f"/exports/layouts/{layout_id}")
    again = client.get(page.links()["Start from it version 1"])
    assert again.form("Save the layout").values["nominal"] == "4000"
    asked = client.get(f"/exports/layouts/{layout_id}/remove")
    listed = client.submit(asked.form("Remove the layout"))
    assert "Bring it back" in listed.words
    other = new_id()
    actions.copy_layout(alder.bursar, other, alder.id, KEY)
    back = client.post(f"/exports/layouts/{layout_id}/restore")
    assert back.heading == "Sage 50: sales (2)"
    assert stored(alder, layout_id).nominal == "9999"
    for address in ("", "/edit", "/remove", "/file"):
        browse(beech.finance_lead).get(f"/exports/layouts/{layout_id}{address}", status=404)
    browse(alder.governor).get(f"/exports/layouts/{layout_id}/edit", status=403)


def test_a_double_click_copies_once_and_an_overtaken_or_senseless_change_is_refused(
    schools: tuple[School, School],
) -> None:
    alder, _ = schools
    layout_id = make.layout(alder)
    actions.copy_layout(alder.bursar, layout_id, alder.id, KEY)
    (only,) = queries.layouts(db.session(), alder.bursar)
    assert only.name == shipped()[KEY].layout.name
    layout = stored(alder, layout_id)
    actions.edit_layout(alder.bursar, layout_id, 1, replace(layout, name="Ours"))
    with pytest.raises(Stale):
        actions.edit_layout(alder.bursar, layout_id, 1, replace(layout, name="Mine"))
    actions.edit_layout(
        alder.bursar, layout_id, 1, replace(layout, name="Ours")
    )  # nothing changed: no quarrel
    second = make.layout(alder)
    with pytest.raises(RuleBroken, match="already"):
        actions.edit_layout(alder.bursar, second, 1, replace(layout, name="ours"))
    wrong = rules.LayoutColumn("Price", "price")
    with pytest.raises(RuleBroken, match="no field called"):
        actions.edit_layout(alder.bursar, second, 1, replace(layout, columns=(wrong,)))
