"""Pages on which quotes are judged: conflicts, scores, agreement, and the comparison."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for

from marketplace.core import listing, policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.paging import page_links
from marketplace.core.policy import Act
from marketplace.core.readings import reading
from marketplace.core.web import NavigationItem, answering, page
from marketplace.tenders.answers import published_answers
from marketplace.tenders.commitments.queries import SchoolVerdict, verdicts
from marketplace.tenders.formulas import FORMULAS, TIE_BREAK
from marketplace.tenders.lots.queries import division_of
from marketplace.tenders.methodology import figures_of
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import STATUS_COLOURS, STATUS_LABELS, TenderStatus
from suppliers.evaluation import (
    actions,
    assessment,
    by_lot,
    charts,
    conduct,
    downloads,
    findings,
    lot_downloads,
    queries,
    sensitivity,
    sheets,
    versions,
)
from suppliers.evaluation.by_lot import Results
from suppliers.evaluation.comparison import Comparison
from suppliers.evaluation.forms import (
    ExcludeForm,
    FindForm,
    LockForm,
    agree_form,
    conflicts_form,
    scores_form,
)
from suppliers.evaluation.low_prices import queries as low_prices
from suppliers.evaluation.low_prices import rules as low_price_rules
from suppliers.quotes.files.queries import opened_files
from suppliers.quotes.rules import QuoteStatus

evaluation = Blueprint("evaluation", __name__)
NAVIGATION = NavigationItem("Evaluation", "evaluation.index", lambda actor: bool(actor.alliance_ids))
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@evaluation.route("/evaluation")
def index() -> Any:
    """Tenders whose opened quotes concern the reader."""
    session = db.session()
    form = FindForm()
    form.validate()
    order = listing.sorting(queries.ORDERS, "-closed")
    query = queries.in_evaluation(web.actor(), form.q.data or "", order)
    pages = page_links(queries.count(session, query), request.args.get("page"), listing.page_address)
    found = session.scalars(query.offset(pages.offset).limit(pages.size)).all()
    return page(
        "evaluation/index.html",
        filters=form,
        rows=queries.listed(session, web.actor(), found),
        pages=pages,
        order=order,
    )


@evaluation.route("/tenders/<uuid:tender_id>/conflicts/declare", methods=["GET", "POST"])
def declare_conflicts(tender_id: uuid.UUID) -> Any:
    """Declare conflicts of interest; only the suppliers' names are shown."""
    session, actor = db.session(), web.actor()
    tender = queries.get_tender(session, tender_id, queries.declared_by(actor))
    form = conflicts_form(sheets.suppliers_to_declare(session, actor, tender))
    if form.validate_on_submit():
        with answering(form):
            declared = form.declarations()
            actions.declare_conflicts(actor, tender_id, declared)
            if any(one.conflicted for one in declared.values()):
                flash(
                    "You declared a conflict of interest. You will see nothing more of these quotes.",
                    "success",
                )
                return redirect(url_for("home"))
            flash("You declared that you have no conflict of interest. You can score now.", "success")
            return redirect(url_for("evaluation.scoring", tender_id=tender_id))
    return page("evaluation/declare_conflicts.html", form=form, tender=tender)


@evaluation.route("/tenders/<uuid:tender_id>/scores")
def scoring(tender_id: uuid.UUID) -> Any:
    """An evaluator's own progress; nobody else's scores."""
    session, actor = db.session(), web.actor()
    tender = _judged(tender_id)
    if queries.seat_of(session, actor, tender_id) is None:
        return redirect(url_for("evaluation.moderation", tender_id=tender_id))
    return page(
        "evaluation/scoring.html",
        tender=tender,
        is_open=tender.status is TenderStatus.EVALUATING,
        rows=sheets.own_progress(session, actor, tender),
        panel=sheets.evaluators(session, tender),
        asked=published_answers(session, tender_id),
    )


