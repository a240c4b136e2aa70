"""Pages on which an award is announced, and a challenge to it recorded and settled."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for

from marketplace.core import clock, policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act
from marketplace.core.web import answering, page
from marketplace.tenders import timetable
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.uk_notices import issuing, schema, wording
from marketplace.tenders.uk_notices import queries as notices
from marketplace.tenders.uk_notices.rules import NO_PARTICULARS, NoticeKind, Particulars
from suppliers.awards import queries as award_queries
from suppliers.awards.letters.queries import sent_at
from suppliers.awards.standstill import actions, queries, rules
from suppliers.awards.standstill.forms import AnnounceForm, ChallengeForm, OutcomeForm, SettleForm
from suppliers.awards.standstill.queries import ChallengeView
from suppliers.awards.standstill.rules import Duty
from suppliers.awards.views import awards
from suppliers.evaluation import queries as evaluation


@awards.route("/tenders/<uuid:tender_id>/award/announce", methods=["GET", "POST"])
def announce_award(tender_id: uuid.UUID) -> Any:
    """The award notice as text and as data, and its publication, from which a standstill counts."""
    session, actor = db.session(), web.actor()
    tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor))
    policy.require(actor, Act.AWARD_ANNOUNCE, tender.alliance_id)
    found = award_queries.live_awards(session, tender_id)
    if not found or (request.method == "GET" and tender.status is not TenderStatus.CONFIRMED_BY_SCHOOLS):
        flash("No award waits to be announced now.", "note")
        return redirect(url_for("awards.show_award", tender_id=tender_id))
    duty = queries.duty_of(session, tender, found)
    form = AnnounceForm(version=tender.version, duty=duty)
    if form.validate_on_submit():
        with answering(form):
            actions.announce_award(
                actor,
                form.id_to_make,
                tender_id,
                form.version.data or 0,
                with_standstill=form.with_standstill,
                reference=form.reference.data or "",
                published_on=form.published_on.data,
            )
            flash("You announced the award. Every bidder has been told.", "success")
            return redirect(url_for("awards.show_award", tender_id=tender_id))
    today = clock.today()
    stands = (today, timetable.standstill_last_day(today)) if form.with_standstill else None
    said = Particulars(standstill=stands) if stands else NO_PARTICULARS
    _, content = issuing.draft(session, tender, NoticeKind.AWARD, said)
    return page(
        "awards/announce_award.html",
        form=form,
        tender=tender,
        bound=duty is not Duty.BELOW,
        duty_words=rules.DUTY_WORDS[duty],
        ends_on=timetable.standstill_last_day(today),
        length=timetable.standstill_days(today),
        told_at=sent_at(session, tender_id),
        text=wording.in_words(NoticeKind.AWARD, notices.subject(session, tender), said),
        data=schema.to_json(content, indent=2),
    )


@awards.route("/tenders/<uuid:tender_id>/award/challenge", methods=["GET", "POST"])
def record_challenge(tender_id: uuid.UUID) -> Any:
    """Record that somebody challenges the award."""
    session, actor = db.session(), web.actor()
    tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor))
    policy.require(actor, Act.CHALLENGE_RECORD, tender.alliance_id)
    form = ChallengeForm(received_on=clock.today())
    if form.validate_on_submit():
        with answering(form):
            actions.record_challenge(actor, form.id_to_make, tender_id, form.challenged())
            flash("You recorded the challenge. The award waits until two people have settled it.", "success")
            return redirect(url_for("awards.show_award", tender_id=tender_id))
    return page("awards/record_challenge.html", form=form, tender=tender)


@awards.route("/tenders/<uuid:tender_id>/award/challenges/<uuid:challenge_id>", methods=["GET", "POST"])
def propose_outcome(tender_id: uuid.UUID, challenge_id: uuid.UUID) -> Any:
    """Propose what happens to an award that is challenged."""
    session, actor = db.session(), web.actor()
    tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor))
    policy.require(actor, Act.CHALLENGE_PROPOSE, tender.alliance_id)
    challenge = queries.get_challenge(session, tender, challenge_id)
    form = OutcomeForm(version=challenge.version, outcome=challenge.outcome, reason=challenge.reason)
    if form.validate_on_submit():
        with answering(form):
            actions.propose_outcome(
                actor,
                tender_id,
                challenge_id,
                form.version.data or 0,
                outcome=form.outcome.data,
                reason=form.reason.data or "",
            )
            flash("You proposed it. A headteacher or governor of a school that buys agrees.", "success")
            return redirect(url_for("awards.show_award", tender_id=tender_id))
    return page(
        "awards/propose_outcome.html", form=form, tender=tender, challenge=_shown(tender_id, challenge_id)
    )


@awards.route(
    "/tenders/<uuid:tender_id>/award/challenges/<uuid:challenge_id>/settle", methods=["GET", "POST"]
)
def settle_challenge(tender_id: uuid.UUID, challenge_id: uuid.UUID) -> Any:
    """Agree to what was proposed about a challenge."""
    session, actor = db.session(), web.actor()
    tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor))
    policy.require(actor, Act.CHALLENGE_SETTLE, *award_queries.schools_approved_for(session, actor, tender))
    challenge = _shown(tender_id, challenge_id)
    form = SettleForm(version=challenge.version)
    if form.validate_on_submit():
        with answering(form):
            actions.settle_challenge(actor, tender_id, challenge_id, form.version.data or 0)
            flash(_settled(tender_id, challenge_id), "success")
            return redirect(url_for("awards.show_award", tender_id=tender_id))
    return page("awards/settle_challenge.html", form=form, tender=tender, challenge=challenge)


def _settled(tender_id: uuid.UUID, challenge_id: uuid.UUID) -> str:
    """What an agreement did."""
    settled = _shown(tender_id, challenge_id)
    if settled.is_open:
        return "You agreed. Somebody of another school agrees, too, before the award is set aside."
    if settled.sets_aside:
        return "You agreed, and the award is set aside. Every bidder is told."
    return "You agreed. The challenge is settled."


def _shown(tender_id: uuid.UUID, challenge_id: uuid.UUID) -> ChallengeView:
    """A challenge as it is shown. Load the tender as its reader first. Raises NotFound."""
    session = db.session()
    tender = evaluation.get_tender(session, tender_id)
    found = queries.view(session, tender, award_queries.live_awards(session, tender_id))
    for challenge in found.challenges:
        if challenge.id == challenge_id:
            return challenge
    raise NotFound
