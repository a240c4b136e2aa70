"""The annual pack on the page, and as one document for the joint meeting."""

from __future__ import annotations

import io
import uuid
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, send_file, url_for
from werkzeug.wrappers import Response

from invoicing.annual_pack import actions, queries
from invoicing.annual_pack.forms import PrioritiesForm
from invoicing.annual_pack.queries import AnnualPack
from invoicing.fund.statements import Period, academic_year, year_before
from invoicing.gateways import pdf
from marketplace.alliance.work import rules as work
from marketplace.core import clock, policy, web
from marketplace.core.charts import Bar, ChartView, bar_chart
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act
from marketplace.core.web import NavigationItem, answering, page

annual_pack = Blueprint("annual_pack", __name__, url_prefix="/annual-pack")
SHORTCUTS = (
    NavigationItem("Read the annual pack", "annual_pack.index", lambda actor: bool(actor.alliance_ids)),
)
EARLIEST_YEAR, YEARS_AHEAD = 2000, 1


@annual_pack.get("")
def index() -> Any:
    """The packs of the reader's alliances; straight to the one there is."""
    alliances = queries.alliances_of(db.session(), web.actor())
    year = academic_year(clock.today()).start.year
    if len(alliances) == 1:
        return redirect(url_for(".show", alliance_id=alliances[0].id, year=year))
    return page("annual_pack/index.html", alliances=alliances, year=year)


@annual_pack.get("/<uuid:alliance_id>/<int:year>")
def show(alliance_id: uuid.UUID, year: int) -> Any:
    """The pack of the academic year that begins in a calendar year."""
    pack = _pack(alliance_id, year)
    before = year_before(pack.period).start.year
    return page(
        "annual_pack/show.html",
        pack=pack,
        chart=_chart(pack),
        work=work,
        before=before if before >= EARLIEST_YEAR else None,
        after=None if pack.unfinished else year + 1,
        year=year,
    )


@annual_pack.get("/<uuid:alliance_id>/<int:year>/pdf")
def download_pack(alliance_id: uuid.UUID, year: int) -> Response:
    """The pack as one document."""
    pack = _pack(alliance_id, year)
    content = pdf.render(
        "print/annual_pack.html",
        pack=pack,
        chart=_chart(pack),
        work=work,
        issuer=pack.alliance,
        reference=f"Annual pack {year}/{(year + 1) % 100:02d}",
        made_at=clock.now(),
    )
    name = f"Annual pack {year}-{(year + 1) % 100:02d}, {pack.alliance}.pdf"
    return send_file(io.BytesIO(content), "application/pdf", as_attachment=True, download_name=name)


@annual_pack.route("/<uuid:alliance_id>/<int:year>/priorities", methods=["GET", "POST"])
def set_priorities(alliance_id: uuid.UUID, year: int) -> Any:
    """Write the alliance's priorities."""
    actor, session = web.actor(), db.session()
    if alliance_id not in actor.alliance_ids:
        raise NotFound
    period = _period(year)
    policy.require(actor, Act.PRIORITIES_SET, alliance_id)
    form = PrioritiesForm(obj=queries.priorities(session, alliance_id, period), version=0)
    if form.validate_on_submit():
        with answering(form):
            actions.set_priorities(actor, alliance_id, period, form.version.data, form.text.data)
            flash("You saved the priorities.", "success")
            return redirect(url_for(".show", alliance_id=alliance_id, year=year))
    return page("annual_pack/set_priorities.html", form=form, alliance_id=alliance_id, year=year)


def _pack(alliance_id: uuid.UUID, year: int) -> AnnualPack:
    return queries.annual_pack(db.session(), web.actor(), alliance_id, _period(year))


def _period(year: int) -> Period:
    """The academic year that begins in a calendar year. Raises NotFound for a year that is none of ours."""
    if not EARLIEST_YEAR <= year <= clock.today().year + YEARS_AHEAD:
        raise NotFound
    return academic_year(date(year, 9, 1))


def _chart(pack: AnnualPack) -> ChartView | None:
    """What each school saves over the terms of the year's awards; None when nobody saves anything."""
    saving = [one for one in pack.savings if one.saving.pence > 0]
    if not saving:
        return None
    return bar_chart(
        "savings",
        "What each school saves",
        "One bar for each school that saves; the table says the same, and who pays more.",
        [Bar(one.school, one.saving.pence, str(one.saving)) for one in saving],
    )
