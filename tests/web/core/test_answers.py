"""What holds for every answer: methods, encoding, cookies, and what a question asked twice means."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from marketplace.core.settings import PROJECT
from tests import addresses, make
from tests.architecture.source import modules
from tests.web.client import Client

SIGN_IN = "/sign-in"
SignIn = Callable[[uuid.UUID], Client]


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "CONNECT"])
def test_a_method_that_a_page_does_not_have_is_refused(app: Flask, client: Client, method: str) -> None:
    assert client.open(SIGN_IN, method=method).status_code == 405
    assert not [rule for rule in app.url_map.iter_rules() if {"TRACE", "CONNECT"} & (rule.methods or set())]


def test_text_says_how_it_is_encoded(client: Client) -> None:
    for path in (SIGN_IN, "/nowhere", "/static/weald.css", "/static/weald.js"):
        with client.open(path) as answer:
            assert answer.headers["Content-Type"].endswith("; charset=utf-8"), path


def test_no_folder_is_listed_and_nothing_outside_of_it_is_given_out(client: Client) -> None:
    for path in ("/static/", "/static/vendor/", "/static/../app.py", "/static/%2e%2e/app.py", "/.git/config"):
        assert client.open(path).status_code in {404, 405}, path


def test_of_a_question_asked_twice_the_first_counts_and_a_form_is_read_from_its_body_alone(
    client: Client,
) -> None:
    page = client.get("/sign-in?next=/people&next=//evil.example")
    assert "evil.example" not in page.words + str(page.links())
    answer = client.post("/sign-in?email=ann@oak.sch.uk&password=three-words", {}, status=422)
    assert "Enter your e-mail address." in answer.words


def test_by_https_cookies_belong_to_this_host_alone_and_browsers_come_no_other_way(
    app_with: Callable[..., Flask],
) -> None:
    by_https = app_with(base_url="https://weald.example")
    answer = by_https.test_client().get(SIGN_IN, base_url="https://weald.example")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-session=")
    for wanted in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert wanted in cookie
    assert "Domain=" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_no_page_is_built_from_text_that_somebody_typed() -> None:
    building = re.compile(r"render_template_string|\.from_string\(|\bTemplate\(")
    assert not [module.path for module in modules() if building.search(module.text)]


def test_scripts_of_ours_keep_nothing_in_the_browser_and_make_no_markup_of_text() -> None:
    scripts = {file.name: file.read_text("utf-8") for file in (PROJECT / "marketplace/static").glob("*.js")}
    assert "weald.js" in scripts
    risky = re.compile(
        r"localStorage|sessionStorage|indexedDB|document\.cookie|innerHTML|outerHTML|insertAdjacentHTML"
        r"|document\.write|\beval\(|new Function"
    )
    assert not {name: found[0] for name, text in scripts.items() if (found := risky.search(text))}


def test_a_zero_that_nobody_types_asks_nothing_and_is_nowhere(app: Flask, client_for: SignIn) -> None:
    """SQLite takes NUL in a text; PostgreSQL refuses it, and a list asked for it would be a fault."""
    people = [make.alliance(1).coordinator.person_id, make.supplier().admin.person_id]
    names = ("q", "search", "kind", "category", "school", "person", "supplier", "alliance", "sort", "page")
    asked = "&".join(f"{name}=%00" for name in names)
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in addresses.methods(rule)]
    for client in map(client_for, filter(None, people)):
        for rule in rules:
            if not rule.arguments:
                assert client.open(f"{rule.rule}?{asked}").status_code < 500, rule.rule
            elif set(addresses.PLACE.findall(rule.rule)) <= {"", "string", "path"}:
                filled = addresses.PLACE.sub("%00", rule.rule)
                assert client.open(filled).status_code == 404, rule.rule
