"""Pages on which schools answer, and on which it is settled who buys."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for

from marketplace.alliance.queries import member_schools
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.fields import choices
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from marketplace.needs.queries import approved
from marketplace.needs.rules import Joint
from marketplace.tenders import queries as tender_queries
from marketplace.tenders import shown
from marketplace.tenders.commitments import actions, queries, rules
from marketplace.tenders.commitments.forms import AnswerForm, ConfirmForm, InviteForm
from marketplace.tenders.forms import ReasonForm, StepForm
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.rules import CommitmentStatus, TenderStatus
from marketplace.tenders.specification.queries import requirements
from marketplace.tenders.views import own_tender, tenders

__all__ = ["tenders"]


@tenders.route("/tenders/<uuid:tender_id>/schools/<uuid:school_id>/commit", methods=["GET", "POST"])
def commit_school(tender_id: uuid.UUID, school_id: uuid.UUID) -> Any:
    """What committing means for a school, and the button that does it."""
    tender, commitment = _invitation(tender_id, school_id, Act.TENDER_COMMIT)
    form = StepForm(data={"version": tender.version})
    if form.validate_on_submit():
        with answering(form):
            actions.commit_school(web.actor(), tender_id, school_id, form.version.data)
            flash(f"You committed {commitment.school.name} to {tender.title}.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    session = db.session()
    return page(
        "tenders/commit_school.html",
        form=form,
        tender=tender,
        commitment=commitment,
        conditions=queries.conditions_of(commitment).in_words(),
        unconfirmed=queries.unconfirmed(session, tender, commitment),
        requirements=requirements(session, tender_id),
        can_change=tender.status in rules.OPEN_TO_ANSWERS,
        can_leave=tender.status in rules.OPEN_TO_LEAVING,
        **shown.for_school(session, tender, commitment),
    )


@tenders.route("/tenders/<uuid:tender_id>/schools/<uuid:school_id>/edit", methods=["GET", "POST"])
def edit_commitment(tender_id: uuid.UUID, school_id: uuid.UUID) -> Any:
    """A school's own volumes and the conditions under which it is in."""
    tender, commitment = _invitation(tender_id, school_id, Act.COMMITMENT_EDIT)
    show_answer = url_for("tenders.commit_school", tender_id=tender_id, school_id=school_id)
    if request.method == "GET" and tender.status not in rules.OPEN_TO_ANSWERS:
        return redirect(show_answer)
    lots = [(lot.title, lot.lines) for lot in tender.lots]
    lines = [line for lot in tender.lots for line in lot.lines]
    form = AnswerForm.of(commitment, lines)
    if form.validate_on_submit():
        with answering(form):
            actions.edit_commitment(
                web.actor(),
                tender_id,
                school_id,
                form.version.data,
                volumes=form.entered(),
                conditions=form.conditions(),
            )
            flash(f"You saved what {commitment.school.name} would buy and under which conditions.")
            return redirect(show_answer)
    return page(
        "tenders/edit_commitment.html",
        form=form,
        tender=tender,
        commitment=commitment,
        lots=lots,
        invited=queries.invited(tender),
    )


