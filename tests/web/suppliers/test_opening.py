"""The page on which two people from two schools open the quotes."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from marketplace.core import clock
from marketplace.core.policy import Actor
from tests import make
from tests.web.client import Client
from tests.web.page import Page

SignIn = Callable[[Any], Client]
TYPED = {"passphrase": make.PASSPHRASE}


@pytest.fixture
def tender(app: object) -> make.Tender:  # noqa: ARG001  # it needs the database
    return make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)


def opening(sign_in: SignIn, actor: Actor, tender: make.Tender) -> Page:
    return sign_in(actor.person_id).get(f"/tenders/{tender.id}/opening")


def test_two_openers_open_page_by_page(client_for: SignIn, tender: make.Tender) -> None:
    supplier = make.supplier()
    make.submitted_quote(tender, supplier)
    make.close_tender(tender)
    first, second = (client_for(opener.person_id) for opener in tender.openers)
    with clock.travelling(tender.closes_at):
        task = first.get("/").links()[f"Open the quotes for {tender.row.title}"]
        waiting = first.get(task)
        assert "1 quote waits to be opened" in waiting.words
        assert supplier.name not in waiting.words
        started = first.submit(waiting.form("Start the opening").fill(passphrase=make.PASSPHRASE))
        assert "You started the opening" in started.words
        with pytest.raises(KeyError):
            started.form("Complete the opening")

    with clock.travelling(tender.closes_at + timedelta(minutes=5)):
        assert "Complete it by 12:30" in second.get("/").words
        assert f"Open the quotes for {tender.row.title}" not in first.get("/").words
        waiting = second.get(f"/tenders/{tender.id}/opening")
        assert "Can complete by 12:30" in waiting.words
        opened = second.submit(waiting.form("Complete the opening").fill(passphrase=make.PASSPHRASE))
        assert "You opened the quotes" in opened.words
        assert supplier.name in opened.words
        for opener in tender.openers:
            assert opener.name in opened.words
        assert f"Open the quotes for {tender.row.title}" not in second.get("/").words


def test_pressing_complete_too_late_says_what_to_do(client_for: SignIn, tender: make.Tender) -> None:
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    first, second = (client_for(opener.person_id) for opener in tender.openers)
    with clock.travelling(tender.closes_at):
        start = first.get(f"/tenders/{tender.id}/opening").form("Start the opening")
        first.submit(start.fill(passphrase=make.PASSPHRASE))
        form = second.get(f"/tenders/{tender.id}/opening").form("Complete the opening")
        form.fill(passphrase=make.PASSPHRASE)
    with clock.travelling(tender.closes_at + timedelta(minutes=31)):
        late = second.submit(form, status=422)
        assert "More than 30 minutes have passed" in late.words
        assert "Start the opening" in late.words


def test_before_the_deadline_the_page_says_when_and_who_but_not_how_many(
    client_for: SignIn, tender: make.Tender
) -> None:
    make.submitted_quote(tender, make.supplier())
    for actor in (tender.openers[0], tender.alliance.coordinator, tender.lead.headteacher):
        page = opening(client_for, actor, tender)
        assert "never before it" in page.words
        assert tender.openers[1].name in page.words
        assert not re.search(r"\b1 quote", page.words)


def test_only_openers_and_the_coordinator_see_how_many_wait(client_for: SignIn, tender: make.Tender) -> None:
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    with clock.travelling(tender.closes_at):
        for actor, knows in (
            (tender.openers[0], True),
            (tender.alliance.coordinator, True),
            (tender.lead.headteacher, False),
            (tender.alliance.auditor, False),
        ):
            assert ("1 quote waits" in opening(client_for, actor, tender).words) is knows


def test_a_tender_without_a_quote_is_ended_by_the_coordinator(
    client_for: SignIn, tender: make.Tender
) -> None:
    make.close_tender(tender)
    with clock.travelling(tender.closes_at):
        coordinator = client_for(tender.alliance.coordinator.person_id)
        page = coordinator.get(
            coordinator.get("/").links()[f"No quote came for {tender.row.title}: end the tender"]
        )
        assert "No quote to open" in opening(client_for, tender.openers[0], tender).words
        ended = coordinator.submit(page.form("End the tender without an award"))
        assert "You ended the tender" in ended.words


def test_strangers_see_no_opening(client_for: SignIn, tender: make.Tender) -> None:
    for actor in (make.supplier().admin, make.alliance(schools=1).schools[0].headteacher):
        stranger = client_for(actor.person_id)
        stranger.get(f"/tenders/{tender.id}/opening", status=404)
        for step in ("price/start", "price/complete", "end"):
            stranger.post(f"/tenders/{tender.id}/opening/{step}", status=404)


def test_an_envelope_that_does_not_exist_is_not_found(client_for: SignIn, tender: make.Tender) -> None:
    site = client_for(tender.openers[0].person_id)
    site.post(f"/tenders/{tender.id}/opening/secret/start", status=404)
    page = site.post(f"/tenders/{tender.id}/opening/quality/start", TYPED, status=422)
    assert "no quality envelope" in page.words


def test_a_person_who_is_not_named_is_told_so(client_for: SignIn, tender: make.Tender) -> None:
    make.submitted_quote(tender, make.supplier())
    make.close_tender(tender)
    with clock.travelling(tender.closes_at):
        site = client_for(tender.lead.headteacher.person_id)
        assert "Only the people named above" in site.get(f"/tenders/{tender.id}/opening").words
        page = site.post(f"/tenders/{tender.id}/opening/price/start", TYPED, status=403)
        assert "Only the people named" in page.words
