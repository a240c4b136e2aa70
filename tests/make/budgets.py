"""Budgets and grants of a Partnership Fund."""

import uuid
from collections.abc import Mapping
from datetime import date

from invoicing.fund.budgets import actions
from invoicing.fund.grants import actions as granting
from invoicing.fund.grants.rules import Gift, Giver
from invoicing.fund.rules import Purpose
from invoicing.fund.statements import academic_year
from marketplace.alliance.decisions.rules import Choice, Subject
from marketplace.core import clock
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from tests.make import fund as making
from tests.make import memberships
from tests.make.fund import Fund

FIVE_HUNDRED = Money(500_00)


def proposed_budget(held: Fund, amounts: Mapping[Purpose, Money]) -> uuid.UUID:
    """A budget of the present year that waits for the board; its id."""
    budget_id, year = new_id(), academic_year(clock.today())
    actions.propose_budget(held.alliance.coordinator, budget_id, held.id, year, amounts)
    return budget_id


def budget(held: Fund, amounts: Mapping[Purpose, Money], *choices: Choice) -> uuid.UUID:
    """A budget of the present year on which the board has voted: for it, unless choices say otherwise."""
    budget_id = proposed_budget(held, amounts)
    memberships.decided(held.alliance, Subject.BUDGET, budget_id, *choices)
    return budget_id


def gift(
    amount: Money = FIVE_HUNDRED,
    *,
    kind: Giver = Giver.CHARITY,
    purpose: Purpose = Purpose.STAFF_TRAINING,
    received_on: date | None = None,
) -> Gift:
    """A grant as a coordinator would type it."""
    return Gift(
        "Reading in every room",
        kind,
        "The Wolds Foundation",
        purpose,
        amount,
        received_on or clock.today(),
    )


def grant(held: Fund, given: Gift) -> uuid.UUID:
    """A grant that came in; its id."""
    grant_id = new_id()
    granting.record_grant(held.alliance.coordinator, grant_id, held.id, given, making.evidence("letter.pdf"))
    return grant_id
