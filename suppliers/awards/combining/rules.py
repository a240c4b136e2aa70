"""What was worked out about the lots of a tender, how it is kept, and what may be recommended on it."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from marketplace.core.errors import RuleBroken

QUICK_SECONDS, PATIENT_SECONDS = 10, 60
AT_ONCE = 1_500
"""Up to how many lots × quotes × schools the combinations are worked out while the page is asked for."""
GIVEN_UP = timedelta(minutes=10)

Chosen = Mapping[uuid.UUID, uuid.UUID]
"""The quote that is chosen for each lot, by their ids; a lot that is not awarded is not in it."""


class State(StrEnum):
    """What is known of a combination."""

    PROVEN = "proven"
    OUT_OF_TIME = "out_of_time"
    IMPOSSIBLE = "impossible"


class Kind(StrEnum):
    """What was looked for."""

    BEST = "best"
    FIRSTS = "firsts"
    ONE = "one"
    AT_MOST = "at_most"
    WITHOUT = "without"
    SO_MANY = "so_many"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to award the lots. Amounts in pence, before VAT, over the whole term.

    `number` is of suppliers for Kind.AT_MOST, `school` the one that left for Kind.WITHOUT. For Kind.SO_MANY
    `number` schools buy, `school` as the last that joins. `gap` is by how
    much another could cost less at most, where that is not proven to be nothing; None where it is not known.
    """

    kind: Kind
    state: State
    winners: Chosen = field(default_factory=dict)
    by_school: Mapping[uuid.UUID, int] = field(default_factory=dict)
    gap: int | None = None
    number: int = 0
    school: uuid.UUID | None = None

    @property
    def is_there(self) -> bool:
        """Was a combination found?"""
        return bool(self.winners)

    @property
    def cost(self) -> int:
        """What all schools in it pay."""
        return sum(self.by_school.values())


@dataclass(frozen=True, slots=True)
class Worked:
    """Everything that was worked out at once. `alone` is what each school would pay if it bought alone."""

    scenarios: tuple[Scenario, ...]
    alone: Mapping[uuid.UUID, int] = field(default_factory=dict)

    def of(self, kind: Kind) -> list[Scenario]:
        """The scenarios of a kind, in order."""
        return [one for one in self.scenarios if one.kind is kind]

    @property
    def best(self) -> Scenario:
        """The best combination, as far as it was found."""
        return self.of(Kind.BEST)[0]

    def written(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "alone": {str(school): pence for school, pence in self.alone.items()},
            "scenarios": [
                {
                    "kind": one.kind.value,
                    "state": one.state.value,
                    "winners": {str(lot): str(quote) for lot, quote in one.winners.items()},
                    "by_school": {str(school): pence for school, pence in one.by_school.items()},
                    "gap": one.gap,
                    "number": one.number,
                    "school": str(one.school) if one.school else None,
                }
                for one in self.scenarios
            ],
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Worked:
        """From what `written` gave."""
        return cls(
            tuple(
                Scenario(
                    Kind(one["kind"]),
                    State(one["state"]),
                    {uuid.UUID(lot): uuid.UUID(quote) for lot, quote in one["winners"].items()},
                    {uuid.UUID(school): pence for school, pence in one["by_school"].items()},
                    one["gap"],
                    one["number"],
                    uuid.UUID(one["school"]) if one["school"] else None,
                )
                for one in kept["scenarios"]
            ),
            {uuid.UUID(school): pence for school, pence in kept["alone"].items()},
        )


def in_words(scenario: Scenario, gap: str) -> str:
    """What a state means, and what to do. `gap` is the gap in pounds, blank where it is not known."""
    if scenario.state is State.IMPOSSIBLE:
        return (
            "No combination gives every lot a winner within the limits of this tender. Recommend the lots "
            "that can be awarded, and say why the others are not."
        )
    if scenario.state is State.PROVEN:
        return "Proven: no combination that the rules allow is better."
    if not scenario.is_there:
        return "The time ran out before any combination was found. Work it out again with more time."
    better = f"at most {gap} better" if gap else "better by an amount that is not known"
    return (
        f"The time ran out before this was proven the best: another could be {better}. Work it out again "
        "with more time, or recommend this one and say so."
    )


@dataclass(frozen=True, slots=True)
class LotRecommendation:
    """A quote for each lot that is awarded, why, and if it is not the best combination, why all the same."""

    chosen: Chosen
    reasons: str
    departure: str = ""


def check_chosen(chosen: Chosen, most_awarded: int | None) -> None:
    """Something is awarded, and no supplier more than it may be. Raises RuleBroken."""
    if not chosen:
        raise RuleBroken("Choose a quote for at least one lot.")
    won = Counter(chosen.values())
    if most_awarded is not None and max(won.values()) > most_awarded:
        lots = "1 lot" if most_awarded == 1 else f"{most_awarded} lots"
        raise RuleBroken(f"A supplier may be awarded at most {lots} of this tender. Choose others.")


def check_worked(worked: Worked | None) -> Worked:
    """What was worked out on the quotes as they are now. Raises RuleBroken where nothing was."""
    if worked is None:
        raise RuleBroken(
            "Work out the combinations first: they say which is best, and what each school would pay alone."
        )
    return worked


def check_departure(worked: Worked, chosen: Chosen, draws: Iterable[uuid.UUID], departure: str) -> None:
    """Anything but the proven best combination, and a drawn lot, needs a word why. Raises RuleBroken."""
    best = worked.best
    drawn = any(lot_id in chosen for lot_id in draws)
    if (best.state is State.PROVEN and dict(best.winners) == dict(chosen) and not drawn) or departure.strip():
        return
    if drawn:
        message = (
            "Quotes for a lot are equal in everything that counts. Draw lots before a witness, and say who "
            "drew and who watched."
        )
    else:
        message = "This is not the proven best combination. Say why it is recommended all the same."
    raise RuleBroken(message, "departure")


def is_given_up(started_at: datetime | None, moment: datetime) -> bool:
    """May somebody begin it, because nobody has or whoever did has not come back?"""
    return started_at is None or moment >= started_at + GIVEN_UP
