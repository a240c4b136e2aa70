"""When a contract with a related party is reported, and when it is approved first."""

from datetime import date

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from suppliers.awards.related_parties import rules
from suppliers.awards.related_parties.rules import Reported

TODAY = date(2026, 12, 4)
LIMIT = Money(40_000_00)
REPORTED = Reported("RPT-1", date(2026, 12, 1))


def refused(reported: Reported, part: Money) -> str | None:
    with pytest.raises(RuleBroken) as found:
        rules.check_reported(reported, part, TODAY)
    return found.value.field


def test_a_related_party_is_reported_before_the_award_is_confirmed() -> None:
    assert refused(Reported(" ", TODAY), Money(100)) == "report_reference"
    assert refused(Reported("RPT-1", date(2026, 12, 5)), Money(100)) == "reported_on"
    rules.check_reported(REPORTED, LIMIT, TODAY)


def test_above_40_000_pounds_in_the_year_the_department_approves_first() -> None:
    assert refused(REPORTED, LIMIT + Money(1)) == "approval_reference"
    assert refused(Reported("RPT-1", TODAY, others=Money(1)), LIMIT) == "approval_reference"
    rules.check_reported(Reported("RPT-1", TODAY, approval_reference="A-7"), LIMIT + LIMIT, TODAY)


def test_a_state_school_needs_no_approval_but_is_reported() -> None:
    rules.check_reported(Reported("RPT-1", TODAY, is_state_school=True), LIMIT + LIMIT, TODAY)
    assert refused(Reported("", TODAY, is_state_school=True), LIMIT) == "report_reference"


def test_what_is_declared_at_confirmation_agrees_with_what_was_recorded() -> None:
    rules.check_declared(related=False, recorded=0)
    rules.check_declared(related=True, recorded=1)
    for related, recorded in ((True, 0), (False, 1)):
        with pytest.raises(RuleBroken):
            rules.check_declared(related=related, recorded=recorded)
