"""What every answer tells a browser, and what browsers report. `Client` checks the headers of each answer."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace.core import clock, headers, metrics
from tests.web.client import Client, check_headers

TENDER = "/tenders/0190163d-8694-739b-aea5-966c26f8ad90"
OLDER = {
    "csp-report": {
        "document-uri": f"http://localhost{TENDER}?next=secret",
        "violated-directive": "script-src-elem 'self'",
        "blocked-uri": "https://evil.example/steal",
    }
}
NEWER = [
    {
        "type": "csp-violation",
        "body": {"documentURL": "https://weald.example/sign-in", "effectiveDirective": "img-src"},
    },
    {
        "type": "csp-violation",
        "body": {"documentURL": "https://evil.example/x", "effectiveDirective": "\nBAD"},
    },
]


@pytest.fixture(autouse=True)
def nothing_was_reported_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "_sieve", headers.Sieve(headers.MOST_A_MINUTE))


def report(client: Client, said: object) -> int:
    content = said if isinstance(said, bytes) else json.dumps(said).encode()
    sent = client.open(
        headers.REPORTS_PATH, method="POST", data=content, content_type="application/csp-report"
    )
    return sent.status_code


def test_errors_and_files_of_style_have_the_headers_too(app: Flask, client: Client) -> None:
    """`Client` looks at them; here are the answers that no page of a stage gives."""
    assert client.open("/nowhere").status_code == 404
    assert client.open("/sign-in", method="DELETE").status_code == 405
    assert client.open("/sign-in", method="POST").status_code == 422
    with client.open("/static/weald.css") as style:
        assert style.status_code == 200
    refused = app.test_client().get("/sign-in", base_url="http://evil.example")
    assert refused.status_code == 400
    check_headers("/sign-in of another host", refused)


def test_a_report_is_logged_by_directive_and_route_and_nothing_else_of_it(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, headers.__name__):
        assert report(client, OLDER) == report(client, NEWER) == 204
    lines: list[Any] = [record.msg for record in caplog.records if record.name == headers.__name__]
    assert [(line["event"], line["directive"], line["route"]) for line in lines] == [
        ("csp.report", "script-src-elem", "tenders.show"),
        ("csp.report", "img-src", "people.sign_in"),
        ("csp.report", "unknown", "unknown"),
    ]
    said = "".join(map(str, lines))
    assert "evil" not in said
    assert TENDER not in said
    assert 'weald_csp_reports_total{directive="img-src"}' in metrics.counted().decode()


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"[" * 5_000, b"[1, null]", b'{"csp-report": "x"}', b"[]"]
)
def test_what_is_no_report_is_refused_and_not_logged(
    client: Client, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    assert report(client, content) == 400
    assert not [record for record in caplog.records if record.name == headers.__name__]


def test_a_report_that_is_far_too_long_is_not_read(client: Client) -> None:
    assert report(client, bytes(headers.LARGEST_REPORT + 1)) == 413


def test_whoever_wants_to_fill_the_log_does_not(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert {report(client, [*NEWER * 20]) for _ in range(20)} == {204}
    heard = [record for record in caplog.records if record.name == headers.__name__]
    assert len(heard) == headers.MOST_A_MINUTE
    sieve, moment = headers.Sieve(1), clock.now()
    assert sieve.passes(moment)
    assert not sieve.passes(moment + timedelta(seconds=59))
    assert sieve.passes(moment + timedelta(seconds=61))
