import uuid
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.agreements import law, rules
from invoicing.agreements.rules import (
    AgreementStatus,
    Basis,
    Checked,
    CheckLevel,
    Price,
    Schedule,
    Service,
    Signatures,
    Supply,
)
from invoicing.agreements.signing import rules as signing
from invoicing.invoices.rules import VatCategory
from marketplace.core import clock
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from tests.make import agreements as making

SELLER, BUYER, ANN, BOB = (uuid.UUID(int=number) for number in range(1, 5))
ENOUGH = law.enough_for_regulated_activity(date(2026, 11, 27))


def test_an_agreement_moves_only_along_its_table() -> None:
    allowed = {
        ("draft", "proposed"),
        ("draft", "discarded"),
        ("proposed", "agreed"),
        ("proposed", "draft"),
        ("agreed", "running"),
        ("running", "ended"),
    }
    for present, wanted in product(AgreementStatus, repeat=2):
        if (present.value, wanted.value) in allowed:
            assert rules.move(present, wanted) is wanted
        else:
            with pytest.raises(RuleBroken):
                rules.move(present, wanted)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"work": ""}, "work"),
        ({"supply": Supply.NO_STAFF}, "supply"),
        ({"regulated": False}, "regulated"),
        ({"exemption_reason": "Education"}, "exemption_reason"),
        ({"price": Price(Basis.PER_UNIT, Money(0), unit="day")}, "rate"),
        ({"price": Price(Basis.PER_UNIT, Money(100), unit=" ")}, "unit"),
        ({"price": Price(Basis.PER_PUPIL, Money(100))}, "pupils"),
        ({"price": Price(Basis.SHARE, share=10_001)}, "share"),
        ({"price": Price(Basis.AT_COST, Money(100))}, "rate"),
        ({"starts_on": clock.today() - timedelta(days=32)}, "starts_on"),
        ({"ends_on": clock.today()}, "ends_on"),
        ({"ends_on": clock.today() + timedelta(days=3_000)}, "ends_on"),
        ({"extension_months": 25}, "extension_months"),
        ({"notice_months": 13}, "notice_months"),
        ({"reviews": (clock.today() - timedelta(days=1),)}, "first_review"),
        ({"membership_id": ANN}, "membership_id"),
        ({"service": Service.TRUST_PARTNERSHIP, "objectives": ""}, "objectives"),
        ({"service": Service.TRUST_PARTNERSHIP, "reviews": ()}, "first_review"),
    ],
)
def test_terms_that_cannot_be_are_refused_on_their_field(changes: dict[str, object], field: str) -> None:
    rules.check_terms(making.terms(), clock.today())
    with pytest.raises(RuleBroken) as refused:
        rules.check_terms(making.terms(**changes), clock.today())
    assert refused.value.field == field
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize("number", ["001234567890", "0012 3456 7890", "0012-3456-7890"])
def test_the_number_of_a_certificate_is_refused_wherever_it_is_typed(number: str) -> None:
    for name in ("title", "work", "objectives"):
        with pytest.raises(RuleBroken, match="never the certificate"):
            rules.check_terms(making.terms(**{name: f"DBS {number} seen"}), clock.today())
    with pytest.raises(RuleBroken, match="never the certificate"):
        rules.check_check(making.checked(worker=f"A. Smith {number}"), clock.today())


def test_dates_telephone_numbers_and_sums_are_no_certificates() -> None:
    rules.check_no_certificate("From 01/09/2026, call 020 7946 0958, £1,200.00, minibus WX26 ABC", "work")


def test_a_check_of_tomorrow_is_refused() -> None:
    with pytest.raises(RuleBroken, match="by today") as refused:
        rules.check_check(Checked("Teacher", CheckLevel.ENHANCED, date(2026, 9, 2)), date(2026, 9, 1))
    assert refused.value.field == "checked_on"


