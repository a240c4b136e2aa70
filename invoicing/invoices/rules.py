"""What an invoice is: how it moves, what VAT it carries, when it is due, what it must say.

Terms are those of EN 16931. An invoice of a registered school is a VAT invoice: what it must say is in
regulation 14 of the Value Added Tax Regulations 1995 (SI 1995/2518).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from invoicing.invoices import vat_law
from marketplace.core import moves
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money, line_amount, vat_on

USUAL_PAYMENT_DAYS = 30
MOST_PAYMENT_DAYS = 90
MOST_LINES = 50
MOST_AT_ONCE = 25
LARGEST_TOTAL = Money(100_000_000_00)
# The standard rate of VAT in basis points by the day it began: Value Added Tax Act 1994 s.2(1) as amended by
# Finance (No. 2) Act 2010 s.3
STANDARD_RATES: Sequence[tuple[date, int]] = ((date(2011, 1, 4), 2_000),)
# An invoice issued within this time after the supply moves the tax point to its own date: VATA 1994 s.6(5)
DAYS_THAT_MOVE_THE_TAX_POINT = timedelta(days=14)


class InvoiceStatus(StrEnum):
    """How far an invoice is. Only a draft can change or be discarded; its number comes with issuing."""

    DRAFT = "draft"
    ISSUED = "issued"
    PART_PAID = "part_paid"
    PAID = "paid"
    CREDITED = "credited"
    DISCARDED = "discarded"


MOVES: dict[InvoiceStatus, frozenset[InvoiceStatus]] = {
    InvoiceStatus.DRAFT: frozenset({InvoiceStatus.ISSUED, InvoiceStatus.DISCARDED}),
    InvoiceStatus.ISSUED: frozenset({InvoiceStatus.PART_PAID, InvoiceStatus.PAID, InvoiceStatus.CREDITED}),
    InvoiceStatus.PART_PAID: frozenset({InvoiceStatus.ISSUED, InvoiceStatus.PAID, InvoiceStatus.CREDITED}),
    # What was paid can go back: a refund, a payment that the payer's bank takes back
    InvoiceStatus.PAID: frozenset({InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID, InvoiceStatus.CREDITED}),
    InvoiceStatus.CREDITED: frozenset(),
    InvoiceStatus.DISCARDED: frozenset(),
}
STATUS_LABELS: Mapping[InvoiceStatus, str] = {
    InvoiceStatus.DRAFT: "Draft",
    InvoiceStatus.ISSUED: "Issued",
    InvoiceStatus.PART_PAID: "Part paid",
    InvoiceStatus.PAID: "Paid",
    InvoiceStatus.CREDITED: "Credited in full",
    InvoiceStatus.DISCARDED: "Discarded",
}
STATUS_COLOURS: Mapping[InvoiceStatus, str] = {
    InvoiceStatus.DRAFT: "yellow",
    InvoiceStatus.ISSUED: "blue",
    InvoiceStatus.PART_PAID: "purple",
    InvoiceStatus.PAID: "green",
    InvoiceStatus.CREDITED: "turquoise",
    InvoiceStatus.DISCARDED: "grey",
}
UNPAID = frozenset({InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID})
SENT = UNPAID | {InvoiceStatus.PAID, InvoiceStatus.CREDITED}


class InvoiceSource(StrEnum):
    """What an invoice was made from."""

    MANUAL = "manual"
    SHARED_COST = "shared_cost"
    RECOVERY_FEE = "recovery_fee"
    AGREEMENT = "agreement"
    LATE_INTEREST = "late_interest"
    CONTRIBUTION = "contribution"


WHAT_IS_KEPT: Mapping[InvoiceSource, str] = {
    InvoiceSource.SHARED_COST: "This is one school's share of a cost",
    InvoiceSource.RECOVERY_FEE: "This is one school's share of a cost",
    InvoiceSource.AGREEMENT: "This is what an agreement charges",
    InvoiceSource.LATE_INTEREST: "This is interest on an invoice that was paid late",
    InvoiceSource.CONTRIBUTION: "This is a contribution that a governing body has confirmed",
}


class VatCategory(StrEnum):
    """How VAT treats a line: the codes of UNCL5305 that EN 16931 uses."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    OUTSIDE = "O"


CATEGORY_LABELS: Mapping[VatCategory, str] = {
    VatCategory.STANDARD: "Standard rate",
    VatCategory.ZERO: "Zero rate",
    VatCategory.EXEMPT: "Exempt",
    VatCategory.OUTSIDE: "Outside the scope of VAT",
}


