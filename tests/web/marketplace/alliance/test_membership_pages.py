import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from marketplace.alliance.decisions.rules import Subject
from marketplace.core import clock, events
from tests import make
from tests.make import memberships as making
from tests.web.client import Client

ClientFor = Callable[[Any], Client]


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def test_a_headteacher_applies_and_the_board_sees_the_figures(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=1)
    school = making.outsider()
    head = client_for(school.headteacher.person_id)
    page = head.get("/memberships")
    assert "Your school belongs to no alliance yet" in page.words
    page = head.get(page.links()["Apply to join an alliance"])
    page = head.submit(page.form(), status=422)
    assert set(page.errors()) >= {"alliance", "kind", "reasons", "year_end-day", "reserves"}
    form = page.form().fill(
        alliance=str(alliance.id),
        kind="associate",
        reasons="To buy catering together.",
        reserves="25,000",
        in_year_balance="-10,000.50",
        notice_to_improve="yes",
        **day("year_end", clock.today() - timedelta(days=100)),
    )
    page = head.submit(form, status=422)
    assert page.errors() == {
        "notice_explanation": "Say what the notice asks for and what the school has done."
    }
    assert page.form().data(None)["reserves"] == "25,000"
    accounts = (io.BytesIO(b"The accounts."), "accounts.txt")
    page = head.submit(page.form().fill(notice_explanation="A plan, done by May.", document=accounts))
    assert page.heading == f"Application of {school.name}"
    assert "You sent the application." in page.words
    voter = client_for(alliance.schools[0].headteacher.person_id)
    page = voter.get("/")
    page = voter.get(page.links()[f"Vote: Shall {school.name} be admitted as an associate for 12 months?"])
    for said in (
        "£25,000.00",
        "-£10,000.50",
        "A plan, done by May.",
        "spent £10,000.50 more than it received",
    ):
        assert said in page.words
    page = voter.get("/memberships")
    page = voter.get(page.links()[school.name])
    assert voter.download(page.links()["The accounts: accounts.txt"]).data == b"The accounts."
    bursar = client_for(alliance.schools[0].bursar.person_id)
    assert "25,000" not in bursar.get("/decisions").words
    bursar.get(page.path, status=404)


def test_an_associate_asks_for_full_membership_and_a_governor_confirms(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=1)
    school = making.associate(alliance)
    head = client_for(school.headteacher.person_id)
    page = head.get("/memberships")
    page = head.get(page.links()[alliance.name])
    assert "Associate member" in page.words
    page = head.get(page.links()["Ask for full membership"])
    page = head.submit(page.form())
    assert "You asked the board to vote and the governing body to confirm." in page.words
    membership_id = making.membership_of(alliance, school).id
    making.decided(alliance, Subject.CONVERSION, membership_id)
    governor = client_for(school.governor.person_id)
    page = governor.get("/")
    page = governor.get(page.links()[f"Confirm that {school.name} becomes a full member of {alliance.name}"])
    page = governor.submit(page.form(), status=422)
    assert set(page.errors()) == {"minute_reference", "minuted_on-day"}
    yesterday = clock.today() - timedelta(days=1)
    filled = page.form().fill(
        minute_reference="FGB 9", **day("minuted_on", yesterday), **day("expires_on", yesterday)
    )
    page = governor.submit(filled, status=422)
    assert "counts for nothing" in str(page.errors())
    page = governor.submit(
        page.form().fill(**{"expires_on-day": "", "expires_on-month": "", "expires_on-year": ""})
    )
    assert "You recorded the governing body’s confirmation." in page.words
    events.deliver_due()
    assert f"Held by {school.headteacher.name}" in head.get(f"/memberships/{membership_id}").words


def test_a_school_reads_what_runs_on_before_it_leaves(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=2)
    school, other = alliance.schools
    make.contract(school, title="Boiler care")
    make.partnership_fund(alliance)
    head = client_for(school.headteacher.person_id)
    membership_id = making.membership_of(alliance, school).id
    page = head.get(f"/memberships/{membership_id}")
    page = head.get(page.links()["Leave this alliance"])
    assert "Boiler care" in page.words
    assert "The fund holds nothing for the school" in page.words
    page = head.submit(page.form(), status=422)
    assert set(page.errors()) == {"reason", "understood"}
    make.contract(school, title="Lift care")
    page = head.submit(page.form().fill(reason="We join a trust.", understood="y"), status=409)
    assert "Lift care" in page.words
    assert page.form().data(None)["reason"] == "We join a trust."
    page = head.submit(page.form())
    assert "Your school has left the alliance." in page.words
    assert "Lift care" in page.words
    assert (
        "We join a trust."
        in client_for(alliance.auditor.person_id).get(f"/memberships/{membership_id}").words
    )
    told = client_for(other.headteacher.person_id).get(f"/memberships/{membership_id}").words
    assert "Boiler care" not in told
    client_for(other.headteacher.person_id).get(f"/memberships/{membership_id}/leave", status=403)


def test_who_may_not_apply_is_told_who_may(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=1)
    page = client_for(alliance.schools[0].bursar.person_id).get("/memberships/apply", status=403)
    assert "Only the headteacher" in page.words
