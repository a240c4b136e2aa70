"""What a quote is, when it may be sent, who may open it, and how it moves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.core import clock, moves
from marketplace.core.errors import RuleBroken
from marketplace.tenders.rules import BEFORE_PUBLICATION, TenderStatus, accepts_quotes

OPENING_LASTS = timedelta(minutes=30)


class QuoteStatus(StrEnum):
    """How far a quote is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    OPENED = "opened"
    COMPLIANT = "compliant"
    EXCLUDED = "excluded"
    AWARDED = "awarded"
    NOT_AWARDED = "not_awarded"


class Envelope(StrEnum):
    """The two parts of a quote, opened one after the other."""

    QUALITY = "quality"
    PRICE = "price"


_S = QuoteStatus
MOVES: dict[QuoteStatus, frozenset[QuoteStatus]] = {
    _S.DRAFT: frozenset({_S.SUBMITTED, _S.WITHDRAWN}),
    _S.SUBMITTED: frozenset({_S.REPLACED, _S.WITHDRAWN, _S.OPENED}),
    _S.REPLACED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.OPENED: frozenset({_S.COMPLIANT, _S.EXCLUDED}),
    _S.COMPLIANT: frozenset({_S.EXCLUDED, _S.AWARDED, _S.NOT_AWARDED}),
    _S.EXCLUDED: frozenset({_S.NOT_AWARDED}),
    _S.AWARDED: frozenset(),
    _S.NOT_AWARDED: frozenset(),
}
STATUS_LABELS: dict[QuoteStatus, str] = {
    _S.DRAFT: "Draft",
    _S.SUBMITTED: "Submitted",
    _S.REPLACED: "Replaced",
    _S.WITHDRAWN: "Withdrawn",
    _S.OPENED: "Opened",
    _S.COMPLIANT: "Compliant",
    _S.EXCLUDED: "Excluded",
    _S.AWARDED: "Awarded",
    _S.NOT_AWARDED: "Not awarded",
}
STATUS_COLOURS: dict[QuoteStatus, str] = {
    _S.DRAFT: "yellow",
    _S.SUBMITTED: "green",
    _S.REPLACED: "grey",
    _S.WITHDRAWN: "grey",
    _S.OPENED: "blue",
    _S.COMPLIANT: "blue",
    _S.EXCLUDED: "red",
    _S.AWARDED: "green",
    _S.NOT_AWARDED: "grey",
}


class Stage(StrEnum):
    """How far a quote is as its supplier sees it: until every bidder is told, all are being evaluated."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    EVALUATED = "evaluated"
    AWARDED = "awarded"
    NOT_AWARDED = "not_awarded"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


STAGE_LABELS: dict[Stage, str] = {
    Stage.DRAFT: "Draft",
    Stage.SUBMITTED: "Submitted",
    Stage.EVALUATED: "Being evaluated",
    Stage.AWARDED: "Awarded",
    Stage.NOT_AWARDED: "Not awarded",
    Stage.REPLACED: "Replaced",
    Stage.WITHDRAWN: "Withdrawn",
}
STAGE_COLOURS: dict[Stage, str] = {
    Stage.DRAFT: "yellow",
    Stage.SUBMITTED: "green",
    Stage.EVALUATED: "blue",
    Stage.AWARDED: "green",
    Stage.NOT_AWARDED: "grey",
    Stage.REPLACED: "grey",
    Stage.WITHDRAWN: "grey",
}


def stage_of(status: QuoteStatus) -> Stage:
    """What a supplier is shown for a status of its quote."""
    if status in {QuoteStatus.OPENED, QuoteStatus.COMPLIANT, QuoteStatus.EXCLUDED}:
        return Stage.EVALUATED
    return Stage(status.value)


def is_outdated(schedule_version: int, current: int) -> bool:
    """Was a quote written for a price schedule that has changed since?"""
    return schedule_version < current


def check_schedule(schedule_version: int, current: int) -> None:
    """Raise RuleBroken for a draft that was saved before the price schedule changed."""
    if is_outdated(schedule_version, current):
        raise RuleBroken(
            "The price lines have changed since this draft was saved. Go back to your prices, check each "
            "against the new lines, and save them; then submit."
        )


OUTDATED = (
    "It was submitted for the price schedule as it was before it changed, and was not submitted again by the "
    "deadline. A quote is never priced on a schedule that its supplier did not see."
)
AFTER_OPENING = frozenset({_S.OPENED, _S.COMPLIANT, _S.EXCLUDED, _S.AWARDED, _S.NOT_AWARDED})
STILL_IN = frozenset({_S.SUBMITTED, _S.OPENED, _S.COMPLIANT})


def move(present: QuoteStatus, wanted: QuoteStatus) -> QuoteStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def check_deadline(status: TenderStatus, closes_at: datetime | None, moment: datetime) -> None:
    """Raise RuleBroken unless quotes are taken at this moment: the database's, read under the lock."""
    if status is TenderStatus.CANCELLED:
        raise RuleBroken("This tender was cancelled. No quote can be submitted, changed or withdrawn.")
    if closes_at is None or status in BEFORE_PUBLICATION:
        raise RuleBroken("This tender is not open for quotes yet.")
    if not accepts_quotes(status, closes_at, moment):
        raise RuleBroken(
            f"The deadline was {in_england(closes_at)}, and by our clock it is {in_england(moment)}. "
            "No quote can be submitted, changed or withdrawn after it."
        )


