"""The register of contracts."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session

from marketplace.alliance import queries as alliance
from marketplace.contracts import actions, categories, offered, picture, queries, rules, shown
from marketplace.contracts.calendars import views as calendar_views
from marketplace.contracts.documents import views as document_views
from marketplace.contracts.forms import AddContractForm, ContractsFilter, EditContractForm
from marketplace.contracts.importing import queries as importing
from marketplace.contracts.importing import views as import_views
from marketplace.contracts.models import Contract
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden
from marketplace.core.fields import choices
from marketplace.core.listing import page_address, sorting
from marketplace.core.paging import page_links
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import NavigationItem, answering, page

contracts = Blueprint("contracts", __name__, url_prefix="/contracts")
BOTH = ("GET", "POST")
MOST_IN_PICTURE = 300
contracts.add_url_rule("/import", view_func=import_views.import_register, methods=BOTH)
contracts.add_url_rule("/imports/<uuid:import_id>", view_func=import_views.show_import)
contracts.add_url_rule("/calendar", view_func=calendar_views.calendar, methods=BOTH)
contracts.add_url_rule("/calendar/revoke", view_func=calendar_views.revoke_feed, methods=("POST",))
contracts.add_url_rule("/calendar/<token>.ics", view_func=calendar_views.feed)
contracts.add_url_rule("/import/template.xlsx", view_func=import_views.download_template)
contracts.add_url_rule("/import/template.csv", view_func=import_views.download_template_text)
contracts.add_url_rule("/imports/<uuid:import_id>/refused.xlsx", view_func=import_views.download_refused)
contracts.add_url_rule("/imports/<uuid:import_id>/refused.csv", view_func=import_views.download_refused_text)
for _rule, _view, _methods in (
    ("add", document_views.attach_document, BOTH),
    ("<uuid:document_id>", document_views.download_document, ("GET",)),
    ("<uuid:document_id>/remove", document_views.detach_document, ("POST",)),
):
    contracts.add_url_rule(f"/<uuid:contract_id>/documents/{_rule}", view_func=_view, methods=_methods)


def _reads_contracts(actor: Actor) -> bool:
    return bool(actor.school_ids or actor.organisations(Kind.ALLIANCE))


def _check_reads(actor: Actor) -> None:
    """Raise Forbidden for suppliers and administrators, saying where suppliers find their own."""
    if not _reads_contracts(actor):
        raise Forbidden(
            "Schools keep their registers of contracts here. A supplier finds what it was awarded under "
            "Quotes."
        )


def _adds_contracts(actor: Actor) -> bool:
    return bool(_schools_to_add_to(actor))


NAVIGATION = (NavigationItem("Contracts", "contracts.register", _reads_contracts),)
SHORTCUTS = (
    NavigationItem("Add a contract to the school’s register", "contracts.add_contract", _adds_contracts),
)


def _schools_to_add_to(actor: Actor) -> frozenset[uuid.UUID]:
    return actor.organisations(Kind.SCHOOL, *POLICY[Act.CONTRACT_ADD].roles)


@contracts.route("")
def register() -> Any:
    """The contracts that the reader may see, with when they end."""
    actor, session = web.actor(), db.session()
    _check_reads(actor)
    filtering, schools = _filtering(session, actor)
    chosen = sorting(queries.SORTS, "ends")
    query = _found(actor, filtering)
    pages = page_links(queries.count(session, query), request.args.get("page"), page_address)
    ordered = queries.sorted_by(query, chosen.by, descending=chosen.descending)
    rows = list(session.scalars(ordered.limit(pages.size).offset(pages.offset)))
    return page(
        "contracts/register.html",
        rows=rows,
        filtering=filtering,
        sorting=chosen,
        pages=pages,
        labels=dict(categories.pairs()),
        several_schools=len(schools) > 1,
        may_add=_adds_contracts(actor),
        may_import=importing.imports_registers(actor),
        today=clock.today(),
        act_by_cell=shown.act_by_cell,
    )


@contracts.route("/timeline")
def timeline() -> Any:
    """The whole register as a picture: when each contract ends, by category."""
    actor, session = web.actor(), db.session()
    _check_reads(actor)
    filtering, schools = _filtering(session, actor)
    query = _found(actor, filtering).where(Contract.runs_until >= clock.today())
    count = queries.count(session, query)
    first = queries.sorted_by(query, "notice", descending=False).limit(MOST_IN_PICTURE)
    rows = picture.in_picture_order(list(session.scalars(first)))
    return page(
        "contracts/timeline.html",
        rows=rows,
        unshown=count - len(rows),
        picture=picture.register_picture(rows, clock.today(), name_school=len(schools) > 1),
        filtering=filtering,
        labels=dict(categories.pairs()),
        several_schools=len(schools) > 1,
        act_by_cell=shown.act_by_cell,
        extensions_cell=shown.extensions_cell,
    )


def _filtering(session: Session, actor: Actor) -> tuple[ContractsFilter, dict[uuid.UUID, str]]:
    """What to show of the register, and the schools to choose from."""
    filtering = ContractsFilter()
    schools = queries.schools_with_contracts(session, actor)
    filtering.school.choices = choices(schools.items())
    return filtering, schools


def _found(actor: Actor, filtering: ContractsFilter) -> Any:
    return queries.search(
        actor,
        text=filtering.q.data or "",
        category_id=filtering.category.data,
        ending=filtering.ending.data,
        school_id=filtering.school.data,
    )


@contracts.route("/add", methods=["GET", "POST"])
def add_contract() -> Any:
    """Enter a contract in the register of one of the reader's schools."""
    actor, session = web.actor(), db.session()
    names = alliance.names(session, _schools_to_add_to(actor))
    if not names:
        raise Forbidden("Only a bursar or a headteacher can add a contract to a school’s register.")
    form = AddContractForm()
    form.offer_schools(names)
    if form.validate_on_submit():
        with answering(form):
            actions.add_contract(actor, form.id_to_make, form.school_id, form.content())
            flash(f"You added {form.title.data} to the register.", "success")
            return redirect(url_for("contracts.show", contract_id=form.id_to_make))
    return page("contracts/add_contract.html", form=form)


@contracts.route("/<uuid:contract_id>")
def show(contract_id: uuid.UUID) -> Any:
    """One contract."""
    contract = queries.get_contract(db.session(), web.actor(), contract_id)
    return page(
        "contracts/show.html",
        contract=contract,
        category=categories.label(contract.category),
        ends=rules.days_until(contract.runs_until, clock.today()),
        facts=shown.facts_of(contract, clock.today()),
        links=offered.links_of(db.session(), web.actor(), contract),
    )


@contracts.route("/<uuid:contract_id>/edit", methods=["GET", "POST"])
def edit_contract(contract_id: uuid.UUID) -> Any:
    """Change an entry of the register."""
    actor = web.actor()
    contract = queries.get_contract(db.session(), actor, contract_id)
    policy.require(actor, Act.CONTRACT_EDIT, contract.school_id)
    form = EditContractForm(obj=contract)
    if form.validate_on_submit():
        with answering(form):
            actions.edit_contract(actor, contract_id, form.version.data, form.content())
            flash("You changed the contract.", "success")
            return redirect(url_for("contracts.show", contract_id=contract_id))
    return page("contracts/edit_contract.html", form=form, contract=contract)
