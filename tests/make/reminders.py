"""What a school chose about reminders."""

from invoicing.reminders import actions
from invoicing.reminders.rules import usual_sequence
from marketplace.core import clock
from tests.make.alliance import School


def charge_interest(school: School) -> None:
    """The school's finance lead switches interest on late payment on; the days stay the usual."""
    actions.choose_reminders(
        school.finance_lead,
        school.id,
        0,
        reminds=True,
        sequence=usual_sequence(clock.today()),
        charges_interest=True,
    )
