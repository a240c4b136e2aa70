"""Questions about the VAT that a school may claim back."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from invoicing.exports import queries
from invoicing.exports.purchases import queries as purchases
from invoicing.exports.rules import Side, Wanted
from invoicing.exports.vat126 import rules
from invoicing.exports.vat126.rules import Entry, Period, Schedule
from invoicing.ledger import queries as ledger
from invoicing.ledger.rules import AccountKind, AccountName
from marketplace.alliance.models import School
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor


def get_school(session: Session, actor: Actor, school_id: uuid.UUID | None) -> School:
    """The school asked for among those whose documents the actor reads, else their first. Raises NotFound."""
    known = queries.reading_schools(session, actor)
    own = [one for one in known if one in actor.school_ids]
    wanted = school_id or next(iter(own or known), None)
    if wanted not in known:
        raise NotFound
    return session.get_one(School, wanted)


def schedule_of(session: Session, actor: Actor, school: School, period: Period) -> Schedule:
    """The schedule of a school for a period, beside what its ledger counts as VAT to reclaim.

    Documents of other schools are claimed for the day of issue, those of suppliers for the day on which they
    went into the books: each the day of its entry.
    """
    wanted = Wanted(Side.RECEIVED, school.id, since=period.start, until=period.end)
    counted = ledger.movements(
        session, AccountName(school.id, AccountKind.VAT_INPUT), period.start, period.end
    )
    return rules.schedule(
        period,
        [
            *(one for one in queries.documents(session, actor, wanted) if not one.of_supplier),
            *purchases.posted(session, actor, school.id, period.start, period.end),
        ],
        [Entry(one.entry_id, one.posted_on, one.description, one.amount) for one in counted],
        school.name,
    )
