"""VAT to the penny, tax points, numbers, and what a draft may say."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.invoices import rules, vat_law
from invoicing.invoices.rules import (
    InvoiceSource,
    InvoiceStatus,
    InvoiceTerms,
    LineDraft,
    VatCategory,
)
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

BUYER, ISSUER = uuid.UUID(int=1), uuid.UUID(int=2)
DAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Line:
    """A line as the breakdown reads it."""

    net: Money
    category: VatCategory = VatCategory.STANDARD
    rate_basis_points: int = 2_000
    exemption_reason: str = ""


def line(price: str = "100", quantity: str = "1", category: VatCategory = VatCategory.OUTSIDE) -> LineDraft:
    return LineDraft("Minibus", Decimal(quantity), "trips", Decimal(price), category)


def terms(*lines: LineDraft) -> InvoiceTerms:
    return InvoiceTerms(BUYER, DAY, 30, "", "", lines)


def check(given_terms: InvoiceTerms, *, registered: bool = False) -> None:
    rules.check_terms(given_terms, issuer_id=ISSUER, registered=registered)


# ------------------------------------------------------------------ VAT


def test_vat_is_worked_out_once_on_the_category_and_not_line_by_line() -> None:
    three_lines = [Line(Money(33))] * 3
    (part,) = rules.vat_breakdown(three_lines)
    assert part.taxable == Money(99)
    assert part.vat == Money(20)  # line by line it would be 3 × £0.07 = £0.21


@pytest.mark.parametrize(("net", "vat"), [(2, 0), (3, 1), (12, 2), (13, 3), (1_234_57, 246_91), (0, 0)])
def test_half_a_penny_of_vat_goes_up(net: int, vat: int) -> None:
    assert rules.vat_breakdown([Line(Money(net))])[0].vat == Money(vat)


def test_half_a_penny_exactly_goes_up() -> None:
    (part,) = rules.vat_breakdown([Line(Money(250), rate_basis_points=500)])  # 12.5 pence
    assert part.vat == Money(13)


def test_categories_rates_and_reasons_are_kept_apart_in_a_fixed_order() -> None:
    breakdown = rules.vat_breakdown(
        [
            Line(Money(100), VatCategory.EXEMPT, 0, "Welfare"),
            Line(Money(200)),
            Line(Money(300), VatCategory.EXEMPT, 0, "Education"),
            Line(Money(400), VatCategory.ZERO, 0),
            Line(Money(500), rate_basis_points=500),
        ]
    )
    assert [(part.category.value, part.rate_basis_points, part.reason) for part in breakdown] == [
        ("S", 2_000, ""),
        ("S", 500, ""),
        ("Z", 0, ""),
        ("E", 0, "Education"),
        ("E", 0, "Welfare"),
    ]


lines_of_vat = st.lists(
    st.builds(
        Line,
        st.integers(min_value=0, max_value=10**9).map(Money),
        st.sampled_from([VatCategory.STANDARD]),
        st.sampled_from([500, 1_750, 2_000]),
    )
    | st.builds(
        Line,
        st.integers(min_value=0, max_value=10**9).map(Money),
        st.sampled_from([VatCategory.ZERO, VatCategory.OUTSIDE]),
        st.just(0),
    ),
    max_size=20,
)


@given(lines_of_vat)
def test_the_breakdown_taxes_every_penny_once(lines: list[Line]) -> None:
    breakdown = rules.vat_breakdown(lines)
    sums = rules.totals(breakdown)
    assert sums.net == Money.total(one.net for one in lines)
    assert sums.total == sums.net + sums.vat
    for part in breakdown:
        exact = Decimal(part.taxable.pence) * part.rate_basis_points / 10_000
        assert part.vat.pence == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(lines_of_vat, st.randoms())
def test_the_order_of_the_lines_changes_nothing(lines: list[Line], chance: st.DataObject) -> None:
    mixed = list(lines)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
    assert rules.vat_breakdown(mixed) == rules.vat_breakdown(lines)


def test_only_the_standard_rate_has_a_rate() -> None:
    assert rules.rate_of(VatCategory.STANDARD, DAY) == 2_000
    assert {rules.rate_of(category, DAY) for category in set(VatCategory) - {VatCategory.STANDARD}} == {0}


def test_the_standard_rate_is_known_from_its_first_day() -> None:
    assert rules.rate_of(VatCategory.STANDARD, date(2011, 1, 4)) == 2_000
    with pytest.raises(RuleBroken, match="4 January 2011 or later") as refused:
        rules.rate_of(VatCategory.STANDARD, date(2011, 1, 3))
    assert refused.value.field == "supplied_on"


def test_a_school_that_is_not_registered_charges_outside_the_scope_of_vat() -> None:
    assert rules.usual_category(registered=False) is VatCategory.OUTSIDE
    assert rules.usual_category(registered=True) is VatCategory.STANDARD


# ------------------------------------------------------------------ dates and numbers


@pytest.mark.parametrize(
    ("issued", "tax_point"),
    [
        (DAY - timedelta(days=30), DAY - timedelta(days=30)),
        (DAY, DAY),
        (DAY + timedelta(days=14), DAY + timedelta(days=14)),
        (DAY + timedelta(days=15), DAY),
        (DAY + timedelta(days=200), DAY),
    ],
)
def test_an_invoice_within_fourteen_days_moves_the_tax_point_to_its_own_date(
    issued: date, tax_point: date
) -> None:
    assert rules.tax_point(DAY, issued) == tax_point


@given(st.dates(date(2011, 1, 4), date(2099, 1, 1)), st.integers(-365, 365))
def test_a_tax_point_is_the_day_of_supply_or_of_issue_and_never_after_issue(
    supplied: date, days: int
) -> None:
    issued = supplied + timedelta(days=days)
    found = rules.tax_point(supplied, issued)
    assert found in {supplied, issued}
    assert found <= issued


def test_thirty_days_to_pay_from_the_end_of_january_end_in_march() -> None:
    assert rules.due_on(date(2027, 1, 31), 30) == date(2027, 3, 2)


def test_a_number_fits_the_reference_of_a_bank_transfer() -> None:
    assert rules.invoice_number("123456", 2026, 7) == "123456-2026-0007"
    assert len(rules.invoice_number("123456", 2026, 99_999)) <= 18


def test_money_owed_after_its_day_is_overdue_and_not_on_the_day() -> None:
    assert not rules.is_overdue(InvoiceStatus.ISSUED, DAY, DAY)
    assert rules.is_overdue(InvoiceStatus.PART_PAID, DAY, DAY + timedelta(days=1))
    assert not rules.is_overdue(InvoiceStatus.PAID, DAY, DAY + timedelta(days=1))
    assert not rules.is_overdue(InvoiceStatus.DRAFT, None, DAY)


# ------------------------------------------------------------------ status


@given(st.integers(1, 10**9), st.data())
def test_an_invoice_is_paid_when_nothing_is_left(total: int, data: st.DataObject) -> None:
    paid, credited = data.draw(st.integers(0, total)), data.draw(st.just(0) | st.integers(0, total))
    status = rules.status_when_paid(Money(total), Money(paid), Money(credited))
    left = total - paid - credited
    assert (status in rules.UNPAID) == (left > 0 or (paid == 0 and credited < total))
    assert (status is InvoiceStatus.CREDITED) == (credited == total)
    assert (status is InvoiceStatus.PAID) == (credited < total and paid > 0 and left <= 0)


@given(st.sampled_from(InvoiceStatus), st.sampled_from(InvoiceStatus))
def test_a_status_moves_only_as_the_table_says(present: InvoiceStatus, wanted: InvoiceStatus) -> None:
    if wanted in rules.MOVES[present]:
        assert rules.move(present, wanted) is wanted
    else:
        with pytest.raises(RuleBroken):
            rules.move(present, wanted)


@given(st.lists(st.sampled_from(InvoiceStatus), max_size=12))
def test_what_was_issued_never_becomes_a_draft_again(wishes: list[InvoiceStatus]) -> None:
    present = InvoiceStatus.ISSUED
    for wish in wishes:
        if wish in rules.MOVES[present]:
            present = rules.move(present, wish)
        assert present in rules.SENT


# ------------------------------------------------------------------ what a draft may say


def test_a_plain_draft_is_right() -> None:
    check(terms(line()))
    check(terms(line(category=VatCategory.STANDARD)), registered=True)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((), "at least one line"),
        ((line(quantity="0"),), "quantity on line 1 must be more than 0"),
        ((line(), line(quantity="-1")), "quantity on line 2 must be more than 0"),
        ((line(price="-0.01"),), "price on line 1 must be £0.00 or more"),
        ((line(price="0"),), "more than £0.00"),
        ((replace(line(), description="  "),), "Enter what line 1 is for"),
        ((line(price="1000000", quantity="100000"),), "or less"),
        ((line(),) * 51, "at most 50 lines"),
        ((line(category=VatCategory.STANDARD),), "not registered for VAT"),
    ],
)
def test_a_draft_that_makes_no_sense_is_refused(lines: tuple[LineDraft, ...], message: str) -> None:
    with pytest.raises(RuleBroken, match=message) as refused:
        check(terms(*lines))
    assert refused.value.field == "lines"


ALL_EIGHT = frozenset(vat_law.disbursement(DAY).conditions)


def test_a_disbursement_is_refused_until_all_eight_conditions_are_ticked_and_says_which_are_missing() -> None:
    assert len(ALL_EIGHT) == 8
    check(replace(terms(line()), conditions=ALL_EIGHT), registered=True)
    for name in ALL_EIGHT:
        with pytest.raises(RuleBroken) as refused:
            check(replace(terms(line()), conditions=ALL_EIGHT - {name}), registered=True)
        assert refused.value.field == "conditions"
        missing = vat_law.disbursement(DAY).conditions[name]
        assert f"Not ticked: {missing}. Tick what is true" in refused.value.message
        assert "VAT Notice 700, section 25.1.1" in refused.value.message


def test_a_disbursement_stands_on_an_invoice_of_its_own() -> None:
    mixed = terms(line(), line(category=VatCategory.STANDARD))
    with pytest.raises(RuleBroken, match="BR-O-11"):
        check(replace(mixed, conditions=ALL_EIGHT), registered=True)


def test_staff_are_charged_as_the_law_says() -> None:
    teaching, other = (vat_law.staff(kind, DAY) for kind in vat_law.Staff)
    assert (teaching.category, other.category) == (VatCategory.EXEMPT, VatCategory.STANDARD)
    assert "Schedule 9, Group 6" in teaching.reason
    assert "VATEDU53600" in other.cited


def test_an_exempt_line_needs_its_reason() -> None:
    exempt = line(category=VatCategory.EXEMPT)
    with pytest.raises(RuleBroken) as refused:
        check(terms(exempt), registered=True)
    assert refused.value.field == "exemption_reason"
    check(terms(replace(exempt, exemption_reason="Education")), registered=True)


def test_a_school_does_not_invoice_itself() -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_terms(terms(line()), issuer_id=BUYER, registered=False)
    assert refused.value.field == "buyer_id"


@pytest.mark.parametrize("days", [-1, 91, 10_000])
def test_days_to_pay_are_from_0_to_90(days: int) -> None:
    with pytest.raises(RuleBroken) as refused:
        check(replace(terms(line()), payment_days=days))
    assert refused.value.field == "payment_days"


def test_a_share_of_a_split_keeps_its_school_and_its_amount() -> None:
    share = Money(100)
    rules.check_share(InvoiceSource.SHARED_COST, share=share, same_buyer=True, net=share)
    rules.check_share(InvoiceSource.MANUAL, share=share, same_buyer=False, net=Money(5))
    with pytest.raises(RuleBroken, match="school cannot be changed"):
        rules.check_share(InvoiceSource.SHARED_COST, share=share, same_buyer=False, net=share)
    with pytest.raises(RuleBroken, match=r"must come to £1\.00 before VAT, not £1\.01"):
        rules.check_share(InvoiceSource.RECOVERY_FEE, share=share, same_buyer=True, net=Money(101))


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("issuer_address", "no address"),
        ("bank_details", "no bank account"),
        ("buyer_address", "Beech has no"),
    ],
)
def test_a_vat_invoice_names_both_addresses_and_where_to_pay(missing: str, message: str) -> None:
    known = {"issuer_address": "1 Mill Lane", "bank_details": "30-94-31", "buyer_address": "2 Mill Lane"}
    rules.check_particulars(**known, buyer_name="Beech", registered=True)
    with pytest.raises(RuleBroken, match=message):
        rules.check_particulars(**{**known, missing: ""}, buyer_name="Beech", registered=True)


def test_without_vat_the_buyers_address_may_be_missing() -> None:
    rules.check_particulars(
        issuer_address="1 Mill Lane", bank_details="x", buyer_name="Beech", buyer_address="", registered=False
    )
