"""Suggestions in words and pictures: why, who, what it would take, and what it comes to."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace.contracts.categories import category, label
from marketplace.core.charts import ChartView, Span, timeline_chart
from marketplace.core.maps import MapView, Place, kilometres_between, map_picture
from marketplace.core.money import Money
from marketplace.core.months import end_months_later
from marketplace.core.web import day
from marketplace.needs.shown import months
from marketplace.needs.suggestions import rules
from marketplace.needs.suggestions.figures import Buyer, Figures, figures
from marketplace.needs.suggestions.models import NeedRequest
from marketplace.needs.suggestions.pairing import end_of
from marketplace.needs.suggestions.queries import Findings
from marketplace.needs.suggestions.rules import A_DAY, Fit, Plan, Standing, Suggestion

MOST_NAMES = 4
MOST_LINES = 40
"""How many schools a page shows of those that do not fit, and on its pictures."""
ACT = "Procurement Act 2023"


def listed(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """Names as people list them: A, B and C; from the fifth on only how many more."""
    shown = list(names[:most]) if len(names) > most + 1 else list(names)
    if len(shown) < len(names):
        shown.append(f"{len(names) - len(shown):,} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def days(number: int) -> str:
    """A number of days: 1 day, 153 days."""
    return f"{number:,} day{'' if number == 1 else 's'}"


def pounds(amount: Money) -> str:
    """An amount without its pence where there are none: £207,720."""
    return str(amount).removesuffix(".00")


def title(suggestion: Suggestion) -> str:
    """What is bought, and from when."""
    return f"{label(suggestion.category)} from {day(suggestion.plan.starts_on)}"


def reason(suggestion: Suggestion) -> str:
    """Why these schools are suggested, in one sentence."""
    schools = list(suggestion.schools.values())
    names, all_of_them = listed(schools), "both" if len(schools) == rules.FEWEST_SCHOOLS else "all"
    free = sorted({one.free_from for one in suggestion.members})
    start = day(suggestion.plan.starts_on)
    if len(free) == 1 and free[0] == suggestion.plan.starts_on:
        waits = any(one.wait_days for one in suggestion.members)
        why = "or ask to start then" if waits else "the day after what they have today ends"
        return f"{names} are {all_of_them} free on {start}, {why}."
    return (
        f"{names} become free between {day(free[0])} and {day(free[-1])}. Those that are free earlier can "
        f"extend by their own options until they start together on {start}."
    )


def deciding(suggestion: Suggestion) -> str:
    """What has to be done by the last safe date: the tender begun, or notice given, and by whom."""
    last = suggestion.decide_by
    if last == suggestion.begin_by:
        return "to begin the tender"
    schools = [one.term.school for one in suggestion.members if one.last_notice_on == last]
    begin = day(suggestion.begin_by)
    return f"for notice from {listed(list(dict.fromkeys(schools)))}; begin the tender by {begin}"


def advice(fit: Fit, plan: Plan) -> str:
    """What a member has to do to be there on the first day."""
    standing, said = fit.standing, []
    if standing.term.renewal_months and standing.last_notice_on:
        said.append(f"Give notice by {day(standing.last_notice_on)}, or it renews by itself.")
    if standing.wait_days:
        said.append(
            f"Plan for the {days(standing.wait_days)} between the end of today’s contract and "
            f"{day(standing.free_from)}, when its need starts."
        )
    if fit.bridge_days:
        said.append(f"Use the option to extend, until {day(plan.starts_on - A_DAY)}.")
    if standing.term.wish and standing.term.wish.condition:
        said.append(f"Only if: {standing.term.wish.condition}")
    if not said:
        said.append("Nothing but to join: what it has today ends by itself.")
    return " ".join(said)


def what_it_would_take(fit: Fit, plan: Plan) -> str:
    """How a school that does not fit could be included after all.

    One that would fit is in another suggestion for the same category, which suits it sooner.
    """
    if fit.at_the_start:
        return "Nothing: it could be there at the start. Another suggestion suits it sooner."
    said = []
    if fit.standing.rolled:
        said.append(
            "Its last day for notice has passed, so its contract runs on until "
            f"{day(fit.standing.effective_end)}."
        )
    if fit.gap_days:
        said += _to_bridge(fit, plan)
    elif fit.joins_on is not None:
        said += _to_join_later(fit, plan)
    else:
        early = days((fit.standing.free_from - plan.latest_join).days)
        said.append(
            f"An exit: it would have to leave today’s contract at least {early} early, to join by "
            f"{day(plan.latest_join)}. Its supplier has to agree."
        )
    return " ".join(said)


def _to_bridge(fit: Fit, plan: Plan) -> list[str]:
    standing = fit.standing
    until = day(plan.starts_on - A_DAY)
    if standing.reach > standing.free_from:
        said = [
            f"Its own options to extend last until {day(standing.reach - A_DAY)}.",
            f"A further extension of {days(fit.gap_days)}, until {until}, would bring it in.",
        ]
    else:
        said = [f"An extension of {days(fit.gap_days)}, until {until}, would bring it in."]
    term = standing.term
    if term.renewal_months:
        renewed = end_months_later(standing.effective_end, term.renewal_months) + A_DAY
        if renewed <= plan.latest_join:
            said.append(f"Or it lets the contract renew once more, and joins on {day(renewed)}.")
    return said


def _to_join_later(fit: Fit, plan: Plan) -> list[str]:
    standing = fit.standing
    whole = (plan.ends_on - plan.starts_on).days + 1
    joins = day(fit.joins_on) if fit.joins_on else ""
    said = [
        f"It can join on {joins}, {days(fit.overlap_days)} after the start,",
        f"for {fit.first_term_days:,} of the {whole:,} days.",
    ]
    if standing.term.renewal_months and standing.last_notice_on:
        said.append(f"For that, notice must be given by {day(standing.last_notice_on)}, or it renews.")
    said.append("To be there at the start, it would have to agree an earlier end with its supplier.")
    return said


def threshold_words(found: Figures, suggestion: Suggestion) -> list[str]:
    """Which schools take the sum across the threshold, for every choice of them, in a few sentences."""
    line = pounds(found.worth.threshold)
    term = months(suggestion.months)
    if found.worth.value is None:
        return [f"No spend is known yet, so it counts as above the threshold of {line} ({ACT}, Schedule 3)."]
    value = pounds(found.worth.value)
    tipping = found.tipping
    if tipping.fewest is None:
        left = pounds(found.worth.threshold - found.worth.value)
        said = [
            f"Over {term}, with VAT, all of them come to {value}.",
            f"That is {left} below the threshold of {line}.",
        ]
        if tipping.would_tip:
            said.append(f"With {_either(tipping.would_tip)} you cross {line}.")
        elif suggestion.others:
            said.append("None of the schools that do not fit would take it across by joining alone.")
        return said
    return [
        f"Over {term}, with VAT, all of them come to {value}.",
        f"That crosses the threshold of {line}.",
        *_who_tips(found, tipping.fewest, line),
        _no_splitting(),
    ]


def _who_tips(found: Figures, fewest: int, line: str) -> list[str]:
    tipping, buyers = found.tipping, found.buyers
    said = []
    if tipping.alone:
        crosses = "crosses it" if len(tipping.alone) == 1 else "each cross it"
        said.append(f"{listed([one.school for one in tipping.alone])} {crosses} alone.")
    else:
        before = listed([one.school for one in buyers[: fewest - 1]])
        verb = "stays" if fewest == 2 else "stay"  # noqa: PLR2004  # one school before the second
        said.append(
            f"Largest first, {before} {verb} below; with {buyers[fewest - 1].school} you cross {line}."
        )
    if tipping.needed:
        said.append(f"Without {_either(tipping.needed)} the others stay below.")
    enough = tipping.most_below + 1
    if enough < len(buyers):
        said.append(f"Any {enough:,} of them cross it, whichever they are.")
    if fewest > 2:  # noqa: PLR2004  # that one alone stays below was said
        said.append(f"No {fewest - 1:,} of them do.")
    return said


def _either(buyers: Sequence[Buyer]) -> str:
    names = [one.school for one in buyers]
    return listed(names).replace(" and ", " or ") if len(names) <= MOST_NAMES else f"any of {listed(names)}"


def _no_splitting() -> str:
    return (
        "Buying in smaller parts does not change that: what could reasonably be one contract is valued "
        f"together, unless there are good reasons not to ({ACT}, Schedule 3 paragraph 4)."
    )


def figures_of(suggestion: Suggestion, today: date) -> Figures:
    """What a suggestion comes to, by its category's codes."""
    codes = [cpv.code for cpv in category(suggestion.category).cpv]
    return figures(suggestion, codes, today)


