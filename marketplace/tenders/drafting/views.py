"""The small pages on which a coordinator fills in a draft."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from marketplace.alliance.queries import alliances_of, member_schools
from marketplace.contracts import categories
from marketplace.contracts import queries as contracts
from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden
from marketplace.core.fields import choices
from marketplace.core.policy import Act
from marketplace.core.web import answering, day, page, plain_number
from marketplace.needs.models import Need
from marketplace.needs.queries import approved
from marketplace.needs.rules import Joint
from marketplace.tenders import actions, queries, shown
from marketplace.tenders.drafting import actions as drafting
from marketplace.tenders.drafting import forms
from marketplace.tenders.drafting.queries import agreed_splits, panel_candidates, readiness
from marketplace.tenders.drafting.rules import check_split_open, missing
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import Seat, TenderStatus
from marketplace.tenders.views import tenders


@tenders.route("/tenders/draft", methods=["GET", "POST"])
def draft_tender() -> Any:
    """Choose a category, then the needs to bring together."""
    acting, session = web.actor(), db.session()
    mine = [one for one in alliances_of(session, acting) if policy.allows(acting, Act.TENDER_DRAFT, one.id)]
    if not mine:
        raise Forbidden("Only a coordinator drafts joint tenders.")
    alliance = next((one for one in mine if str(one.id) == request.args.get("alliance")), mine[0])
    members = queries.member_ids(session, alliance.id)
    needs = [
        need for need in approved(session, acting) if need.school_id in members and need.joint is not Joint.NO
    ]
    chosen = request.args.get("category", "")
    if chosen not in categories.CATALOGUE:
        return page(
            "tenders/choose_category.html",
            alliance=alliance,
            others=[one for one in mine if one is not alliance],
            groups=_by_category(needs),
        )
    form = forms.DraftForm(data=_prefilled())
    if form.is_submitted() and queries.is_known(session, acting, form.id_to_make):
        return redirect(url_for("tenders.edit_tender", tender_id=form.id_to_make))
    of_category = [need for need in needs if need.category == chosen]
    form.needs.choices = choices((need.id, _need(need), _about(need)) for need in of_category)
    if form.validate_on_submit():
        with answering(form):
            actions.draft_tender(
                acting,
                form.id_to_make,
                alliance.id,
                form.title.data or "",
                category=chosen,
                need_ids=form.needs.data or [],
            )
            flash("You drafted the tender. Go through its parts, then invite the schools.")
            return redirect(url_for("tenders.edit_tender", tender_id=form.id_to_make))
    return page("tenders/draft_tender.html", form=form, alliance=alliance, category=categories.label(chosen))


def address_of_draft(alliance_id: uuid.UUID, category: str, need_ids: Sequence[uuid.UUID], title: str) -> str:
    """The page that drafts a tender from needs, with these chosen: for suggestions, which lie upstream."""
    chosen = [str(one) for one in need_ids]
    return url_for("tenders.draft_tender", alliance=alliance_id, category=category, need=chosen, title=title)


def _prefilled() -> dict[str, Any]:
    """The title and the needs that the page's address chooses."""
    return {"title": request.args.get("title", ""), "needs": request.args.getlist("need")}


def _by_category(needs: list[Need]) -> list[tuple[str, str, int]]:
    """Each category with its name and how many needs wait in it, those with most first."""
    counts = {
        category_id: sum(need.category == category_id for need in needs)
        for category_id, _ in categories.pairs()
    }
    named = [(category_id, name, counts[category_id]) for category_id, name in categories.pairs()]
    return sorted(named, key=lambda one: -one[2])


def _need(need: Need) -> str:
    return f"{need.school.name}: {need.title}"


