"""Where Stripe reports what happened, and the pages of what could not be counted."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, flash, redirect, request, url_for

from invoicing.gateways import checkout
from invoicing.gateways.checkout import ForgedError
from invoicing.payments.online.news import actions, queries, rules
from invoicing.payments.online.news.forms import SeeToForm
from invoicing.payments.online.views import online
from marketplace.core import policy, web
from marketplace.core.callers import for_machines
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

LARGEST_REPORT = 256 * 1024


@online.post("/stripe")
@for_machines
def hear() -> Response:
    """Hear a report of Stripe's: its signature over the very bytes is the proof, so no session is needed.

    Whoever cannot sign learns nothing: 400 and no word. Everything signed is kept, and answered 200.
    """
    request.max_content_length = LARGEST_REPORT
    try:
        said = checkout.hear(request.get_data(cache=False), request.headers.get("Stripe-Signature", ""))
    except ForgedError:
        return Response(status=400, mimetype="text/plain")
    actions.hear(said)
    return Response(status=200, mimetype="text/plain")


@online.route("/news/<uuid:news_id>", methods=["GET", "POST"])
def see_to(news_id: uuid.UUID) -> Any:
    """A report that was not counted, and what somebody found out about it."""
    actor = web.actor()
    news = queries.get_news(db.session(), actor, news_id)
    form = SeeToForm()
    if form.validate_on_submit():
        with answering(form):
            actions.see_to(actor, news_id, form.note.data or "")
            flash("You saw to it. What you wrote is kept beside it.")
            return redirect(url_for(".list_payments"))
    return page(
        "online/see_to.html",
        form=form,
        news=news,
        may_see_to=news.school_id is not None and policy.allows(actor, Act.PAYMENT_SET_ASIDE, news.school_id),
        rules=rules,
    )


@online.post("/news/<uuid:news_id>/count")
def count_again(news_id: uuid.UUID) -> Any:
    """Try once more to count a report."""
    if actions.count_again(web.actor(), news_id):
        flash("It is counted now.")
        return redirect(url_for(".list_payments"))
    flash("It could not be counted. The reason stands below.")
    return redirect(url_for(".see_to", news_id=news_id))
