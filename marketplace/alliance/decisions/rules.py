"""When a board has decided, and when a governing body's confirmation counts.

The board has one seat for each full member. A recorded vote is carried when more than half of all
seats have answered without a conflict of interest, and more of them are for it than against it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import Forbidden, RuleBroken

LONGEST_QUESTION = 200
LONGEST_MINUTE = 4_000
LONGEST_REASON = 1_000
LONGEST_REFERENCE = 80
VOTE_LASTS = timedelta(days=14)


class Subject(StrEnum):
    """What a decision or a confirmation is about."""

    ADMISSION = "admission"
    CONVERSION = "conversion"
    PARTNERSHIP = "partnership"
    CONTRIBUTION = "contribution"
    COMMITMENT = "commitment"
    AWARD = "award"
    NEED = "need"
    CLAIM = "claim"
    BUDGET = "budget"

    @property
    def label(self) -> str:
        """The subject as people read it."""
        return SUBJECT_LABELS[self]


class DecisionStatus(StrEnum):
    """How a decision stands."""

    OPEN = "open"
    CARRIED = "carried"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def label(self) -> str:
        """The status as people read it."""
        return STATUS_TAGS[self][0]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return STATUS_TAGS[self][1]


class Choice(StrEnum):
    """What a seat answers. A seat with a conflict of interest does not vote and makes no quorum."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    CONFLICT = "conflict"

    @property
    def label(self) -> str:
        """The choice as people read it."""
        return CHOICE_LABELS[self]


SUBJECT_LABELS: Mapping[Subject, str] = {
    Subject.ADMISSION: "Admission of a school",
    Subject.CONVERSION: "Conversion of an associate",
    Subject.PARTNERSHIP: "Trust partnership",
    Subject.CONTRIBUTION: "Contribution to the Partnership Fund",
    Subject.COMMITMENT: "Commitment to a joint tender",
    Subject.AWARD: "Award of a joint tender",
    Subject.NEED: "Need of the school",
    Subject.CLAIM: "Claim from the Partnership Fund",
    Subject.BUDGET: "Budget of the Partnership Fund",
}
STATUS_TAGS: Mapping[DecisionStatus, tuple[str, str]] = {
    DecisionStatus.OPEN: ("Open for votes", "yellow"),
    DecisionStatus.CARRIED: ("Carried", "green"),
    DecisionStatus.REJECTED: ("Rejected", "red"),
    DecisionStatus.WITHDRAWN: ("Withdrawn", "grey"),
    DecisionStatus.LAPSED: ("Lapsed", "grey"),
}
CHOICE_LABELS: Mapping[Choice, str] = {
    Choice.FOR: "For",
    Choice.AGAINST: "Against",
    Choice.ABSTAIN: "Abstained",
    Choice.CONFLICT: "Conflict of interest: did not vote",
}
MOVES: Mapping[DecisionStatus, frozenset[DecisionStatus]] = {
    DecisionStatus.OPEN: frozenset(
        {DecisionStatus.CARRIED, DecisionStatus.REJECTED, DecisionStatus.WITHDRAWN, DecisionStatus.LAPSED}
    ),
    DecisionStatus.CARRIED: frozenset(),
    DecisionStatus.REJECTED: frozenset(),
    DecisionStatus.WITHDRAWN: frozenset(),
    DecisionStatus.LAPSED: frozenset(),
}


def move(present: DecisionStatus, wanted: DecisionStatus) -> DecisionStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


@dataclass(frozen=True, slots=True)
class Tally:
    """How the seats have answered. Votes of schools that have no seat any more are not in it."""

    seats: int
    for_: int
    against: int
    abstained: int
    conflicts: int

    @property
    def quorum(self) -> int:
        """How many seats must answer without a conflict: more than half of all seats."""
        return self.seats // 2 + 1

    @property
    def present(self) -> int:
        """How many seats make the quorum: those that voted or abstained."""
        return self.for_ + self.against + self.abstained

    @property
    def is_quorate(self) -> bool:
        """Have enough seats answered?"""
        return self.present >= self.quorum

    @property
    def missing(self) -> int:
        """How many seats have not answered."""
        return self.seats - self.present - self.conflicts

    @property
    def can_be_quorate(self) -> bool:
        """Could enough seats still answer? Not when too many have declared a conflict."""
        return self.present + self.missing >= self.quorum

    @property
    def is_settled(self) -> bool:
        """Are the seats that have not answered unable to change the outcome?"""
        margin = self.for_ - self.against
        return not self.missing or margin > self.missing or -margin >= self.missing

    @property
    def outcome(self) -> DecisionStatus:
        """What the vote says as it stands: carried with more for than against, else rejected."""
        return DecisionStatus.CARRIED if self.for_ > self.against else DecisionStatus.REJECTED


def count(votes: Mapping[uuid.UUID, Choice], seats: Collection[uuid.UUID]) -> Tally:
    """The tally of votes by school over the schools that have a seat now."""
    counted = [choice for school_id, choice in votes.items() if school_id in set(seats)]
    return Tally(
        seats=len(set(seats)),
        for_=counted.count(Choice.FOR),
        against=counted.count(Choice.AGAINST),
        abstained=counted.count(Choice.ABSTAIN),
        conflicts=counted.count(Choice.CONFLICT),
    )


