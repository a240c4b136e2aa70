"""What a credit note takes back: of which lines, how much, with which VAT."""

from __future__ import annotations

import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.invoices.credit_notes import rules
from invoicing.invoices.credit_notes.rules import CreditableLine, credit
from invoicing.invoices.rules import InvoiceStatus, VatCategory, totals, vat_breakdown
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money, line_amount

STANDARD, EXEMPT = VatCategory.STANDARD, VatCategory.EXEMPT


def line(
    position: int = 1,
    price: str = "185.00",
    quantity: str = "4",
    category: VatCategory = STANDARD,
    reason: str = "",
) -> CreditableLine:
    return CreditableLine(
        line_id=uuid.UUID(int=position),
        position=position,
        description="Technician",
        quantity=Decimal(quantity),
        unit="days",
        unit_price=Decimal(price),
        net=line_amount(Decimal(price), Decimal(quantity)),
        credited=ZERO,
        category=category,
        rate_basis_points=2_000 if category is STANDARD else 0,
        exemption_reason=reason,
    )


def after(lines: list[CreditableLine], amounts: dict[int, Money]) -> list[CreditableLine]:
    """The lines when this much more of them has been credited."""
    return [replace(one, credited=one.credited + amounts.get(one.position, ZERO)) for one in lines]


def test_a_line_credited_in_whole_is_the_line_of_the_invoice() -> None:
    (credited,) = credit([line(quantity="3.5")], {1: Money(647_50)}).lines
    assert (credited.quantity, credited.unit, credited.unit_price) == (
        Decimal("3.5"),
        "days",
        Decimal("185.00"),
    )


def test_two_days_of_four_are_credited_as_two_days() -> None:
    (credited,) = credit([line()], {1: Money(370_00)}).lines
    assert (credited.quantity, credited.unit, credited.net) == (Decimal(2), "days", Money(370_00))


def test_a_lower_price_is_credited_as_one_amount() -> None:
    (credited,) = credit([line()], {1: Money(99_99)}).lines
    assert (credited.quantity, credited.unit, credited.unit_price) == (Decimal(1), "", Decimal("99.99"))


def test_the_rest_of_a_line_that_was_credited_before_is_left() -> None:
    lines = after([line()], {1: Money(700_00)})
    assert lines[0].left == Money(40_00)
    with pytest.raises(
        RuleBroken, match=r"must be £40\.00 or less, which is what is left of the line"
    ) as refused:
        credit(lines, {1: Money(40_01)})
    assert refused.value.field == "amount_1"
    gone = after(lines, {1: Money(40_00)})
    with pytest.raises(RuleBroken, match="left empty: nothing is left of the line"):
        credit(gone, {1: Money(1)})


@pytest.mark.parametrize(
    ("amounts", "message"),
    [
        ({}, "Enter how much to credit on at least one line"),
        ({1: ZERO}, "Enter how much to credit on at least one line"),
        ({1: Money(-1)}, "must be £0.00 or more"),
        ({9: Money(1)}, "no line 9"),
    ],
)
def test_a_credit_of_nothing_or_of_no_line_is_refused(amounts: dict[int, Money], message: str) -> None:
    with pytest.raises(RuleBroken, match=message):
        credit([line()], amounts)


def test_the_vat_of_one_credit_is_that_of_its_amount_half_up_by_category() -> None:
    lines = [line(1, "33.33", "1"), line(2, "10", "1", EXEMPT, "Education"), line(3, "0.03", "1")]
    taken = credit(lines, {1: Money(33_33), 2: Money(4_00), 3: Money(3)})
    assert [(part.category, part.reason, part.taxable, part.vat) for part in taken.breakdown] == [
        (STANDARD, "", Money(33_36), Money(6_67)),
        (EXEMPT, "Education", Money(4_00), ZERO),
    ]
    assert (taken.net, taken.vat, taken.total) == (Money(37_36), Money(6_67), Money(44_03))


def test_three_thirds_take_back_the_vat_that_was_charged_and_no_penny_more() -> None:
    lines, vat = [line(1, "100", "1")], []
    for third in (33_33, 33_33, 33_34):
        vat.append(credit(lines, {1: Money(third)}).vat)
        lines = after(lines, {1: Money(third)})
    assert vat == [Money(667), Money(666), Money(667)]  # each by itself would be £6.67, £20.01 in all


@given(
    st.lists(
        st.tuples(st.integers(1, 200_000), st.sampled_from([STANDARD, VatCategory.ZERO])),
        min_size=1,
        max_size=4,
    ),
    st.lists(st.lists(st.floats(0, 1), min_size=4, max_size=4), max_size=5),
)
def test_however_it_is_credited_the_whole_comes_back_to_the_penny(
    charged: list[tuple[int, VatCategory]], parts: list[list[float]]
) -> None:
    lines = [
        replace(
            line(place, category=category),
            net=Money(pence),
            unit_price=Decimal(pence) / 100,
            quantity=Decimal(1),
        )
        for place, (pence, category) in enumerate(charged, start=1)
    ]
    invoice = totals(vat_breakdown(replace(one, credited=ZERO) for one in lines))
    taken = []
    for part in [*parts, [1.0] * 4]:
        amounts = {
            one.position: Money(int(one.left.pence * part[one.position - 1])) for one in lines if one.left
        }
        amounts = {place: amount for place, amount in amounts.items() if amount}
        if not amounts:
            continue
        made = credit(lines, amounts)
        assert made.net == Money.total(one.net for one in made.lines)
        for one in made.lines:
            assert line_amount(one.unit_price, one.quantity) == one.net
        taken.append(made)
        lines = after(lines, amounts)
    assert Money.total(made.net for made in taken) == invoice.net
    assert Money.total(made.vat for made in taken) == invoice.vat
    assert all(made.vat >= ZERO for made in taken)
    assert not any(one.left for one in lines)


def test_a_draft_is_changed_and_what_is_credited_in_full_is_done() -> None:
    for status in (InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID, InvoiceStatus.PAID):
        rules.check_invoice(status)
    with pytest.raises(RuleBroken, match="Change or discard the draft instead"):
        rules.check_invoice(InvoiceStatus.DRAFT)
    with pytest.raises(RuleBroken, match="credited in full"):
        rules.check_invoice(InvoiceStatus.CREDITED)


def test_a_credit_note_says_why() -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_reason("  ")
    assert refused.value.field == "reason"


def test_a_number_fits_the_reference_of_a_bank_transfer_and_is_no_invoices() -> None:
    assert rules.credit_note_number("123456", 2026, 7) == "123456-2026-C0007"
    assert len(rules.credit_note_number("123456", 2026, 99_999)) <= 18
