"""What the log holds: a line for each request that says enough, and never what somebody typed or was told."""

from __future__ import annotations

import io
import json
import logging
import re
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from marketplace.alliance import actions
from marketplace.alliance.models import Person
from marketplace.core import jobs, logs
from marketplace.core.db import transaction
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.policy import ADMINISTRATOR, Role
from marketplace.core.settings import Mode
from suppliers.quotes.offers import answer_field, price_field
from tests import make
from tests.web.client import Client

NAME, EMAIL, PASSWORD = "Zenobia Quartermaine", "zenobia@quartermaine.example", "orange velvet anchor 73"
PRICE, ANSWER, TITLE = "7391.4682", "zanzibar marrow quintet", "Contract of Wexcombe Parva"
BY_CHANCE = {"request_id", "person_id", "timestamp"}
"""What is drawn or read from the clock, and holds any four figures now and then."""
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0"


def reader(app: Flask, person_id: uuid.UUID | None = None) -> Client:
    """A browser that reads each answer to its end: only then is there a line about it."""
    client = Client(app, person_id)
    client.browser.open = partial(client.browser.open, buffered=True)  # type: ignore[method-assign]
    return client


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def requests(log: io.StringIO) -> list[dict[str, Any]]:
    return [line for line in lines(log) if line["event"] == "request"]


def test_nothing_that_people_type_or_are_told_comes_into_the_log(
    app: Flask, production_log: io.StringIO
) -> None:
    school = make.alliance().schools[0]
    tender, supplier = make.published_tender(make.alliance()), make.supplier()
    actions.add_person(ADMINISTRATOR, NAME, EMAIL, [(school.id, Role.BURSAR)], password=PASSWORD)
    anybody = reader(app)
    anybody.browser.environ_base["HTTP_USER_AGENT"] = FIREFOX
    sign_in = anybody.get("/sign-in").form("Sign in")
    anybody.submit(sign_in.fill(email=EMAIL, password=PASSWORD + "x"), "Sign in", status=422)
    anybody.submit(sign_in.fill(email=EMAIL, password=PASSWORD), "Sign in")
    anybody.get(f"/people?q={EMAIL}")
    anybody.post("/sign-out")
    forgotten = anybody.get("/forgotten-password").form()
    anybody.submit(forgotten.fill(email=EMAIL))
    letters = make.fresh().query(Message).filter_by(recipient=EMAIL).all()
    token = next(found[1] for one in letters if (found := re.search(r"/set-password/(\S+)", one.body)))
    anybody.get(f"/set-password/{token}")

    assert supplier.admin.person_id
    site, asked = reader(app, supplier.admin.person_id), make.quote_schedule(tender)
    typed = {price_field(one): PRICE for one in asked.lines}
    typed |= {answer_field(one.id): ANSWER for one in asked.questions}
    draft = site.get(f"/tenders/{tender.id}/quote").form("Save draft").fill(**typed)
    check = site.submit(draft, "Save and check before submitting").form()
    assert site.submit(check.fill(still_true="y", independent="y", binding="y")).heading == "Quote submitted"
    with pytest.raises(Exception, match=EMAIL):  # each database has its own
        _add_again(EMAIL)
    jobs.run_due()

    said = json.dumps([{key: one[key] for key in one.keys() - BY_CHANCE} for one in lines(production_log)])
    routes = {line["route"] for line in requests(production_log)}
    assert {"people.sign_in", "people.forgotten_password", "quotes.check", "home"} <= routes
    for secret in (
        NAME,
        EMAIL,
        "quartermaine",
        PASSWORD,
        PRICE,
        "7391",
        ANSWER,
        "zanzibar",
        token,
        "Firefox",
    ):
        assert secret not in said, secret


def _add_again(email: str) -> None:
    """What no page lets happen: the database itself refuses, in words that quote what it was given."""
    try:
        with transaction() as session:
            session.execute(insert(Person).values(id=new_id(), name=email, email=email))
    except Exception:
        logs.of("marketplace.core.test").exception("row.refused")
        raise


def test_a_line_of_a_request_says_who_what_and_how_long_and_leads_to_the_answer(
    app: Flask, production_log: io.StringIO
) -> None:
    head = make.alliance(schools=1).schools[0].headteacher
    client = reader(app, head.person_id)
    answer = client.open(f"/needs/{new_id()}", headers={"X-Request-ID": "forged"})
    assert answer.status_code == 404
    (line,) = requests(production_log)
    assert line["route"] == "needs.show"
    assert (line["method"], line["status"], line["level"]) == ("GET", 404, "info")
    assert line["person_id"] == str(head.person_id)
    assert line["milliseconds"] >= 0
    assert re.fullmatch(r"([0-9A-F]{4}-){2}[0-9A-F]{4}", line["request_id"])
    assert answer.headers["X-Request-ID"] == line["request_id"]
    assert line["timestamp"].endswith("Z")
    client.open("/health")
    assert requests(production_log)[-1]["level"] == "debug", "asked every few seconds"


def test_a_fault_is_found_by_its_reference_and_its_message_is_not_kept(
    app_with: Callable[..., Flask], production_log: io.StringIO
) -> None:
    crashing = app_with(mode=Mode.DEMONSTRATION)

    def broken() -> str:
        try:
            return dict[str, str]()[EMAIL]
        except KeyError as error:
            raise ZeroDivisionError(f"the secret price is {PRICE}") from error

    broken.is_public = True  # type: ignore[attr-defined]  # the mark that `public` leaves
    crashing.add_url_rule("/broken/<token>", "broken", broken, defaults={"token": ""})
    crashing.add_url_rule("/broken", "broken_too", broken)
    answer = crashing.test_client().get("/broken", buffered=True)
    assert answer.status_code == 500
    fault, request = (one for one in lines(production_log) if one.get("request_id"))
    assert fault["request_id"] == request["request_id"] == answer.headers["X-Request-ID"]
    assert fault["request_id"] in answer.text
    assert [one["type"] for one in fault["exception"]] == ["builtins.ZeroDivisionError", "builtins.KeyError"]
    assert "broken" in fault["exception"][0]["places"][-1]
    assert PRICE not in production_log.getvalue()
    assert EMAIL not in production_log.getvalue()


def test_another_librarys_sentence_keeps_its_numbers_and_loses_what_it_names(
    production_log: io.StringIO,
) -> None:
    other = logging.getLogger("some.library")
    other.warning("Retrying %s after %d tries: %r", "/password/token", 3, EMAIL)
    other.warning("%(who)s waited %(seconds).1f s", {"who": NAME, "seconds": 2.5})
    other.warning("100% full")
    said = [line["event"] for line in lines(production_log)]
    assert said == ["Retrying … after 3 tries: '…'", "… waited 2.5 s", "100% full"]


def test_a_demonstration_is_logged_for_reading(client: Client) -> None:
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "could not read %s", ("this",), None)
    assert "could not read this" in logs.formatter(production=False).format(record)
    assert client.open("/").headers["X-Request-ID"]
