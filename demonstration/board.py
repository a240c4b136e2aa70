"""Two more schools apply to join: one was admitted by the board, the other waits for its votes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from demonstration.cast import Cast, sign_up
from demonstration.purchases import ALDHELM, FERNLEIGH, HARROW, KINGFISHER, MANOR, MILLBROOK
from marketplace.alliance import queries
from marketplace.alliance.board import actions as seats
from marketplace.alliance.board import queries as seating
from marketplace.alliance.board import rules as board_rules
from marketplace.alliance.decisions import actions as deciding
from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.rules import Choice, DecisionStatus, Subject
from marketplace.alliance.memberships import actions
from marketplace.alliance.memberships.rules import ASSOCIATE_MONTHS, Evidence, Wish
from marketplace.alliance.rules import MembershipKind
from marketplace.core import clock, events
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Actor, Role

FULL_MEMBERS = (MANOR, FERNLEIGH, HARROW, KINGFISHER, MILLBROOK, ALDHELM)
WEIRSIDE, THORNLEA = "990109", "990108"
DEPUTY = "Isla Grant"
NAMED = -2
MINUTE = (
    "The board read Weirside’s accounts and heard its headteacher. St Aldhelm’s declared that its chair of "
    "governors’ wife teaches there and took no part. Resolved: Weirside is admitted as an associate for "
    "twelve months, with a review by the spring board."
)


@dataclass(frozen=True, slots=True)
class Applicant:
    """A school outside the alliance, with its headteacher and a governor."""

    id: uuid.UUID
    headteacher: Actor
    governor: Actor


def decide(cast: Cast) -> None:
    """Weirside is admitted by recorded vote; Thornlea's application waits, with two votes given."""
    weirside = _applicant(WEIRSIDE, "Lucy Marsh", "Edward Payne")
    admitted = _apply(
        cast,
        weirside,
        -140,
        "We share a caretaker with Kingfisher and want to buy with it.",
        reserves=96_400,
        balance=7_150,
    )
    for place, urn in enumerate((MANOR, FERNLEIGH, HARROW, KINGFISHER)):
        _vote(cast, admitted, urn, -138 + place, Choice.FOR)
    _vote(
        cast, admitted, MILLBROOK, -134, Choice.AGAINST, said="We would rather wait for this year’s accounts."
    )
    _vote(
        cast,
        admitted,
        ALDHELM,
        -134,
        Choice.CONFLICT,
        said="The wife of our chair of governors teaches there.",
    )
    with cast.calendar.on(-130):
        deciding.close_decision(cast.coordinator, admitted, DecisionStatus.CARRIED, MINUTE)
        events.deliver_due()
    thornlea = _applicant(THORNLEA, "Anil Kapoor", "Rose Farrant")
    waiting = _apply(
        cast,
        thornlea,
        -5,
        "Our catering contract ends next summer and we cannot run a tender alone.",
        reserves=151_800,
        balance=-12_300,
    )
    _vote(cast, waiting, MANOR, -4, Choice.FOR)
    _vote(
        cast,
        waiting,
        HARROW,
        -3,
        Choice.FOR,
        said="A strong school. We would like to see the plan for the deficit.",
    )
    _name_deputy(cast)


def _name_deputy(cast: Cast) -> None:
    """Fernleigh's head has a deputy hold the school's seat; Thornlea's application waits for her vote."""
    school = cast.schools[FERNLEIGH]
    deputy = sign_up(DEPUTY, school.id, Role.SENIOR_LEADER)
    session = db.session()
    session.rollback()
    seat = next(one for one in seating.of_alliance(session, cast.alliance_id) if one.school_id == school.id)
    assert deputy.person_id
    with cast.calendar.on(NAMED):
        seats.name_holder(
            school.headteacher, new_id(), seat.membership_id, deputy.person_id, board_rules.seen(seat.holders)
        )


def close_with_all_for(cast: Cast, decision_id: uuid.UUID, offset: int, minute: str) -> None:
    """Every founding full member votes for it, and the coordinator closes the vote with its minute."""
    for urn in FULL_MEMBERS:
        _vote(cast, decision_id, urn, offset, Choice.FOR)
    with cast.calendar.on(offset, hour=16):
        deciding.close_decision(cast.coordinator, decision_id, DecisionStatus.CARRIED, minute)
        events.deliver_due()


def _applicant(urn: str, headteacher: str, governor: str) -> Applicant:
    school_id = queries.school_by_urn(db.session(), urn).id
    return Applicant(
        school_id,
        sign_up(headteacher, school_id, Role.HEADTEACHER),
        sign_up(governor, school_id, Role.GOVERNOR),
    )


def _apply(
    cast: Cast, school: Applicant, offset: int, reasons: str, *, reserves: int, balance: int
) -> uuid.UUID:
    """The application of a school; the id of the decision that it waits for. Figures in pounds."""
    application_id = new_id()
    with cast.calendar.on(offset):
        today = clock.today()
        this_year = date(today.year, 8, 31)
        year_end = this_year if this_year < today else date(today.year - 1, 8, 31)
        evidence = Evidence(year_end, Money(reserves * 100), Money(balance * 100), notice_to_improve=False)
        wish = Wish(MembershipKind.ASSOCIATE, ASSOCIATE_MONTHS, reasons, evidence)
        actions.apply_to_join(school.headteacher, application_id, cast.alliance_id, school.id, wish)
    session = db.session()
    session.rollback()
    return decisions.decisions_on(session, Subject.ADMISSION, application_id)[0].id


def _vote(
    cast: Cast, decision_id: uuid.UUID, urn: str, offset: int, choice: Choice, *, said: str = ""
) -> None:
    with cast.calendar.on(offset):
        school = cast.schools[urn]
        deciding.vote(school.headteacher, decision_id, school.id, choice, said)
