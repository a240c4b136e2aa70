"""Who may give to the Partnership Fund from outside, and who may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from invoicing.fund.rules import Purpose
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money


class Giver(StrEnum):
    """What kind of giver a grant comes from. Some may not give; they are asked for so that it is said why."""

    GOVERNMENT = "government"
    LOCAL_AUTHORITY = "local_authority"
    CHARITY = "charity"
    COMPANY = "company"
    PARENTS = "parents"
    SCHOOL = "school"

    @property
    def label(self) -> str:
        """The kind as people read it."""
        return GIVER_LABELS[self]


GIVER_LABELS: Mapping[Giver, str] = {
    Giver.GOVERNMENT: "Government or one of its agencies",
    Giver.LOCAL_AUTHORITY: "Local authority",
    Giver.CHARITY: "Charity or foundation",
    Giver.COMPANY: "Company",
    Giver.PARENTS: "Parents’ association of a school",
    Giver.SCHOOL: "School",
}
MAY_NOT_GIVE: Mapping[Giver, str] = {
    Giver.PARENTS: (
        "Money raised by a school’s parents’ association stays that school’s. It cannot be given to the "
        "fund: leave it with the school."
    ),
    Giver.SCHOOL: (
        "A school pays in by a contribution that its governing body confirms, never by a grant. Ask it for a "
        "contribution instead."
    ),
}


@dataclass(frozen=True, slots=True)
class Gift:
    """A grant as it came in: from whom, for what, how much in pence, and when it reached the bank."""

    title: str
    kind: Giver
    giver: str
    purpose: Purpose
    amount: Money
    received_on: date


def check_giver(kind: Giver) -> None:
    """Raise RuleBroken for a giver that may not give (principles 2 and 6)."""
    if kind in MAY_NOT_GIVE:
        raise RuleBroken(MAY_NOT_GIVE[kind], "kind")


def check_received_on(day: date, opened_on: date, today: date) -> None:
    """Raise RuleBroken unless the money came between the day the fund was opened and today."""
    if day > today:
        raise RuleBroken("The date must be today or in the past.", "received_on")
    if day < opened_on:
        raise RuleBroken(
            f"The fund was opened on {opened_on.day} {opened_on:%B %Y}. Enter that day or a later one.",
            "received_on",
        )
