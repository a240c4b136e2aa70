"""All that notices say of a tender. What stands here becomes public. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from marketplace.core.money import Money
from marketplace.needs.thresholds import Regime
from marketplace.tenders.rules import CriterionKind, TenderStatus


def is_bound(regime: Regime) -> bool:
    """Must a notice stand on Find a Tender before it is published anywhere else? (Regulation 5.)"""
    return regime is not Regime.BELOW


@dataclass(frozen=True, slots=True)
class Authority:
    """A school that buys, named with its identifiers (regulation 13); `ukprn` where it is known."""

    urn: str
    name: str
    address: str
    local_authority: str
    postcode: str
    ukprn: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the price schedule: the units of all schools over the whole term."""

    id: str
    item: str
    unit: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class LotSaid:
    """A lot as a notice describes it."""

    number: int
    title: str
    description: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class LotLimitsSaid:
    """Why there is one lot, and how many one supplier may quote for and get, by which mechanism."""

    undivided_reason: str = ""
    most_quoted: int | None = None
    most_awarded: int | None = None
    mechanism: str = ""


@dataclass(frozen=True, slots=True)
class CriterionSaid:
    """A criterion as a notice describes it; `weight` is what it counts of 100, to two places."""

    number: int
    kind: CriterionKind
    title: str
    question: str
    weight: Decimal

    @property
    def counts_for(self) -> str:
        """What hangs on it, in words."""
        if self.kind is CriterionKind.PASS_FAIL:
            return "pass or fail"
        if self.kind is CriterionKind.PRICE and not self.weight:
            return "set against quality, which is counted in money"
        return f"{self.weight.normalize():f}%"


@dataclass(frozen=True, slots=True)
class DocumentSaid:
    """A document of the tender and where it can be had."""

    id: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class SupplierSaid:
    """A supplier as a notice names it; `company_number` of Companies House, where it has one."""

    id: str
    name: str
    company_number: str = ""
    address: str = ""
    is_sme: bool = False
    is_vcse: bool = False


@dataclass(frozen=True, slots=True)
class ContractSaid:
    """One school's contract from an award: its value over the whole term, and both days of the term.

    Both as they were awarded; `present_net` and `present_ends_on` are those of the register as it stands.
    """

    id: str
    award_id: str
    title: str
    school: str
    net: Money
    gross: Money
    signed_on: date
    starts_on: date
    ends_on: date
    present_net: Money
    present_ends_on: date


@dataclass(frozen=True, slots=True)
class AwardSaid:
    """What is awarded to one supplier: the lots by number, the value, the standstill if there is one.

    `contracts` follow once the award is confirmed.
    """

    id: str
    title: str
    lots: tuple[int, ...]
    supplier: SupplierSaid
    net: Money
    gross: Money
    decided_at: datetime
    summaries_sent_at: datetime | None = None
    standstill: tuple[date, date] | None = None
    contracts: tuple[ContractSaid, ...] = ()


@dataclass(frozen=True, slots=True)
class EnquirySaid:
    """A question of a supplier and the schools' answer; who asked is never said."""

    number: int
    question: str
    answer: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """All of a tender that its notices say. What stands here becomes public; nothing else does.

    The first authority leads. `net` and `gross` are the estimated value over the whole term, without
    and with VAT, None when it is not known or must not be shown. `page` is where anybody reads the
    tender; `prior_ocid` names the process that it was imported from. The contract ends on `ends_on`, and on
    `last_on` if every option to extend it is used. `enquiries` are the questions answered since the notice
    before; suppliers ask until `asked_until`. `judging` is how price and quality are judged together.
    """

    reference: str
    title: str
    description: str
    cpv: str
    alliance: str
    status: TenderStatus
    regime: Regime
    authorities: tuple[Authority, ...]
    lots: tuple[LotSaid, ...]
    criteria: tuple[CriterionSaid, ...]
    documents: tuple[DocumentSaid, ...]
    net: Money | None
    gross: Money | None
    opened_at: datetime | None
    closes_at: datetime | None
    starts_on: date | None
    ends_on: date | None
    last_on: date | None
    page: str
    prior_ocid: str = ""
    limits: LotLimitsSaid = LotLimitsSaid()
    awards: tuple[AwardSaid, ...] = ()
    judging: str = ""
    has_enquiries: bool = False
    asked_until: datetime | None = None
    enquiries: tuple[EnquirySaid, ...] = ()

    @property
    def bound(self) -> bool:
        """Does the Act's duty to publish on Find a Tender first bind it?"""
        return is_bound(self.regime)

    @property
    def judged(self) -> list[str]:
        """What quotes are judged on, as suppliers are told before they quote: a sentence or more each."""
        criteria = [
            f"{one.title}: {one.counts_for}" + (f". {one.question}" if one.question else "")
            for one in self.criteria
        ]
        return [*criteria, f"How price and quality are judged. {self.judging}"] if self.judging else criteria

    @property
    def light_touch(self) -> bool:
        """Is it a light touch contract?"""
        return self.regime is Regime.LIGHT_TOUCH
