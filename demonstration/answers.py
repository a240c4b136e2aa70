"""What schools ask for, under which conditions they are in, and a governing body still to confirm."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from demonstration.cast import Cast, DemonstrationSchool
from demonstration.purchases import (
    ALDHELM,
    FERNLEIGH,
    HARROW,
    KINGFISHER,
    MANOR,
    MILLBROOK,
    OAKMERE,
)
from marketplace.alliance.delegation import actions as delegation
from marketplace.alliance.delegation.rules import Approver, Band, LadderContent
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from marketplace.tenders import queries as tenders
from marketplace.tenders.commitments import actions as commitments
from marketplace.tenders.commitments.rules import Conditions
from marketplace.tenders.models import Tender
from marketplace.tenders.specification import actions, queries
from marketplace.tenders.specification.rules import Mark

YESTERDAY = -1
BROADBAND = "broadband"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something the schools ask for: who must have it and who does not need it; the others should have it."""

    text: str
    must: tuple[str, ...] = ()
    not_needed: tuple[str, ...] = ()


WANTED: Mapping[str, tuple[Wanted, ...]] = {
    "catering": (
        Wanted("Halal meals are on the menu every day.", must=(FERNLEIGH,), not_needed=(KINGFISHER,)),
        Wanted("Cooks are on site from 8 am to 2 pm in term time.", must=(KINGFISHER, MILLBROOK)),
        Wanted("Pupils can pay by a phone app.", not_needed=(KINGFISHER, MILLBROOK)),
    ),
    "grounds": (
        Wanted("No machine runs within 50 m of a classroom during lessons.", must=(OAKMERE,)),
        Wanted("Gritting is done by 7 am on school days.", must=(MANOR, FERNLEIGH)),
    ),
    BROADBAND: (
        Wanted(
            "Filtering meets the Department’s filtering and monitoring standards.", must=(FERNLEIGH, HARROW)
        ),
        Wanted("A fault is put right within four hours on school days.", must=(HARROW,)),
    ),
}
CONDITIONS: Mapping[str, Mapping[str, Conditions]] = {
    "catering": {
        KINGFISHER: Conditions(price_at_most=Money(64_000_00)),
        MILLBROOK: Conditions(saving_at_least=200, schools_at_least=3),
    },
    "grounds": {
        MANOR: Conditions(price_at_most=Money(21_000_00)),
        MILLBROOK: Conditions(saving_at_least=1_000),
        OAKMERE: Conditions(price_at_most=Money(4_500_00), schools_at_least=3),
    },
    BROADBAND: {ALDHELM: Conditions(saving_at_least=1_000, schools_at_least=3)},
}


def ask(coordinator: Actor, tender_id: uuid.UUID, category: str) -> None:
    """The coordinator writes down what the schools ask for, in the draft."""
    for wanted in WANTED.get(category, ()):
        tender = _tender(coordinator, tender_id)
        actions.add_requirement(coordinator, tender_id, tender.version, new_id(), text=wanted.text)


def say(school: DemonstrationSchool, tender_id: uuid.UUID, category: str) -> None:
    """A bursar says what the school needs, and sets its conditions where it has any."""
    wanted = {one.text: one for one in WANTED.get(category, ())}
    rows = queries.requirements(db.session(), tender_id)
    marks = {row.id: _mark(wanted[row.text], school.urn) for row in rows if row.text in wanted}
    if marks:
        kept = queries.marks_of(rows, school.id) | marks
        version = _version(school, tender_id)
        actions.mark_requirements(school.bursar, tender_id, school.id, version, kept)
    if conditions := CONDITIONS.get(category, {}).get(school.urn):
        lots = tenders.schedule(db.session(), tender_id)
        volumes = {
            line.id: volume
            for lot in lots
            for line in lot.lines
            if (volume := line.volume_of(school.id)) is not None
        }
        version = _version(school, tender_id)
        commitments.edit_commitment(
            school.bursar, tender_id, school.id, version, volumes=volumes, conditions=conditions
        )


def wait_for_governors(cast: Cast) -> None:
    """St Aldhelm's sets its ladder and commits; its governing body has still to confirm."""
    school = cast.schools[ALDHELM]
    content = LadderContent(
        (
            Band(Money(5_000_00), Approver.BURSAR, 1),
            Band(Money(12_000_00), Approver.HEADTEACHER, 3),
            Band(None, Approver.GOVERNING_BODY, 3),
        ),
        "FGB 2026/18",
        cast.calendar.moment(-30).date(),
    )
    with cast.calendar.on(YESTERDAY):
        delegation.set_ladder(school.headteacher, new_id(), school.id, 0, content)
        query = select(Tender.id).where(Tender.category == BROADBAND, Tender.alliance_id == cast.alliance_id)
        tender_id = db.session().scalars(query).one()
        say(school, tender_id, BROADBAND)
        version = _tender(school.headteacher, tender_id).version
        commitments.commit_school(school.headteacher, tender_id, school.id, version)


def _mark(wanted: Wanted, urn: str) -> Mark:
    if urn in wanted.must:
        return Mark.MUST
    return Mark.NOT_NEEDED if urn in wanted.not_needed else Mark.SHOULD


def _tender(actor: Actor, tender_id: uuid.UUID) -> Tender:
    session = db.session()
    session.rollback()
    return tenders.get_tender_of_alliance(session, actor, tender_id)


def _version(school: DemonstrationSchool, tender_id: uuid.UUID) -> int:
    """The version of the school's answer."""
    tender = _tender(school.bursar, tender_id)
    return next(one.version for one in tender.commitments if one.school_id == school.id)
