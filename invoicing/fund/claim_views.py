"""The pages of claims on the Partnership Fund."""

from __future__ import annotations

import io
import uuid
from enum import StrEnum
from typing import Any

from flask import flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from invoicing.fund import actions, books, queries, rules, shares, tasks
from invoicing.fund.budgets import queries as budgets
from invoicing.fund.forms import ApproveForm, ClaimFilterForm, ClaimForm, PayForm, RefuseForm
from invoicing.fund.models import Claim, Fund
from invoicing.fund.rules import ClaimStatus
from marketplace.alliance import queries as alliance
from marketplace.core import clock, documents, policy, storage, web
from marketplace.core.db import db
from marketplace.core.documents import Upload
from marketplace.core.fields import choices
from marketplace.core.forms import Form
from marketplace.core.listing import page_address, sorting
from marketplace.core.money import Money
from marketplace.core.paging import page_links
from marketplace.core.policy import POLICY, Act, Kind
from marketplace.core.web import answering, page


def list_claims(fund_id: uuid.UUID) -> Any:
    """The claims on a fund: searched, filtered, sorted, a page at a time."""
    session = db.session()
    found = queries.get_fund(session, web.actor(), fund_id)
    form = ClaimFilterForm()
    status = form.status.data if form.validate() else None
    chosen = sorting(queries.CLAIM_ORDERS, "-reference")
    query = queries.claims_of(
        found, queries.ClaimFilter(form.q.data or "", status, chosen.by, chosen.descending)
    )
    pages = page_links(queries.count(session, query), request.args.get("page"), page_address)
    return page(
        "fund/list_claims.html",
        form=form,
        fund=found,
        sorting=chosen,
        pages=pages,
        claims=list(session.scalars(query.offset(pages.offset).limit(pages.size))),
        may_claim=bool(claiming_schools(found)),
    )


def make_claim(fund_id: uuid.UUID) -> Any:
    """A school asks the fund to pay for something."""
    session, acting = db.session(), web.actor()
    found = queries.get_fund(session, acting, fund_id)
    schools = claiming_schools(found)
    policy.require(acting, Act.CLAIM_MAKE, *schools)
    form = ClaimForm()
    form.school.choices = choices(schools.items())
    if len(schools) == 1:
        del form.school
    if form.validate_on_submit():
        with answering(form):
            school_id = form.school.data if "school" in form else next(iter(schools))
            file = form.evidence.data
            actions.make_claim(
                acting, form.id_to_make, fund_id, form.wish(school_id), Upload(file.filename, file.stream)
            )
            made = queries.get_claim(db.session(), acting, form.id_to_make)
            who = (
                "Your school approves it first, as its ladder says; then two people from two other schools."
                if made.status is ClaimStatus.AT_SCHOOL
                else "Two people from two other schools decide on it now."
            )
            flash(f"Your claim has been made. {who}")
            return redirect(url_for(".show_claim", claim_id=form.id_to_make))
    found = queries.get_fund(session, acting, fund_id)
    return page(
        "fund/make_claim.html",
        form=form,
        fund=found,
        schools=schools,
        standings=[one for one in budgets.standings(session, found).values() if one.is_used],
        promised=queries.promised(session, found),
    )


def overtaken(present: StrEnum, *expected: StrEnum) -> bool:
    """Does somebody come to a page whose step has been taken? What they send is for the action to refuse."""
    return request.method == "GET" and present not in expected


def claiming_schools(found: Fund) -> dict[uuid.UUID, str]:
    """The member schools for which whoever is looking may claim, with their names."""
    theirs = web.actor().organisations(Kind.SCHOOL, *POLICY[Act.CLAIM_MAKE].roles)
    if not theirs:
        return {}
    return {school.id: school.name for school in queries.members(db.session(), found) if school.id in theirs}


