"""What is known of each school in a category: its registered contracts and its needs, brought together.

A need and a contract are often about the same thing: then one term says it, with the contract's dates and
the need's wishes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from marketplace.contracts.rules import effective_end
from marketplace.core.money import Money
from marketplace.needs.rules import Joint, NeedStatus

SAME = timedelta(days=183)
"""A need is about a contract whose end is at most half a year from the end that the need names."""
TAKEN = frozenset({NeedStatus.POOLED, NeedStatus.IN_TENDER})


@dataclass(frozen=True, slots=True)
class Asked:
    """A submitted need, as far as it is known here. Spend is a year's, before VAT."""

    id: uuid.UUID
    school_id: uuid.UUID
    school: str
    category: str
    status: NeedStatus
    contract_ends_on: date
    wanted_from: date
    term_months: int
    volume: Decimal
    spend: Money
    joint: Joint
    condition: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What an approved need says about buying again; `volume` is a year's in the category's unit."""

    need_id: uuid.UUID
    wanted_from: date
    term_months: int
    volume: Decimal
    condition: str


class Term(NamedTuple):
    """What one school has in one category, until when, and what it may do about it.

    `id` is that of the contract in the register, or the need's where none is registered (`contracted` is
    False). `annual` is a year's spend before VAT. A named tuple, because there may be hundreds of thousands.
    """

    id: uuid.UUID
    school_id: uuid.UUID
    school: str
    category: str
    starts_on: date
    ends_on: date
    annual: Money
    notice_days: int = 0
    notice_months: int = 0
    renewal_months: int = 0
    extension_months: tuple[int, ...] = ()
    contracted: bool = True
    wish: Wish | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to bring together, and the schools that stay out of it.

    `unwilling` said that they buy on their own; `taken` have a need in a tender already. Both give the
    school's name by category and school.
    """

    terms: list[Term]
    unwilling: dict[tuple[str, uuid.UUID], str]
    taken: dict[tuple[str, uuid.UUID], str]


def pair(contracts: Iterable[Term], needs: Iterable[Asked], today: date) -> Known:
    """Bring a register's contracts and needs together; their order makes no difference.

    A school that said no to buying jointly is left out with everything it has in that category. What a
    need in a tender, or one already bought, was about is left out as well.
    """
    asked: dict[tuple[str, uuid.UUID], list[Asked]] = {}
    for need in needs:
        asked.setdefault((need.category, need.school_id), []).append(need)
    unwilling = {key: own[0].school for key, own in asked.items() if any(map(_says_no, own))}
    taken = {
        key: own[0].school
        for key, own in asked.items()
        if key not in unwilling and any(need.status in TAKEN for need in own)
    }
    terms: list[Term] = []
    held: dict[tuple[str, uuid.UUID], list[Term]] = {key: [] for key in asked}
    for contract in contracts:
        held.get((contract.category, contract.school_id), terms).append(contract)
    for key, own in asked.items():
        if key not in unwilling:
            terms += _wanted(held[key], own, today)
    return Known(terms, unwilling, taken)


def _says_no(need: Asked) -> bool:
    return need.joint is Joint.NO and need.status is not NeedStatus.CONTRACTED


def _wanted(contracts: Iterable[Term], needs: Iterable[Asked], today: date) -> list[Term]:
    """The terms of one school in one category in which it has needs."""
    left = sorted(contracts, key=lambda one: (one.ends_on, one.id))
    made = []
    for need in sorted(needs, key=lambda need: (need.contract_ends_on, need.id)):
        if need.status is NeedStatus.SUBMITTED:
            continue
        about = _about(need, left, today)
        if about is not None:
            left.remove(about)
        if need.status is NeedStatus.APPROVED:
            made.append(_wished(about, need))
    return left + made


def _about(need: Asked, contracts: Iterable[Term], today: date) -> Term | None:
    """The contract that a need is about: it runs when the need says so, and ends nearest to that."""
    running = [one for one in contracts if one.starts_on <= need.contract_ends_on]
    distances = [(abs(end_of(one, today) - need.contract_ends_on), one) for one in running]
    near = [found for found in distances if found[0] <= SAME]
    return min(near, key=lambda found: found[0])[1] if near else None


def end_of(term: Term, today: date) -> date:
    """When a term can end at the earliest, automatic renewals rolled forward."""
    return effective_end(
        term.ends_on,
        notice_days=term.notice_days,
        notice_months=term.notice_months,
        renewal_months=term.renewal_months,
        today=today,
    )


def _wished(term: Term | None, need: Asked) -> Term:
    """The term that a need is about, with the need's wishes and its more recent figures."""
    wish = Wish(need.id, need.wanted_from, need.term_months, need.volume, need.condition)
    if term is not None:
        return term._replace(annual=need.spend, wish=wish)
    return Term(
        need.id,
        need.school_id,
        need.school,
        need.category,
        need.contract_ends_on,
        need.contract_ends_on,
        need.spend,
        contracted=False,
        wish=wish,
    )