def card(suggestion: Suggestion, href: str, today: date) -> dict[str, Any]:
    """A suggestion on the list, for `components/card_list.html`."""
    found = figures_of(suggestion, today)
    return {
        "title": title(suggestion),
        "href": href,
        "text": reason(suggestion),
        "facts": [
            {"label": "Schools", "value": f"{len(suggestion.schools):,}"},
            {"label": "Spend a year, before VAT", "value": pounds(found.annual)},
            {"label": "Needs approved", "value": _of_all(len(rules.needs_of(suggestion)), suggestion)},
            {"label": "Threshold", "value": "Crossed" if found.tipping.fewest else "Not crossed"},
            {"label": "Last safe date", "value": day(suggestion.decide_by)},
        ],
    }


def _of_all(number: int, suggestion: Suggestion) -> str:
    return f"{number:,} of {len(suggestion.schools):,}"


def members(
    suggestion: Suggestion, elsewhere: Mapping[uuid.UUID, str], asked: Mapping[uuid.UUID, NeedRequest]
) -> list[dict[str, Any]]:
    """The table of the schools that can start together."""
    return [
        {
            "school": fit.term.school,
            "note": elsewhere.get(fit.term.school_id, ""),
            "ends": fit.standing.effective_end,
            "rolled": fit.standing.rolled,
            "notice": fit.standing.last_notice_on,
            "bridge": _bridge(fit),
            "latest": min(fit.standing.reach, suggestion.plan.latest_join),
            "annual": fit.term.annual,
            "known_by": _known_by(fit.standing, asked),
            "advice": advice(fit, suggestion.plan),
        }
        for fit in rules.members_fits(suggestion)
    ]


