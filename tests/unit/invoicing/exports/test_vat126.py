"""What may be claimed back on form VAT126, and what may not, each with its reason."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from invoicing.exports.rules import Document, Side
from invoicing.exports.vat126 import rules
from invoicing.exports.vat126.rules import Entry, Period, month_period, schedule
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from tests.architecture.export_samples import documents

INVOICE, NOTE, OUTSIDE = documents(Side.ISSUED)
AUTUMN = Period(date(2026, 10, 1), date(2026, 11, 30))
BOOKED = [
    Entry(INVOICE.id, INVOICE.issued_on, "Invoice", INVOICE.vat),
    Entry(NOTE.id, NOTE.issued_on, "Credit note", NOTE.vat),
]


def wrong(document: Document, **changes: Any) -> Document:
    """The document with other particulars: of the issuer, of the buyer, or its own."""
    parties = {name: changes.pop(name) for name in ("issuer", "buyer") if name in changes}
    for name, party in parties.items():
        document = replace(document, **{name: replace(getattr(document, name), **party)})
    return replace(document, **changes)


def test_a_schedule_holds_every_valid_invoice_and_comes_to_what_the_ledger_says() -> None:
    made = schedule(AUTUMN, documents(Side.ISSUED), BOOKED, "Beech Academy")
    assert [one.number for one in made.claimed] == [INVOICE.number, NOTE.number]
    assert made.total == Money(37_800) == made.ledger
    assert not made.left
    assert rules.taxed(INVOICE) == Money(225_000)
    assert rules.description(INVOICE) == "Shared network manager, autumn term"


@pytest.mark.parametrize(
    ("changes", "paragraph"),
    [
        ({"number": ""}, "(a)"),
        ({"tax_point": None}, "(b)"),
        ({"issuer": {"address": ""}}, "(d)"),
        ({"issuer": {"vat_number": ""}}, "(d)"),
        ({"issuer": {"vat_number": "GB980780685"}}, "(d)"),
        ({"buyer": {"name": ""}}, "(e)"),
        ({"buyer": {"address": ""}}, "(e)"),
        ({"lines": ()}, "(g)"),
        ({"lines": (replace(INVOICE.lines[0], description=" "),)}, "(g)"),
        ({"lines": (replace(INVOICE.lines[0], rate_basis_points=0),)}, "(h)"),
    ],
)
def test_an_invoice_that_lacks_what_the_law_asks_for_is_left_out_with_the_paragraph(
    changes: Mapping[str, Any], paragraph: str
) -> None:
    lacking = wrong(INVOICE, **changes)
    made = schedule(AUTUMN, [lacking, NOTE], BOOKED, "Beech Academy")
    assert [one.id for one in made.claimed] == [NOTE.id]
    (left,) = made.left
    assert f"regulation 14(1){paragraph}" in left.why
    assert made.total + made.left_out == made.ledger


def test_what_the_ledger_counts_without_an_invoice_is_named_so_that_nothing_is_unexplained() -> None:
    correction = Entry(uuid.UUID(int=9), date(2026, 11, 20), "Correction of a posting", Money(1))
    made = schedule(AUTUMN, [INVOICE, NOTE], [*BOOKED, correction], "Beech Academy")
    (left,) = made.left
    assert (left.what, left.vat) == ("Correction of a posting", Money(1))
    assert made.total + made.left_out == made.ledger


def test_a_period_is_whole_months_and_never_backwards() -> None:
    assert month_period(date(2026, 2, 9), date(2026, 2, 9)) == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert month_period(date(2025, 12, 1), date(2026, 11, 1)).months == 12
    with pytest.raises(RuleBroken, match="the period is backwards"):
        month_period(date(2026, 11, 1), date(2026, 10, 1))


def test_a_claim_that_is_small_unfinished_or_late_is_warned_of() -> None:
    made = schedule(AUTUMN, [NOTE], BOOKED[1:], "Beech Academy")
    assert rules.warnings(made, date(2026, 12, 1)) == []
    small = replace(made, claimed=[replace(INVOICE, vat=Money(99_99))])
    assert "less than £100" in rules.warnings(small, date(2026, 12, 1))[0]
    assert "not over" in rules.warnings(made, date(2026, 11, 30))[0]
    assert "too late" in rules.warnings(made, date(2030, 11, 1))[0]
    assert not rules.warnings(made, date(2030, 10, 31))


def test_a_figure_of_the_rules_says_where_it_stands() -> None:
    assert all("GOV.UK" in one.source for one in rules.figures().values())


def test_an_academy_claims_for_itself_and_a_maintained_school_through_its_authority() -> None:
    assert all(map(rules.is_academy, ("Academy converter", "Free schools special", "Studio schools")))
    assert not any(map(rules.is_academy, ("Community school", "Voluntary aided school")))
