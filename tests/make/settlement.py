"""Schools that owe one another, and settlements of what they owe."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from invoicing.settlement import actions, queries
from invoicing.settlement.actions import Answer
from invoicing.settlement.models import Settlement
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from tests.make.alliance import Alliance, School, alliance
from tests.make.invoices import issued_invoice, line, payable_school
from tests.make.kept import kept


@dataclass(frozen=True, slots=True)
class Ring:
    """Three schools: the second owes the first £500, the third the second £300, the first the third £100.

    The invoices, in that order, are due today. Netted, the first gets £400: £200 of each of the others.
    """

    alliance: Alliance
    invoices: tuple[uuid.UUID, ...]

    @property
    def schools(self) -> tuple[School, ...]:
        """The three schools."""
        return self.alliance.schools


@kept
def ring() -> Ring:
    """Three schools that owe one another in a ring."""
    made = alliance(schools=3)
    for school in made.schools:
        payable_school(school)
    first, second, third = made.schools
    owed = ((first, second, "500.00"), (second, third, "300.00"), (third, first, "100.00"))
    return Ring(
        made,
        tuple(issued_invoice(issuer, buyer, line(price), payment_days=0) for issuer, buyer, price in owed),
    )


@kept
def proposed_settlement(made: Ring) -> uuid.UUID:
    """A settlement proposed by the coordinator; its id."""
    settlement_id = new_id()
    actions.propose_settlement(made.alliance.coordinator, settlement_id, made.alliance.id)
    return settlement_id


def settlement(settlement_id: uuid.UUID) -> Settlement:
    """The settlement as it is stored now."""
    db.session().expire_all()
    return db.session().get_one(Settlement, settlement_id)


def accept(school: School, settlement_id: uuid.UUID) -> Answer:
    """The school's finance lead accepts what they see now."""
    version = settlement(settlement_id).version
    return actions.accept_settlement(school.finance_lead, settlement_id, school.id, version)


@kept
def agreed_settlement(made: Ring) -> uuid.UUID:
    """A settlement that every school has accepted; its id."""
    settlement_id = proposed_settlement(made)
    for school in made.schools:
        accept(school, settlement_id)
    return settlement_id


def figures(school: School, settlement_id: uuid.UUID) -> dict[str, int]:
    """The lines of a school as its finance lead reads them: pence by invoice."""
    lines = queries.lines_of(db.session(), settlement_id, school.id)
    return {one.number: one.amount.pence for one in lines}


@contextmanager
def days_later(days: int) -> Iterator[None]:
    """Live so many days from now."""
    with clock.travelling(clock.now() + timedelta(days=days)):
        yield