class Taxed(Protocol):
    """Anything with an amount before VAT and a VAT treatment."""

    @property
    def net(self) -> Money: ...
    @property
    def category(self) -> VatCategory: ...
    @property
    def rate_basis_points(self) -> int: ...
    @property
    def exemption_reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as its author writes it. The price of one unit is in pounds before VAT."""

    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    category: VatCategory
    exemption_reason: str = ""

    @property
    def net(self) -> Money:
        """Quantity times price, half up to the penny."""
        return line_amount(self.unit_price, self.quantity)


@dataclass(frozen=True, slots=True)
class InvoiceTerms:
    """What the author of a draft decides: to whom, for what, when it was supplied, how long to pay."""

    buyer_id: uuid.UUID
    supplied_on: date
    payment_days: int
    purchase_order: str
    note: str
    lines: tuple[LineDraft, ...]
    conditions: frozenset[str] = frozenset()
    """Which conditions of a disbursement its author says hold."""


@dataclass(frozen=True, slots=True)
class VatSubtotal:
    """One line of the VAT breakdown (EN 16931 BG-23)."""

    category: VatCategory
    rate_basis_points: int
    reason: str
    taxable: Money
    vat: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """An invoice's totals; `total` is what is to be paid."""

    net: Money
    vat: Money

    @property
    def total(self) -> Money:
        """With VAT."""
        return self.net + self.vat


def move(present: InvoiceStatus, wanted: InvoiceStatus) -> InvoiceStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def status_when_paid(total: Money, paid: Money, credited: Money = ZERO) -> InvoiceStatus:
    """The status of an issued invoice of which so much has been paid, and so much credited."""
    if credited == total:
        return InvoiceStatus.CREDITED
    if not paid:
        return InvoiceStatus.ISSUED
    return InvoiceStatus.PAID if paid + credited >= total else InvoiceStatus.PART_PAID


def is_overdue(status: InvoiceStatus, due_on: date | None, today: date) -> bool:
    """Is money still owed after the day it was due?"""
    return status in UNPAID and due_on is not None and due_on < today


def vat_breakdown(lines: Iterable[Taxed]) -> list[VatSubtotal]:
    """VAT for each category, rate and reason: once on the category's total, half up (EN 16931 BR-CO-17)."""
    groups: dict[tuple[VatCategory, int, str], Money] = {}
    for line in lines:
        key = (line.category, line.rate_basis_points, line.exemption_reason)
        groups[key] = groups.get(key, Money(0)) + line.net
    order = list(VatCategory)
    return [
        VatSubtotal(category, rate, reason, taxable, vat_on(taxable, rate))
        for (category, rate, reason), taxable in sorted(
            groups.items(), key=lambda group: (order.index(group[0][0]), -group[0][1], group[0][2])
        )
    ]


def totals(breakdown: Iterable[VatSubtotal]) -> Totals:
    """The sums of a VAT breakdown."""
    parts = list(breakdown)
    return Totals(Money.total(part.taxable for part in parts), Money.total(part.vat for part in parts))


def rate_of(category: VatCategory, on: date) -> int:
    """The rate of a category on a day, in basis points. Raises RuleBroken for a day before our table."""
    if category is not VatCategory.STANDARD:
        return 0
    rates = [rate for begins, rate in STANDARD_RATES if begins <= on]
    if not rates:
        begins = STANDARD_RATES[0][0]
        raise RuleBroken(f"The date of supply must be {begins.day} {begins:%B %Y} or later.", "supplied_on")
    return rates[-1]


def charges_vat(source: InvoiceSource, *, registered: bool) -> bool:
    """Is this a VAT invoice? Interest on late payment is compensation, outside the scope of VAT.

    So is a contribution to a shared fund, which is given for no supply (Value Added Tax Act 1994 s.4).
    """
    return registered and source not in {InvoiceSource.LATE_INTEREST, InvoiceSource.CONTRIBUTION}


def usual_category(*, registered: bool) -> VatCategory:
    """How a school charges for administration and purchases unless it says otherwise (VATEDU53600)."""
    return VatCategory.STANDARD if registered else VatCategory.OUTSIDE


def tax_point(supplied_on: date, issued_on: date) -> date:
    """When VAT becomes due: VATA 1994 s.6(2)-(5).

    The day of supply, unless the invoice is issued before it or within 14 days after it: then the day
    of issue.
    """
    late = issued_on > supplied_on + DAYS_THAT_MOVE_THE_TAX_POINT
    return supplied_on if late else issued_on