@evaluation.route("/quotes/<uuid:quote_id>/scores/give", methods=["GET", "POST"])
def give_scores(quote_id: uuid.UUID) -> Any:
    """Score the answers of one quote."""
    session, actor = db.session(), web.actor()
    quote = queries.get_quote(session, quote_id, queries.judged_by(actor))
    if queries.seat_of(session, actor, quote.tender_id) is None:
        raise NotFound
    tender = _judged(quote.tender_id)
    answers = sheets.answers_to_score(session, actor, tender, quote)
    form = scores_form(answers)
    if form.validate_on_submit():
        with answering(form):
            actions.give_scores(actor, quote_id, form.given())
            flash(f"Your scores of {quote.supplier.name} are saved.", "success")
            return redirect(url_for("evaluation.scoring", tender_id=tender.id))
    is_open = tender.status is TenderStatus.EVALUATING and quote.status is QuoteStatus.OPENED
    return page(
        "evaluation/give_scores.html",
        form=form,
        tender=tender,
        quote=quote,
        answers=answers,
        is_open=is_open,
        asked=published_answers(session, tender.id),
        files=opened_files(session, quote_id),
    )


@evaluation.route("/tenders/<uuid:tender_id>/scores/agree")
def moderation(tender_id: uuid.UUID) -> Any:
    """How far everybody is, and the scores to be agreed."""
    session, actor = db.session(), web.actor()
    tender = _judged(tender_id)
    if not _oversees(tender):
        raise NotFound
    return page(
        "evaluation/moderation.html",
        tender=tender,
        view=sheets.moderation(session, tender),
        is_open=tender.status is TenderStatus.EVALUATING,
        may_agree=policy.allows(actor, Act.SCORE_AGREE, tender.alliance_id),
    )


@evaluation.route("/quotes/<uuid:quote_id>/scores/<uuid:criterion_id>/agree", methods=["GET", "POST"])
def agree_score(quote_id: uuid.UUID, criterion_id: uuid.UUID) -> Any:
    """Record what the panel agreed for one answer."""
    session, actor = db.session(), web.actor()
    quote = queries.get_quote(session, quote_id, queries.judged_by(actor))
    tender = _judged(quote.tender_id)
    _require(Act.SCORE_AGREE, tender)
    criterion = queries.get_question(tender, criterion_id)
    view = sheets.answer_to_agree(session, tender, quote, criterion)
    before = view.agreed
    form = agree_form(
        view.question,
        version=before.version if before else 0,
        score=before.score if before else None,
        reason=before.reason if before else "",
        moderation_note=before.moderation_note if before else "",
    )
    if form.validate_on_submit():
        with answering(form):
            actions.agree_score(
                actor,
                quote_id,
                criterion_id,
                score=form["score"].data,
                reason=form.reason.data or "",
                moderation_note=form.moderation_note.data or "",
                version=form.version.data or 0,
            )
            flash(f"The agreed score of {view.supplier} for “{view.question.title}” is recorded.", "success")
            return redirect(url_for("evaluation.moderation", tender_id=tender.id))
    is_open = tender.status is TenderStatus.EVALUATING and quote.status is QuoteStatus.OPENED
    return page("evaluation/agree_score.html", form=form, tender=tender, view=view, is_open=is_open)


@evaluation.route("/tenders/<uuid:tender_id>/scores/lock", methods=["GET", "POST"])
def lock_scores(tender_id: uuid.UUID) -> Any:
    """Lock the agreed scores, so that prices can be opened."""
    session = db.session()
    tender = _judged(tender_id)
    _require(Act.SCORES_LOCK, tender)
    form = LockForm(version=tender.version)
    if form.validate_on_submit():
        with answering(form):
            actions.lock_scores(web.actor(), tender_id, form.version.data or 0)
            flash("You locked the quality scores.", "success")
            return redirect(url_for("evaluation.moderation", tender_id=tender_id))
    return page(
        "evaluation/lock_scores.html", form=form, tender=tender, view=sheets.moderation(session, tender)
    )


