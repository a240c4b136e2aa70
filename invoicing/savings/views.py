"""The pages of savings."""

from __future__ import annotations

import io
import uuid
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, send_file, url_for
from werkzeug.wrappers import Response

from invoicing.savings import actions, queries
from invoicing.savings.forms import HUNDREDTHS, BaselineForm, InvoicedForm
from invoicing.savings.queries import AllianceSavings
from marketplace.alliance import queries as alliance
from marketplace.core import documents, policy, storage, web
from marketplace.core.charts import Bar, ChartView, bar_chart
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.forms import Form
from marketplace.core.policy import Act, Kind
from marketplace.core.web import NavigationItem, answering, page

savings = Blueprint("savings", __name__, url_prefix="/savings")
SHORTCUTS = (NavigationItem("See what was saved", "savings.index", lambda actor: bool(actor.alliance_ids)),)
BOTH = ["GET", "POST"]


@savings.get("")
def index() -> Any:
    """The reader's alliances; straight to the one there is."""
    found = alliance.alliances_of(db.session(), web.actor())
    if not found:
        raise NotFound
    if len(found) == 1:
        return redirect(url_for(".show_alliance", alliance_id=found[0].id))
    return page("savings/index.html", alliances=found)


@savings.get("/alliances/<uuid:alliance_id>")
def show_alliance(alliance_id: uuid.UUID) -> Any:
    """What an alliance's schools saved, school by school and contract by contract."""
    session, acting = db.session(), web.actor()
    found = queries.of_alliance(session, acting, alliance_id)
    names = alliance.names(session, [alliance_id])
    return page(
        "savings/show_alliance.html",
        alliance_name=names[alliance_id],
        found=found,
        chart=chart_of(found),
        own=acting.school_ids,
        officer=alliance_id in acting.organisations(Kind.ALLIANCE),
    )


def chart_of(found: AllianceSavings) -> ChartView | None:
    """What each school saved so far; None when no school saved anything."""
    saving = [one for one in found.schools if one.saving.total.pence > 0]
    if not saving:
        return None
    return bar_chart(
        "invoiced-savings",
        "What each school saved so far",
        "One bar for each school that saved; the table says the same, and who paid more.",
        [Bar(one.school, one.saving.total.pence, str(one.saving.total)) for one in saving],
    )


@savings.get("/contracts/<uuid:contract_id>")
def show_contract(contract_id: uuid.UUID) -> Any:
    """A contract: its baseline, its award, and what was invoiced against them."""
    found = queries.of_contract(db.session(), web.actor(), contract_id)
    return page("savings/show_contract.html", found=found, contract=found.contract, form=Form())


@savings.get("/contracts/<uuid:contract_id>/evidence")
def download_evidence(contract_id: uuid.UUID) -> Response:
    """The document that stands beside a baseline."""
    baseline = queries.of_contract(db.session(), web.actor(), contract_id).baseline
    if baseline is None or baseline.document_sha256 is None:
        raise NotFound
    return send_file(
        io.BytesIO(storage.read(baseline.document_sha256)),
        mimetype=documents.media_type(baseline.document_name),
        as_attachment=True,
        download_name=baseline.document_name,
    )


@savings.route("/contracts/<uuid:contract_id>/baseline", methods=BOTH)
def set_baseline(contract_id: uuid.UUID) -> Any:
    """The school says what it paid before."""
    session, acting = db.session(), web.actor()
    found = queries.of_contract(session, acting, contract_id)
    contract = found.contract
    policy.require(acting, Act.SAVING_BASELINE, contract.school_id)
    known = found.baseline.terms if found.baseline else queries.suggested(session, contract)
    form = BaselineForm(
        version=found.baseline.version if found.baseline else 0,
        amount=known.amount if known else None,
        source=known.source if known else "",
        quantity=known.quantity if known else None,
        unit=known.unit if known else "",
        rise=Decimal(known.rise) / HUNDREDTHS if known and known.rise else None,
        rise_source=known.rise_source if known else "",
    )
    if form.validate_on_submit():
        with answering(form):
            actions.set_baseline(acting, contract_id, form.version.data, form.terms(), form.upload)
            flash("You entered the baseline.", "success")
            return redirect(url_for(".show_contract", contract_id=contract_id))
    return page("savings/set_baseline.html", form=form, contract=contract, baseline=found.baseline)


@savings.route("/contracts/<uuid:contract_id>/invoiced", methods=BOTH)
def record_invoiced(contract_id: uuid.UUID) -> Any:
    """The school says what was invoiced for a time."""
    session, acting = db.session(), web.actor()
    found = queries.of_contract(session, acting, contract_id)
    policy.require(acting, Act.SAVING_RECORD, found.contract.school_id)
    form = InvoicedForm()
    if form.validate_on_submit():
        with answering(form):
            actions.record_invoiced(acting, form.id_to_make, contract_id, form.terms())
            typed = form.amount.data is not None
            counted = "You entered the time. What was accepted for it is counted."
            flash(f"You entered {form.amount.data} of invoices." if typed else counted, "success")
            return redirect(url_for(".show_contract", contract_id=contract_id))
    found = queries.of_contract(session, acting, contract_id)
    return page(
        "savings/record_invoiced.html",
        form=form,
        contract=found.contract,
        baseline=found.baseline,
        accepted=queries.accepted(session, [contract_id])[contract_id],
    )


@savings.post("/invoiced/<uuid:cost_id>/take-back")
def take_back_invoiced(cost_id: uuid.UUID) -> Any:
    """The school takes a wrong line back."""
    session, acting = db.session(), web.actor()
    contract_id = queries.get_cost(session, acting, cost_id).contract_id
    if Form().validate_on_submit():
        actions.take_back_invoiced(acting, cost_id)
        flash("You took that line back. It counts for nothing now.", "success")
    return redirect(url_for(".show_contract", contract_id=contract_id))
