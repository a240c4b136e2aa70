"""Public pages: what schools are buying now, and everything a supplier needs to know about one tender."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, request, url_for

from marketplace.core import paging
from marketplace.core.db import db
from marketplace.core.web import NavigationItem, page, public
from marketplace.tenders import shown
from marketplace.tenders.amending.queries import changes_since_publication
from marketplace.tenders.opportunities import queries
from marketplace.tenders.opportunities.feed import Place, open_opportunities
from marketplace.tenders.opportunities.forms import SearchForm
from marketplace.tenders.packs.queries import latest_pack
from marketplace.tenders.queries import count
from marketplace.tenders.uk_notices import queries as notices

opportunities = Blueprint("opportunities", __name__)
NAVIGATION = NavigationItem("Opportunities", "opportunities.index", lambda actor: not actor.alliance_ids)
KEPT = ("search", "category")
ANSWERS_SHOWN = 3


@opportunities.route("/opportunities")
@public
def index() -> Any:
    """The tenders that take quotes now."""
    session, given = db.session(), request.args
    kept: dict[str, Any] = {name: given[name] for name in KEPT if given.get(name)}
    found = queries.search_open(given.get("search", "").strip(), given.get("category", ""))
    total = count(session, found)
    pages = paging.page_links(
        total, given.get("page"), lambda number: url_for("opportunities.index", **kept, page=number)
    )
    return page(
        "opportunities/index.html",
        rows=queries.page_of(session, found, offset=pages.offset, size=pages.size),
        total=total,
        pages=pages,
        form=SearchForm(formdata=given),
        filtered=bool(kept),
    )


@opportunities.route("/opportunities/feed.atom")
@public
def feed() -> Any:
    """The tenders that take quotes now, for readers of feeds."""
    settings = notices.settings()
    base = settings.base_url.rstrip("/")
    place = Place(
        f"{base}{url_for('opportunities.feed')}",
        f"{base}{url_for('opportunities.index')}",
        settings.publisher,
    )
    response = Response(open_opportunities(db.session(), place), mimetype="application/atom+xml")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    response.make_conditional(request)
    return response


@opportunities.route("/opportunities/<uuid:tender_id>")
@public
def show(tender_id: uuid.UUID) -> Any:
    """One published tender, for suppliers and anybody else."""
    opportunity = queries.get_opportunity(db.session(), tender_id)
    return page(
        "opportunities/show.html",
        opportunity=opportunity,
        changes=changes_since_publication(db.session(), tender_id),
        pack=latest_pack(db.session(), tender_id),
        label=shown.HELD if opportunity.held else shown.label(opportunity.status, opportunity.closes_at),
        newest_answers=opportunity.answers[: -ANSWERS_SHOWN - 1 : -1],
    )
