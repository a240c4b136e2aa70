"""What every answer tells the browser it may do, and what browsers report when something tried more.

Pages run scripts of ours only, each by the answer's own nonce. Whatever else is answered (a file, JSON, a
feed) may do nothing at all, should a browser ever show it as a page.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from marketplace.core import clock, logs, metrics

log = logs.of(__name__)
reports = Blueprint("reports", __name__)
REPORTS_PATH = "/browser-reports"
LARGEST_REPORT = 16 * 1024
MOST_A_MINUTE = 30
MOST_AT_ONCE = 5
DIRECTIVES = frozenset(
    f"{kind}{part}"
    for kind, parts in {
        "script-src": ("", "-elem", "-attr"),
        "style-src": ("", "-elem", "-attr"),
        **dict.fromkeys(("img-src", "font-src", "connect-src", "media-src", "object-src"), ("",)),
        **dict.fromkeys(("frame-src", "worker-src", "manifest-src", "default-src", "base-uri"), ("",)),
        **dict.fromkeys(("form-action", "frame-ancestors", "sandbox"), ("",)),
    }.items()
    for part in parts
)
"""Of CSP level 3. Whoever posts could name others without end, and each would be counted apart."""
UNKNOWN = "unknown"
PAGE = "text/html"
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
SAME_FOR_ALL = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}


def csp_nonce() -> str:
    """The random word that lets this response's own scripts run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def add(response: Response) -> Response:
    """Put the headers on an answer that every answer has."""
    response.headers.update(SAME_FOR_ALL)
    by_https = bool(current_app.config["SESSION_COOKIE_SECURE"])
    if by_https:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if response.mimetype != PAGE:
        response.headers["Content-Security-Policy"] = FILE_POLICY
        return response
    policy = (
        f"default-src 'self'; script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self'; "
        "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors 'none'; report-uri {REPORTS_PATH}"
    )
    if by_https:  # browsers that know the newer way take it on https only, and then leave the older one
        response.headers["Reporting-Endpoints"] = f'pages="{REPORTS_PATH}"'
        policy += "; report-to pages"
    response.headers["Content-Security-Policy"] = policy
    return response


class Sieve:
    """Lets so many through a minute: whoever wants to fill the log does not."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._minute: datetime | None = None
        self._passed = 0

    def passes(self, moment: datetime) -> bool:
        """Is this one among the first of its minute?"""
        if self._minute is None or not timedelta() <= moment - self._minute < timedelta(minutes=1):
            self._minute, self._passed = moment, 0
        self._passed += 1
        return self._passed <= self.most


_sieve = Sieve(MOST_A_MINUTE)


@reports.post(REPORTS_PATH)
def take_report() -> Response:
    """A browser's report that a page tried what it may not: directive and route are logged, no more.

    Addresses hold ids and tokens, and what was blocked may be anything; neither is kept.
    """
    request.max_content_length = LARGEST_REPORT
    violations = list(_violations(request.get_data(cache=False)))
    for directive, page in violations:
        metrics.count_csp_report(directive)
        if _sieve.passes(clock.now()):
            log.warning("csp.report", directive=directive, route=page)
    return Response(status=204 if violations else 400, mimetype="text/plain")


def _violations(content: bytes) -> Iterator[tuple[str, str]]:
    """The directive and our own route of each violation, in either of the two forms that browsers send."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return
    for one in (said if isinstance(said, list) else [said])[:MOST_AT_ONCE]:
        body = (one.get("csp-report") or one.get("body")) if isinstance(one, dict) else None
        if isinstance(body, dict):
            directive = body.get("effectiveDirective") or body.get("effective-directive")
            page = body.get("documentURL") or body.get("document-uri")
            yield _known(directive or body.get("violated-directive")), _route(page)


def _known(directive: Any) -> str:
    first = directive.split(" ")[0] if isinstance(directive, str) else ""
    return first if first in DIRECTIVES else UNKNOWN


def _route(address: Any) -> str:
    """The name of our route at this address, without the ids in it."""
    try:
        path = urlsplit(address).path if isinstance(address, str) else ""
        endpoint, _ = current_app.url_map.bind("localhost").match(path)
    except (HTTPException, ValueError):
        return UNKNOWN
    return str(endpoint)