@evaluation.route("/tenders/<uuid:tender_id>/scores/history")
def show_history(tender_id: uuid.UUID) -> Any:
    """Every version of every score, once everybody has scored."""
    session = db.session()
    tender = _judged(tender_id)
    if not _oversees(tender):
        raise NotFound
    query = versions.of_tender(tender_id)
    is_done = sheets.everyone_is_done(session, tender)
    pages = page_links(
        versions.count(session, query) if is_done else 0, request.args.get("page"), listing.page_address
    )
    return page(
        "evaluation/history.html",
        tender=tender,
        is_done=is_done,
        rows=versions.shown(session, tender, query.offset(pages.offset).limit(pages.size)) if is_done else [],
        pages=pages,
    )


@evaluation.route("/quotes/<uuid:quote_id>/exclude", methods=["GET", "POST"])
def exclude_quote(quote_id: uuid.UUID) -> Any:
    """Leave a quote out of the competition, with a reason."""
    session, actor = db.session(), web.actor()
    may_see = queries.judged_by(actor) | queries.visible_to(actor)
    quote = queries.get_quote(session, quote_id, may_see)
    tender = queries.get_tender(session, quote.tender_id, may_see)
    _require(Act.QUOTE_EXCLUDE, tender)
    form = ExcludeForm(version=quote.version)
    if form.validate_on_submit():
        with answering(form):
            actions.exclude_quote(actor, quote_id, form.reason.data or "", form.version.data or 0)
            flash(f"You excluded the quote of {quote.supplier.name}.", "success")
            return redirect(_after_excluding(tender))
    return page(
        "evaluation/exclude_quote.html", form=form, tender=tender, quote=quote, back=_after_excluding(tender)
    )


@evaluation.route("/tenders/<uuid:tender_id>/comparison")
def compare_quotes(tender_id: uuid.UUID) -> Any:
    """All quotes side by side."""
    session = db.session()
    tender, results = queries.get_results(session, web.actor(), tender_id)
    if results is not None:
        return _compare_lots(tender, results)
    comparison = queries.comparison_of(session, tender)
    return page(
        "evaluation/comparison.html",
        tender=tender,
        status={"label": STATUS_LABELS[tender.status], "colour": STATUS_COLOURS.get(tender.status, "blue")},
        comparison=comparison,
        accepted=(accepted := low_prices.accepted_prices(session, tender_id)),
        findings=findings.find(comparison, accepted, low_prices.asked_about(session, tender_id)),
        sensitivity=sensitivity.examine(comparison, *_scored(tender)),
        charts=charts.draw(comparison),
        formula=FORMULAS[tender.price_formula],
        formula_figures=figures_of(tender),
        tie_break=TIE_BREAK,
        inquiries=low_prices.of_tender(db.session(), tender_id),
        price_states=low_price_rules,
        conditions=_conditions(tender, comparison),
        may_recommend=policy.allows(web.actor(), Act.AWARD_RECOMMEND, tender.alliance_id)
        and tender.status is TenderStatus.PRICES_OPENED,
    )


def _compare_lots(tender: Tender, results: Results) -> Any:
    accepted = low_prices.accepted_prices(db.session(), tender.id)
    asked = low_prices.asked_about(db.session(), tender.id)
    return page(
        "evaluation/comparison_by_lot.html",
        tender=tender,
        status={"label": STATUS_LABELS[tender.status], "colour": STATUS_COLOURS.get(tender.status, "blue")},
        results=results,
        accepted=accepted,
        findings={lot.lot_id: findings.find(lot.comparison, accepted, asked) for lot in results.lots},
        sensitivity={
            lot.lot_id: sensitivity.examine(lot.comparison, *scored, name=f"weights-{lot.number}")
            for scored in [_scored(tender)]
            for lot in results.lots
        },
        inquiries=low_prices.of_tender(db.session(), tender.id),
        price_states=low_price_rules,
        formula=FORMULAS[tender.price_formula],
        tie_break=TIE_BREAK,
        tied_together=by_lot.tied_together(division_of(db.session(), tender.id)),
        may_recommend=policy.allows(web.actor(), Act.AWARD_RECOMMEND, tender.alliance_id)
        and tender.status is TenderStatus.PRICES_OPENED,
    )


