"""The conditions under which a school is in, and who is left when everybody's are taken together."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from marketplace.alliance.delegation.rules import ROLES, Approver, Band
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import BASIS_POINTS, Money
from marketplace.core.policy import Role
from marketplace.tenders.rules import CommitmentStatus, TenderStatus

FEWEST_TO_NAME = 2
OPEN_TO_ANSWERS = frozenset({TenderStatus.JOINING})
OPEN_TO_LEAVING = frozenset({TenderStatus.JOINING, TenderStatus.CONFIRMED})
UNSEALED = frozenset(
    {
        TenderStatus.PRICES_OPENED,
        TenderStatus.RECOMMENDED,
        TenderStatus.CONFIRMED_BY_SCHOOLS,
        TenderStatus.STANDSTILL,
        TenderStatus.AWARDED,
    }
)
"""The states in which others than the school itself may read its conditions: once prices are open."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a school is in; None for no such condition.

    The price is at most so much a year before VAT, the saving at least so many basis points of what the
    school pays today, at least so many schools buy (this one counted).
    """

    price_at_most: Money | None = None
    saving_at_least: int | None = None
    schools_at_least: int | None = None

    def in_words(self) -> list[str]:
        """Each condition as people read it."""
        return [words for _, words in self._worded()]

    def _worded(self) -> Iterator[tuple[str, str]]:
        if self.price_at_most is not None:
            yield "price", f"it pays at most {self.price_at_most} a year before VAT"
        if self.saving_at_least is not None:
            yield "saving", f"it saves at least {percent(self.saving_at_least)} of what it pays today"
        if self.schools_at_least is not None:
            yield "schools", f"at least {self.schools_at_least} schools buy"


def percent(basis_points: int) -> str:
    """Basis points as people read them: 1,250 gives 12.5%."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


