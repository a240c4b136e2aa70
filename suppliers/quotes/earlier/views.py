"""The pages of the bid library, and of choosing an earlier answer for a quote."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for

from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.listing import page_address
from marketplace.core.paging import page_links
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from marketplace.tenders import queries as tenders
from suppliers.profiles.bid_library import actions as library
from suppliers.profiles.bid_library.rules import Answer
from suppliers.profiles.queries import get_own_supplier
from suppliers.quotes import actions, queries
from suppliers.quotes.earlier.forms import KeepForm, SearchForm
from suppliers.quotes.earlier.queries import earlier_answer, earlier_answers
from suppliers.quotes.offers import answer_field
from suppliers.quotes.views import quotes

__all__ = ["quotes"]
MOST_SHOWN = 10


@quotes.route("/suppliers/<uuid:supplier_id>/library")
def show_library(supplier_id: uuid.UUID) -> Any:
    """Every answer that the supplier kept or gave, searchable."""
    session = db.session()
    supplier = get_own_supplier(session, web.actor(), supplier_id)
    form = SearchForm()
    found = earlier_answers(session, supplier_id, form.q.data or "")
    pages = page_links(len(found), request.args.get("page"), page_address)
    return page(
        "quotes/library.html",
        supplier=supplier,
        searching=form,
        answers=found[pages.offset : pages.offset + pages.size],
        pages=pages,
    )


@quotes.route("/suppliers/<uuid:supplier_id>/library/keep", methods=["GET", "POST"])
def keep_answer(supplier_id: uuid.UUID) -> Any:
    """Keep an answer on purpose."""
    supplier = get_own_supplier(db.session(), web.actor(), supplier_id)
    policy.require(web.actor(), Act.ANSWER_KEEP, supplier_id)
    form = KeepForm()
    if form.validate_on_submit():
        with answering(form):
            kept = Answer(form.question.data or "", form.answer.data or "")
            library.keep_answer(web.actor(), supplier_id, form.id_to_make, kept)
            flash("You kept the answer. It is offered when you answer a question.", "success")
            return redirect(url_for("quotes.show_library", supplier_id=supplier_id))
    return page("quotes/keep_answer.html", form=form, supplier=supplier)


@quotes.route("/suppliers/<uuid:supplier_id>/library/<uuid:answer_id>/discard", methods=["POST"])
def discard_answer(supplier_id: uuid.UUID, answer_id: uuid.UUID) -> Any:
    """Take an answer out of the library."""
    library.discard_answer(web.actor(), supplier_id, answer_id)
    flash("You took the answer out of your library.", "success")
    return redirect(url_for("quotes.show_library", supplier_id=supplier_id))


@quotes.route(
    "/suppliers/<uuid:supplier_id>/library/for/<uuid:tender_id>/<uuid:criterion_id>", methods=["GET", "POST"]
)
def choose_answer(supplier_id: uuid.UUID, tender_id: uuid.UUID, criterion_id: uuid.UUID) -> Any:
    """Earlier answers that may fit a question of a tender; one is copied into the draft by choice."""
    session, actor = db.session(), web.actor()
    supplier = get_own_supplier(session, actor, supplier_id)
    tender = tenders.get_tender(session, actor, tender_id)
    if tender.published_at is None:
        raise NotFound
    asked = queries.schedule_of(session, tender).questions
    question = next((one for one in asked if one.id == criterion_id), None)
    if question is None:
        raise NotFound
    back = url_for("quotes.prepare", tender_id=tender_id, supplier=supplier_id)
    form = SearchForm()
    if request.method == "POST":
        text = earlier_answer(session, supplier_id, request.form.get("key", "")).answer
        number = question.number
        with answering(form):
            actions.take_answer(actor, tender_id, supplier_id, criterion_id, text)
            flash(f"You copied an earlier answer to question {number} into the draft. Read it once more.")
            return redirect(f"{back}#{answer_field(criterion_id)}")
    search = form.q.data if form.q.data is not None else f"{question.title} {question.text}"
    return page(
        "quotes/choose_answer.html",
        supplier=supplier,
        tender=tender,
        question=question,
        searching=form,
        answers=earlier_answers(session, supplier_id, search)[:MOST_SHOWN],
        back=back,
    )
