"""Tenders for programs: whole for the people of the alliance, the public part for everybody else."""

from flask import Flask

from tests import make
from tests.web.program import Program


def test_a_draft_is_its_alliances_own_and_what_is_published_is_read_by_all(app: Flask) -> None:
    alliance = make.alliance()
    draft, published = make.draft_tender(alliance), make.published_tender(alliance)
    own = Program(app, alliance.schools[0].bursar)
    assert {one["id"] for one in own.get("/tenders")["items"]} == {str(draft.id), str(published.id)}
    whole = own.get(f"/tenders/{published.id}")
    assert whole["lots"][0]["lines"][0]["volumes"]
    assert {one["status"] for one in whole["schools"]} == {"committed"}
    assert [one["id"] for one in own.get("/tenders?status=draft")["items"]] == [str(draft.id)]

    outside = Program(app, make.supplier().admin)
    assert outside.get("/tenders")["items"] == []
    outside.get(f"/tenders/{published.id}", status=404)
    outside.get(f"/opportunities/{draft.id}", status=404)
    shown = outside.get(f"/opportunities/{published.id}")
    assert shown["lots"] == whole["lots"]
    assert "schools" not in shown