def due_on(issued_on: date, payment_days: int) -> date:
    """The last day to pay in time."""
    return issued_on + timedelta(days=payment_days)


def invoice_number(urn: str, year: int, serial: int) -> str:
    """The number of an invoice: the school's URN, the year and the place in that year's series.

    Fifteen characters, so that it fits the 18 of a Bacs reference.
    """
    return f"{urn}-{year}-{serial:04d}"


def check_terms(terms: InvoiceTerms, *, issuer_id: uuid.UUID, registered: bool) -> None:
    """Raise RuleBroken for the first thing that no draft may say."""
    if terms.buyer_id == issuer_id:
        raise RuleBroken("Choose another school: a school does not invoice itself.", "buyer_id")
    if not 0 <= terms.payment_days <= MOST_PAYMENT_DAYS:
        raise RuleBroken(f"Days to pay must be from 0 to {MOST_PAYMENT_DAYS}.", "payment_days")
    if not terms.lines:
        raise RuleBroken("Enter at least one line.", "lines")
    if len(terms.lines) > MOST_LINES:
        raise RuleBroken(f"An invoice can have at most {MOST_LINES} lines.", "lines")
    for number, line in enumerate(terms.lines, start=1):
        _check_line(line, number, registered=registered)
    if registered and any(line.category is VatCategory.OUTSIDE for line in terms.lines):
        _check_disbursement(terms)
    net = Money.total(line.net for line in terms.lines)
    if net.pence <= 0:
        raise RuleBroken("The lines must come to more than £0.00.", "lines")
    if net > LARGEST_TOTAL:
        raise RuleBroken(f"The lines must come to {LARGEST_TOTAL} or less.", "lines")


def _check_line(line: LineDraft, number: int, *, registered: bool) -> None:
    if not line.description.strip():
        raise RuleBroken(f"Enter what line {number} is for.", "lines")
    if line.quantity <= 0:
        raise RuleBroken(f"The quantity on line {number} must be more than 0.", "lines")
    if line.unit_price < 0:
        raise RuleBroken(f"The price on line {number} must be £0.00 or more.", "lines")
    if not registered and line.category is not VatCategory.OUTSIDE:
        raise RuleBroken(f"Line {number} has VAT, but your school is not registered for VAT.", "lines")
    if line.category is VatCategory.EXEMPT and not line.exemption_reason.strip():
        raise RuleBroken("Enter why the exempt lines are exempt from VAT.", "exemption_reason")


def _check_disbursement(terms: InvoiceTerms) -> None:
    """A registered school leaves VAT out only of what it paid for the other, on an invoice of its own."""
    if any(line.category is not VatCategory.OUTSIDE for line in terms.lines):
        raise RuleBroken(
            "Put disbursements on an invoice of their own: an e-invoice with a line outside the scope of VAT "
            "can have no other (EN 16931, rule BR-O-11).",
            "lines",
        )
    law = vat_law.disbursement(terms.supplied_on)
    missing = [words for name, words in law.conditions.items() if name not in terms.conditions]
    if missing:
        raise RuleBroken(
            f"VAT is left out of a disbursement only when all eight conditions hold ({law.cited}). Not "
            f"ticked: {'; '.join(missing)}. Tick what is true; if one is not, choose another VAT treatment.",
            "conditions",
        )


def check_share(source: InvoiceSource, *, share: Money, same_buyer: bool, net: Money) -> None:
    """A share of a split, or what an agreement charges, keeps its school and its amount."""
    if source is InvoiceSource.MANUAL:
        return
    what = WHAT_IS_KEPT[source]
    if not same_buyer:
        raise RuleBroken(f"{what}; the school cannot be changed.", "buyer_id")
    if net != share:
        raise RuleBroken(f"{what}: its lines must come to {share} before VAT, not {net}.", "lines")


def check_particulars(
    *, issuer_address: str, bank_details: str, buyer_name: str, buyer_address: str, registered: bool
) -> None:
    """What must be known of both schools before an invoice is issued: regulation 14(1)(d) and (e)."""
    if not issuer_address:
        raise RuleBroken("Your school has no address yet. Add it to the school's details first.")
    if not bank_details:
        raise RuleBroken(
            "Your school has no bank account to pay into yet. Add it to the school's details first."
        )
    if registered and not buyer_address:
        raise RuleBroken(
            f"{buyer_name} has no address yet, and a VAT invoice must give it. "
            "Ask its bursar or finance lead to add it to the school's details."
        )
