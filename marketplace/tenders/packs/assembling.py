"""Making a pack: what Weald writes, the price schedule, and what was uploaded. Shared steps."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from marketplace.core import clock, storage
from marketplace.core.csv_files import csv_file
from marketplace.core.ids import new_id
from marketplace.tenders.models import Tender
from marketplace.tenders.opportunities.queries import Opportunity, opportunity_of
from marketplace.tenders.packs import queries, rules
from marketplace.tenders.packs.models import Pack, PackFile
from marketplace.tenders.packs.rules import Content

FOLDER = "Documents of the schools"
WRITTEN = (
    ("1 Specification.html", "packs/specification.html"),
    ("3 Contract terms.html", "packs/terms.html"),
    ("4 Staff who may transfer (TUPE).html", "packs/tupe.html"),
    ("5 Safeguarding.html", "packs/safeguarding.html"),
)
SCHEDULE = "2 Price schedule.csv"
ANSWERS = "6 Questions and answers.html"
STYLE = "style.css"


def assemble(session: Session, tender: Tender) -> Pack:
    """The pack of a published tender as it is now: a new one, or the last when nothing has changed."""
    opportunity = opportunity_of(session, tender)
    before = queries.latest_pack(session, tender.id)
    known = queries.listed(before) if before else []
    now = dict(_contents(session, tender, opportunity))
    listed = rules.versions(known, now, clock.today())
    if before is not None and listed == known:
        return before
    pack = Pack(
        id=new_id(),
        tender_id=tender.id,
        number=before.number + 1 if before else 1,
        made_at=clock.now(),
        sha256="",
    )
    pack.files.extend(
        PackFile(
            name=one.name,
            sha256=one.content.sha256,
            size=one.content.size,
            version=one.version,
            dated_on=one.dated_on,
        )
        for one in listed
    )
    pack.sha256 = hashlib.sha256(queries.content(pack)).hexdigest()
    session.add(pack)
    session.flush()
    return pack


def _contents(session: Session, tender: Tender, opportunity: Opportunity) -> Iterator[tuple[str, Content]]:
    for name, template in WRITTEN:
        yield name, _kept(session, _written(template, opportunity=opportunity), "text/html")
    if opportunity.answers:
        text = _written("packs/answers.html", opportunity=opportunity)
        yield ANSWERS, _kept(session, text, "text/html")
    yield SCHEDULE, _kept(session, _schedule(opportunity), "text/csv")
    yield STYLE, _kept(session, _written("packs/style.css"), "text/css")
    uploaded = [one for one in tender.documents if one.sha256]
    names = rules.unique_names([one.name for one in uploaded])
    for document, name in zip(uploaded, names, strict=True):
        stored = session.get_one(storage.StoredFile, document.sha256)
        yield f"{FOLDER}/{name}", Content(stored.sha256, stored.size)


def _written(template: str, **context: Any) -> bytes:
    """A document from its template, rendered without a request: a job can write it as well as a page."""
    return current_app.jinja_env.get_template(template).render(**context).encode()


def _kept(session: Session, content: bytes, media_type: str) -> Content:
    """A document in the store; what is known already, as most of them are, is not written again."""
    known = session.get(storage.StoredFile, hashlib.sha256(content).hexdigest())
    stored = known or storage.store(session, io.BytesIO(content), media_type)
    return Content(stored.sha256, stored.size)


def _schedule(opportunity: Opportunity) -> bytes:
    """The lines with each school's units over the whole term, to read; quotes are given on the web."""
    named = {school_id: name for lot in opportunity.lots for school_id, name in lot.schools.items()}
    schools = dict(sorted(named.items(), key=lambda one: (one[1], one[0])))
    heading = ("Lot", "Item", "Unit", *schools.values(), "All schools")
    rows = [
        (
            lot.title,
            line.item,
            line.unit,
            *(_units(line.volume_of(school_id)) for school_id in schools),
            _units(line.total),
        )
        for lot in opportunity.lots
        for line in lot.lines
    ]
    return csv_file(heading, rows)


def _units(quantity: Decimal | None) -> str:
    return "" if quantity is None else f"{quantity.normalize():f}"
