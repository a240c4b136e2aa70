"""Pages of bank statements: importing them, what came in, and which invoices it is for."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from invoicing.bank import actions, matching, offered, queries, rules
from invoicing.bank.formats import csv_file
from invoicing.bank.forms import ChooseForm, ColumnsForm, ImportForm, LinesFilter, MatchForm, SetAsideForm
from invoicing.bank.matching import Laid, OpenInvoice, Suggestion
from invoicing.bank.models import BankLine, BankStatement
from invoicing.bank.proposals import views as proposal_views
from invoicing.bank.queries import Wanted
from invoicing.bank.rules import LineStatus
from invoicing.bank.undoing import queries as undoings
from invoicing.bank.undoing import views as undoing_views
from marketplace.alliance import queries as alliance
from marketplace.core import policy, storage, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.fields import choices
from marketplace.core.forms import EditForm
from marketplace.core.listing import page_address
from marketplace.core.paging import page_links
from marketplace.core.policy import Act, Actor
from marketplace.core.web import NavigationItem, answering, page

bank = Blueprint("bank", __name__, url_prefix="/bank")
STATEMENTS_SHOWN = 10
bank.add_url_rule("/on-account", view_func=proposal_views.list_proposals)
bank.add_url_rule("/lines/<uuid:line_id>/undo", view_func=undoing_views.undo_match, methods=("GET", "POST"))
for _rule, _view in (
    ("write-off/<uuid:invoice_id>", proposal_views.propose_write_off),
    ("repay/<uuid:school_id>/<uuid:buyer_id>", proposal_views.propose_repayment),
    ("use/<uuid:invoice_id>", proposal_views.use_on_account),
    ("<uuid:proposal_id>", proposal_views.decide),
    ("<uuid:proposal_id>/refuse", proposal_views.refuse),
):
    bank.add_url_rule(f"/on-account/{_rule}", view_func=_view, methods=("GET", "POST"))


def _imports(actor: Actor) -> bool:
    return bool(queries.importing_schools(actor))


SHORTCUTS = (NavigationItem("Import a bank statement", "bank.import_statement", _imports),)


@bank.get("")
def list_lines() -> Any:
    """What came in on the accounts of the reader's schools, what is to match first."""
    actor, session = web.actor(), db.session()
    if not queries.reads_statements(actor):
        raise Forbidden("Finance leads, bursars and headteachers read their school’s bank statements.")
    filtering = LinesFilter()
    schools = alliance.names(session, queries.schools_of(actor))
    filtering.school.choices = choices(schools.items())
    wanted = Wanted(filtering.status.data, filtering.school.data, filtering.q.data or "")
    query = queries.lines(actor, wanted)
    pages = page_links(queries.count(session, query), request.args.get("page"), page_address)
    return page(
        "bank/list.html",
        rows=list(session.scalars(query.limit(pages.size).offset(pages.offset))),
        filtering=filtering,
        pages=pages,
        several_schools=len(schools) > 1,
        statements=queries.statements(session, actor, STATEMENTS_SHOWN),
        may_import=_imports(actor),
        rules=rules,
    )


@bank.route("/statements/import", methods=["GET", "POST"])
def import_statement() -> Any:
    """Choose a file of the school's own account, and bring its movements in."""
    actor, session = web.actor(), db.session()
    schools = alliance.names(session, queries.importing_schools(actor))
    if not schools:
        raise Forbidden("Only a finance lead or a bursar imports statements of the school’s bank.")
    form = ImportForm()
    form.school.choices = choices(schools.items())
    only = next(iter(schools)) if len(schools) == 1 else None
    if only is not None:
        del form.school
    if form.validate_on_submit():
        with answering(form):
            sent = form.statement.data
            made = actions.import_statement(
                actor, form.id_to_make, only or form.school.data, sent.filename or "", sent.read()
            )
            session.rollback()
            _tell(queries.get_statement(session, actor, made), earlier=made != form.id_to_make)
            return redirect(url_for(".show_statement", statement_id=made))
    return page("bank/import_statement.html", form=form)


def _tell(statement: BankStatement, *, earlier: bool) -> None:
    if earlier:
        flash("This file was imported before. Nothing has changed.")
    elif statement.first_on is not None:
        new = "1 new movement" if statement.added == 1 else f"{statement.added} new movements"
        flash(f"You imported the statement: {new}.")


@bank.get("/statements/<uuid:statement_id>")
def show_statement(statement_id: uuid.UUID) -> Any:
    """What an import brought; the way to its columns while it waits for them."""
    actor = web.actor()
    statement = queries.get_statement(db.session(), actor, statement_id)
    if statement.first_on is None and policy.allows(actor, Act.STATEMENT_IMPORT, statement.school_id):
        return redirect(url_for(".choose_columns", statement_id=statement_id))
    return page("bank/show_statement.html", statement=statement, rules=rules)


@bank.route("/statements/<uuid:statement_id>/columns", methods=["GET", "POST"])
def choose_columns(statement_id: uuid.UUID) -> Any:
    """Say which column of a CSV statement is which, once for all statements of the account."""
    actor, session = web.actor(), db.session()
    statement = queries.get_statement(session, actor, statement_id)
    policy.require(actor, Act.STATEMENT_IMPORT, statement.school_id)
    if request.method == "GET" and statement.first_on is not None:
        return redirect(url_for(".show_statement", statement_id=statement_id))
    table = csv_file.open_table(storage.read(statement.sha256))
    form = ColumnsForm.of(table, csv_file.guess(table))
    if form.validate_on_submit():
        with answering(form):
            actions.choose_columns(actor, statement_id, form.chosen())
            session.rollback()
            _tell(queries.get_statement(session, actor, statement_id), earlier=False)
            return redirect(url_for(".show_statement", statement_id=statement_id))
    return page("bank/choose_columns.html", form=form, statement=statement, table=table)


