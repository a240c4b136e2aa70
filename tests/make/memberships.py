"""Schools that apply, belong for a time and leave."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.models import Decision
from marketplace.alliance.decisions.rules import Choice, Subject
from marketplace.alliance.memberships import actions, leaving, rules
from marketplace.alliance.memberships.models import MembershipApplication
from marketplace.alliance.memberships.rules import Evidence, Wish
from marketplace.alliance.models import Membership
from marketplace.alliance.rules import MembershipKind
from marketplace.core import clock, events
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import ADMINISTRATOR
from tests.make import decisions as deciding
from tests.make.alliance import Alliance, School, actor, import_schools, people_of


def outsider(**row: object) -> School:
    """A school with its people that is in no alliance. `row` gives columns of the register."""
    (school_id,) = import_schools({"EstablishmentName": "Oakfield School", **row})
    return people_of(school_id)


def again(school: School) -> School:
    """The school with its people as they are now, with the alliances that they have come into."""
    return replace(
        school,
        bursar=actor(school.bursar.person_id),
        headteacher=actor(school.headteacher.person_id),
        governor=actor(school.governor.person_id),
        finance_lead=actor(school.finance_lead.person_id),
    )


def wish(**changes: Any) -> Wish:
    """An application of a school whose finances are sound; `changes` are fields of Wish and Evidence."""
    evidence = Evidence(
        year_end=clock.today() - timedelta(days=90),
        reserves=Money(412_000_00),
        in_year_balance=Money(18_500_00),
        notice_to_improve=False,
    )
    usual = Wish(
        MembershipKind.ASSOCIATE, rules.ASSOCIATE_MONTHS, "We want to buy catering together.", evidence
    )
    of_evidence = {name: changes.pop(name) for name in list(changes) if hasattr(evidence, name)}
    return replace(usual, evidence=replace(evidence, **of_evidence), **changes)


def application(alliance: Alliance, school: School, **changes: Any) -> uuid.UUID:
    """An application that waits for the board's votes; its id."""
    application_id = new_id()
    actions.apply_to_join(school.headteacher, application_id, alliance.id, school.id, wish(**changes))
    return application_id


def application_row(application_id: uuid.UUID) -> MembershipApplication:
    """The application as it is stored now."""
    session = db.session()
    session.rollback()
    return session.get_one(MembershipApplication, application_id)


def decision_on(subject: Subject, subject_id: uuid.UUID) -> Decision:
    """The newest decision on a subject."""
    session = db.session()
    session.rollback()
    return decisions.decisions_on(session, subject, subject_id)[0]


def decided(alliance: Alliance, subject: Subject, subject_id: uuid.UUID, *choices: Choice) -> None:
    """The board's vote on a subject, closed, and what follows from it delivered."""
    deciding.decide(alliance, decision_on(subject, subject_id).id, *choices)
    events.deliver_due()


def associate(alliance: Alliance, **row: object) -> School:
    """A school that the board has admitted as an associate, with its people."""
    school = outsider(**row)
    decided(alliance, Subject.ADMISSION, application(alliance, school))
    return again(school)


def membership_of(alliance: Alliance, school: School) -> Membership:
    """The newest membership of a school in an alliance."""
    session = db.session()
    session.rollback()
    query = (
        select(Membership)
        .where(Membership.alliance_id == alliance.id, Membership.school_id == school.id)
        .order_by(Membership.joined_on.desc(), Membership.id.desc())
    )
    return session.scalars(query.limit(1)).one()


def leave(alliance: Alliance, school: School, reason: str = "We join a trust.") -> uuid.UUID:
    """The school leaves, having read what runs on; the membership's id."""
    membership = membership_of(alliance, school)
    found = leaving.consequences(db.session(), school.id, alliance.id)
    seen = rules.fingerprint(leaving.as_text(found))
    membership_id = membership.id
    actions.leave_alliance(school.headteacher, membership_id, reason, seen)
    return membership_id


def founder(alliance: Alliance, school: School) -> School:
    """The school as a founding member of one more alliance."""
    actions.admit_school(ADMINISTRATOR, alliance.id, school.id, MembershipKind.FULL)
    return again(school)
