"""What a claim on form VAT126 may hold: only what stands on valid VAT invoices to the school, by period.

An academy that is not registered for VAT gets back the VAT on what it does not buy for a business: section
33B of the Value Added Tax Act 1994. What an invoice must say is in regulation 14(1) of the Value Added Tax
Regulations 1995 (SI 1995/2518).
"""

from __future__ import annotations

import csv
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from stdnum.gb import vat as vat_numbers

from invoicing.exports.rules import Column, Document, Kind
from invoicing.invoices.rules import VatCategory
from marketplace.core.csv_files import Cell
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.months import months_later

FILE = Path(__file__).with_name("reference") / "claims.csv"
LONGEST_DESCRIPTION = 120
ACADEMY = re.compile(r"academ|free school|university technical college|studio school", re.IGNORECASE)
"""The types of school that are Academies: Academies Act 2010 s.1 to 1D, in the register’s words."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A figure of the rules, and where it stands."""

    value: int
    source: str


@lru_cache(maxsize=1)
def figures() -> Mapping[str, Rule]:
    """The figures that the rules of a claim name."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["what"]: Rule(int(row["value"]), row["source"]) for row in csv.DictReader(file)}


@dataclass(frozen=True, slots=True)
class Period:
    """Whole calendar months, both days included."""

    start: date
    end: date

    @property
    def months(self) -> int:
        """How many months it has."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger counts as VAT to reclaim: debits positive. `id` is that of its document, if any."""

    id: uuid.UUID
    posted_on: date
    description: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Left:
    """What the ledger counts as VAT to reclaim and the schedule leaves out, and why."""

    on: date
    what: str
    supplier: str
    vat: Money
    why: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule: what may be claimed, what is left out, and what both come to beside the ledger."""

    period: Period
    claimed: Sequence[Document]
    left: Sequence[Left]
    ledger: Money

    @property
    def total(self) -> Money:
        """The VAT to claim."""
        return Money.total(one.vat for one in self.claimed)

    @property
    def left_out(self) -> Money:
        """The VAT that the ledger counts and the schedule leaves out."""
        return Money.total(one.vat for one in self.left)


def is_academy(school_type: str) -> bool:
    """Is a school of this type an Academy, which claims for itself under section 33B?"""
    return bool(ACADEMY.search(school_type))


def month_period(first: date, last: date) -> Period:
    """The months from one to another, each given by any of its days. Raises RuleBroken when backwards."""
    start, end = first.replace(day=1), months_later(last.replace(day=1), 1) - timedelta(days=1)
    if end < start:
        raise RuleBroken("The last month must be the first month or later: the period is backwards.", "until")
    return Period(start, end)


def schedule(
    period: Period, documents: Iterable[Document], entries: Sequence[Entry], school_name: str
) -> Schedule:
    """The schedule of a period: every document with VAT is claimed or left out with its reason.

    Entries of the ledger that belong to none of these documents are named too, so that the schedule and what
    it leaves out come to what the ledger says, to the penny.
    """
    claimed: list[Document] = []
    left: list[Left] = []
    known = set()
    for document in documents:
        if not document.vat:
            continue
        known.add(document.id)
        missing = missing_on(document)
        if missing:
            what = "Credit note" if document.kind is Kind.CREDIT_NOTE else "Invoice"
            left.append(
                Left(
                    document.issued_on,
                    f"{what} {document.number}",
                    document.issuer.name,
                    document.vat,
                    f"Not a valid VAT invoice to {school_name}: {'; '.join(missing)}",
                )
            )
        else:
            claimed.append(document)
    left += [
        Left(
            entry.posted_on,
            entry.description,
            "",
            entry.amount,
            "The ledger counts it, but no invoice of this period stands behind it here",
        )
        for entry in entries
        if entry.id not in known
    ]
    ledger = Money.total(entry.amount for entry in entries)
    return Schedule(period, claimed, left, ledger)


def missing_on(document: Document) -> list[str]:
    """What a document lacks to be a valid VAT invoice, in words; nothing when it is one."""
    issuer, buyer = document.issuer, document.buyer
    standard = [line for line in document.lines if line.category is VatCategory.STANDARD]
    wanted = (
        (document.number, "its number is missing (regulation 14(1)(a))"),
        (
            document.tax_point or document.kind is Kind.CREDIT_NOTE,
            "the time of supply is missing (regulation 14(1)(b))",
        ),
        (issuer.name and issuer.address, "the supplier’s name or address is missing (regulation 14(1)(d))"),
        (
            is_vat_number(issuer.vat_number),
            "the supplier’s VAT number is missing or is none (regulation 14(1)(d))",
        ),
        (buyer.name and buyer.address, "the school’s name or address is missing (regulation 14(1)(e))"),
        (
            document.lines and all(line.description.strip() for line in document.lines),
            "a description is missing (regulation 14(1)(g))",
        ),
        (
            all(line.rate_basis_points and line.quantity for line in standard),
            "a quantity or a rate of VAT is missing (regulation 14(1)(h))",
        ),
    )
    return [words for present, words in wanted if not present]


def is_vat_number(number: str) -> bool:
    """Are its check digits right?"""
    return bool(vat_numbers.is_valid(number))


def description(document: Document) -> str:
    """What was supplied, in brief: the lines with VAT."""
    words = [line.description for line in document.lines if line.vat]
    return "; ".join(words)[:LONGEST_DESCRIPTION]


def taxed(document: Document) -> Money:
    """The amount before VAT of the lines with VAT."""
    return Money.total(line.net for line in document.lines if line.vat)


SCHEDULE_COLUMNS: Sequence[Column[Document]] = (
    Column("Invoice date", "The day of issue; of a credit note its own", lambda one: one.issued_on),
    Column("Number", "The number of the invoice or credit note", lambda one: one.number),
    Column("Supplier", "Who supplied it", lambda one: one.issuer.name),
    Column("Supplier’s VAT number", "As it stands on the invoice", lambda one: one.issuer.vat_number),
    Column("Addressed to", "The school, as the invoice names it", lambda one: one.buyer.name),
    Column("What was supplied", "The lines with VAT", description),
    Column("Before VAT", "Pounds before VAT of the lines with VAT", taxed),
    Column("VAT", "The VAT to claim, in pounds; negative on a credit note", lambda one: one.vat),
)


def warnings(wanted: Schedule, today: date) -> list[str]:
    """What a school should know before it claims: too short for so little, not over yet, or too late."""
    told = []
    small, months = figures()["small_claim"].value, figures()["small_claim_months"].value
    if ZERO < wanted.total < Money(small * 100) and wanted.period.months < months:
        told.append(
            f"A claim for less than £{small} must cover at least {months} months. Choose a longer period."
        )
    if wanted.period.end >= today:
        told.append("This period is not over. A claim ends on the last day of a month that is over.")
    oldest = months_later(wanted.period.start, 12 * figures()["years"].value + 1)
    if oldest <= today:
        told.append(
            f"Part of this period is more than {figures()['years'].value} years ago: it is too late to claim "
            "what was supplied then."
        )
    return told


LEFT_HEADS: Sequence[str] = ("Date", "What", "Supplier", "VAT", "Why it is not in the schedule")


def left_rows(left: Iterable[Left]) -> list[Sequence[Cell]]:
    """What is left out, as rows under `LEFT_HEADS`."""
    return [(one.on, one.what, one.supplier, one.vat, one.why) for one in left]
