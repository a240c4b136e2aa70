"""Who holds a school's seat on the Strategic Board: its headteacher, or a senior leader whom they named."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.policy import Role

SEATED = (Role.HEADTEACHER, Role.SENIOR_LEADER)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of a school who could hold its seat: a headteacher or a senior leader."""

    person_id: uuid.UUID
    name: str
    email: str
    is_headteacher: bool


def holders(named: uuid.UUID | None, candidates: Collection[Candidate]) -> tuple[Candidate, ...]:
    """Who holds a seat: whoever was named last, as long as they lead in the school; else its headteachers.

    Several headteachers hold one seat together, and whoever votes first votes for all.
    """
    if chosen := tuple(one for one in candidates if one.person_id == named):
        return chosen
    return tuple(one for one in candidates if one.is_headteacher)


def check_holder(person_id: uuid.UUID | None, sitting: Collection[Candidate], school: str) -> None:
    """Raise Forbidden unless this person holds the seat of a school."""
    if person_id in {one.person_id for one in sitting}:
        return
    names = " and ".join(one.name for one in sitting) or "nobody"
    raise Forbidden(
        f"The seat of {school} on the Strategic Board is held by {names}, who votes for the school. "
        "The school’s headteacher can name somebody else."
    )


def check_named(
    person_id: uuid.UUID, candidates: Collection[Candidate], sitting: Collection[Candidate]
) -> None:
    """Raise RuleBroken unless this person may be named to hold a seat and does not hold it alone already."""
    chosen = next((one for one in candidates if one.person_id == person_id), None)
    if chosen is None:
        raise RuleBroken("Choose a headteacher or a senior leader of the school.", "person")
    if [one.person_id for one in sitting] == [person_id]:
        raise RuleBroken(f"{chosen.name} holds the seat already. Choose somebody else.", "person")


def seen(sitting: Collection[Candidate]) -> str:
    """Who holds a seat, as a form carries it while somebody reads the page."""
    return " ".join(sorted(one.person_id.hex for one in sitting))
