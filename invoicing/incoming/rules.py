"""What a supplier's e-invoice says by EN 16931, how far it is, and whether its figures add up to the penny.

Terms are numbered as the standard numbers them. Public bodies must accept an invoice that keeps to it:
Procurement Act 2023, section 67.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money, vat_on

FIELD = "document"
LARGEST_FILE = 5 * 1024 * 1024
MOST_LINES = 1_000
CURRENCY = "GBP"
INVOICE_CODES = frozenset({"326", "380", "384", "386"})
"""What is asked to be paid, in UNCL1001: partial, commercial, corrected and prepayment invoices."""
CREDIT_CODES = frozenset({"381", "396"})
SLACK_OF_LINE = Money(2)
"""How far a line may be from price times quantity: Peppol BIS Billing 3.0, rule PEPPOL-EN16931-R120."""
MOST_TOLD = 3
PENCE = Decimal(100)
HUNDREDTH = Decimal("0.01")
AGAIN = "Nothing of the file was kept: ask the supplier for a corrected one, and send that."


class Kind(StrEnum):
    """What a supplier's document is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


KIND_LABELS: Mapping[Kind, str] = {Kind.INVOICE: "Invoice", Kind.CREDIT_NOTE: "Credit note"}


class Format(StrEnum):
    """What kind of file an invoice came in."""

    UBL = "ubl"
    CII = "cii"
    HYBRID = "hybrid"


FORMAT_LABELS: Mapping[Format, str] = {
    Format.UBL: "E-invoice in UBL",
    Format.CII: "E-invoice in CII",
    Format.HYBRID: "PDF with an e-invoice inside",
}