@tenders.route("/tenders/<uuid:tender_id>/schools/<uuid:school_id>/decline", methods=["GET", "POST"])
def decline_tender(tender_id: uuid.UUID, school_id: uuid.UUID) -> Any:
    """Keep a school out of a tender, or take it out again before publication, with a reason."""
    tender, commitment = _invitation(tender_id, school_id, Act.TENDER_DECLINE)
    form = ReasonForm(data={"version": tender.version})
    school, leaving = commitment.school.name, commitment.status is CommitmentStatus.COMMITTED
    if form.validate_on_submit():
        with answering(form):
            actions.decline_tender(
                web.actor(), tender_id, school_id, form.version.data, form.reason.data or ""
            )
            title = tender.title
            flash(f"You took {school} out of {title}." if leaving else f"You declined {title} for {school}.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    return page("tenders/decline_tender.html", form=form, tender=tender, commitment=commitment)


@tenders.route("/tenders/<uuid:tender_id>/invite-school", methods=["GET", "POST"])
def invite_school(tender_id: uuid.UUID) -> Any:
    """Invite one more school before publication."""
    tender = own_tender(tender_id, Act.COMMITMENT_INVITE)
    if request.method == "GET" and tender.status not in rules.OPEN_TO_LEAVING:
        return redirect(url_for("tenders.show", tender_id=tender_id))
    offered = _who_can_join(tender)
    form = InviteForm(data={"version": tender.version})
    form.who.choices = choices((key, words) for key, (words, _, _) in offered.items())
    if form.validate_on_submit():
        with answering(form):
            _, school_id, need_id = offered[form.who.data]
            actions.invite_school(
                web.actor(),
                tender_id,
                form.version.data,
                school_id,
                baseline=form.amount(),
                need_id=need_id,
            )
            flash("You invited one more school. The others’ answers stay.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    return page("tenders/invite_school.html", form=form, tender=tender, offered=offered)


def _who_can_join(tender: Tender) -> dict[str, tuple[str, uuid.UUID, uuid.UUID | None]]:
    """The member schools that are not in: words, school and need (if any), by a key for the form."""
    session = db.session()
    standing = {one.school_id for one in tender.commitments if one.status is not CommitmentStatus.DECLINED}
    needs = [need for need in approved(session, web.actor(), tender.category) if need.joint is not Joint.NO]
    offered: dict[str, tuple[str, uuid.UUID, uuid.UUID | None]] = {}
    for school in member_schools(session, tender.alliance_id):
        if school.id in standing:
            continue
        for need in needs:
            if need.school_id == school.id:
                words = f"{school.name}, with its need “{need.title}” ({need.current_annual_spend} a year)"
                offered[str(need.id)] = (words, school.id, need.id)
        offered[str(school.id)] = (f"{school.name}, without a need", school.id, None)
    return offered


@tenders.route("/tenders/<uuid:tender_id>/confirm", methods=["GET", "POST"])
def confirm_tender(tender_id: uuid.UUID) -> Any:
    """Who would buy, who drops out and why, and the button that settles it and asks for approval."""
    tender = own_tender(tender_id, Act.TENDER_CONFIRM)
    if request.method == "GET" and tender.status is not TenderStatus.JOINING:
        return redirect(url_for("tenders.show", tender_id=tender_id))
    foreseen = queries.forecast(db.session(), tender)
    by_name = sorted(tender.commitments, key=lambda one: (one.school.name, one.school_id))
    staying = [one for one in by_name if one.school_id in foreseen.staying]
    form = ConfirmForm(
        data={
            "version": tender.version,
            "lead_school": tender.lead_school_id if tender.lead_school_id in foreseen.staying else None,
        }
    )
    form.lead_school.choices = choices((one.school_id, one.school.name) for one in staying)
    if form.validate_on_submit():
        with answering(form):
            actions.confirm_tender(
                web.actor(), tender_id, form.version.data, form.lead_school.data, staying=form.seen()
            )
            flash("You settled who buys. We have asked headteachers to approve and publish.")
            return redirect(url_for("tenders.show", tender_id=tender_id))
    form.staying.data = " ".join(str(one.school_id) for one in staying)
    return page(
        "tenders/confirm_tender.html",
        form=form,
        tender=tender,
        staying=staying,
        committed=any(one.status is CommitmentStatus.COMMITTED for one in by_name),
        declined=[one for one in by_name if one.status is CommitmentStatus.DECLINED],
        leaving=[
            (one.school.name, foreseen.reasons[one.school_id])
            for one in by_name
            if one.school_id in foreseen.reasons
        ],
    )


def _invitation(tender_id: uuid.UUID, school_id: uuid.UUID, act: Act) -> tuple[Tender, Commitment]:
    """A tender and one school's place in it, for somebody who may answer for that school."""
    tender = tender_queries.get_tender_of_alliance(db.session(), web.actor(), tender_id)
    commitment = next((one for one in tender.commitments if one.school_id == school_id), None)
    if commitment is None:
        raise NotFound
    policy.require(web.actor(), act, school_id)
    return tender, commitment