@given(st.lists(st.sampled_from(CheckLevel)), st.sampled_from([True, False]))
def test_work_with_children_needs_a_check_and_none_that_is_too_low(
    levels: list[CheckLevel],
    regulated: bool,  # noqa: FBT001  # Hypothesis gives it
) -> None:
    terms = making.terms(regulated=regulated)
    fine = not regulated or (bool(levels) and set(levels) == {CheckLevel.ENHANCED_CHILDREN})
    if fine:
        rules.check_safeguarded(terms, levels, *ENOUGH)
    else:
        with pytest.raises(RuleBroken):
            rules.check_safeguarded(terms, levels, *ENOUGH)


def test_whether_anybody_works_with_children_must_be_answered() -> None:
    with pytest.raises(RuleBroken, match="whether anybody works with children"):
        rules.check_safeguarded(making.terms(regulated=None), [CheckLevel.ENHANCED_CHILDREN], *ENOUGH)


def test_nobody_signs_for_both_schools_or_twice_for_one() -> None:
    nobody = Signatures(SELLER, BUYER)
    rules.check_signature(nobody, SELLER, ANN)
    signed = replace(nobody, by_school={SELLER: ANN})
    assert not signed.complete
    with pytest.raises(RuleBroken, match="Nobody signs for both"):
        rules.check_signature(signed, BUYER, ANN)
    with pytest.raises(RuleBroken, match="already"):
        rules.check_signature(signed, SELLER, BOB)
    with pytest.raises(RuleBroken, match="one of the two schools"):
        rules.check_signature(nobody, ANN, ANN)
    rules.check_signature(signed, BUYER, BOB)
    assert replace(nobody, by_school={SELLER: ANN, BUYER: BOB}).complete


def test_extensions_stay_within_their_limit_in_all() -> None:
    end = date(2027, 8, 31)
    assert signing.extended_to(end, 6, limit=12, used=0) == date(2028, 2, 29)
    assert signing.extended_to(end, 6, limit=12, used=6) == date(2028, 2, 29)
    with pytest.raises(RuleBroken, match="from 1 to 6 more months"):
        signing.extended_to(end, 7, limit=12, used=6)
    with pytest.raises(RuleBroken, match="no further extension"):
        signing.extended_to(end, 1, limit=12, used=12)


def test_notice_ends_an_agreement_after_its_period_and_before_its_end() -> None:
    earliest = signing.earliest_end(date(2026, 11, 30), date(2026, 9, 1), 3)
    assert earliest == date(2027, 2, 28)
    end = date(2027, 8, 31)
    signing.check_notice(earliest, earliest=earliest, ends_on=end)
    with pytest.raises(RuleBroken, match="28 February 2027 at the earliest"):
        signing.check_notice(earliest - timedelta(days=1), earliest=earliest, ends_on=end)
    with pytest.raises(RuleBroken, match="31 August 2027 by itself"):
        signing.check_notice(end, earliest=earliest, ends_on=end)
    with pytest.raises(RuleBroken, match="by itself"):
        signing.check_notice(end, earliest=end, ends_on=end)
    assert signing.earliest_end(date(2026, 8, 1), date(2026, 9, 1), 0) == date(2026, 9, 1)


def test_teaching_staff_are_exempt_and_other_staff_standard_rated() -> None:
    day = date(2026, 11, 27)
    teaching = law.vat_of_staff(Supply.TEACHING, day)
    assert (teaching.category, "Group 6" in teaching.reason) == (VatCategory.EXEMPT, True)
    assert law.vat_of_staff(Supply.OTHER_STAFF, day).category is VatCategory.STANDARD


def test_prices_are_said_in_words() -> None:
    monthly, termly = Schedule.MONTHLY, Schedule.TERMLY
    assert making.A_DAY.words(monthly) == "£240.00 a day"
    assert Price(Basis.FIXED, Money(600_00)).words(termly) == "£600.00 a term"
    assert (
        Price(Basis.PER_PUPIL, Money(75), pupils=1_210).words(monthly)
        == "£0.75 a pupil and month, for 1,210 pupils"
    )
    assert Price(Basis.SHARE, share=3_350).words(monthly) == "33.50 % of the cost"
    assert Price(Basis.SHARE, share=4_000).words(monthly) == "40 % of the cost"
