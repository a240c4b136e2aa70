import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from marketplace.alliance.two_people import TWO_PEOPLE
from marketplace.core.policy import POLICY
from marketplace.core.settings import Mode
from tests import make
from tests.web.client import Client

ClientFor = Callable[[uuid.UUID | None], Client]


def test_a_stranger_reads_what_weald_is_and_where_to_go(client: Client) -> None:
    page = client.get("/")
    assert page.heading == "Schools buying together"
    for target in ("/sign-in", "/suppliers/register", "/opportunities"):
        assert target in page.links().values()
        client.get(target)


def test_everybody_lands_on_what_waits_for_them(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=1)
    school = alliance.schools[0]
    people = (
        alliance.coordinator,
        alliance.auditor,
        school.bursar,
        school.headteacher,
        school.governor,
        school.finance_lead,
    )
    for actor in people:
        page = client_for(actor.person_id).get("/")
        assert page.heading == "What waits for you"
        offered = page.texts("main ul.govuk-list a")
        assert ("What you can do" in page.words) == bool(offered)
        assert not set(offered) & set(page.texts("header nav a"))


def test_everybody_is_offered_what_their_role_can_do_and_nothing_else(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=1)
    assert client_for(alliance.coordinator.person_id).get("/").links()["Draft a joint tender"]
    governor = client_for(alliance.schools[0].governor.person_id).get("/")
    assert governor.texts("main ul.govuk-list a") == [
        "Your opening passphrase",
        "Agreements between schools",
        "What schools offer one another",
        "See what was saved",
        "Read the annual pack",
        "See what was done with our data",
    ]


def test_a_bursar_with_nothing_to_do_is_told_so_and_offered_a_start(client_for: ClientFor) -> None:
    page = client_for(make.alliance(schools=1).schools[0].bursar.person_id).get("/")
    assert "Nothing waits for you" in page.words
    assert page.links()["Post a need"] == "/needs/post"


def test_the_policy_is_read_by_everybody_without_one_act_missing(client: Client) -> None:
    page = client.get("/who-can-do-what")
    labels = page.texts("tbody th")
    alone = [one.what for one in TWO_PEOPLE]
    assert sorted(labels) == sorted([*alone, *(permission.label for permission in POLICY.values())])


def test_the_mailbox_shows_messages_with_links_to_follow(client: Client) -> None:
    make.alliance(schools=1)
    page = client.get("/dev/mail?q=person")
    message = client.get(page.links()["You have been added to Weald"])
    links = [href for href in message.links().values() if "/set-password/" in href]
    assert len(links) == 1
    assert links[0].startswith("http://localhost")
    assert "Nothing found" in client.get("/dev/mail?q=nothing+like+it").words
    client.get(f"/dev/mail/{uuid.uuid4()}", status=404)


def test_there_is_no_mailbox_in_production(
    client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.alliance(schools=1)
    path = next(href for href in client.get("/dev/mail").links().values() if href.startswith("/dev/mail/"))
    settings = replace(app.extensions["settings"], mode=Mode.PRODUCTION, passphrase_memory_kib=65_536)
    monkeypatch.setitem(app.extensions, "settings", settings)
    client.get("/dev/mail", status=404)
    client.get(path, status=404)
