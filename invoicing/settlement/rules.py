"""What each school owes or gets when debts are netted, and the fewest payments that settle it. Plain Python.

A figure is what a school gets (positive) or pays (negative) once all its lines are added up; the figures of a
settlement sum to zero. Among n schools whose figures are not zero, n - k payments are enough and necessary,
where k is the largest number of groups into which they can be divided so that each group sums to zero: within
a group that cannot be divided further, its schools pay along a chain, one payment fewer than schools.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from invoicing.ledger.rules import AccountKind, AccountName
from invoicing.payments.rules import Sides
from marketplace.core import moves
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

PROVEN_UP_TO = 12
"""So many schools, after equal and opposite figures were paired off, are divided exactly."""
LAST_DAY_OF_PROPOSING = 7


class SettlementStatus(StrEnum):
    """How far a settlement is. Agreed, it stands in the books, and its payments are to be made."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


MOVES: Mapping[SettlementStatus, frozenset[SettlementStatus]] = {
    SettlementStatus.PROPOSED: frozenset({SettlementStatus.AGREED, SettlementStatus.WITHDRAWN}),
    SettlementStatus.AGREED: frozenset({SettlementStatus.SETTLED}),
    SettlementStatus.SETTLED: frozenset(),
    SettlementStatus.WITHDRAWN: frozenset(),
}
STATUS_LABELS: Mapping[SettlementStatus, str] = {
    SettlementStatus.PROPOSED: "Waits for schools",
    SettlementStatus.AGREED: "Accepted, being paid",
    SettlementStatus.SETTLED: "Settled",
    SettlementStatus.WITHDRAWN: "Withdrawn",
}
STATUS_COLOURS: Mapping[SettlementStatus, str] = {
    SettlementStatus.PROPOSED: "yellow",
    SettlementStatus.AGREED: "blue",
    SettlementStatus.SETTLED: "green",
    SettlementStatus.WITHDRAWN: "grey",
}


class Why(StrEnum):
    """Why less of an invoice is settled than was proposed."""

    PAID = "paid"
    DISPUTED = "disputed"
    STAYS_OUT = "stays_out"
    ON_ITS_WAY = "on_its_way"


WHY_LABELS: Mapping[Why, str] = {
    Why.PAID: "was paid or credited meanwhile",
    Why.DISPUTED: "is disputed",
    Why.STAYS_OUT: "is of a school that does not take part",
    Why.ON_ITS_WAY: "is being paid by Direct Debit",
}


@dataclass(frozen=True, slots=True)
class Debt:
    """What one school owes another by one invoice."""

    invoice_id: uuid.UUID
    issuer_id: uuid.UUID
    buyer_id: uuid.UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class NetPayment:
    """A bank payment that settles figures."""

    payer_id: uuid.UUID
    payee_id: uuid.UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class Plan:
    """The payments that settle some figures; `is_fewest` when it is proven that fewer cannot."""

    payments: tuple[NetPayment, ...]
    is_fewest: bool


def move(present: SettlementStatus, wanted: SettlementStatus) -> SettlementStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def figures(debts: Iterable[Debt]) -> dict[uuid.UUID, Money]:
    """What each school of these debts gets (positive) or pays (negative). They sum to zero."""
    sums: dict[uuid.UUID, Money] = {}
    for debt in debts:
        sums[debt.issuer_id] = sums.get(debt.issuer_id, ZERO) + debt.amount
        sums[debt.buyer_id] = sums.get(debt.buyer_id, ZERO) - debt.amount
    assert Money.total(sums.values()) == ZERO
    return sums


def pairs(debts: Iterable[Debt]) -> int:
    """How many payments these debts take without netting: one from each school to each that it owes."""
    return len({(debt.buyer_id, debt.issuer_id) for debt in debts})


def plan(owed: Mapping[uuid.UUID, Money]) -> Plan:
    """The fewest payments that settle these figures; the same for the same figures.

    Proven for up to 12 schools after equal and opposite figures were paired off, which loses nothing: a
    school and its opposite can always be taken out of their groups, whose rest sums to zero again. For more
    it is one group, so one payment fewer than schools at most. Raises ValueError unless they sum to zero.
    """
    if Money.total(owed.values()) != ZERO:
        raise ValueError("What schools pay and get must sum to zero.")
    opposite, rest = _paired_off({school: owed[school] for school in sorted(owed) if owed[school]})
    exact = len(rest) <= PROVEN_UP_TO
    groups = _divided(rest) if exact else [rest]
    chained = [payment for group in groups for payment in _chain({one: owed[one] for one in group})]
    return Plan((*opposite, *chained), exact)


def _paired_off(owed: Mapping[uuid.UUID, Money]) -> tuple[list[NetPayment], dict[uuid.UUID, Money]]:
    """Payments between schools of which one pays exactly what the other gets, and the schools left."""
    left = dict(owed)
    payments = []
    for school, amount in owed.items():
        if school not in left or amount > ZERO:
            continue
        payee = next((other for other, gets in left.items() if gets == -amount), None)
        if payee is not None:
            payments.append(NetPayment(school, payee, -amount))
            del left[school], left[payee]
    return payments, left