def show_claim(claim_id: uuid.UUID) -> Any:
    """A claim: what for, who approved, and whose shares bear it."""
    session, acting = db.session(), web.actor()
    claim = queries.get_claim(session, acting, claim_id)
    read = books.read_books(session, claim.fund)
    return page(
        "fund/show_claim.html",
        claim=claim,
        standing=budgets.standing_of(session, claim),
        steps=_steps(claim),
        borne=_borne(claim, read),
        approving=queries.approving_schools(session, acting, [claim])[claim.id],
        may_release=queries.may_release(session, acting, claim),
        waits_for_governors=queries.waits_for_governors(session, claim),
        confirm_at=tasks.confirmation_address(claim),
        may_refuse=_may_refuse(claim),
    )


def _steps(claim: Claim) -> list[dict[str, str]]:
    """How far a claim is, for a timeline."""
    steps = [
        {"label": "Claim made", "state": "done", "when": web.day(claim.made_at), "note": claim.maker.name}
    ]
    if claim.approver:
        step = {"label": "Approved in its school", "state": "upcoming"}
        if claim.releaser and claim.released_at:
            step |= {"state": "done", "when": web.day(claim.released_at), "note": claim.releaser.name}
        steps.append(step)
    for place in range(rules.APPROVALS_NEEDED):
        step = {"label": ("First approval", "Second approval")[place], "state": "upcoming"}
        if place < len(claim.approvals):
            given = claim.approvals[place]
            note = f"{given.person.name}, {given.school.name}"
            step |= {"state": "done", "when": web.day(given.approved_at), "note": note}
        steps.append(step)
    if claim.refused_at:
        steps = [step for step in steps if step["state"] == "done"]
        return [*steps, {"label": "Refused", "state": "stopped", "when": web.day(claim.refused_at)}]
    steps.append({"label": "Paid", "state": "upcoming"})
    if claim.paid_on:
        steps[-1] |= {"state": "done", "when": web.day(claim.paid_on)}
    else:
        next(step for step in steps if step["state"] == "upcoming")["state"] = "current"
    return steps


def _borne(claim: Claim, read: books.Books) -> list[tuple[str, Money]]:
    """What each school's share bore of a paid claim, or would bear of another, by the school's name.

    Nothing when the claim was refused or the fund holds too little for it.
    """
    if claim.status is ClaimStatus.PAID:
        pots = {one.pot: -one.amount for one in read.movements if one.entry_id == claim.entry_id}
    else:
        spendable = books.spendable(db.session(), claim.fund, clock.today())
        available = shares.held_for(spendable, claim.purpose)
        if claim.status is ClaimStatus.REFUSED or claim.amount > available:
            return []
        pots = shares.bear(claim.amount, spendable, claim.purpose)
    borne = shares.by_holder(pots)
    names = books.names_of(db.session(), claim.fund, borne)
    return [(names[holder], borne[holder]) for holder in sorted(borne, key=lambda one: names[one])]


def _may_refuse(claim: Claim) -> bool:
    acting = web.actor()
    members = [school.id for school in queries.members(db.session(), claim.fund)]
    if claim.status is ClaimStatus.AT_SCHOOL:
        return queries.may_release(db.session(), acting, claim) and policy.allows(
            acting, Act.CLAIM_REFUSE, claim.school_id
        )
    return (
        ClaimStatus.REFUSED in rules.CLAIM_MOVES[claim.status]
        and claim.school_id not in acting.school_ids
        and policy.allows(acting, Act.CLAIM_REFUSE, *members)
    )


def download_evidence(claim_id: uuid.UUID) -> Response:
    """The file that was sent with a claim."""
    claim = queries.get_claim(db.session(), web.actor(), claim_id)
    return send_file(
        io.BytesIO(storage.read(claim.evidence_sha256)),
        mimetype=documents.media_type(claim.evidence_name),
        as_attachment=True,
        download_name=claim.evidence_name,
    )


