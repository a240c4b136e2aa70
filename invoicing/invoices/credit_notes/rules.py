"""What a credit note takes back: of which lines, how much of them, with which VAT.

What it must say is in regulation 15C of the Value Added Tax Regulations 1995 (SI 1995/2518): its number and
date, both parties, the number and date of the invoice, what was supplied, the decrease and its VAT.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from invoicing.invoices.rules import SENT, InvoiceStatus, VatCategory, VatSubtotal, vat_breakdown
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money, line_amount

FIELD = "amount_"
"""What the field of a line is called, before the line's place on the invoice."""


@dataclass(frozen=True, slots=True)
class CreditableLine:
    """A line of an issued invoice, and what earlier credit notes took back of it. Amounts before VAT."""

    line_id: uuid.UUID
    position: int
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net: Money
    credited: Money
    category: VatCategory
    rate_basis_points: int
    exemption_reason: str

    @property
    def left(self) -> Money:
        """What can still be credited."""
        return self.net - self.credited


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """What a credit note takes back of a line: `quantity` times `unit_price` is `net`."""

    line_id: uuid.UUID
    position: int
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net: Money
    category: VatCategory
    rate_basis_points: int
    exemption_reason: str


@dataclass(frozen=True, slots=True)
class Credit:
    """What a credit note comes to. `breakdown` is its VAT by category, rate and reason."""

    lines: tuple[CreditedLine, ...]
    breakdown: tuple[VatSubtotal, ...]

    @property
    def net(self) -> Money:
        """Before VAT."""
        return Money.total(part.taxable for part in self.breakdown)

    @property
    def vat(self) -> Money:
        """The VAT that goes with it."""
        return Money.total(part.vat for part in self.breakdown)

    @property
    def total(self) -> Money:
        """With VAT."""
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class _Taxed:
    """A part of a line, as the VAT breakdown reads it."""

    net: Money
    category: VatCategory
    rate_basis_points: int
    exemption_reason: str


def credit(lines: Sequence[CreditableLine], amounts: Mapping[int, Money]) -> Credit:
    """The credit of so much (before VAT) of the lines at these places. Raises RuleBroken.

    VAT is that of all credits so far, less that of the earlier ones: one credit has the VAT of its amount,
    half up, and any number that take back everything take back the VAT that was charged, to the penny.
    """
    places = {line.position for line in lines}
    if unknown := [place for place in amounts if place not in places]:
        raise RuleBroken(f"This invoice has no line {unknown[0]}.")
    for line in lines:
        _check_amount(line, amounts.get(line.position, ZERO))
    credited = tuple(
        mirrored(line, amounts[line.position]) for line in lines if amounts.get(line.position, ZERO)
    )
    if not credited:
        raise RuleBroken("Enter how much to credit on at least one line.")
    before = _vat(lines, {})
    after = _vat(lines, amounts)
    return Credit(
        lines=credited,
        breakdown=tuple(
            VatSubtotal(
                part.category,
                part.rate_basis_points,
                part.reason,
                part.taxable - earlier.taxable,
                part.vat - earlier.vat,
            )
            for part, earlier in zip(after, before, strict=True)
            if part.taxable != earlier.taxable
        ),
    )


def _vat(lines: Iterable[CreditableLine], more: Mapping[int, Money]) -> list[VatSubtotal]:
    """The VAT of what was credited of an invoice, and this much more."""
    return vat_breakdown(
        _Taxed(
            line.credited + more.get(line.position, ZERO),
            line.category,
            line.rate_basis_points,
            line.exemption_reason,
        )
        for line in lines
    )


def _check_amount(line: CreditableLine, amount: Money) -> None:
    field = f"{FIELD}{line.position}"
    if amount < ZERO:
        raise RuleBroken(f"The amount to credit on line {line.position} must be £0.00 or more.", field)
    if amount > line.left:
        left = f"{line.left} or less, which is what is left" if line.left else "left empty: nothing is left"
        raise RuleBroken(f"The amount to credit on line {line.position} must be {left} of the line.", field)


def mirrored(line: CreditableLine, amount: Money) -> CreditedLine:
    """A line credited in whole as it stands on the invoice, or in part.

    A part that is a whole number of the line's units says how many; any other is one amount.
    """
    quantity, unit, unit_price = Decimal(1), "", amount.pounds
    times, rest = divmod(amount.pounds, line.unit_price) if line.unit_price else (Decimal(0), amount.pounds)
    if amount == line.net:
        quantity, unit, unit_price = line.quantity, line.unit, line.unit_price
    elif not rest and times < line.quantity:
        quantity, unit, unit_price = times, line.unit, line.unit_price
    assert line_amount(unit_price, quantity) == amount
    return CreditedLine(
        line_id=line.line_id,
        position=line.position,
        description=line.description,
        quantity=quantity,
        unit=unit,
        unit_price=unit_price,
        net=amount,
        category=line.category,
        rate_basis_points=line.rate_basis_points,
        exemption_reason=line.exemption_reason,
    )


def credit_note_number(urn: str, year: int, serial: int) -> str:
    """The number of a credit note: the school's URN, the year and the place in that year's series.

    The C keeps the series apart from that of the invoices; it still fits the 18 of a Bacs reference.
    """
    return f"{urn}-{year}-C{serial:04d}"


def check_invoice(status: InvoiceStatus) -> None:
    """Raise RuleBroken unless an invoice can be credited."""
    if status is InvoiceStatus.CREDITED:
        raise RuleBroken("This invoice has been credited in full, so nothing is left to credit.")
    if status not in SENT:
        raise RuleBroken("This invoice has not been issued. Change or discard the draft instead.")


def check_reason(reason: str) -> None:
    """Raise RuleBroken unless a reason is given."""
    if not reason.strip():
        raise RuleBroken("Enter why you credit this.", "reason")