def _bridge(fit: Fit) -> str:
    if fit.bridge_days:
        return f"Bridge of {days(fit.bridge_days)}"
    wait = fit.standing.wait_days
    return f"Waits {days(wait)}, by its own need" if wait else "None"


def _known_by(standing: Standing, asked: Mapping[uuid.UUID, NeedRequest]) -> str:
    if standing.term.wish:
        return "Approved need"
    request = asked.get(standing.term.school_id)
    return f"Contract; asked for a need on {day(request.asked_at)}" if request else "Contract only"


def others(suggestion: Suggestion, elsewhere: Mapping[uuid.UUID, str]) -> list[dict[str, Any]]:
    """The table of the schools that do not fit, the nearest first, and what each would take."""
    return [
        {
            "school": fit.term.school,
            "note": elsewhere.get(fit.term.school_id, ""),
            "ends": fit.standing.effective_end,
            "notice": fit.standing.last_notice_on,
            "gap": _gap(fit),
            "annual": fit.term.annual,
            "takes": what_it_would_take(fit, suggestion.plan),
        }
        for fit in rules.others_fits(suggestion)[:MOST_LINES]
    ]


def _gap(fit: Fit) -> str:
    if fit.overlap_days:
        return f"Overlap of {days(fit.overlap_days)}"
    return f"Bridge of {days(fit.bridge_days)}"


def left_out(found: Findings, suggestion: Suggestion, today: date) -> list[tuple[str, str]]:
    """The alliance's other schools, and why each is in neither table."""
    named = {one.term.school_id for one in (*suggestion.members, *suggestion.others)}
    held: dict[uuid.UUID, date] = {}
    for term in found.known.terms:
        if term.category == suggestion.category:
            end = end_of(term, today)
            held[term.school_id] = max(end, held.get(term.school_id, end))
    lines = []
    for school_id, school in found.members.items():
        key = (suggestion.category, school_id)
        if school_id in named:
            continue
        if key in found.known.unwilling:
            lines.append((school, "It said that it buys this on its own, so nothing is suggested to it."))
        elif key in found.known.taken:
            lines.append((school, "Its need is in a joint tender already."))
        elif school_id in held:
            lines.append((school, f"What it has ends on {day(held[school_id])}, too far from this start."))
        else:
            lines.append((school, "Its register has no contract of this kind, and it has no approved need."))
    return lines


@dataclass(frozen=True, slots=True)
class OnTheMap:
    """A school on the map: its number, whether it is in the group, and how far it is from the others."""

    number: int
    school: str
    kind: str
    distances: str


def on_the_map(
    suggestion: Suggestion, where: Mapping[uuid.UUID, tuple[int, int]]
) -> tuple[MapView | None, list[OnTheMap]]:
    """The small map and the table beside it: the group's schools first, then those that do not fit."""
    names = {**suggestion.schools}
    for fit in rules.others_fits(suggestion):
        names.setdefault(fit.term.school_id, fit.term.school)
    shown = [(one, school) for one, school in names.items() if one in where][:MOST_LINES]
    places = [Place(school, *where[one], marked=one in suggestion.schools) for one, school in shown]
    if not places:
        return None, []
    view = map_picture(
        "suggestion-map",
        "Where the schools are",
        "Round marks are schools of the group, square ones do not fit. The table has the distances.",
        places,
    )
    return view, [_distances(number, one, places) for number, one in enumerate(places, start=1)]


def _distances(number: int, place: Place, places: Sequence[Place]) -> OnTheMap:
    """How far a school is from each of the group if they are few, else from the nearest and furthest."""
    away = sorted(
        (kilometres_between(place, other), other.label)
        for other in places
        if other is not place and other.marked
    )
    chosen = away if len(away) <= MOST_NAMES + 2 else [away[0], away[-1]]
    words = "; ".join(f"{school} {kilometres:.1f} km" for kilometres, school in chosen)
    return OnTheMap(number, place.label, "In the group" if place.marked else "Does not fit", words)


def timeline(suggestion: Suggestion, today: date) -> ChartView:
    """When what the schools have today ends, beside the joint contract."""
    plan = suggestion.plan
    spans = [Span("The joint contract", plan.starts_on, plan.ends_on, f"from {day(plan.starts_on)}")]
    spans += _spans(suggestion.members, today)
    spans += _spans([fit.standing for fit in rules.others_fits(suggestion)], today)
    return timeline_chart(
        "suggestion-timeline",
        "Today’s contracts and the joint one",
        "One bar for what each school has today, up to its end, under the bar of the joint contract.",
        spans[:MOST_LINES],
        today,
    )


def _spans(standings: Iterable[Standing], today: date) -> list[Span]:
    return [
        Span(
            one.term.school,
            min(today, one.effective_end),
            one.effective_end,
            f"ends {day(one.effective_end)}",
        )
        for one in standings
    ]