def _divided(owed: Mapping[uuid.UUID, Money]) -> list[list[uuid.UUID]]:
    """The schools in as many groups that each sum to zero as there can be.

    Schools are put in a row so that its beginnings sum to zero as often as possible: `best` says for every
    subset (as bits) how often, and `last` which school stands last in such a row.
    """
    schools = list(owed)
    pence = [owed[school].pence for school in schools]
    subsets = 1 << len(schools)
    sums, best, last = [0] * subsets, [0] * subsets, [0] * subsets
    for subset in range(1, subsets):
        lowest = (subset & -subset).bit_length() - 1
        sums[subset] = sums[subset & (subset - 1)] + pence[lowest]
        last[subset] = max(
            (place for place in range(len(schools)) if subset >> place & 1),
            key=lambda place: best[subset ^ (1 << place)],
        )
        best[subset] = best[subset ^ (1 << last[subset])] + (sums[subset] == 0)
    groups: list[list[uuid.UUID]] = []
    subset = subsets - 1
    while subset:
        if sums[subset] == 0:
            groups.append([])
        groups[-1].append(schools[last[subset]])
        subset ^= 1 << last[subset]
    return groups


def _chain(owed: Mapping[uuid.UUID, Money]) -> list[NetPayment]:
    """Payments within a group, the largest first: each settles one school at least, the last settles two."""
    left = dict(owed)
    payments = []
    while left:
        payer = min(left, key=lambda one: (left[one], one))
        payee = max(left, key=lambda one: (left[one], one))
        amount = min(-left[payer], left[payee])
        payments.append(NetPayment(payer, payee, amount))
        left[payer] += amount
        left[payee] -= amount
        left = {school: figure for school, figure in left.items() if figure}
    return payments


def still_due(proposed: Sequence[Debt], due_now: Mapping[uuid.UUID, Money]) -> list[Debt]:
    """What is left of proposed debts when so much of each invoice can be settled now; never more."""
    left = [
        Debt(debt.invoice_id, debt.issuer_id, debt.buyer_id, min(debt.amount, due_now[debt.invoice_id]))
        for debt in proposed
        if debt.invoice_id in due_now
    ]
    return [debt for debt in left if debt.amount > ZERO]


def touched(
    before: tuple[Collection[Debt], Collection[NetPayment]],
    after: tuple[Collection[Debt], Collection[NetPayment]],
) -> set[uuid.UUID]:
    """The schools for which lines or payments have changed: what they had accepted holds no more."""
    debts = set(before[0]) ^ set(after[0])
    payments = set(before[1]) ^ set(after[1])
    sides = [(debt.issuer_id, debt.buyer_id) for debt in debts]
    sides += [(payment.payer_id, payment.payee_id) for payment in payments]
    return {school for pair in sides for school in pair}


def check_worth_proposing(debts: Collection[Debt], planned: Plan) -> None:
    """Raise RuleBroken unless netting these debts saves a payment."""
    if not debts:
        raise RuleBroken(
            "No invoice between schools that take part is due and undisputed, so there is nothing to net. "
            "Come back when invoices have reached their due date."
        )
    if not saves(debts, planned):
        raise RuleBroken(
            "Netting would save no payment: no school both owes and is owed. The schools pay these invoices "
            "as usual."
        )


def saves(debts: Collection[Debt], planned: Plan) -> bool:
    """Does it take fewer payments than paying school by school?"""
    return len(planned.payments) < pairs(debts)


def check_accepting(status: SettlementStatus) -> None:
    """Raise RuleBroken unless a settlement still waits for schools."""
    if status is not SettlementStatus.PROPOSED:
        raise RuleBroken(f"This settlement is {moves.words(status)} now, so it can no longer be accepted.")


def check_paid_on(paid_on: date, agreed_on: date, today: date) -> None:
    """Raise RuleBroken (field `paid_on`) unless money arrived between the agreement and today."""
    if not agreed_on <= paid_on <= today:
        raise RuleBroken(
            f"The day must be between {agreed_on.day} {agreed_on:%B %Y}, when the settlement was accepted by "
            "all, and today.",
            "paid_on",
        )


def check_reason(reason: str) -> str:
    """The reason as we keep it. Raises RuleBroken (field `reason`) without one."""
    if not reason.strip():
        raise RuleBroken("Say why: the schools read it.", "reason")
    return reason.strip()


def is_time_to_propose(today: date) -> bool:
    """Is this one of the days of a month on which a settlement is proposed by itself?"""
    return today.day <= LAST_DAY_OF_PROPOSING


def clearing(issuer: uuid.UUID, buyer: uuid.UUID, reference: str) -> Sides:
    """The accounts of both schools on which a settlement gathers what it settles.

    Each stands in its own school's books and is zero again when the settlement's payments are made.
    """
    return Sides(clearing_account(issuer, reference), clearing_account(buyer, reference))


def clearing_account(school: uuid.UUID, reference: str) -> AccountName:
    """What a school still pays (credit) or gets (debit) by one settlement."""
    return AccountName(school, AccountKind.CLEARING, purpose=reference)


def payment_reference(reference: str, position: int) -> str:
    """What the payer gives its bank: at most the 18 characters of a Bacs reference."""
    return f"{reference}-{position:02d}"


def figure_words(figure: Money) -> str:
    """What a school does: "pays £40.00"."""
    if not figure:
        return "pays and gets nothing"
    return f"gets {figure}" if figure > ZERO else f"pays {-figure}"
