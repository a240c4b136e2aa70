"""The annual pack on the page, and as one document."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

from pypdf import PdfReader

from invoicing.annual_pack import queries
from invoicing.fund.statements import academic_year
from marketplace.core import clock
from tests import make
from tests.web.client import Client

ClientFor = Callable[[Any], Client]


def test_the_pack_is_one_document_that_says_the_same_as_the_page(client_for: ClientFor) -> None:
    contest = make.awarded_contest()
    alliance = contest.alliance
    awarded_on: date = contest.tender.row.steps[-1].reached_at.astimezone(clock.LONDON).date()
    year = academic_year(awarded_on)
    coordinator = client_for(alliance.coordinator.person_id)
    address = f"/annual-pack/{alliance.id}/{year.start.year}"
    form = coordinator.get(f"{address}/priorities").form("Save the priorities")
    shown = coordinator.submit(form.fill(text="Buy insurance together\nShare a technician, £30,000"))
    assert "Share a technician, £30,000" in shown.words
    words = "".join(
        page.extract_text()
        for page in PdfReader(io.BytesIO(coordinator.download(f"{address}/pdf").data)).pages
    )
    for said in ("Buy insurance together", contest.tender.row.title, alliance.schools[0].name):
        assert said in words
        assert said in shown.words
    saving = str(queries.annual_pack(make.fresh(), alliance.auditor, alliance.id, year).whole.saving)
    assert saving in words
    assert saving in shown.words


def test_a_year_that_is_none_of_ours_is_not_found(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=1)
    reader = client_for(alliance.auditor.person_id)
    reader.get(f"/annual-pack/{alliance.id}/1066", status=404)
    shown = reader.get("/annual-pack")
    assert "Nothing was awarded in this year" in shown.words
    assert "The alliance has no Partnership Fund yet." in shown.words