def _about(need: Need) -> str:
    term = f"{need.term_months} months" if need.term_months else "a term that is not known yet"
    parts = [
        f"{plain_number(need.volume)} {categories.unit_of(need.volume, need.volume_unit)}",
        f"{need.current_annual_spend} a year today",
        f"contract ends {day(need.contract_ends_on)}",
        f"wanted from {day(need.wanted_from)} for {term}",
    ]
    if need.joint is Joint.ONLY_IF:
        parts.append(f"together only if: {need.joint_condition}")
    return "; ".join(parts)


@tenders.route("/tenders/<uuid:tender_id>/edit")
def edit_tender(tender_id: uuid.UUID) -> Any:
    """The parts of a draft, and which of them still miss something."""
    session = db.session()
    tender = own_draft(tender_id)
    gaps = {refusal.field for refusal in missing(readiness(session, tender))}
    return page(
        "tenders/edit_tender.html", tender=tender, parts=_parts(tender, gaps), **shown.terms(session, tender)
    )


def _parts(tender: Tender, gaps: set[str | None]) -> list[dict[str, Any]]:
    """The task list: each part, where it is filled in, and whether it is complete."""
    rows = (
        ("What it buys", "tenders.edit_basics", "basics", "basics" not in gaps),
        ("Who buys", "tenders.set_buyers", "buyers", "buyers" not in gaps),
        ("Lots and price lines", "tenders.edit_lots", "lots", "lots" not in gaps),
        ("What the schools ask for", "tenders.edit_requirements", "requirements", None),
        ("Criteria and weights", "criteria.set_weights", "criteria", "criteria" not in gaps),
        ("People who open and score", "tenders.set_panel", "people", bool(tender.panel)),
        ("Dates", "tenders.set_timetable", "timetable", "timetable" not in gaps),
        ("Shared cost", "tenders.set_terms", "terms", None),
        ("Documents", "tenders.edit_documents", "documents", None),
    )
    return [
        {
            "text": text,
            "href": url_for(endpoint, tender_id=tender.id),
            "detail": "",
            "due": None,
            "status": "Optional" if done is None else "Complete" if done else "To do",
            "colour": "grey" if done is None else "green" if done else "blue",
        }
        for text, endpoint, _, done in rows
    ]


@tenders.route("/tenders/<uuid:tender_id>/edit/basics", methods=["GET", "POST"])
def edit_basics(tender_id: uuid.UUID) -> Any:
    """What the tender buys."""
    tender = own_draft(tender_id)
    form = forms.BasicsForm(obj=tender)
    if form.validate_on_submit():
        with answering(form):
            drafting.edit_tender(
                web.actor(),
                tender_id,
                form.version.data,
                title=form.title.data or "",
                description=form.description.data or "",
                category=form.category.data or "",
                cpv=form.chosen_cpv(),
            )
            return _saved(tender_id, "what it buys")
    return page("tenders/edit_basics.html", form=form, tender=tender)


@tenders.route("/tenders/<uuid:tender_id>/edit/buyers", methods=["GET", "POST"])
def set_buyers(tender_id: uuid.UUID) -> Any:
    """Who buys, what each pays today, and who leads."""
    session = db.session()
    tender = own_draft(tender_id)
    members = {school.id: school.name for school in member_schools(session, tender.alliance_id)}
    buying = queries.buyers(session, tender_id)
    form = forms.BuyersForm.of_members(
        members,
        version=tender.version,
        lead_school=tender.lead_school_id,
        baselines={one.school_id: one.baseline for one in tender.commitments if one.school_id in buying},
        registered=contracts.baselines_for(session, members, tender.category, clock.today()),
    )
    if form.validate_on_submit():
        with answering(form):
            drafting.set_buyers(
                web.actor(),
                tender_id,
                form.version.data,
                baselines=form.baselines(),
                lead_school_id=form.lead_school.data,
            )
            return _saved(tender_id, "who buys")
    return page(
        "tenders/set_buyers.html",
        form=form,
        tender=tender,
        declined=[one for one in tender.commitments if one.school_id not in buying],
    )


