"""Default deny, safe headers, and refusals in plain words."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from marketplace.core.settings import Mode
from tests import make
from tests.web.client import Client

SignIn = Callable[[uuid.UUID], Client]


def test_a_stranger_is_sent_to_sign_in_and_back(client: Client) -> None:
    answer = client.open("/needs?status=draft")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=/needs?status%3Ddraft"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_abuse_23_signing_in_leads_nowhere_but_here(client: Client, target: str) -> None:
    head = make.alliance(1).schools[0].headteacher
    assert head.person_id
    client.sign_in_as(head.person_id)
    answer = client.open("/sign-in", query_string={"next": target})
    assert answer.headers["Location"] == "/"


def test_scripts_run_only_with_this_answers_nonce(client: Client) -> None:
    first, second = client.open("/"), client.open("/")
    rules = first.headers["Content-Security-Policy"], second.headers["Content-Security-Policy"]
    nonces = [re.findall(r"'nonce-([^']+)'", rule) for rule in rules]
    assert nonces[0] != nonces[1]
    assert f'nonce="{nonces[0][0]}"' in first.text
    assert "unsafe-inline" not in rules[0]


def test_signed_in_pages_are_not_kept_by_browsers(client_for: SignIn) -> None:
    head = make.alliance(1).schools[0].headteacher
    assert head.person_id
    assert client_for(head.person_id).open("/").headers["Cache-Control"] == "no-store"


def test_style_is_kept_for_ever_under_a_name_that_changes_with_it(client: Client) -> None:
    address = re.search(r'href="(/static/weald\.css\?v=[0-9a-f]{12})"', client.open("/sign-in").text)
    assert address
    with client.open(address[1]) as style:
        assert "immutable" in style.headers["Cache-Control"]


def test_a_post_without_a_token_changes_nothing_and_says_what_to_do(client: Client) -> None:
    answer = client.open("/sign-in", method="POST", data={"email": "a@b.example", "password": "x"})
    assert answer.status_code == 422
    assert "reload it and send it again" in answer.text


def test_a_page_that_does_not_exist_says_so(client: Client) -> None:
    assert "could not find" in client.get("/nowhere", status=404).words


def test_a_request_that_is_far_too_large_is_refused_in_words(client: Client) -> None:
    answer = client.open(
        "/sign-in",
        method="POST",
        data={"email": "a@b.example"},
        environ_overrides={"CONTENT_LENGTH": str(60 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "smaller than 50 MB" in answer.text


def test_a_fault_shows_a_reference_and_no_trace(app_with: Callable[..., Flask]) -> None:
    in_production = app_with(
        mode=Mode.PRODUCTION,
        passphrase_memory_kib=65_536,
        base_url="https://weald.example",
        smtp_url="smtp://mail.weald.example:587",
        mail_from="Weald <weald@weald.example>",
    )

    def broken() -> str:
        raise ZeroDivisionError("the secret price is forty-two")

    broken.is_public = True  # type: ignore[attr-defined]  # the mark that `public` leaves
    in_production.add_url_rule("/broken", "broken", broken)
    answer = in_production.test_client().get("/broken", base_url="https://weald.example")
    assert answer.status_code == 500
    assert re.search(r"\b([0-9A-F]{4}-){2}[0-9A-F]{4}\b", answer.text)
    assert "ZeroDivisionError" not in answer.text
    assert "forty-two" not in answer.text


def test_abuse_23_a_request_for_another_host_is_refused(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/sign-in").status_code == 200
    refused = client.get("/sign-in", base_url="http://evil.example")
    assert (refused.status_code, refused.text) == (400, "Weald is not at this address.")