def release_claim(claim_id: uuid.UUID) -> Any:
    """Somebody of the claim's own school approves it, before other schools decide."""
    session, acting = db.session(), web.actor()
    claim = queries.get_claim(session, acting, claim_id)
    policy.require(acting, Act.CLAIM_RELEASE, claim.school_id)
    if overtaken(claim.status, ClaimStatus.AT_SCHOOL):
        return redirect(url_for(".show_claim", claim_id=claim_id))
    queries.check_releaser(session, acting, claim)
    form = Form()
    if form.validate_on_submit():
        with answering(form):
            actions.release_claim(acting, claim_id)
            flash(f"You approved claim {claim.reference} for your school. Other schools decide on it now.")
            return redirect(url_for(".show_claim", claim_id=claim_id))
    return page(
        "fund/release_claim.html",
        form=form,
        claim=claim,
        waits_for_governors=queries.waits_for_governors(session, claim),
    )


def approve_claim(claim_id: uuid.UUID) -> Any:
    """Somebody from another school approves a claim."""
    session, acting = db.session(), web.actor()
    claim = queries.get_claim(session, acting, claim_id)
    theirs = acting.organisations(Kind.SCHOOL, *POLICY[Act.CLAIM_APPROVE].roles)
    policy.require(acting, Act.CLAIM_APPROVE, *theirs)
    rules.check_outsider(claim.school_id, acting.school_ids)
    if overtaken(claim.status, ClaimStatus.SUBMITTED):
        return redirect(url_for(".show_claim", claim_id=claim_id))
    schools = queries.approving_schools(session, acting, [claim])[claim_id] or sorted(theirs)
    names = alliance.names(session, schools)
    form = ApproveForm()
    form.school.choices = choices((school_id, names[school_id]) for school_id in schools)
    if len(schools) == 1:
        del form.school
    if form.validate_on_submit():
        with answering(form):
            school_id = form.school.data if "school" in form else schools[0]
            actions.approve_claim(acting, form.id_to_make, claim_id, school_id)
            flash(f"You approved claim {claim.reference}.")
            return redirect(url_for(".show_claim", claim_id=claim_id))
    standing = budgets.standing_of(session, claim)
    return page("fund/approve_claim.html", form=form, claim=claim, names=names, standing=standing)


def refuse_claim(claim_id: uuid.UUID) -> Any:
    """Somebody from another school refuses a claim and says why."""
    session, acting = db.session(), web.actor()
    claim = queries.get_claim(session, acting, claim_id)
    policy.require(acting, Act.CLAIM_REFUSE, *(school.id for school in queries.members(session, claim.fund)))
    if claim.status is ClaimStatus.AT_SCHOOL:
        queries.check_releaser(session, acting, claim)
    else:
        rules.check_outsider(claim.school_id, acting.school_ids)
    if overtaken(claim.status, ClaimStatus.AT_SCHOOL, ClaimStatus.SUBMITTED, ClaimStatus.APPROVED):
        return redirect(url_for(".show_claim", claim_id=claim_id))
    form = RefuseForm()
    if form.validate_on_submit():
        with answering(form):
            actions.refuse_claim(acting, claim_id, form.reason.data)
            flash(f"You refused claim {claim.reference}.")
            return redirect(url_for(".show_claim", claim_id=claim_id))
    return page("fund/refuse_claim.html", form=form, claim=claim)


def pay_claim(claim_id: uuid.UUID) -> Any:
    """The coordinator records that an approved claim was paid."""
    session, acting = db.session(), web.actor()
    claim = queries.get_claim(session, acting, claim_id)
    policy.require(acting, Act.CLAIM_PAY, claim.fund.alliance_id)
    if overtaken(claim.status, ClaimStatus.APPROVED):
        return redirect(url_for(".show_claim", claim_id=claim_id))
    form = PayForm()
    if form.validate_on_submit():
        with answering(form):
            actions.pay_claim(acting, form.id_to_make, claim_id, form.paid_on.data)
            flash(f"You recorded the payment of {claim.amount} to {claim.school.name}.")
            return redirect(url_for(".show_claim", claim_id=claim_id))
    read = books.read_books(session, claim.fund)
    return page(
        "fund/pay_claim.html",
        form=form,
        claim=claim,
        standing=budgets.standing_of(session, claim),
        borne=_borne(claim, read),
    )
