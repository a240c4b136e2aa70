"""Pages about personal data: what is done with it, what is deleted when, and taking along one's own."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from marketplace.alliance import queries as alliance
from marketplace.alliance.models import Person
from marketplace.alliance.privacy import holdings, queries, rules, taking_along
from marketplace.core import clock, web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.readings import reading, record_reading
from marketplace.core.web import page, public

privacy = Blueprint("privacy", __name__, url_prefix="/privacy")


@privacy.get("")
@public
def show() -> Any:
    """What is done with personal data, why and for whom, what is deleted when and what the law keeps."""
    return page("privacy/show.html", activities=rules.processing(), retention=rules.retention())


@privacy.get("/own")
def show_own() -> Any:
    """What is held about the reader, counted, with the way to take it along."""
    actor, session = web.actor(), db.session()
    person = _person(actor.person_id)
    return page(
        "privacy/own.html",
        person=person,
        sections=list(holdings.about(session, person)),
        leavers=queries.answers_for_people(actor),
    )


@privacy.get("/own.zip")
@reading
def download_own() -> Response:
    """Everything that is held about the reader. That it was downloaded is recorded."""
    return _sent(_person(web.actor().person_id), whole=True)


@privacy.get("/leavers")
def list_leavers() -> Any:
    """People who left, and all of whose organisations the reader answers for."""
    actor = web.actor()
    if not queries.answers_for_people(actor):
        raise Forbidden("Coordinators, headteachers and supplier administrators answer for people who left.")
    return page("privacy/leavers.html", leavers=queries.leavers(db.session(), actor))


@privacy.get("/leavers/<uuid:person_id>.zip")
@reading
def download_leaver(person_id: uuid.UUID) -> Response:
    """What is held about somebody who left, but for what only they may read. It is recorded."""
    return _sent(queries.get_leaver(db.session(), web.actor(), person_id), whole=False)


def _person(person_id: uuid.UUID | None) -> Person:
    person = db.session().get(Person, person_id) if person_id else None
    if person is None:
        raise NotFound
    return person


def _sent(person: Person, *, whole: bool) -> Response:
    actor, session = web.actor(), db.session()
    sections = list(holdings.about(session, person, for_somebody_else=not whole))
    content = taking_along.archive(person, sections, clock.now(), whole=whole)
    name, person_id = f"everything about {person.name}.zip", person.id
    seats = {seat.organisation_id for seat in actor.seats}
    whose = [] if whole else sorted(alliance.names(session, seats))
    record_reading(actor, person_id, "Everything that is held about a person", whose)
    return send_file(io.BytesIO(content), "application/zip", as_attachment=True, download_name=name)