def check_question(question: str) -> str:
    """The question on one line. Raises RuleBroken when it is blank or too long."""
    asked = " ".join(question.split())
    if not asked:
        raise RuleBroken("Enter the question that the board decides.", "question")
    if len(asked) > LONGEST_QUESTION:
        raise RuleBroken(f"The question must have {LONGEST_QUESTION} characters or fewer.", "question")
    return asked


def check_open(status: DecisionStatus) -> None:
    """Raise RuleBroken unless votes still count."""
    if status is not DecisionStatus.OPEN:
        raise RuleBroken(
            f"This decision is {status.label.lower()} already, so no vote can be added. "
            "Ask the coordinator to put the question to the board again."
        )


def check_seat(school_id: uuid.UUID, seats: Collection[uuid.UUID]) -> None:
    """Raise Forbidden when a school has no seat on the board: only full members have one."""
    if school_id not in seats:
        raise Forbidden("Only full members of the alliance have a seat on its Strategic Board and vote.")


def check_vote(choice: Choice, explanation: str, before: Choice | None, school: str, voter: str) -> None:
    """Raise RuleBroken for a second vote of one seat, or a conflict of interest that is not explained.

    A conflict that is noticed after the vote may still be declared: the vote then counts no more.
    """
    if before is not None and not (choice is Choice.CONFLICT and before is not Choice.CONFLICT):
        raise RuleBroken(
            f"The seat of {school} has answered already: “{before.label}”, by {voter}. A seat votes once. "
            "If that was a mistake, ask the coordinator to withdraw the decision and put it again.",
            "choice",
        )
    if choice is Choice.CONFLICT and not explanation.strip():
        raise RuleBroken("Say what the conflict of interest is.", "explanation")
    if len(explanation) > LONGEST_REASON:
        raise RuleBroken(f"This must have {LONGEST_REASON:,} characters or fewer.", "explanation")


def check_impartial(choice: Choice, own: Collection[str]) -> None:
    """Raise RuleBroken for a vote of somebody who belongs to a school that the decision is about.

    `own` are the names of those schools. All that such a person can answer is the conflict of interest.
    """
    if own and choice is not Choice.CONFLICT:
        raise RuleBroken(
            f"This decision is about {' and '.join(own)}, where you hold a role yourself. Declare the "
            "conflict of interest, or have the headteacher name somebody else to hold the seat.",
            "choice",
        )


def check_can_close(tally: Tally, vote_by: date, today: date) -> None:
    """Raise RuleBroken unless the vote can be closed by its outcome.

    It needs a quorum, and either the last day for votes has passed or no missing seat can change the
    outcome.
    """
    if not tally.can_be_quorate:
        raise RuleBroken(
            f"There can be no quorum: {tally.conflicts} of {tally.seats} seats declared a conflict of "
            f"interest, and {tally.quorum} must vote. Withdraw the decision and say why."
        )
    if not tally.is_quorate:
        raise RuleBroken(
            f"There is no quorum: {tally.present} of {tally.seats} seats have voted and {tally.quorum} must. "
            "Ask the others to vote, or withdraw the decision."
        )
    if not tally.is_settled and today <= vote_by:
        raise RuleBroken(
            f"The seats that have not voted could still change the outcome. Wait for them until "
            f"{_in_words(vote_by)}; from the day after, you can close the vote without them."
        )


def can_close(tally: Tally, vote_by: date, today: date) -> bool:
    """Can the vote be closed by its outcome? See `check_can_close`."""
    try:
        check_can_close(tally, vote_by, today)
    except RuleBroken:
        return False
    return True


def check_text(text: str, field: str, ask: str, longest: int) -> str:
    """A text that is given and not too long; `ask` is the sentence that asks for it. Raises RuleBroken."""
    given = text.strip()
    if not given:
        raise RuleBroken(ask, field)
    if len(given) > longest:
        raise RuleBroken(f"This must have {longest:,} characters or fewer.", field)
    return given


def check_confirmation(minute_reference: str, minuted_on: date, expires_on: date | None, today: date) -> str:
    """The minute's reference, tidied. Raises RuleBroken for a confirmation that could not count today."""
    reference = " ".join(minute_reference.split())
    if not reference:
        raise RuleBroken("Enter the reference of the minute.", "minute_reference")
    if len(reference) > LONGEST_REFERENCE:
        raise RuleBroken(
            f"The reference must have {LONGEST_REFERENCE} characters or fewer.", "minute_reference"
        )
    if minuted_on > today:
        raise RuleBroken("The date of the meeting must be today or in the past.", "minuted_on")
    if expires_on is not None and expires_on < minuted_on:
        raise RuleBroken("The confirmation must not end before the meeting that gave it.", "expires_on")
    if expires_on is not None and expires_on < today:
        raise RuleBroken(
            f"A confirmation that ended on {_in_words(expires_on)} counts for nothing. Ask the governing "
            "body to confirm again, and enter the new minute.",
            "expires_on",
        )
    return reference


def is_live(*, expires_on: date | None, is_withdrawn: bool, today: date) -> bool:
    """Does a confirmation count on a day? The day on which it ends is the last on which it does."""
    return not is_withdrawn and (expires_on is None or today <= expires_on)


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
