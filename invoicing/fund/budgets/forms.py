"""What people type about budgets."""

from __future__ import annotations

from typing import Any

from invoicing.fund.rules import PURPOSE_LABELS, Purpose
from marketplace.core.fields import MoneyField, RadiosField, Required
from marketplace.core.forms import NewThingForm
from marketplace.core.money import ZERO, Money


def _amount(purpose: Purpose) -> MoneyField:
    return MoneyField(PURPOSE_LABELS[purpose], minimum=ZERO)


class BudgetForm(NewThingForm):
    """A year's budget: an amount for each purpose; blank for none."""

    year = RadiosField("For which year?", [Required("Choose the year.")], coerce=int)
    school_improvement = _amount(Purpose.SCHOOL_IMPROVEMENT)
    staff_training = _amount(Purpose.STAFF_TRAINING)
    shared_staff = _amount(Purpose.SHARED_STAFF)
    shared_systems = _amount(Purpose.SHARED_SYSTEMS)
    pupil_activities = _amount(Purpose.PUPIL_ACTIVITIES)
    buying_together = _amount(Purpose.BUYING_TOGETHER)

    @property
    def amounts_fields(self) -> list[tuple[Purpose, Any]]:
        """The field of each purpose."""
        return [(purpose, self[purpose.value]) for purpose in Purpose]

    def amounts(self) -> dict[Purpose, Money]:
        """What was typed, once it is valid; purposes left blank are not in it."""
        return {purpose: field.data for purpose, field in self.amounts_fields if field.data}
