"""What is confirmed with a quote."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from marketplace.core.errors import RuleBroken
from suppliers.profiles.declarations.rules import check_lines, check_text


class Declaration(StrEnum):
    """What a supplier confirms with every quote."""

    STILL_TRUE = "still_true"
    INDEPENDENT = "independent"
    BINDING = "binding"


DECLARATIONS: dict[Declaration, str] = {
    Declaration.STILL_TRUE: (
        "Our declarations are true today and for this tender, and there is no conflict of interest beyond "
        "what we say here."
    ),
    Declaration.INDEPENDENT: "We agreed nothing in this quote with another supplier.",
    Declaration.BINDING: (
        "I may speak for the supplier, and these prices hold for 90 days from the deadline."
    ),
}
NOT_DECLARED: dict[Declaration, str] = {
    Declaration.STILL_TRUE: "Confirm that your declarations are true for this tender, or change them first",
    Declaration.INDEPENDENT: "Declare that you agreed nothing with another supplier, or do not submit",
    Declaration.BINDING: "Declare that you may speak for the supplier and that the prices hold",
}
MAKE_FIRST = (
    "Make your declarations first: who is connected with you, and whether a ground for exclusion applies. "
    "You do it once, on the page “Your declarations”, and confirm it with each quote."
)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What is confirmed: what was ticked, and what is particular to this tender.

    `conflict` is blank when there is none beyond the standing declaration; sub-contractors are one a line.
    """

    ticked: tuple[str, ...] = tuple(Declaration)
    conflict: str = ""
    sub_contractors: tuple[str, ...] = ()


def check_confirmed(confirmed: Confirmed) -> Confirmed:
    """What was confirmed as we keep it. Raises RuleBroken unless everything was ticked."""
    for declaration, message in NOT_DECLARED.items():
        if declaration not in confirmed.ticked:
            raise RuleBroken(message, declaration.value)
    check_text(confirmed.conflict, "conflict")
    return Confirmed(
        confirmed.ticked,
        confirmed.conflict.strip(),
        check_lines(confirmed.sub_contractors, "sub_contractors"),
    )
