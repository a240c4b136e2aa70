"""Deadlines and the holidays of the schools that buy; what a tender's plan knows."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from marketplace.alliance.term_dates import actions as term_dates
from marketplace.alliance.term_dates import rules as terms
from marketplace.core import clock
from marketplace.core.clock import LONDON
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.needs.thresholds import Regime
from marketplace.tenders import actions, queries
from marketplace.tenders.drafting import actions as drafting
from marketplace.tenders.planning import rules
from marketplace.tenders.planning.queries import situation
from marketplace.tenders.planning.rules import Step
from marketplace.tenders.timetable import Procedure
from tests import make

AUTUMN = datetime(2026, 9, 14, 10, tzinfo=LONDON)
HALF_TERM = datetime(2026, 10, 28, 12, tzinfo=LONDON)


def set_deadline(tender: make.Tender, closes_at: datetime, reason: str = "") -> None:
    row = tender.row
    assert row.contract_starts_on
    assert row.contract_ends_on
    drafting.set_timetable(
        tender.alliance.coordinator,
        tender.id,
        row.version,
        closes_at=closes_at,
        contract_starts_on=row.contract_starts_on,
        contract_ends_on=row.contract_ends_on,
        deadline_reason=reason,
    )


@pytest.mark.usefixtures("app")
def test_a_deadline_in_a_buying_schools_holiday_needs_a_reason_that_is_kept() -> None:
    with clock.travelling(AUTUMN):
        tender = make.draft_tender(make.alliance(schools=2))
        with pytest.raises(RuleBroken, match="in the autumn half-term holiday of Alder") as broken:
            set_deadline(tender, HALF_TERM)
        assert broken.value.field == "closes_at"
        set_deadline(tender, HALF_TERM, "The present supplier’s prices end on 30 October.")
        assert tender.row.deadline_reason == "The present supplier’s prices end on 30 October."
        actions.invite_schools(tender.alliance.coordinator, tender.id, tender.version)


@pytest.mark.usefixtures("app")
def test_a_reason_that_is_not_needed_is_not_kept() -> None:
    with clock.travelling(AUTUMN):
        tender = make.draft_tender(make.alliance(schools=2))
        set_deadline(tender, HALF_TERM - timedelta(days=7), "No reason at all.")
        assert tender.row.deadline_reason == ""


@pytest.mark.usefixtures("app")
def test_a_schools_own_term_dates_decide_and_those_of_other_members_do_not() -> None:
    late_half_term = [
        terms.Term(terms.Half.AUTUMN_1, date(2026, 9, 2), date(2026, 10, 30)),
        terms.Term(terms.Half.AUTUMN_2, date(2026, 11, 9), date(2026, 12, 18)),
        *terms.proposed(2026)[2:],
    ]
    with clock.travelling(AUTUMN):
        alliance = make.alliance(schools=3)
        buying = alliance.schools[:2]
        tender = make.draft_tender(alliance, schools=buying)
        for school in buying:
            term_dates.set_term_dates(school.bursar, school.id, 2026, 0, late_half_term)
        set_deadline(tender, HALF_TERM)
        assert tender.row.deadline_reason == ""


@pytest.mark.usefixtures("app")
def test_dates_that_a_school_changes_are_looked_at_again_before_publication() -> None:
    with clock.travelling(AUTUMN):
        alliance = make.alliance(schools=2)
        day = HALF_TERM - timedelta(days=9)
        tender = make.confirmed_tender(alliance, closes_at=day)
        two_weeks = [
            terms.Term(terms.Half.AUTUMN_1, date(2026, 9, 2), date(2026, 10, 16)),
            *terms.proposed(2026)[1:],
        ]
        school = alliance.schools[1]
        term_dates.set_term_dates(school.headteacher, school.id, 2026, 0, two_weeks)
        with pytest.raises(RuleBroken, match="holiday of Beech"):
            actions.publish_tender(school.headteacher, tender.id, tender.version)


def test_options_to_run_longer_can_lift_a_tender_above_the_threshold(session: Session) -> None:
    with clock.travelling(AUTUMN):
        alliance = make.alliance(schools=2)
        spend = {school.id: Money(28_000_00) for school in alliance.schools}
        tender = make.draft_tender(alliance, category="cleaning", cpv="90919300", baselines=spend)
        assert queries.value_and_regime(session, tender.row) == (Money(201_600_00), Regime.BELOW)
        row = tender.row
        assert row.contract_starts_on
        assert row.contract_ends_on
        options: dict[str, Any] = {
            "contract_starts_on": row.contract_starts_on,
            "contract_ends_on": row.contract_ends_on,
            "extension_months": 24,
        }
        drafting.set_timetable(
            alliance.coordinator, tender.id, row.version, closes_at=tender.closes_at, **options
        )
        assert queries.value_and_regime(session, tender.row) == (Money(336_000_00), Regime.ABOVE)
        with pytest.raises(RuleBroken, match="at least 35 days"):
            drafting.set_timetable(
                alliance.coordinator,
                tender.id,
                tender.version,
                closes_at=make.working_moment(25),
                procedure=Procedure.ON_PAPER,
                **options,
            )


def test_the_plan_follows_the_tender_along_its_steps(session: Session) -> None:
    alliance = make.alliance(schools=2)
    tender = make.published_tender(alliance)
    known = situation(session, tender.row)
    assert known.present is Step.QUOTES
    assert known.reached[Step.QUOTES] == clock.today()
    assert known.suppliers == 10
    assert not known.standstill
    plan = {one.step: one for one in rules.plan(known)}
    assert plan[Step.APPROVE].done
    assert plan[Step.QUOTES].expected.last == tender.closes_at.astimezone(LONDON).date()
    with clock.travelling(tender.closes_at):
        assert situation(session, tender.row).present is Step.OPENING
