"""When contracts can be brought to one start and one end, and which schools that brings together.

Everything is worked out from the schools' own terms and for nobody but them to decide on. A category with
n contracts takes n log n steps: it is sorted by date and swept once, and no subset is tried out.
"""

from __future__ import annotations

import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from marketplace.contracts.rules import last_notice_on
from marketplace.core.batches import collector_at_rest
from marketplace.core.months import end_months_later, months_later
from marketplace.needs.suggestions.pairing import Term, end_of

FEWEST_SCHOOLS = 2
USUAL_MONTHS = 36
LATER_MONTHS = 12
"""For how long after the common start a school may still join: as long as a term of three years bears."""
AHEAD_MONTHS = 30
"""How far ahead a start is suggested: further off, dates and people change."""
LEAD_MONTHS = 5
LONGER_LEADS = {"cleaning": 8, "catering": 9}
"""Months from the decision to the first day: staff transfer and settling in take longer in these two."""
NEAR = timedelta(days=366)
A_DAY = timedelta(days=1)


class Standing(NamedTuple):
    """Where a term stands today, all by its own conditions.

    `effective_end` has automatic renewals rolled forward. `last_notice_on` is the last safe notice date for
    that end, None where none is needed. The school is free from `free_from`; using all its options to
    extend, it can wait until `reach`. `rolled`: it has renewed, or will, because notice came too late.
    """

    term: Term
    effective_end: date
    last_notice_on: date | None
    free_from: date
    reach: date
    rolled: bool

    @property
    def wait_days(self) -> int:
        """Days between the end of today's contract and the day on which the school's need asks to start."""
        return max(0, (self.free_from - self.effective_end).days - 1)


def stand(term: Term, today: date) -> Standing:
    """Where a term stands on a day."""
    end = end_of(term, today)
    extended = end_months_later(end, sum(term.extension_months)) if term.extension_months else end
    asks = term.notice_days or term.notice_months or term.renewal_months
    notice = last_notice_on(end, term.notice_days, term.notice_months) if asks else None
    free = end + A_DAY
    if term.wish and term.wish.wanted_from > free:
        free = term.wish.wanted_from
    return Standing(term, end, notice, free, max(free, extended + A_DAY), end != term.ends_on)


def is_live(standing: Standing, today: date) -> bool:
    """Is there anything to bring together? Not where a contract is over and no need asks for another."""
    return standing.effective_end >= today or standing.term.wish is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """One start, one end, and the last day on which a school may still join."""

    starts_on: date
    ends_on: date
    latest_join: date


