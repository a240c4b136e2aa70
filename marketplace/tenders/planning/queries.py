"""What a plan needs to know, and which schools a deadline finds away. Load the tender as its reader first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.alliance.term_dates.queries import SchoolCalendar, calendar_of
from marketplace.core import clock, working_days
from marketplace.core.clock import LONDON
from marketplace.needs.thresholds import Regime
from marketplace.tenders import queries, rules, timetable
from marketplace.tenders.models import Tender
from marketplace.tenders.planning.rules import Situation, Step
from marketplace.tenders.rules import TenderStatus

_S = TenderStatus
STEP_OF: Mapping[TenderStatus, Step] = {
    _S.DRAFT: Step.PREPARE,
    _S.JOINING: Step.SCHOOLS,
    _S.CONFIRMED: Step.APPROVE,
    _S.PUBLISHED: Step.QUOTES,
    _S.CLOSED: Step.OPENING,
    _S.OPENED: Step.EVALUATION,
    _S.EVALUATING: Step.EVALUATION,
    _S.MODERATED: Step.AGREEMENT,
    _S.PRICES_OPENED: Step.APPROVAL,
    _S.RECOMMENDED: Step.APPROVAL,
    _S.CONFIRMED_BY_SCHOOLS: Step.NOTICE,
    _S.STANDSTILL: Step.STANDSTILL,
    _S.AWARDED: Step.MOBILISATION,
}


def holidays_at(session: Session, tender: Tender, closes_at: datetime) -> dict[str, str]:
    """The buying schools on holiday on the day of a deadline, by name, with the holiday's name."""
    schools = queries.buyers(session, tender.id)
    away = calendar_of(session, schools).holidays_on(closes_at.astimezone(LONDON).date())
    return {schools[school_id]: holiday for school_id, holiday in away.items()}


def situation(session: Session, tender: Tender) -> Situation:
    """Where a tender stands, for `rules.plan`. Raises KeyError for one that ended without an award."""
    today = clock.today()
    status = rules.shown_status(tender.status, tender.closes_at, clock.now())
    present: Step | None = STEP_OF[status]
    started = tender.contract_starts_on is not None and tender.contract_starts_on <= today
    if status is _S.AWARDED and started:
        present = None
    _, regime = queries.value_and_regime(session, tender)
    return Situation(
        today=today,
        present=present,
        reached=_reached(tender),
        closes_on=tender.closes_at.astimezone(LONDON).date() if tender.closes_at else None,
        starts_on=tender.contract_starts_on,
        category=tender.category,
        suppliers=timetable.least_days(regime, tender.procedure),
        standstill=regime is not Regime.BELOW,
        in_school=_in_school(calendar_of(session, queries.buyers(session, tender.id))),
    )


def _reached(tender: Tender) -> dict[Step, date]:
    """The first day of each step; what a tender went back from is forgotten, but not when it was begun."""
    order = list(Step)
    found: dict[Step, date] = {}
    for one in sorted(tender.steps, key=lambda one: one.reached_at):
        step = STEP_OF.get(one.status)
        if step is None:
            continue
        found = {before: day for before, day in found.items() if order.index(before) <= order.index(step)}
        found.setdefault(step, one.reached_at.astimezone(LONDON).date())
    return found


def _in_school(calendar: SchoolCalendar) -> Callable[[date], bool]:
    return lambda day: working_days.is_working_day(day) and not calendar.anybody_on_holiday(day)