@tenders.route("/tenders/<uuid:tender_id>/edit/people", methods=["GET", "POST"])
def set_panel(tender_id: uuid.UUID) -> Any:
    """Who opens and who scores; also after the draft, until publication."""
    session = db.session()
    tender = _own(tender_id)
    people = [
        (
            forms.seat_value(one.person_id, one.school_id),
            f"{one.person}, {one.school} ({shown.roles_in_words(one.roles)})",
        )
        for one in panel_candidates(session, tender)
    ]
    form = forms.PeopleForm.naming(
        people, {seat: _seats(tender, seat) for seat in Seat}, version=tender.version
    )
    if form.validate_on_submit():
        with answering(form):
            drafting.set_panel(web.actor(), tender_id, form.version.data, form.seats())
            return _saved(tender_id, "the people who open and score")
    return page(
        "tenders/set_panel.html",
        form=form,
        tender=tender,
        openers=form.places(Seat.OPENER),
        evaluators=form.places(Seat.EVALUATOR),
    )


def _seats(tender: Tender, seat: Seat) -> list[str]:
    return [forms.seat_value(one.person_id, one.school_id) for one in queries.named(tender, seat)]


@tenders.route("/tenders/<uuid:tender_id>/edit/dates", methods=["GET", "POST"])
def set_timetable(tender_id: uuid.UUID) -> Any:
    """The deadline and the contract's dates."""
    session = db.session()
    tender = own_draft(tender_id)
    terms = shown.terms(session, tender)
    form = forms.TimetableForm(obj=tender)
    if not terms["above"]:
        del form.procedure
    if form.validate_on_submit():
        with answering(form):
            drafting.set_timetable(
                web.actor(),
                tender_id,
                form.version.data,
                closes_at=form.closes_at.data,
                contract_starts_on=form.contract_starts_on.data,
                contract_ends_on=form.contract_ends_on.data,
                extension_months=int(form.extension_months.data),
                deadline_reason=form.deadline_reason.data,
                procedure=form.procedure.data if "procedure" in form else tender.procedure,
            )
            return _saved(tender_id, "the dates")
    return page("tenders/set_timetable.html", form=form, tender=tender, **terms)


@tenders.route("/tenders/<uuid:tender_id>/edit/shared-cost", methods=["GET", "POST"])
def set_terms(tender_id: uuid.UUID) -> Any:
    """What the lead school recharges, and how it is divided; fixed from publication on."""
    check_split_open(_own(tender_id).status)
    tender = own_draft(tender_id)
    form = forms.TermsForm(obj=tender)
    if form.validate_on_submit():
        with answering(form):
            drafting.set_terms(
                web.actor(),
                tender_id,
                form.version.data,
                recovery_fee=form.recovery_fee.data,
                split=form.split.data,
            )
            return _saved(tender_id, "the shared cost")
    return page(
        "tenders/set_terms.html", form=form, tender=tender, agreed=agreed_splits(db.session(), tender_id)
    )


def _own(tender_id: uuid.UUID) -> Tender:
    tender = queries.get_tender_of_alliance(db.session(), web.actor(), tender_id)
    policy.require(web.actor(), Act.TENDER_EDIT, tender.alliance_id)
    return tender


def own_draft(tender_id: uuid.UUID) -> Tender:
    """A tender that the reader may change. Raises Forbidden when it is no draft any more."""
    tender = _own(tender_id)
    if tender.status is not TenderStatus.DRAFT:
        raise Forbidden("This tender is no draft any more. To change it, take it back to draft first.")
    return tender


def _saved(tender_id: uuid.UUID, what: str) -> Response:
    flash(f"You saved {what}.")
    tender = queries.get_tender_of_alliance(db.session(), web.actor(), tender_id)
    endpoint = "tenders.edit_tender" if tender.status is TenderStatus.DRAFT else "tenders.show"
    return redirect(url_for(endpoint, tender_id=tender_id))
