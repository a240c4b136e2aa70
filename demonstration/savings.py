"""What two schools' contracts cost before and cost now: one saved, one pays more because it buys more."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from demonstration.cast import Cast
from demonstration.purchases import FERNLEIGH, MANOR
from invoicing.savings import actions
from invoicing.savings.rules import BaselineTerms, InvoicedTerms
from marketplace.contracts.models import Contract
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money


@dataclass(frozen=True, slots=True)
class Story:
    """A contract of the register, what it cost before in pounds a year, and what a quarter cost now."""

    urn: str
    title: str
    before: int
    units: int
    unit: str
    rise: int
    now: int
    units_now: int


STORIES = (
    Story(MANOR, "Leased line", 14_900, 1_000, "megabits", 600, 3_150, 250),
    Story(FERNLEIGH, "School meals", 201_450, 79_000, "meals", 450, 53_000, 20_500),
)


def measure(cast: Cast) -> None:
    """Two bursars enter the baseline, and what the last full quarter cost."""
    calendar = cast.calendar
    for story in STORIES:
        school = cast.schools[story.urn]
        session = db.session()
        session.rollback()
        wanted = (Contract.school_id == school.id, Contract.title == story.title)
        contract = session.scalars(select(Contract).where(*wanted)).one()
        starts_on = max(contract.starts_on, calendar.first_of_month(-3))
        with calendar.on(-2):
            baseline = BaselineTerms(
                Money(story.before * 100),
                "The old supplier’s invoices of the last full year",
                Decimal(story.units),
                story.unit,
                story.rise,
                "Its letter announcing new prices",
            )
            actions.set_baseline(school.bursar, contract.id, 0, baseline)
            cost = InvoicedTerms(
                starts_on,
                calendar.last_of_month(-1),
                Money(story.now * 100),
                "Invoices 2041 to 2043",
                Decimal(story.units_now),
            )
            actions.record_invoiced(school.bursar, new_id(), contract.id, cost)