@bank.route("/lines/<uuid:line_id>", methods=["GET", "POST"])
def show_line(line_id: uuid.UUID) -> Any:
    """A payment that came in: the invoices that it may be for, with the reasons, to choose from."""
    actor, session = web.actor(), db.session()
    line = queries.get_line(session, actor, line_id)
    waits = line.status is LineStatus.WAITING and queries.matches(actor, line.school_id)
    invoices = queries.open_invoices(session, line.school_id) if waits else []
    suggested = queries.suggestions(line, invoices)
    proposed = matching.chosen_beforehand(suggested)
    form = ChooseForm(invoices=list(proposed))
    form.invoices.choices = choices(_options(suggested, invoices))
    if waits and form.validate_on_submit():
        with answering(form):
            chosen = set(form.invoices.data or ())
            matching.lay(line.amount, [one for one in invoices if one.id in chosen], line.booked_on)
            return redirect(
                url_for(".match_payment", line_id=line_id, invoice=[str(one) for one in sorted(chosen)])
            )
    return page(
        "bank/show_line.html",
        form=form,
        line=line,
        receipts=queries.standing_receipts(line),
        spent=offered.spent_on(session, line) if line.status is LineStatus.OUTGOING else [],
        undoings=undoings.of_line(session, line.id),
        waits=waits,
        has_invoices=bool(invoices),
        equal=_fit_equally(suggested) if not proposed else 0,
        may_take_up=line.status is LineStatus.SET_ASIDE
        and policy.allows(actor, Act.PAYMENT_SET_ASIDE, line.school_id),
        step=EditForm(version=line.version),
        rules=rules,
    )


def _options(suggested: list[Suggestion], invoices: list[OpenInvoice]) -> list[tuple[uuid.UUID, str, str]]:
    """Those with a reason first, then every other open invoice."""
    with_reason = {one.invoice.id for one in suggested}
    found = [(one.invoice.id, _words(one.invoice), " ".join(one.reasons)) for one in suggested]
    return found + [
        (one.id, _words(one), f"Due on {web.day(one.due_on)}")
        for one in invoices
        if one.id not in with_reason
    ]


def _words(invoice: OpenInvoice) -> str:
    return f"{invoice.number}, {invoice.buyer}: {invoice.outstanding} to pay"


def _fit_equally(suggested: list[Suggestion]) -> int:
    """How many invoices fit a payment best, where none fits better than the others."""
    best = [one for one in suggested if one.weight == suggested[0].weight] if suggested else []
    return len(best) if len(best) > 1 else 0


@bank.route("/lines/<uuid:line_id>/match", methods=["GET", "POST"])
def match_payment(line_id: uuid.UUID) -> Any:
    """How the payment is laid on the invoices chosen, and the button that records it."""
    actor, session = web.actor(), db.session()
    line = queries.get_line(session, actor, line_id)
    policy.require(actor, Act.PAYMENT_MATCH, line.school_id)
    chosen = _ids_asked()
    if request.method == "GET" and line.status is not LineStatus.WAITING:
        return redirect(url_for(".show_line", line_id=line_id))
    laid = _laid(line, chosen)
    if laid is None and request.method == "GET":
        return redirect(url_for(".show_line", line_id=line_id))
    form = MatchForm(data={"version": line.version, "seen": str(laid.on_account.pence) if laid else ""})
    if form.validate_on_submit():
        with answering(form):
            actions.match_payment(actor, line_id, form.version.data, chosen, form.amount_seen())
            flash(f"You recorded {line.amount} as paid.")
            return redirect(url_for(".list_lines"))
    return page("bank/match_payment.html", form=form, line=line, laid=laid, chosen=chosen)


def _ids_asked() -> list[uuid.UUID]:
    try:
        return [uuid.UUID(one) for one in request.args.getlist("invoice")]
    except ValueError:
        raise NotFound from None


def _laid(line: BankLine, chosen: list[uuid.UUID]) -> Laid | None:
    """How the payment would be laid; None when it cannot be."""
    invoices = queries.open_invoices(db.session(), line.school_id)
    try:
        return matching.lay(line.amount, [one for one in invoices if one.id in set(chosen)], line.booked_on)
    except RuleBroken:
        return None


@bank.route("/lines/<uuid:line_id>/set-aside", methods=["GET", "POST"])
def set_aside(line_id: uuid.UUID) -> Any:
    """Say that money is for no invoice."""
    actor, session = web.actor(), db.session()
    line = queries.get_line(session, actor, line_id)
    policy.require(actor, Act.PAYMENT_SET_ASIDE, line.school_id)
    if request.method == "GET" and line.status is not LineStatus.WAITING:
        return redirect(url_for(".show_line", line_id=line_id))
    form = SetAsideForm(data={"version": line.version})
    if form.validate_on_submit():
        with answering(form):
            actions.set_aside(actor, line_id, form.version.data, form.reason.data or "")
            flash("You set the payment aside. It waits for no invoice.")
            return redirect(url_for(".list_lines"))
    return page("bank/set_aside.html", form=form, line=line)


@bank.post("/lines/<uuid:line_id>/take-up")
def take_up(line_id: uuid.UUID) -> Any:
    """Let money that was set aside wait for its invoice again."""
    form = EditForm()
    if form.validate_on_submit():
        actions.take_up(web.actor(), line_id, form.version.data)
        flash("The payment waits for its invoice again.")
    return redirect(url_for(".show_line", line_id=line_id))
