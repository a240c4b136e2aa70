"""How a panel scores: who declares what, when scores may be given, agreed and locked. Plain Python."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from marketplace.core.errors import RuleBroken, Stale
from marketplace.tenders.rules import TenderStatus

WIDEST_SPREAD = 2
WHILE_COMPARING = frozenset(
    {
        TenderStatus.OPENED,
        TenderStatus.EVALUATING,
        TenderStatus.MODERATED,
        TenderStatus.PRICES_OPENED,
    }
)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an evaluator declares about one supplier."""

    conflicted: bool
    detail: str = ""


def check_score(score: int, highest: int, field: str | None = None) -> None:
    """Raise RuleBroken unless the score is on the question's scale."""
    if not 0 <= score <= highest:
        raise RuleBroken(f"A score must be from 0 to {highest}.", field)


def check_reason(reason: str, field: str | None = None) -> None:
    """Raise RuleBroken when there is no reason: suppliers are told why, and so are auditors."""
    if not reason.strip():
        raise RuleBroken("Enter the reason.", field)


def check_something(given: Sequence[object]) -> None:
    """Raise RuleBroken when nothing was scored at all."""
    if not given:
        raise RuleBroken("Give at least one score, with its reason.")


def check_everyone_scored(given: Sequence[object]) -> None:
    """Raise RuleBroken while somebody still scores: until then nobody sees what anybody gave."""
    if not given:
        raise RuleBroken("Not everybody has scored everything yet. Agree the scores when they have.")


def check_moderation_note(scores: Sequence[int], note: str) -> None:
    """Raise RuleBroken when evaluators were far apart and nobody wrote down how they came to agree."""
    if needs_moderation_note(scores) and not note.strip():
        raise RuleBroken(
            f"The scores are more than {WIDEST_SPREAD} apart. Write down how the panel came to agree.",
            "moderation_note",
        )


def check_status(status: TenderStatus) -> None:
    """Quality is being scored now: a locked score never changes.

    Raises RuleBroken before scoring starts, Stale once the scores were locked.
    """
    if status is TenderStatus.OPENED:
        raise RuleBroken("Scoring starts once an evaluator has declared conflicts of interest.")
    if status is not TenderStatus.EVALUATING:
        raise Stale("The quality scores are locked. They cannot change any more.", is_final=True)


def check_declaring(status: TenderStatus) -> None:
    """Raise RuleBroken once quality scores are locked: a conflict found later is told to the coordinator."""
    if status not in {TenderStatus.OPENED, TenderStatus.EVALUATING}:
        raise RuleBroken(
            "The quality scores are locked. Tell the coordinator about a conflict that you find now."
        )


def check_declarations(declared: Mapping[uuid.UUID, Declaration], quoted: Collection[uuid.UUID]) -> None:
    """Each supplier that quoted, and no other, is declared about; a conflict says what it is.

    Raises RuleBroken; its field names the supplier's part of the form.
    """
    if set(declared) != set(quoted):
        raise RuleBroken("Declare for every supplier that quoted.")
    for supplier_id, one in declared.items():
        if one.conflicted and not one.detail.strip():
            raise RuleBroken("Say what the conflict is.", f"detail_{supplier_id.hex}")


def check_all_agreed(missing: int) -> None:
    """Raise RuleBroken while agreed scores are missing."""
    if missing:
        scores = "score is" if missing == 1 else "scores are"
        raise RuleBroken(f"{missing} agreed {scores} missing. Record them before you lock the scores.")


def check_excluding(status: TenderStatus) -> None:
    """Raise RuleBroken unless quotes can still be excluded: opened, and no award recommended."""
    if status not in WHILE_COMPARING:
        raise RuleBroken("Quotes can be excluded only before an award is recommended.")


def needs_moderation_note(scores: Sequence[int]) -> bool:
    """Are the evaluators so far apart (by more than 2) that it must be written down how they agreed?"""
    return bool(scores) and max(scores) - min(scores) > WIDEST_SPREAD