def plan_for(starts_on: date, months: int) -> Plan:
    """The plan of a joint contract of so many months; joining late takes no more than a third of them."""
    return Plan(
        starts_on,
        months_later(starts_on, months) - A_DAY,
        months_later(starts_on, min(LATER_MONTHS, months // 3)),
    )


class Fit(NamedTuple):
    """How a term fits a plan.

    `joins_on` is None when that would be after the latest day to join. `bridge_days` are those between the
    end of today's contract and the common start; `covered` says whether the school's own options to extend
    cover them, and `gap_days` how many they leave. `overlap_days` are those that today's contract still
    runs after the common start. `first_term_days` are those from joining to the common end.
    """

    standing: Standing
    joins_on: date | None
    bridge_days: int
    gap_days: int
    overlap_days: int
    first_term_days: int | None

    @property
    def covered(self) -> bool:
        """Do the school's own options to extend cover the bridge?"""
        return self.gap_days == 0

    @property
    def at_the_start(self) -> bool:
        """Can the school be there on the first day, by its own terms?"""
        return self.covered and self.overlap_days == 0

    @property
    def term(self) -> Term:
        """The term that this is about."""
        return self.standing.term


def fit(standing: Standing, plan: Plan) -> Fit:
    """How a term fits a plan; see `Fit`."""
    joins_on = max(plan.starts_on, standing.free_from)
    in_time = joins_on <= plan.latest_join
    return Fit(
        standing,
        joins_on if in_time else None,
        max(0, (plan.starts_on - standing.free_from).days),
        max(0, (plan.starts_on - standing.reach).days),
        max(0, (standing.free_from - plan.starts_on).days),
        (plan.ends_on - joins_on).days + 1 if in_time else None,
    )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Schools that could buy one category together.

    `members` can all start on the plan's first day by their own terms. `others` are near, and do not; see
    `members_fits` and `others_fits`. A tender has to be begun by `begin_by`. `decide_by` is the last safe
    date of the suggestion: the day after it, it is too late for one of its schools or for the tender.
    """

    category: str
    plan: Plan
    months: int
    members: tuple[Standing, ...]
    others: tuple[Standing, ...]
    begin_by: date
    decide_by: date

    @property
    def schools(self) -> dict[uuid.UUID, str]:
        """The members' names by id, in their order."""
        return {one.term.school_id: one.term.school for one in self.members}


def members_fits(suggestion: Suggestion) -> list[Fit]:
    """How each member fits the plan, by the school's name."""
    return [fit(one, suggestion.plan) for one in suggestion.members]


def others_fits(suggestion: Suggestion) -> list[Fit]:
    """How those that are near fit the plan, the nearest first."""
    fits = [fit(one, suggestion.plan) for one in suggestion.others]
    return sorted(fits, key=lambda one: (one.gap_days + one.overlap_days, _order(one.standing)))


def needs_of(suggestion: Suggestion) -> dict[uuid.UUID, uuid.UUID]:
    """The approved need of each member that has one, by school; the first where it has several."""
    found: dict[uuid.UUID, uuid.UUID] = {}
    for one in suggestion.members:
        if one.term.wish:
            found.setdefault(one.term.school_id, one.term.wish.need_id)
    return found


def without_need(suggestion: Suggestion) -> list[uuid.UUID]:
    """The members of which only a contract is known: a tender needs a need of theirs."""
    return [school_id for school_id in suggestion.schools if school_id not in needs_of(suggestion)]


def suggest(terms: Iterable[Term], today: date) -> list[Suggestion]:
    """Every suggestion for these terms, the most urgent first. Their order makes no difference."""
    by_category: dict[str, list[Standing]] = {}
    found: list[Suggestion] = []
    with collector_at_rest():
        for term in terms:
            standing = stand(term, today)
            if is_live(standing, today):
                by_category.setdefault(term.category, []).append(standing)
        for category, standings in by_category.items():
            found += _in_category(category, standings, today)
    return sorted(found, key=lambda one: (one.decide_by, one.plan.starts_on, one.category))


def lead_months(category: str) -> int:
    """How many months a joint tender of a category takes, from the decision to the first day."""
    return LONGER_LEADS.get(category, LEAD_MONTHS)


def earliest_start(category: str, today: date) -> date:
    """The first day of a month on which a tender that is begun today could start."""
    soonest = months_later(today, lead_months(category))
    return soonest if soonest.day == 1 else months_later(soonest.replace(day=1), 1)


@dataclass(frozen=True, slots=True)
class Gathering:
    """Terms that can all start on one day."""

    starts_on: date
    standings: tuple[Standing, ...]

    @property
    def joint(self) -> bool:
        """Is there more than one school in it?"""
        return len({one.term.school_id for one in self.standings}) >= FEWEST_SCHOOLS


def sweep(standings: Collection[Standing], earliest: date, latest: date) -> list[Gathering]:
    """Bring terms to the fewest possible starting days, each as early as its schools can.

    A term can start on any day from `free_from` to `reach`. Swept in the order of `reach`, a new day is
    needed only when the last one chosen is too early for the next term: no other choice needs fewer days.
    Each term then goes to the first of these days that suits it, and each day moves forward to the one on
    which the last of its schools is free. Terms that could start only before `earliest` or after `latest`
    are left out.
    """
    able = [one for one in standings if _is_able(one, earliest, latest)]
    days: list[date] = []
    for one in sorted(able, key=lambda one: one.reach):
        if not days or max(one.free_from, earliest) > days[-1]:
            days.append(one.reach)
    gathered: list[list[Standing]] = [[] for _ in days]
    for one in able:
        gathered[bisect_left(days, max(one.free_from, earliest))].append(one)
    return [
        Gathering(max(earliest, *(one.free_from for one in group)), tuple(sorted(group, key=_order)))
        for group in gathered
    ]


def _is_able(standing: Standing, earliest: date, latest: date) -> bool:
    return standing.reach >= earliest and standing.free_from <= latest


def _order(standing: Standing) -> tuple[str, uuid.UUID, date, uuid.UUID]:
    term = standing.term
    return term.school, term.school_id, term.ends_on, term.id


def _in_category(category: str, standings: list[Standing], today: date) -> list[Suggestion]:
    earliest, latest = earliest_start(category, today), months_later(today, AHEAD_MONTHS)
    gathered = sweep(standings, earliest, latest)
    joint = [one for one in gathered if one.joint]
    if not joint:
        return []
    plans = [plan_for(one.starts_on, common_months(one.standings)) for one in joint]
    near: list[list[Standing]] = [[] for _ in plans]
    starts = [plan.starts_on for plan in plans]
    for place, gathering in enumerate(joint):
        for one in gathering.standings:
            _put_near(one, place - 1, place + 1, plans, near)
    alone = [one for gathering in gathered if not gathering.joint for one in gathering.standings]
    for one in (*alone, *(one for one in standings if not _is_able(one, earliest, latest))):
        before, after = bisect_left(starts, one.free_from) - 1, bisect_right(starts, one.reach)
        _put_near(one, before, after, plans, near)
    return [
        _suggestion(category, gathering, plan, others, today)
        for gathering, plan, others in zip(joint, plans, near, strict=True)
    ]


def _put_near(
    standing: Standing, before: int, after: int, plans: Sequence[Plan], near: Sequence[list[Standing]]
) -> None:
    """Note a term that is not in a plan with the plan before it and the one after it, where they are near.

    Near is whoever is free before the plan's end, or would have to bridge no more than a year to its start.
    """
    if before >= 0 and standing.free_from <= plans[before].ends_on:
        near[before].append(standing)
    if after < len(plans) and plans[after].starts_on - standing.reach <= NEAR:
        near[after].append(standing)


def common_months(standings: Iterable[Standing]) -> int:
    """The term that most of the schools' needs ask for, the shorter of equals; else three years."""
    counts: dict[int, int] = {}
    for one in standings:
        if one.term.wish:
            counts[one.term.wish.term_months] = counts.get(one.term.wish.term_months, 0) + 1
    return min(counts, key=lambda months: (-counts[months], months)) if counts else USUAL_MONTHS


def _suggestion(
    category: str, gathering: Gathering, plan: Plan, near: list[Standing], today: date
) -> Suggestion:
    inside = {one.term.school_id for one in gathering.standings}
    begin_by = months_later(plan.starts_on, -lead_months(category))
    notices = [one.last_notice_on for one in gathering.standings]
    ahead = [day for day in notices if day is not None and day >= today]
    return Suggestion(
        category,
        plan,
        common_months(gathering.standings),
        gathering.standings,
        tuple(sorted((one for one in near if one.term.school_id not in inside), key=_order)),
        begin_by,
        min([begin_by, *ahead]),
    )