class DocumentStatus(StrEnum):
    """What a school has decided about a document. Accepted, it stands in its books; disputed, no more."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    REJECTED = "rejected"


MOVES: Mapping[DocumentStatus, frozenset[DocumentStatus]] = {
    DocumentStatus.WAITING: frozenset({DocumentStatus.ACCEPTED, DocumentStatus.REJECTED}),
    DocumentStatus.ACCEPTED: frozenset({DocumentStatus.DISPUTED}),
    DocumentStatus.DISPUTED: frozenset({DocumentStatus.ACCEPTED, DocumentStatus.REJECTED}),
    DocumentStatus.REJECTED: frozenset(),
}
STATUS_LABELS: Mapping[DocumentStatus, str] = {
    DocumentStatus.WAITING: "Waiting for a decision",
    DocumentStatus.ACCEPTED: "Accepted",
    DocumentStatus.DISPUTED: "Disputed",
    DocumentStatus.REJECTED: "Rejected",
}
STATUS_COLOURS: Mapping[DocumentStatus, str] = {
    DocumentStatus.WAITING: "yellow",
    DocumentStatus.ACCEPTED: "green",
    DocumentStatus.DISPUTED: "orange",
    DocumentStatus.REJECTED: "red",
}
UNDECIDED = frozenset({DocumentStatus.WAITING, DocumentStatus.DISPUTED})
STANDARD = "S"
VAT_LABELS: Mapping[str, str] = {
    STANDARD: "VAT charged",
    "Z": "Zero rate",
    "E": "Exempt",
    "O": "Outside the scope of VAT",
    "AE": "Reverse charge",
}
"""The categories of UNCL5305 that an invoice between two parties in the United Kingdom can have."""
Group = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Party:
    """A seller (BG-4) or a buyer (BG-7). `identifiers` are those beside company and VAT number."""

    name: str
    trading_name: str = ""
    company_number: str = ""
    vat_number: str = ""
    endpoint: str = ""
    identifiers: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line (BG-25). `price`, in pounds, is for `base` units; `adjusted` is charges less allowances."""

    label: str
    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    base: Decimal
    adjusted: Money
    net: Money
    category: str
    rate_basis_points: int

    @property
    def worked_out(self) -> Money:
        """What quantity, price and adjustments come to, half up to the penny."""
        exact = (self.price * self.quantity / self.base * PENCE).quantize(Decimal(1), ROUND_HALF_UP)
        return Money(int(exact)) + self.adjusted


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A charge (BG-21), or as a negative amount an allowance (BG-20), of the whole document."""

    amount: Money
    category: str
    rate_basis_points: int


@dataclass(frozen=True, slots=True)
class Tax:
    """The VAT of one category and rate (BG-23)."""

    category: str
    rate_basis_points: int
    taxable: Money
    vat: Money
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """The totals (BG-22) as the document says them: BT-106 to BT-110 and BT-112 to BT-115."""

    lines: Money
    allowances: Money
    charges: Money
    net: Money
    vat: Money
    total: Money
    paid: Money
    rounding: Money
    due: Money


@dataclass(frozen=True, slots=True)
class ReadInvoice:
    """A document as its XML says it. `currencies` are all that it names an amount in.

    `preceding` is the number of the invoice that a credit note takes back (BT-25).
    """

    code: str
    number: str
    issued_on: date
    supplied_on: date | None
    due_on: date | None
    currencies: frozenset[str]
    order: str
    contract: str
    preceding: str
    account: str
    note: str
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    adjustments: tuple[Adjustment, ...]
    taxes: tuple[Tax, ...]
    sums: Sums

    @property
    def kind(self) -> Kind:
        """What it is, by its type (BT-3)."""
        return Kind.CREDIT_NOTE if self.code in CREDIT_CODES else Kind.INVOICE


def check(read: ReadInvoice) -> None:
    """Raise RuleBroken unless it is an invoice or credit note in sterling whose figures add up."""
    if read.code not in INVOICE_CODES | CREDIT_CODES:
        raise RuleBroken(
            f"The document is of type {read.code}, which is neither an invoice nor a credit note. Choose the "
            "invoice itself.",
            FIELD,
        )
    called = KIND_LABELS[read.kind].lower()
    if read.currencies != {CURRENCY}:
        named = " and ".join(sorted(read.currencies))
        raise RuleBroken(
            f"The {called} is in {named}, and Weald takes pounds (GBP) only. {AGAIN}",
            FIELD,
        )
    _check_categories(read)
    wrong = [*_wrong_lines(read), *_wrong_vat(read), *_wrong_totals(read.sums)]
    if wrong:
        told = "; ".join(wrong[:MOST_TOLD])
        more = f"; and {len(wrong) - MOST_TOLD} more" if len(wrong) > MOST_TOLD else ""
        raise RuleBroken(f"The {called} does not add up: {told}{more}. {AGAIN}", FIELD)
    if min(read.sums.total, read.sums.total + read.sums.rounding) <= ZERO:
        raise RuleBroken(
            f"The {called} comes to {read.sums.total}, so nothing is asked for or taken back. Ask the "
            "supplier about it.",
            FIELD,
        )


def _check_categories(read: ReadInvoice) -> None:
    parts: list[Line | Adjustment | Tax] = [*read.lines, *read.adjustments, *read.taxes]
    for part in parts:
        if part.category not in VAT_LABELS:
            known = ", ".join(VAT_LABELS)
            raise RuleBroken(
                f"The invoice has the VAT category “{part.category}”, which is none of those used in the "
                f"United Kingdom ({known}). {AGAIN}",
                FIELD,
            )
        if (part.rate_basis_points > 0) != (part.category == STANDARD):
            raise RuleBroken(
                f"The invoice has {percent(part.rate_basis_points)} VAT in the category "
                f"“{VAT_LABELS[part.category]}”, which do not go together. {AGAIN}",
                FIELD,
            )
    if any(tax.category == STANDARD for tax in read.taxes) and not read.seller.vat_number:
        raise RuleBroken(
            f"The invoice charges VAT and does not give the supplier’s VAT number. {AGAIN}",
            FIELD,
        )


def _wrong_lines(read: ReadInvoice) -> list[str]:
    """What is wrong with lines and their sum."""
    wrong = [
        f"line {line.label} says {line.net}, and its price and quantity make {line.worked_out}"
        for line in read.lines
        if abs((line.net - line.worked_out).pence) > SLACK_OF_LINE.pence
    ]
    of_lines = Money.total(line.net for line in read.lines)
    for words, said, should in (
        ("the lines", read.sums.lines, of_lines),
        (
            "the allowances",
            read.sums.allowances,
            -Money.total(one.amount for one in read.adjustments if one.amount < ZERO),
        ),
        (
            "the charges",
            read.sums.charges,
            Money.total(one.amount for one in read.adjustments if one.amount > ZERO),
        ),
    ):
        if said != should:
            wrong.append(f"{words} are said to come to {said}, and come to {should}")
    return wrong


def _wrong_vat(read: ReadInvoice) -> list[str]:
    """What is wrong with the VAT, group by group."""
    parts: dict[Group, Money] = defaultdict(lambda: ZERO)
    counted: dict[Group, int] = defaultdict(int)
    for line in read.lines:
        parts[line.category, line.rate_basis_points] += line.net
        counted[line.category, line.rate_basis_points] += 1
    for one in read.adjustments:
        parts[one.category, one.rate_basis_points] += one.amount
    taxable: dict[Group, Money] = defaultdict(lambda: ZERO)
    vat: dict[Group, Money] = defaultdict(lambda: ZERO)
    for tax in read.taxes:
        taxable[tax.category, tax.rate_basis_points] += tax.taxable
        vat[tax.category, tax.rate_basis_points] += tax.vat
    wrong = []
    for group in sorted(parts.keys() | taxable.keys()):
        words = group_words(*group)
        if parts[group] != taxable[group]:
            wrong.append(f"{words} comes to {parts[group]}, and VAT is worked out on {taxable[group]}")
            continue
        exact = vat_on(taxable[group], group[1])
        if abs((vat[group] - exact).pence) > _slack_of_vat(group, counted[group]):
            wrong.append(f"{words} has {vat[group]} of VAT, and it should be {exact}")
    of_parts = Money.total(tax.vat for tax in read.taxes)
    if read.sums.vat != of_parts:
        wrong.append(f"the VAT is said to come to {read.sums.vat}, and comes to {of_parts}")
    return wrong


def _slack_of_vat(group: Group, lines: int) -> int:
    """By how many pence VAT may be out: it may be rounded line by line, and in all down to a whole penny.

    VAT guide (VAT Notice 700), section 17.5.
    """
    return max(1, (lines + 1) // 2) if group[0] == STANDARD else 0


def _wrong_totals(sums: Sums) -> list[str]:
    return [
        f"{words} is said to be {said}, and is {should}"
        for words, said, should in (
            ("the total before VAT", sums.net, sums.lines - sums.allowances + sums.charges),
            ("the total with VAT", sums.total, sums.net + sums.vat),
            ("the amount due", sums.due, sums.total - sums.paid + sums.rounding),
        )
        if said != should
    ]


def group_words(category: str, rate_basis_points: int) -> str:
    """A VAT category with its rate, as people read it."""
    if category == STANDARD:
        return f"what bears {percent(rate_basis_points)} VAT"
    return f"what is in the category “{VAT_LABELS[category]}”"


def vat_label(category: str, rate_basis_points: int) -> str:
    """A VAT category with its rate in a table."""
    return percent(rate_basis_points) if category == STANDARD else VAT_LABELS[category]


def price_words(price: Decimal, base: Decimal) -> str:
    """A price in pounds as the document writes it, to two places at least, and for how many units."""
    pounds = f"£{price:,f}" if price != price.quantize(HUNDREDTH) else f"£{price.quantize(HUNDREDTH):,f}"
    return pounds if base == 1 else f"{pounds} for {base.normalize():f}"


def percent(basis_points: int) -> str:
    """Basis points as per cent without needless zeros."""
    return f"{Decimal(basis_points).scaleb(-2).normalize():f}%"


def check_reason(reason: str) -> None:
    """Raise RuleBroken unless a decision says why."""
    if not reason.strip():
        raise RuleBroken("Enter why you decide so.", "reason")


def check_contract(chosen: uuid.UUID | None, offered: Collection[uuid.UUID]) -> None:
    """Raise RuleBroken unless the chosen contract, if one is chosen, is one of the school's."""
    if chosen is not None and chosen not in offered:
        raise RuleBroken("Choose a contract of your own school’s register, or none.", "contract")


def check_credits(chosen: uuid.UUID | None, offered: Collection[uuid.UUID]) -> None:
    """Raise RuleBroken unless a credit note takes back from one of its supplier's invoices in the books."""
    if chosen not in offered:
        raise RuleBroken(
            "Choose the invoice that it takes back: one of this supplier that your school has accepted.",
            "credits",
        )


def recharge_id(document_id: uuid.UUID) -> uuid.UUID:
    """The id that the shared cost made from an invoice takes: an invoice is shared out once."""
    return uuid.uuid5(document_id, "shared cost")


def rejection_letter(
    kind: Kind, *, supplier: str, school: str, number: str, issued_on: str, total: str, reason: str
) -> str:
    """What to tell the supplier of a rejected document, ready to be sent."""
    called = KIND_LABELS[kind].lower()
    until = " Until then we will not pay this one." if kind is Kind.INVOICE else ""
    return (
        f"To {supplier}\n\n"
        f"We have received your {called} {number} of {issued_on} for {total}, and we cannot accept it:\n\n"
        f"{reason}\n\n"
        f"Please send us a corrected {called} in electronic form (EN 16931, as UBL, CII or a PDF with the "
        f"XML inside).{until}\n\n"
        f"{school}"
    )