def in_england(moment: datetime) -> str:
    """A moment to the second, with its zone, for receipts and refusals."""
    local = moment.astimezone(clock.LONDON)
    return f"{local.day} {local:%B %Y} at {local:%H:%M:%S} {local:%Z}"


# ------------------------------------------------------------------ opening
class TooEarly(RuleBroken):
    """Somebody tried to open an envelope before it may be opened. It is recorded."""


def envelopes_of(*, has_quality: bool) -> tuple[Envelope, ...]:
    """The envelopes that quotes of a tender have, in the order of their opening."""
    return (Envelope.QUALITY, Envelope.PRICE) if has_quality else (Envelope.PRICE,)


def status_to_open(envelope: Envelope, *, has_quality: bool) -> TenderStatus:
    """The status in which an envelope of a tender is opened.

    The first one once the tender has closed; the prices after quality only when its scores are locked.
    """
    if envelope is Envelope.PRICE and has_quality:
        return TenderStatus.MODERATED
    return TenderStatus.CLOSED


def status_when_open(envelope: Envelope) -> TenderStatus:
    """The status that opening an envelope gives a tender."""
    return TenderStatus.OPENED if envelope is Envelope.QUALITY else TenderStatus.PRICES_OPENED


def check_may_open(
    envelope: Envelope,
    status: TenderStatus,
    closes_at: datetime | None,
    moment: datetime,
    *,
    has_quality: bool,
) -> None:
    """Raise RuleBroken unless this envelope of a tender may be opened now, by the database's clock.

    TooEarly, which is one, before the deadline, and for the prices before the quality scores are locked.
    """
    if envelope not in envelopes_of(has_quality=has_quality):
        raise RuleBroken("This tender has no quality envelope: there is no quality criterion.")
    if closes_at is None or moment < closes_at:
        raise TooEarly("Quotes are opened after the deadline, never before it. This try was recorded.")
    wanted = status_to_open(envelope, has_quality=has_quality)
    if status is wanted:
        return
    if wanted is TenderStatus.MODERATED and status in BEFORE_THE_LOCK:
        raise TooEarly(
            "Prices are opened once the quality scores are locked, never before. This try was recorded."
        )
    when = (
        "once the quality scores are locked"
        if wanted is TenderStatus.MODERATED
        else "once the tender has closed"
    )
    raise RuleBroken(
        f"This envelope can be opened {when}. The tender is {moves.words(status)} now: "
        "it may have been opened already."
    )


BEFORE_THE_LOCK = frozenset({TenderStatus.CLOSED, TenderStatus.OPENED, TenderStatus.EVALUATING})


@dataclass(frozen=True, slots=True)
class Opener:
    """A person named to open, and the school they do it for."""

    person_id: uuid.UUID
    school_id: uuid.UUID


def start_is_live(started_at: datetime, moment: datetime) -> bool:
    """Can an opening that was started then still be completed?"""
    return moment < started_at + OPENING_LASTS


def check_second(first: Opener, second: Opener) -> None:
    """Raise RuleBroken unless the two are different people from different schools."""
    if first.person_id == second.person_id:
        raise RuleBroken("You started this opening. A second opener, from another school, completes it.")
    if first.school_id == second.school_id:
        raise RuleBroken(
            "The opener who started is from your school too. An opener from another school completes it."
        )