def _scored(tender: Tender) -> tuple[dict[uuid.UUID, int], sensitivity.Given]:
    """The marks that pass, by question, and what each evaluator gave."""
    lowest = {one.id: one.lowest_score for one in queries.questions(tender)}
    return lowest, sheets.given_by_evaluator(db.session(), tender)


def _conditions(tender: Tender, comparison: Comparison) -> list[SchoolVerdict]:
    """Each school's conditions, held against the quote in first place; none where first place is shared."""
    if len(comparison.firsts) != 1:
        return []
    column = comparison.column_of(comparison.firsts[0].quote_id)
    totals = {row.school_id: row.cells[column].amount for row in comparison.schools}
    return verdicts(db.session(), tender, totals)


@evaluation.route("/quotes/<uuid:quote_id>/assessment")
def show_assessment(quote_id: uuid.UUID) -> Any:
    """One quote's answers with the agreed scores and reasons."""
    session, actor = db.session(), web.actor()
    quote = queries.get_quote(session, quote_id, queries.visible_to(actor))
    tender, results = queries.get_results(session, actor, quote.tender_id)
    lots = by_lot.by_quote(results, quote_id) if results else {}
    comparison = None if results else queries.comparison_of(session, tender)
    inquiry = low_prices.find(session, actor, quote_id)
    is_open = tender.status in conduct.WHILE_COMPARING and quote.status is not QuoteStatus.EXCLUDED
    return page(
        "evaluation/assessment.html",
        inquiry=inquiry,
        may_ask=is_open and policy.allows(actor, Act.LOW_PRICE_ASK, tender.alliance_id),
        may_conclude=is_open
        and inquiry is not None
        and inquiry.concluded_at is None
        and policy.allows(actor, Act.LOW_PRICE_CONCLUDE, tender.alliance_id),
        tender=tender,
        quote=quote,
        offer=comparison.offer_of(quote_id) if comparison else None,
        compared=comparison,
        lots=[(results.of(lot_id), offer) for lot_id, offer in lots.items()] if results else [],
        answers=assessment.agreed_answers(session, tender, quote),
        files=opened_files(session, quote_id),
        may_exclude=policy.allows(actor, Act.QUOTE_EXCLUDE, tender.alliance_id)
        and tender.status is TenderStatus.PRICES_OPENED
        and quote.status is not QuoteStatus.EXCLUDED,
    )


@evaluation.route("/tenders/<uuid:tender_id>/comparison.xlsx")
@reading
def download_excel(tender_id: uuid.UUID) -> Response:
    """The comparison as an Excel workbook."""
    session = db.session()
    tender, results = queries.get_results(session, web.actor(), tender_id)
    further = downloads.further_sheets(session, tender)
    content = (
        lot_downloads.excel(tender, results, further)
        if results
        else downloads.excel(tender, queries.comparison_of(session, tender), further)
    )
    return downloads.sent(web.actor(), tender, content, EXCEL, "xlsx")


@evaluation.route("/tenders/<uuid:tender_id>/comparison.csv")
@reading
def download_csv(tender_id: uuid.UUID) -> Response:
    """The comparison as a CSV file."""
    session = db.session()
    tender, results = queries.get_results(session, web.actor(), tender_id)
    content = (
        lot_downloads.csv_text(results)
        if results
        else downloads.csv_text(queries.comparison_of(session, tender))
    )
    return downloads.sent(web.actor(), tender, content, "text/csv", "csv")


def _judged(tender_id: uuid.UUID) -> Tender:
    return queries.get_tender(db.session(), tender_id, queries.judged_by(web.actor()))


def _oversees(tender: Tender) -> bool:
    return tender.alliance_id in queries.overseen_by(web.actor())


def _require(act: Act, tender: Tender) -> None:
    """404 for those who have no business with the page, 403 for those who may only read it."""
    if not _oversees(tender):
        raise NotFound
    if not policy.allows(web.actor(), act, tender.alliance_id):
        raise Forbidden("Only the alliance’s coordinator can do this.")


def _after_excluding(tender: Tender) -> str:
    endpoint = "compare_quotes" if tender.status is TenderStatus.PRICES_OPENED else "moderation"
    return url_for(f"evaluation.{endpoint}", tender_id=tender.id)
