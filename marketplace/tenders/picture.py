"""The state table of a tender as a picture: where it stands, what it waits for, and where it can go.

Everything here is read from `rules.MOVES`: a state that is added there appears here and in
`docs/tender-states.md` by itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from marketplace.core import clock
from marketplace.core.web import day, moment
from marketplace.tenders import rules
from marketplace.tenders.criteria.rules import has_quality
from marketplace.tenders.models import Tender, TenderStep
from marketplace.tenders.rules import MOVES, STATUS_LABELS, TenderStatus

_S = TenderStatus
ENDED_EARLY = frozenset({_S.CANCELLED, _S.UNSUCCESSFUL})
PATH = tuple(status for status in TenderStatus if status not in ENDED_EARLY)
FOR_QUALITY = frozenset({_S.OPENED, _S.EVALUATING, _S.MODERATED})
PRICE_ALONE = "Not needed: the price alone is judged"


@dataclass(frozen=True, slots=True)
class Step:
    """One state of the picture, as `components/timeline.html` draws it."""

    label: str
    state: str
    when: str
    note: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All states of a tender's path in order, and in words where it can go from where it stands."""

    steps: tuple[Step, ...]
    ways: tuple[str, ...]


def ways(status: TenderStatus, passed_over: Collection[TenderStatus] = ()) -> tuple[str, ...]:
    """Where a tender of this status can go, in sentences, as the table of moves says.

    `passed_over` are states that this tender does not need.
    """
    following = [one for one in TenderStatus if one in MOVES[status] and one not in passed_over]
    if not following:
        return ("Nothing follows.",)
    here = list(TenderStatus).index(status)
    onwards = [one for one in following if one in PATH and PATH.index(one) > here]
    back = [one for one in following if one in PATH and PATH.index(one) < here]
    ends = [one for one in following if one in ENDED_EARLY]
    said = (("Then", onwards), ("Can go back to", back), ("Can end as", ends))
    return tuple(f"{words}: {_list(states)}." for words, states in said if states)


def _list(states: Collection[TenderStatus]) -> str:
    return " or ".join(STATUS_LABELS[one].lower() for one in states)


def picture(tender: Tender, waits_for: str, *, held: bool = False) -> Picture:
    """The picture of one tender now; `waits_for` says what has to happen, for the state it is in.

    `held` says that its deadline has passed and it is not closed: see `answers.is_held`.
    """
    status = tender.status if held else rules.shown_status(tender.status, tender.closes_at, clock.now())
    reached = {step.status: step.reached_at for step in tender.steps}
    unneeded = _unneeded(tender)
    ended = status in ENDED_EARLY
    here = _last_on_path(tender) if ended else PATH.index(status)
    steps = []
    for place, one in enumerate(PATH[: here + 1] if ended else PATH):
        passed = place < here or ended or status is _S.AWARDED
        skipped = one in unneeded or (passed and one not in reached and one is not status)
        state = "skipped" if skipped else "done" if passed else "current" if place == here else "upcoming"
        when = day(reached[one]) if one in reached and state in {"done", "current"} else ""
        note = waits_for if state == "current" else _note(tender, one, state)
        steps.append(Step(STATUS_LABELS[one], state, when, note))
    if ended:
        steps.append(Step(STATUS_LABELS[status], "stopped", day(reached[status]), tender.end_reason))
    return Picture(tuple(steps), ways(status, unneeded))


def _last_on_path(tender: Tender) -> int:
    """How far a tender had come when it ended early."""
    return max(PATH.index(step.status) for step in _since_draft(tender) if step.status in PATH)


def _since_draft(tender: Tender) -> list[TenderStep]:
    """The steps since the tender was a draft for the last time."""
    drafts = [place for place, step in enumerate(tender.steps) if step.status is _S.DRAFT]
    return list(tender.steps[drafts[-1] :]) if drafts else list(tender.steps)


def _unneeded(tender: Tender) -> frozenset[TenderStatus]:
    """The states that a tender whose criteria are known passes over."""
    kinds = [criterion.kind for criterion in tender.criteria]
    return FOR_QUALITY if kinds and not has_quality(kinds) else frozenset()


def _note(tender: Tender, status: TenderStatus, state: str) -> str:
    if state == "skipped":
        return PRICE_ALONE if status in _unneeded(tender) else "Passed over"
    if status is _S.PUBLISHED and tender.closes_at:
        return f"{'Closed' if state == 'done' else 'Until'} {moment(tender.closes_at)}"
    if status is _S.STANDSTILL and tender.standstill_ends_on:
        return f"Until the end of {day(tender.standstill_ends_on)}"
    return ""
