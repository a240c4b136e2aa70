"""The semantic model of EN 16931-1: what an invoice or a credit note says, each figure in its business term.

Terms are named as the standard numbers them (BT-1, BG-25). The amounts come from the ledger's own documents;
`check` compares them to the penny, because the official rules let VAT be up to one pound out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from invoicing.invoices.rules import VatCategory, VatSubtotal
from marketplace.core.money import ZERO, Money, line_amount, vat_on

CURRENCY, COUNTRY = "GBP", "GB"
CREDIT_TRANSFER = "30"  # UNCL4461
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"  # Peppol BIS Billing 3.0, business process 01
VAT_ADDRESS = "9932"  # a GB VAT number, in the code list of electronic address schemes (EAS)
OUTSIDE_CODE, OUTSIDE_WORDS = "VATEX-EU-O", "Not subject to VAT"
ONE = "C62"
POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}$")
UNITS: Mapping[str, str] = {
    "day": "DAY",
    "days": "DAY",
    "hour": "HUR",
    "hours": "HUR",
    "minute": "MIN",
    "minutes": "MIN",
    "week": "WEE",
    "weeks": "WEE",
    "month": "MON",
    "months": "MON",
    "year": "ANN",
    "years": "ANN",
    "mile": "SMI",
    "miles": "SMI",
    "km": "KMT",
    "kwh": "KWH",
    "kg": "KGM",
    "litre": "LTR",
    "litres": "LTR",
}
"""Codes of UNECE Recommendation 20 for the units that schools write; any other is one, and said in words."""


class Kind(StrEnum):
    """What a document is: its code in UNCL1001."""

    INVOICE = "380"
    CREDIT_NOTE = "381"


@dataclass(frozen=True, slots=True)
class Party:
    """A school as a party (BG-4, BG-7). `address` is its lines without the postcode."""

    name: str
    urn: str
    vat_number: str
    address: tuple[str, ...]
    postcode: str
    legal_info: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """The account to pay into (BG-17)."""

    name: str
    sort_code: str
    number: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line (BG-25): quantity times price, in pounds before VAT, is `net`."""

    position: int
    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    net: Money
    category: VatCategory
    rate_basis_points: int


@dataclass(frozen=True, slots=True)
class Preceding:
    """The invoice that a credit note is for (BG-3)."""

    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class EInvoice:
    """An invoice, or a credit note: that is due on no day, and `preceding` is the invoice it is for."""

    kind: Kind
    number: str
    issued_on: date
    supplied_on: date
    tax_point: date | None
    due_on: date | None
    terms: str
    note: str
    order: str
    seller: Party
    buyer: Party
    account: Account | None
    preceding: Preceding | None
    lines: tuple[Line, ...]
    breakdown: tuple[VatSubtotal, ...]
    net: Money
    vat: Money

    @property
    def total(self) -> Money:
        """With VAT (BT-112), which is also the amount due (BT-115)."""
        return self.net + self.vat

    @property
    def for_peppol(self) -> bool:
        """Can it travel through Peppol? Both parties need an address there (PEPPOL-EN16931-R010, R020).

        The scheme for schools in England is the VAT number, so both must be registered.
        """
        return bool(self.seller.vat_number and self.buyer.vat_number)


def check(document: EInvoice) -> None:
    """Raise ValueError unless every figure follows from the others to the penny.

    The VAT of a credit note may be a penny from that of its amount: see `credit_notes.rules.credit`.
    """
    wrong = [
        f"line {line.position} is {line.net}, not {line_amount(line.price, line.quantity)}"
        for line in document.lines
        if line.net != line_amount(line.price, line.quantity)
    ]
    slack = Money(1) if document.kind is Kind.CREDIT_NOTE else ZERO
    for part in document.breakdown:
        exact = vat_on(part.taxable, part.rate_basis_points)
        if not exact - slack <= part.vat <= exact + slack:
            wrong.append(f"VAT on {part.taxable} is {part.vat}, not {exact}")
    of_lines, of_parts = _by_category(document.lines), _by_category(document.breakdown)
    if of_lines != of_parts:
        wrong.append("the VAT breakdown does not add up to the lines")
    if document.net != Money.total(line.net for line in document.lines):
        wrong.append(f"the lines do not come to {document.net}")
    if document.vat != Money.total(part.vat for part in document.breakdown):
        wrong.append(f"the VAT does not come to {document.vat}")
    if wrong:
        raise ValueError(f"{document.number}: {'; '.join(wrong)}")


def _by_category(parts: Iterable[Line | VatSubtotal]) -> dict[tuple[VatCategory, int], Money]:
    """Amounts before VAT by category and rate."""
    found: dict[tuple[VatCategory, int], Money] = {}
    for part in parts:
        key = (part.category, part.rate_basis_points)
        amount = part.net if isinstance(part, Line) else part.taxable
        found[key] = found.get(key, ZERO) + amount
    return found


def split_address(address: str) -> tuple[tuple[str, ...], str]:
    """An address as a document prints it, as its lines and its postcode ("" where it has none)."""
    text = address.strip()
    found = POSTCODE.search(text)
    lines = text[: found.start()] if found else text
    return tuple(line.strip(" ,") for line in lines.splitlines() if line.strip(" ,")), found[
        0
    ] if found else ""


