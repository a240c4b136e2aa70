"""Pages about prices that look abnormally low: ask, explain, conclude."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, url_for

from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from marketplace.tenders.models import Tender
from suppliers.evaluation import queries as evaluation_queries
from suppliers.evaluation.low_prices import actions, queries, rules
from suppliers.evaluation.low_prices.actions import Conclusion
from suppliers.evaluation.low_prices.forms import USUAL_QUESTION, AskForm, ConcludeForm, ExplainForm
from suppliers.evaluation.views import evaluation

__all__ = ["evaluation"]


@evaluation.route("/quotes/<uuid:quote_id>/price/ask", methods=["GET", "POST"])
def ask_about_price(quote_id: uuid.UUID) -> Any:
    """Ask a supplier to explain its price."""
    session, actor = db.session(), web.actor()
    quote = evaluation_queries.get_quote(session, quote_id, evaluation_queries.visible_to(actor))
    tender = _compared(quote.tender_id, Act.LOW_PRICE_ASK)
    form = AskForm(data={"question": USUAL_QUESTION, "answer_by": rules.usual_answer_by(clock.today())})
    if form.validate_on_submit():
        with answering(form):
            actions.ask_about_price(actor, quote_id, form.question.data or "", form.answer_by.data)
            flash(f"You asked {quote.supplier.name} to explain its price.", "success")
            return redirect(_assessment(quote_id))
    return page("evaluation/ask_about_price.html", form=form, tender=tender, quote=quote, law=rules.LAW)


@evaluation.route("/quotes/<uuid:quote_id>/price/explain", methods=["GET", "POST"])
def explain_price(quote_id: uuid.UUID) -> Any:
    """What a supplier is asked about its price, and its explanation."""
    session, actor = db.session(), web.actor()
    inquiry = queries.get_own(session, actor, quote_id)
    form = ExplainForm(version=inquiry.version)
    if form.validate_on_submit():
        with answering(form):
            actions.explain_price(actor, quote_id, form.explanation.data or "", form.version.data or 0)
            flash("You explained your price. The panel reads it and concludes.", "success")
            return redirect(url_for("quotes.show", quote_id=quote_id))
    return page(
        "evaluation/explain_price.html",
        form=form,
        inquiry=inquiry,
        tender=inquiry.quote.tender,
        law=rules.LAW,
        is_open=inquiry.status is rules.InquiryStatus.ASKED
        and policy.allows(actor, Act.LOW_PRICE_EXPLAIN, inquiry.quote.supplier_id),
    )


@evaluation.route("/quotes/<uuid:quote_id>/price/conclude", methods=["GET", "POST"])
def conclude_on_price(quote_id: uuid.UUID) -> Any:
    """The supplier's explanation, and what the panel concluded."""
    session, actor = db.session(), web.actor()
    inquiry = queries.get_compared(session, actor, quote_id)
    tender = _compared(inquiry.quote.tender_id, Act.LOW_PRICE_CONCLUDE)
    form = ConcludeForm(version=inquiry.version)
    if form.validate_on_submit():
        with answering(form):
            wanted = Conclusion(form.conclusion.data, form.reason.data or "")
            actions.conclude_on_price(actor, quote_id, wanted, form.version.data or 0)
            flash(f"You recorded what the panel concluded about {inquiry.quote.supplier.name}.", "success")
            return redirect(url_for("evaluation.compare_quotes", tender_id=tender.id))
    return page(
        "evaluation/conclude_on_price.html",
        form=form,
        inquiry=inquiry,
        tender=tender,
        law=rules.LAW,
        is_open=inquiry.status not in rules.CONCLUSIONS,
    )


def _compared(tender_id: uuid.UUID, act: Act) -> Tender:
    """404 for those who may not compare, 403 for those who may only read."""
    actor = web.actor()
    tender = evaluation_queries.get_tender(db.session(), tender_id, evaluation_queries.visible_to(actor))
    if not policy.allows(actor, act, tender.alliance_id):
        raise Forbidden("Only the alliance’s coordinator can do this.")
    return tender


def _assessment(quote_id: uuid.UUID) -> str:
    return url_for("evaluation.show_assessment", quote_id=quote_id)
