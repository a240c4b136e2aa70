"""The public feed: everything that was published, as OCDS 1.1 packages that anybody may take and keep."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from marketplace.core.clock import LONDON
from marketplace.core.db import db
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.web import public
from marketplace.tenders.uk_notices import packages, queries, schema
from marketplace.tenders.uk_notices.models import Notice
from marketplace.tenders.uk_notices.packages import Envelope
from marketplace.tenders.uk_notices.queries import Wanted

ocds = Blueprint("ocds", __name__, url_prefix="/api/v1/ocds")
PAGE_SIZE = 100
LONGEST_POSITION = 9
FRESH_SECONDS = 60
NOTHING = "Nothing was published that fits. Without `after`, `from` and `to` everything is shown."


@ocds.route("/releases")
@public
def releases() -> Any:
    """Releases in the order in which they became public, a page at a time."""
    wanted, kept = _wanted()
    found = queries.published(db.session(), wanted, PAGE_SIZE + 1)
    if not found:
        raise NotFound(NOTHING)
    shown = found[:PAGE_SIZE]
    more = shown[-1].position if len(found) > PAGE_SIZE else None
    envelope = _envelope("ocds.releases", kept, max(one.issued_at for one in shown), more)
    return _answer(packages.release_package(envelope, [one.content for one in shown]))


@ocds.route("/records")
@public
def records() -> Any:
    """Records in the order in which their first release became public, a page at a time."""
    wanted, kept = _wanted()
    session = db.session()
    found = queries.processes(session, wanted, PAGE_SIZE + 1)
    if not found:
        raise NotFound(NOTHING)
    shown = found[:PAGE_SIZE]
    more = shown[-1][1] if len(found) > PAGE_SIZE else None
    return _records(queries.by_process(session, [ocid for ocid, _ in shown]), "ocds.records", kept, more)


@ocds.route("/records/<ocid>")
@public
def record(ocid: str) -> Any:
    """The record of one tender."""
    found = queries.by_process(db.session(), [ocid])
    if not found[ocid]:
        raise NotFound("Nothing was published under this open contracting id.")
    return _records(found, "ocds.record", {"ocid": ocid}, None)


def _records(
    processes: dict[str, list[Notice]], endpoint: str, kept: dict[str, str], more: int | None
) -> Response:
    changed_at = max(one.issued_at for notices in processes.values() for one in notices)
    texts = {ocid: [one.content for one in notices] for ocid, notices in processes.items()}
    return _answer(packages.record_package(_envelope(endpoint, kept, changed_at, more), texts))


def _envelope(endpoint: str, kept: dict[str, str], changed_at: datetime, more: int | None) -> Envelope:
    settings = queries.settings()
    base = settings.base_url.rstrip("/")
    following = {**kept, "after": str(more)}
    return Envelope(
        address=f"{base}{url_for(endpoint, **kept)}",  # type: ignore[arg-type]  # all of them values
        publisher=settings.publisher,
        publisher_address=base,
        changed_at=changed_at,
        next_address=f"{base}{request.path}?{urlencode(following)}" if more is not None else "",
    )


def _answer(package: dict[str, Any]) -> Response:
    """A package that anybody's page may read and any cache may keep, sent only when it changed."""
    response = Response(schema.to_json(package), mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    response.add_etag()
    response.make_conditional(request)
    return response


def _wanted() -> tuple[Wanted, dict[str, str]]:
    """What the address asks for, and those of its parts that further pages keep. Raises RuleBroken."""
    given = request.args
    after = given.get("after", "")
    if after and not (after.isascii() and after.isdigit() and len(after) <= LONGEST_POSITION):
        raise RuleBroken("`after` must be a whole number, as `links.next` of a package gives it.")
    since, before = given.get("from", ""), given.get("to", "")
    kept = {name: given[name] for name in ("from", "to", "after") if given.get(name)}
    return Wanted(int(after or 0), _moment(since, "from"), _moment(before, "to", days=1)), kept


def _moment(text: str, name: str, days: int = 0) -> datetime | None:
    """The moment that a day in England or a date and time with its zone stands for; None for none."""
    if not text:
        return None
    try:
        if "T" not in text:
            day = date.fromisoformat(text) + timedelta(days=days)
            return datetime.combine(day, time(), LONDON).astimezone(UTC)
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise RuleBroken(f"`{name}` must be a day like 2026-09-01 or a moment like 2026-09-01T09:00:00Z.")
    return moment.astimezone(UTC)
