"""Prometheus reads what is counted and what waits; nobody else does, and nobody is named in it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from invoicing.verification import actions as verification
from marketplace.core import clock, jobs, metrics, web
from marketplace.core.settings import PROJECT
from tests import make

ALERTS = PROJECT / "docs" / "operators" / "prometheus" / "weald-alerts.yml"
TOKEN = "of-whoever-reads-the-figures"
PROXY = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "198.51.100.7"}


def asked(app: Flask, environ: Mapping[str, str], **headers: str) -> TestResponse:
    return app.test_client().get("/metrics", environ_overrides=dict(environ), headers=headers)


def values(answer: TestResponse) -> dict[str, float]:
    read = (line.rsplit(" ", 1) for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in read}


def test_figures_are_only_for_this_machine_until_there_is_a_token(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(app, {"REMOTE_ADDR": "127.0.0.1"}).status_code == 200
    assert asked(app, {"REMOTE_ADDR": "198.51.100.7"}).status_code == 404
    assert asked(app, PROXY).status_code == 404, "a proxy on this machine asks for somebody else"
    settings = dataclasses.replace(app.extensions["settings"], metrics_token=TOKEN)
    monkeypatch.setitem(app.extensions, "settings", settings)
    assert asked(app, {"REMOTE_ADDR": "127.0.0.1"}).status_code == 404
    assert asked(app, PROXY, Authorization=f"Bearer {TOKEN}x").status_code == 404
    answer = asked(app, PROXY, Authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_requests_are_counted_by_route_and_what_waits_by_its_age(app: Flask) -> None:
    own = {"REMOTE_ADDR": "127.0.0.1"}
    school = make.alliance().schools[0]
    name = f"job_{school.id.hex}"
    counted = 'weald_requests_total{method="GET",route="people.set_password",status="404"}'
    before = values(asked(app, own)).get(counted, 0)
    app.test_client().get("/set-password/some-secret-token", buffered=True)
    make.approved_need(school)
    metrics.count_failed_job(name)
    with clock.travelling(clock.now() + timedelta(minutes=11)):
        answer = asked(app, own)
    found = values(answer)
    assert found[counted] == before + 1
    assert found["weald_database_up"] == 1
    assert found["weald_deliveries_waiting"] > 0
    assert found["weald_deliveries_late_seconds"] >= 600
    assert found["weald_mail_oldest_seconds"] >= 600
    assert found["weald_envelopes_unreadable"] == 0
    assert found[f'weald_failed_jobs_total{{job="{name}"}}'] == 1
    for personal in ("some-secret-token", str(school.id), str(school.bursar.person_id), "@"):
        assert personal not in answer.text
    jobs.deliver()
    assert verification.record_verification([])
    answer = asked(app, own)
    assert values(answer)["weald_deliveries_waiting"] == 0
    watched = set(re.findall(r"\bweald_\w+", ALERTS.read_text("utf-8")))
    assert watched <= set(re.findall(r"\bweald_\w+", answer.text)), "an alert on nothing never rings"


def test_as_many_proxies_are_believed_as_the_settings_say(app: Flask) -> None:
    seen = []

    def ending(environ: dict[str, str], _: object) -> list[bytes]:
        seen.append((environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]))
        return []

    forged = {
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.7",
        "HTTP_X_FORWARDED_PROTO": "https",
    }
    for proxies in (0, 1):
        plain = Flask("plain")
        plain.wsgi_app = ending  # type: ignore[method-assign, assignment]  # it only looks
        web.trust_proxies(plain, proxies)
        plain.wsgi_app(dict(forged), lambda *_: lambda _: None)
    assert seen == [("127.0.0.1", "http"), ("198.51.100.7", "https")]
    assert app.extensions["settings"].trusted_proxies == 0, "nobody is believed unasked"
