"""The pages of the Strategic Board: its seats, who holds each, and who held it."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, url_for

from marketplace.alliance.board import actions, queries, rules
from marketplace.alliance.board.forms import NameForm
from marketplace.alliance.models import Membership
from marketplace.alliance.queries import alliances_of
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.fields import choices
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

board = Blueprint("board", __name__, url_prefix="/board")


@board.get("")
def index() -> Any:
    """The boards of the reader's alliances: every seat and who holds it."""
    actor, session = web.actor(), db.session()
    if not actor.alliance_ids:
        raise NotFound
    seats = queries.seats(session, Membership.alliance_id.in_(actor.alliance_ids))
    return page(
        "board/index.html",
        boards=[
            (alliance.name, [seat for seat in seats if seat.alliance_id == alliance.id])
            for alliance in alliances_of(session, actor)
        ],
    )


@board.get("/<uuid:membership_id>")
def show(membership_id: uuid.UUID) -> Any:
    """A seat: who holds it, and who held it."""
    session = db.session()
    membership = queries.get_seat(session, web.actor(), membership_id)
    return page(
        "board/show.html",
        membership=membership,
        seat=queries.seat_of(session, membership.id),
        history=queries.history(session, membership.id),
    )


@board.route("/<uuid:membership_id>/name", methods=["GET", "POST"])
def name_holder(membership_id: uuid.UUID) -> Any:
    """The headteacher names who holds the seat."""
    actor, session = web.actor(), db.session()
    membership = queries.get_seat(session, actor, membership_id)
    policy.require(actor, Act.SEAT_NAME, membership.school_id)
    candidates = queries.candidates(session, [membership.school_id])[membership.school_id]
    seat = queries.seat_of(session, membership.id)
    sitting = seat.holders if seat else ()
    form = NameForm()
    form.person.choices = choices(
        (one.person_id, one.name, "Headteacher" if one.is_headteacher else "Senior leader")
        for one in candidates
    )
    if form.validate_on_submit():
        with answering(form):
            actions.name_holder(actor, form.id_to_make, membership_id, form.person.data, form.seen.data or "")
            chosen = next(one.name for one in candidates if one.person_id == form.person.data)
            flash(f"You named {chosen} to hold the seat. We have written to {chosen}.", "success")
            return redirect(url_for(".show", membership_id=membership_id))
    form.seen.data = rules.seen(sitting)
    return page(
        "board/name_holder.html",
        form=form,
        membership=membership,
        held_by=seat.held_by if seat else "",
        others=[one for one in candidates if one not in sitting],
    )