def check_conditions(conditions: Conditions, *, invited: int, baseline: Money) -> None:
    """Refuse a condition that nobody can meet. Raises RuleBroken naming the field.

    `invited` counts the schools that have not declined, this one included; `baseline` is what the
    school pays today (zero for unknown).
    """
    price, saving, schools = (
        conditions.price_at_most,
        conditions.saving_at_least,
        conditions.schools_at_least,
    )
    if price is not None and price.pence <= 0:
        raise RuleBroken(
            "No supplier can meet a price of £0 or less. Enter the most that your school would pay a year, "
            "or leave it blank.",
            "price_at_most",
        )
    if saving is not None and saving >= BASIS_POINTS:
        raise RuleBroken(
            "No supplier can save your school 100% or more of what it pays. Enter less, or leave it blank.",
            "saving_at_least",
        )
    if saving is not None and not baseline:
        raise RuleBroken(
            "What your school pays today is not known, so no saving can be measured. Ask the coordinator to "
            "enter it, or set a highest price instead.",
            "saving_at_least",
        )
    if schools is not None and schools < FEWEST_TO_NAME:
        raise RuleBroken(
            "Your school alone is one already. Enter 2 or more, or leave it blank.", "schools_at_least"
        )
    if schools is not None and schools > invited:
        raise RuleBroken(
            f"Only {invited} {'school is' if invited == 1 else 'schools are'} invited, yours included, so "
            f"there cannot be {schools}. Enter {invited} or fewer, or leave it blank.",
            "schools_at_least",
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """Who buys. `dropped` gives for each other school how many it wanted, and how many there were."""

    staying: frozenset[uuid.UUID]
    dropped: Mapping[uuid.UUID, tuple[int, int]]


def settle(wanted: Mapping[uuid.UUID, int | None]) -> Settled:
    """The most schools that can buy together so that each has the company that it asks for.

    `wanted` gives for each committed school the fewest schools that it wants. Dropping one may drop
    another, so this goes on until nobody is dropped; the answer does not depend on any order.
    """
    staying = set(wanted)
    dropped: dict[uuid.UUID, tuple[int, int]] = {}
    while True:
        present = len(staying)
        leaving = {one: least for one in staying if (least := wanted[one] or 0) > present}
        if not leaving:
            return Settled(frozenset(staying), dropped)
        dropped |= {one: (least, present) for one, least in leaving.items()}
        staying -= set(leaving)


def too_few(wanted: int, present: int) -> str:
    """Why a school drops out whose condition of company is not met."""
    return f"It wants at least {wanted} schools to buy; {present} would."


@dataclass(frozen=True, slots=True)
class Verdict:
    """One condition of a school held against what it would pay."""

    words: str
    holds: bool


def verdicts(conditions: Conditions, *, total: Money, baseline: Money, months: Fraction) -> list[Verdict]:
    """Does each condition about money hold for a total? Exact: nothing is rounded before it is compared.

    `total` is for the whole term of so many months, `baseline` a year's; both before VAT.
    """
    found = []
    years = months / 12
    for kind, words in conditions._worded():  # noqa: SLF001  # its own module
        if kind == "price":
            assert conditions.price_at_most is not None
            found.append(Verdict(words, total.pence <= conditions.price_at_most.pence * years))
        elif kind == "saving":
            assert conditions.saving_at_least is not None
            today = baseline.pence * years
            saved = (today - total.pence) * BASIS_POINTS
            found.append(Verdict(words, saved >= conditions.saving_at_least * today))
    return found


def needs_governing_body(band: Band | None) -> bool:
    """Must the governing body confirm a commitment in this band of the school's ladder?"""
    return band is not None and band.approver is Approver.GOVERNING_BODY


def check_committer(band: Band | None, roles: frozenset[Role]) -> None:
    """A school's ladder may say that its bursar cannot commit so much. Raises Forbidden."""
    if band is not None and not set(ROLES[band.approver]) & roles:
        raise Forbidden(
            "Your school’s delegation ladder lets only a headteacher commit a value like this. "
            "Ask the headteacher to."
        )


def check_open_to_answers(status: TenderStatus) -> None:
    """Raise RuleBroken unless schools are being asked."""
    if status not in OPEN_TO_ANSWERS:
        raise RuleBroken("Schools cannot answer now: the tender is not waiting for them.")


def check_in(status: CommitmentStatus) -> None:
    """A school that is out says nothing about what is bought. Raises RuleBroken."""
    if status is CommitmentStatus.DECLINED:
        raise RuleBroken("Your school is not part of this tender. Ask the coordinator to invite it again.")


def check_open_to_leaving(status: TenderStatus) -> None:
    """A school may leave until publication: after it, suppliers price its volumes. Raises RuleBroken."""
    if status not in OPEN_TO_LEAVING:
        raise RuleBroken(
            "A school can leave only while schools decide or the tender waits for approval. Once it is "
            "published, suppliers rely on each school’s volumes; ask the coordinator what can still be done."
        )


def check_open_to_inviting(status: TenderStatus, standing: CommitmentStatus | None) -> None:
    """One more school can be invited until publication, if it is not in already. Raises RuleBroken."""
    if status not in OPEN_TO_LEAVING:
        raise RuleBroken("Another school can be invited only while schools decide, or before publication.")
    if standing in {CommitmentStatus.INVITED, CommitmentStatus.COMMITTED}:
        raise RuleBroken("This school is in the tender already. Choose another.", "who")


def check_somebody_stays(*, committed: bool, staying: Collection[uuid.UUID]) -> None:
    """Schools committed, yet their conditions and confirmations may leave nobody. Raises RuleBroken."""
    if committed and not staying:
        raise RuleBroken(
            "No school would be left: each lacks a confirmation or the company that it asks for. Wait for "
            "them, invite one more school, or take the tender back to draft."
        )


def check_some_volume(*, has_volume: bool) -> None:
    """A school that commits buys something. Raises RuleBroken (field `volumes`)."""
    if not has_volume:
        raise RuleBroken("Enter how many units your school buys of at least one line.", "volumes")
