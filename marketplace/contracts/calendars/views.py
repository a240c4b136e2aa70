"""The page of one's own calendar feed, and the feed itself."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, redirect, request, url_for

from marketplace.contracts.calendars import actions, queries
from marketplace.contracts.calendars.feed import MEDIA_TYPE, calendar_of
from marketplace.contracts.calendars.forms import MakeFeedForm
from marketplace.core import walls, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden
from marketplace.core.forms import Form
from marketplace.core.policy import Act, allows
from marketplace.core.web import page, public

FRESH_SECONDS = 3600


def calendar() -> Any:
    """Make the address of one's calendar, see that there is one, or revoke it."""
    actor = web.actor()
    if not allows(actor, Act.CALENDAR_MAKE, *(seat.organisation_id for seat in actor.seats)):
        raise Forbidden("Only people of a school or an alliance have contracts to put into a calendar.")
    form, address = MakeFeedForm(), ""
    if form.validate_on_submit():
        token = actions.make_feed(actor, form.id_to_make)
        if token is None:
            flash("The address was shown already, and only once. Make a new one if you did not keep it.")
            return redirect(url_for("contracts.calendar"))
        address = current_app.extensions["settings"].base_url + url_for("contracts.feed", token=token)
        form = MakeFeedForm(formdata=None)
    return page(
        "contracts/calendar.html",
        form=form,
        address=address,
        feed=queries.live_feed(db.session(), actor),
    )


def revoke_feed() -> Any:
    """Make one's address lead nowhere."""
    form = Form()
    if form.validate_on_submit():
        actions.revoke_feed(web.actor())
        flash("You revoked the address. Calendars that had it get nothing more.", "success")
    return redirect(url_for("contracts.calendar"))


@public
def feed(token: str) -> Response:
    """The calendar for whoever has its address: what its owner may read now. 404 once it is revoked."""
    session = db.session()
    reader = queries.reader_of(session, token)
    walls.read_for(session, reader)
    base_url = current_app.extensions["settings"].base_url
    content = calendar_of(queries.contracts_to_watch(session, reader), base_url)
    response = Response(content, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response.headers["Content-Disposition"] = "inline; filename=contracts.ics"
    response.headers["X-Robots-Tag"] = "noindex"
    response.cache_control.private = True
    response.cache_control.max_age = FRESH_SECONDS
    response.add_etag()
    response.make_conditional(request)
    return response
