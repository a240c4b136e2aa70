"""The form that records a related party."""

from __future__ import annotations

from wtforms import BooleanField
from wtforms.validators import Length

from marketplace.core import clock
from marketplace.core.fields import ChoiceField, DateInputField, MoneyField, Required, TextField
from marketplace.core.forms import NewThingForm
from marketplace.core.money import ZERO
from suppliers.awards.related_parties.rules import Reported

LENGTH = Length(max=80, message="Use 80 characters or fewer.")


class RelatedPartyForm(NewThingForm):
    """Which winner is related to which school, and what was reported. The view sets the pairs."""

    pair = ChoiceField(
        "School and supplier", [Required("Choose the school and the supplier")], blank="Choose a pair"
    )
    report_reference = TextField(
        "Reference of the report",
        [Required("Enter the reference of the report to the Department for Education"), LENGTH],
        description="From the Department’s form for related party transactions",
        render_kw={"width": 20},
    )
    reported_on = DateInputField("When was it reported?", [Required("Enter the day of the report")])
    is_state_school = BooleanField("The supplier is a state-funded school or college")
    others = MoneyField(
        "Other contracts of this school with this supplier in the same financial year",
        description="Leave blank for none",
    )
    approval_reference = TextField(
        "Reference of the Department’s approval, where it is needed", [LENGTH], render_kw={"width": 20}
    )

    def reported(self) -> Reported:
        """What was typed."""
        return Reported(
            self.report_reference.data or "",
            self.reported_on.data or clock.today(),
            bool(self.is_state_school.data),
            self.others.data or ZERO,
            self.approval_reference.data or "",
        )