def business_terms(document: EInvoice) -> dict[str, Any]:
    """The document by the standard's numbers, as both syntaxes are written from. Amounts are text."""
    credit = document.kind is Kind.CREDIT_NOTE
    outside = any(line.category is VatCategory.OUTSIDE for line in document.lines)
    terms: dict[str, Any] = {
        "BT-1": document.number,
        "BT-2": document.issued_on,
        "BT-3": document.kind.value,
        "BT-5": CURRENCY,
        "BT-7": document.tax_point,
        "BT-9": document.due_on,
        "BT-10": "" if document.order else _urn(document.buyer),
        "BT-13": document.order,
        "BT-20": document.terms,
        "BT-23": PROFILE,
        "BG-1": [{"BT-22": document.note}] if document.note else [],
        "BG-3": [{"BT-25": document.preceding.number, "BT-26": document.preceding.issued_on}]
        if document.preceding
        else [],
        # BR-O-02: what is outside the scope of VAT names no VAT number of either party
        "BG-4": _party(document.seller, shows_vat=not outside),
        "BG-7": _party(document.buyer, shows_vat=not outside),
        "BT-72": document.supplied_on,
        # in CII the tax point stands with each part of the VAT
        "BG-23": [_tax(part) | {"BT-7": document.tax_point} for part in _merged(document.breakdown)],
        "BG-25": [_line(line) for line in document.lines],
        "BT-106": _pounds(document.net),
        "BT-109": _pounds(document.net),
        "BT-110": _pounds(document.vat),
        "BT-112": _pounds(document.total),
        "BT-115": _pounds(document.total),
    }
    if document.account and not credit:
        terms |= {
            "BT-81": CREDIT_TRANSFER,
            "BT-82": "Bank transfer",
            "BT-83": document.number,
            "BT-84": document.account.number,
            "BT-85": document.account.name,
            "BT-86": document.account.sort_code.replace("-", ""),
        }
    return {term: value for term, value in terms.items() if value not in ("", None, [])}


def _party(party: Party, *, shows_vat: bool) -> dict[str, Any]:
    """A party, its address in at most three lines and a town."""
    *lines, town = party.address if len(party.address) > 1 else (*party.address, "")
    described: dict[str, Any] = {
        "name": party.name,
        "identifiers": {None: _urn(party)},
        "legal_info": party.legal_info,
        "country_code": COUNTRY,
        "city": town,
        "postcode": party.postcode,
        "addr_l1": lines[0] if lines else "",
        "addr_l2": lines[1] if len(lines) > 1 else "",
        "addr_l3": ", ".join(lines[2:]),
    }
    if party.vat_number:
        described |= {"einvoicing_addr": party.vat_number, "einvoicing_addr_schemeid": VAT_ADDRESS}
    if party.vat_number and shows_vat:
        described["vat_identifier"] = party.vat_number
    return {name: value for name, value in described.items() if value}


def _urn(party: Party) -> str:
    return f"URN {party.urn}"


def _line(line: Line) -> dict[str, Any]:
    unit = UNITS.get(line.unit.lower(), ONE)
    described = {
        "BT-126": str(line.position),
        "BT-129": _number(line.quantity),
        "BT-130": unit,
        "BT-131": _pounds(line.net),
        "BT-146": _number(line.price),
        "BT-151": line.category.value,
        "BT-152": "" if line.category is VatCategory.OUTSIDE else _percent(line.rate_basis_points),
        "BT-153": line.name,
        "BT-154": f"Unit: {line.unit}" if line.unit and unit == ONE else "",
    }
    return {term: value for term, value in described.items() if value}


def _merged(breakdown: Sequence[VatSubtotal]) -> Iterable[VatSubtotal]:
    """One part a category and rate: all exempt lines share one (BR-E-01), with every reason."""
    groups: dict[tuple[VatCategory, int], list[VatSubtotal]] = {}
    for part in breakdown:
        groups.setdefault((part.category, part.rate_basis_points), []).append(part)
    for (category, rate), parts in groups.items():
        yield VatSubtotal(
            category,
            rate,
            "; ".join(part.reason for part in parts if part.reason),
            Money.total(part.taxable for part in parts),
            Money.total(part.vat for part in parts),
        )


def _tax(part: VatSubtotal) -> dict[str, Any]:
    outside = part.category is VatCategory.OUTSIDE
    described = {
        "BT-116": _pounds(part.taxable),
        "BT-117": _pounds(part.vat),
        "BT-118": part.category.value,
        "BT-119": "" if outside else _percent(part.rate_basis_points),
        "BT-120": OUTSIDE_WORDS if outside else part.reason,
        "BT-121": OUTSIDE_CODE if outside else "",
    }
    return {term: value for term, value in described.items() if value}


def _pounds(amount: Money) -> str:
    return str(amount.pounds)


def _percent(basis_points: int) -> str:
    return str(Decimal(basis_points).scaleb(-2))


def _number(value: Decimal) -> str:
    """A quantity or a price without needless zeros, and never with an exponent."""
    return f"{value.normalize():f}"
