"""When a tender's conflicts of interest are assessed well enough to publish. Plain Python.

The Procurement Act 2023 asks to identify conflicts (s.81), to mitigate them (s.82), and to prepare an
assessment before the tender notice, kept under review (s.83).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.needs.thresholds import Regime

SECTIONS = "Procurement Act 2023, sections 81 to 83"


class Part(StrEnum):
    """What a person has to do with a tender."""

    DRAFTS = "Prepares the tender"
    LEADS = "Heads the lead school"
    OPENS = "Opens quotes"
    SCORES = "Scores quotes"
    APPROVES = "May approve and publish"


MUST_DECLARE = frozenset({Part.DRAFTS, Part.LEADS, Part.OPENS, Part.SCORES})


@dataclass(frozen=True, slots=True)
class Concerned:
    """A person behind a tender, with what they have to do with it, and what they declared if they did.

    `has_interest` is None until they have declared.
    """

    person_id: uuid.UUID
    name: str
    parts: tuple[Part, ...]
    has_interest: bool | None = None
    interest: str = ""
    mitigation: str = ""
    declared_at: datetime | None = None

    @property
    def must_declare(self) -> bool:
        """Does the assessment wait for this person? Who might approve declares when they do."""
        return bool(MUST_DECLARE & set(self.parts))


def check_declaration(*, has_interest: bool, interest: str, mitigation: str) -> None:
    """An interest is described, with what is done about it. Raises RuleBroken (`interest`, `mitigation`)."""
    if has_interest and not interest.strip():
        raise RuleBroken("Describe the interest: who, with which supplier, and of what kind.", "interest")
    if has_interest and not mitigation.strip():
        raise RuleBroken("Say what you propose to do about it, such as staying out of scoring.", "mitigation")


def check_concerned(person_id: uuid.UUID | None, concerned: Collection[Concerned]) -> None:
    """Raise Forbidden for somebody who has nothing to do with the tender."""
    if person_id not in {one.person_id for one in concerned}:
        raise Forbidden("You are not named in this tender, so there is nothing for you to declare.")


def undeclared(concerned: Collection[Concerned]) -> list[str]:
    """Who must still declare, by name."""
    return sorted(one.name for one in concerned if one.must_declare and one.has_interest is None)


def check_assessable(concerned: Collection[Concerned]) -> None:
    """Raise RuleBroken while somebody whose declaration the assessment needs has not declared."""
    if missing := undeclared(concerned):
        raise RuleBroken(f"Still to declare: {', '.join(missing)}. Ask them; then record the assessment.")


def open_points(concerned: Collection[Concerned], assessed_at: datetime | None) -> list[str]:
    """What is missing from the assessment, in sentences; none when it is whole.

    An interest declared after the assessment asks for a new one.
    """
    points = []
    if missing := undeclared(concerned):
        points.append(f"These people have not declared whether they have an interest: {', '.join(missing)}.")
    if assessed_at is None:
        points.append("The conflicts assessment is not recorded.")
        return points
    if since := sorted(
        one.name
        for one in concerned
        if one.has_interest and one.declared_at is not None and one.declared_at > assessed_at
    ):
        points.append(f"Declared an interest since the assessment was recorded: {', '.join(since)}.")
    return points


def review_points(
    regime: Regime,
    concerned: Collection[Concerned],
    assessed_at: datetime | None,
    opened_at: datetime | None,
) -> list[str]:
    """What the review of the assessment before an award lacks, in sentences; nothing below the threshold.

    Whose quotes there are is known only from their opening on, so an assessment that is older has not been
    reviewed.
    """
    if regime is Regime.BELOW:
        return []
    points = open_points(concerned, assessed_at)
    if not points and assessed_at is not None and opened_at is not None and assessed_at < opened_at:
        points.append(
            "The conflicts assessment is older than the opening of the quotes, from which on it is known who "
            "quoted."
        )
    return points


def check_reviewed(points: Sequence[str]) -> None:
    """Raise RuleBroken while the conflicts assessment was not reviewed; see `review_points`."""
    if points:
        raise RuleBroken(
            f"{' '.join(points)} Review it and record the assessment anew; then recommend an award "
            f"({SECTIONS})."
        )


def check_publishable(
    regime: Regime,
    concerned: Sequence[Concerned],
    assessed_at: datetime | None,
    publisher_id: uuid.UUID | None,
) -> None:
    """Raise RuleBroken when the law asks for an assessment and it is not whole; below it is advice."""
    if regime is Regime.BELOW:
        return
    if points := open_points(concerned, assessed_at):
        raise RuleBroken(f"{' '.join(points)} Above the threshold nothing is published before ({SECTIONS}).")
    declared: Mapping[uuid.UUID, bool | None] = {one.person_id: one.has_interest for one in concerned}
    if publisher_id is not None and declared.get(publisher_id) is None:
        raise RuleBroken(f"Declare whether you have an interest before you approve this tender ({SECTIONS}).")
