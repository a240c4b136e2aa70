"""Pages of questions: everybody reads the answers, suppliers ask, the schools' people answer."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from marketplace.core import clock, listing, policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.fields import choices
from marketplace.core.paging import PageLinks, page_links
from marketplace.core.policy import POLICY, Act, Kind
from marketplace.core.web import answering, moment, page, public
from marketplace.tenders import queries as tenders
from marketplace.tenders.amending.queries import amendments
from marketplace.tenders.models import Tender
from marketplace.tenders.opportunities.queries import get_opportunity
from marketplace.tenders.rules import TenderStatus
from suppliers.profiles import queries as profiles
from suppliers.questions import actions, queries, rules
from suppliers.questions.forms import AnswerForm, AskForm, FindAnswersForm, FindQuestionsForm, RejectForm
from suppliers.questions.models import Question

questions = Blueprint("questions", __name__)
LONGEST_OPTION = 90
A_PAGE = 10


@questions.route("/opportunities/<uuid:tender_id>/questions")
@public
def index(tender_id: uuid.UUID) -> Any:
    """What was asked about a published tender and answered; for a supplier, its own questions too."""
    session, actor = db.session(), web.actor()
    opportunity = get_opportunity(session, tender_id)
    filters = FindAnswersForm()
    filters.validate()
    query = queries.answered(tender_id, search=filters.search.data or "")
    pages = page_links(queries.count(session, query), request.args.get("page"), listing.page_address, A_PAGE)
    return page(
        "questions/index.html",
        opportunity=opportunity,
        answers=[queries.shown(one) for one in _page_of(query, pages)],
        pages=pages,
        filters=filters,
        own=queries.own_questions(session, actor, tender_id) if actor.supplier_ids else [],
        suppliers=profiles.own_suppliers(session, actor),
        following=queries.following(session, actor, tender_id),
        takes_questions=opportunity.open and clock.now() < opportunity.asked_until,
        rules=rules,
    )


@questions.route("/tenders/<uuid:tender_id>/questions/ask", methods=["GET", "POST"])
def ask_question(tender_id: uuid.UUID) -> Any:
    """Ask a question about a published tender."""
    session = db.session()
    tender, supplier_id = _bidding(tender_id, Act.QUESTION_ASK)
    if request.method == "GET":
        moment_now = clock.database_now(session)
        rules.check_may_ask(tender.status, tender.published_at, tender.closes_at, moment_now)
    form = AskForm()
    if form.validate_on_submit():
        with answering(form):
            actions.ask_question(web.actor(), form.id_to_make, tender_id, supplier_id, form.text.data or "")
            flash("You asked the schools. Everybody will read the answer, and nobody is told that you asked.")
            return redirect(url_for("questions.index", tender_id=tender_id))
    return page(
        "questions/ask_question.html",
        form=form,
        opportunity=get_opportunity(session, tender_id),
        supplier=profiles.get_supplier(session, web.actor(), supplier_id),
        others=[one for one in profiles.own_suppliers(session, web.actor()) if one.id != supplier_id],
        most=rules.MOST_OPEN,
    )


@questions.route("/questions/<uuid:question_id>/withdraw", methods=["POST"])
def withdraw_question(question_id: uuid.UUID) -> Any:
    """Take a question back that waits for its answer."""
    question = queries.get_question(db.session(), web.actor(), question_id)
    tender_id = question.tender_id
    version = request.form.get("version", type=int, default=0)
    actions.withdraw_question(web.actor(), question_id, version)
    flash("You withdrew your question.")
    return redirect(url_for("questions.index", tender_id=tender_id))


@questions.route("/tenders/<uuid:tender_id>/follow", methods=["POST"])
def follow_tender(tender_id: uuid.UUID) -> Any:
    """Be told of every answer about a tender."""
    tender, supplier_id = _bidding(tender_id, Act.TENDER_FOLLOW)
    title = tender.title
    actions.follow_tender(web.actor(), tender_id, supplier_id)
    flash(f"You follow {title}. We e-mail you each answer.")
    return redirect(url_for("questions.index", tender_id=tender_id))


@questions.route("/tenders/<uuid:tender_id>/unfollow", methods=["POST"])
def unfollow_tender(tender_id: uuid.UUID) -> Any:
    """No longer be told of answers about a tender."""
    tender, supplier_id = _bidding(tender_id, Act.TENDER_UNFOLLOW)
    title = tender.title
    actions.unfollow_tender(web.actor(), tender_id, supplier_id)
    flash(f"You no longer follow {title}. Once you begin a quote, we e-mail you each answer all the same.")
    return redirect(url_for("questions.index", tender_id=tender_id))


@questions.route("/tenders/<uuid:tender_id>/questions")
def show_asked(tender_id: uuid.UUID) -> Any:
    """What suppliers asked about a tender, for those who answer and for the auditor."""
    session, actor = db.session(), web.actor()
    tender = _overseen(tender_id)
    filters = FindQuestionsForm()
    filters.validate()
    query = queries.asked(tender_id, search=filters.search.data or "", status=filters.status.data)
    pages = page_links(queries.count(session, query), request.args.get("page"), listing.page_address, A_PAGE)
    return page(
        "questions/show_asked.html",
        tender=tender,
        opportunity=get_opportunity(session, tender_id),
        asked=_page_of(query, pages),
        pages=pages,
        filters=filters,
        waiting=queries.unanswered(session, tender_id),
        may_answer=queries.may_answer(actor, tender) and tender.status is TenderStatus.PUBLISHED,
        sees_askers=queries.sees_askers(actor, tender),
        rules=rules,
    )


@questions.route("/questions/<uuid:question_id>/answer", methods=["GET", "POST"])
def answer_question(question_id: uuid.UUID) -> Any:
    """Answer a question, for everybody."""
    session = db.session()
    question, tender = _to_answer(question_id, Act.QUESTION_ANSWER)
    form = AnswerForm(data={"version": question.version, "wording": question.text})
    form.amendment.choices = choices(
        (one.id, _short(f"The change of {moment(one.made_at)}: {one.reason}"))
        for one in reversed(amendments(session, tender.id))
    )
    if form.validate_on_submit():
        with answering(form):
            actions.answer_question(
                web.actor(),
                question_id,
                form.version.data or 0,
                wording=form.wording.data or "",
                answer=form.answer.data or "",
                amendment_id=form.amendment.data,
            )
            flash("You published the answer. Suppliers that follow the tender, or quote for it, are told.")
            return redirect(url_for("questions.show_asked", tender_id=tender.id))
    may_amend = policy.allows(web.actor(), Act.TENDER_AMEND, tender.alliance_id)
    return page(
        "questions/answer_question.html",
        form=form,
        question=question,
        tender=tender,
        may_amend=may_amend and not get_opportunity(session, tender.id).held,
    )


@questions.route("/questions/<uuid:question_id>/reject", methods=["GET", "POST"])
def reject_question(question_id: uuid.UUID) -> Any:
    """Give a question no answer of its own, with a reason."""
    session = db.session()
    question, tender = _to_answer(question_id, Act.QUESTION_REJECT)
    form = RejectForm(data={"version": question.version})
    answered = session.scalars(queries.answered(tender.id)).all()
    form.repeats.choices = choices((one.id, _short(f"{one.number}. {one.wording}")) for one in answered)
    if form.validate_on_submit():
        with answering(form):
            actions.reject_question(
                web.actor(),
                question_id,
                form.version.data or 0,
                why=form.why.data,
                explanation=form.explanation.data or "",
                repeats_id=form.repeats.data,
            )
            flash("You rejected the question. Who asked is told why.")
            return redirect(url_for("questions.show_asked", tender_id=tender.id))
    return page("questions/reject_question.html", form=form, question=question, tender=tender)


def _page_of(query: Any, pages: PageLinks) -> list[Question]:
    return list(db.session().scalars(query.offset(pages.offset).limit(pages.size)))


def _bidding(tender_id: uuid.UUID, act: Act) -> tuple[Tender, uuid.UUID]:
    """The published tender and the supplier that the reader acts for; the address says which of several."""
    actor = web.actor()
    tender = tenders.get_tender(db.session(), actor, tender_id)
    if tender.published_at is None:
        raise NotFound
    mine = actor.organisations(Kind.SUPPLIER, *POLICY[act].roles)
    if not mine:
        raise Forbidden("Only suppliers do this. Register as one to take part; it costs nothing.")
    wanted = request.args.get("supplier", "")
    chosen = next((one for one in mine if str(one) == wanted), None)
    if wanted and chosen is None:
        raise NotFound
    return tender, chosen or min(mine)


def _overseen(tender_id: uuid.UUID) -> Tender:
    """A published tender whose questions the reader may read as they were asked. Raises NotFound."""
    tender = tenders.get_tender_of_alliance(db.session(), web.actor(), tender_id)
    if tender.published_at is None or not queries.may_oversee(web.actor(), tender):
        raise NotFound
    return tender


def _to_answer(question_id: uuid.UUID, act: Act) -> tuple[Question, Tender]:
    """A question and its tender, for somebody who answers."""
    question = queries.get_question(db.session(), web.actor(), question_id)
    policy.require(web.actor(), act, *queries.answering_organisations(question.tender))
    return question, question.tender


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_OPTION else f"{flat[:LONGEST_OPTION].rsplit(' ', 1)[0]}…"
