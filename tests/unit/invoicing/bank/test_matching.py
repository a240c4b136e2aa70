"""Which invoices a payment is for is suggested with reasons; who it is for is never guessed."""

import uuid
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.bank.matching import OpenInvoice, chosen_beforehand, lay, suggest
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

BEECH, CEDAR = uuid.UUID(int=1), uuid.UUID(int=2)
PAID_ON = date(2026, 11, 20)


def invoice(number: int, pence: int, buyer: uuid.UUID = BEECH, due: int = 10) -> OpenInvoice:
    name = "Beech Primary School" if buyer == BEECH else "St Cedar's Academy"
    return OpenInvoice(
        uuid.UUID(int=100 + number),
        f"ALD-2026-{number:04d}",
        buyer,
        name,
        Money(pence),
        date(2026, 11, 1),
        date(2026, 12, due),
    )


def numbers(found: frozenset[uuid.UUID]) -> list[int]:
    return sorted(one.int - 100 for one in found)


def test_a_number_in_the_reference_says_more_than_an_amount_and_that_more_than_a_name() -> None:
    named, alike, other = invoice(1, 50_00), invoice(2, 100_00, CEDAR), invoice(3, 70_00)
    found = suggest(Money(100_00), "ref ald20260001", "Beech Primary", [other, alike, named])
    assert [one.invoice for one in found] == [named, alike, other]
    assert found[0].reasons == (
        "Its number is in the reference.",
        "The statement names Beech Primary School.",
    )
    assert found[1].reasons == ("What is still to be paid is exactly this amount.",)
    assert numbers(chosen_beforehand(found)) == [1]


def test_a_payment_that_fits_three_invoices_asks_which() -> None:
    three = [invoice(number, 100_00) for number in (1, 2, 3)]
    found = suggest(Money(100_00), "minibus", "Beech", three)
    assert len(found) == 3
    assert len({one.weight for one in found}) == 1
    assert chosen_beforehand(found) == frozenset()


def test_several_invoices_of_one_school_that_make_the_amount_are_proposed_together() -> None:
    invoices = [invoice(1, 30_00), invoice(2, 45_00), invoice(3, 99_00), invoice(4, 75_01, CEDAR)]
    found = suggest(Money(75_00), "", "", invoices)
    assert numbers(chosen_beforehand(found)) == [1, 2]
    assert found[0].reasons == ("With others of Beech Primary School it comes to exactly this amount.",)
    both_ways = [invoice(1, 30_00), invoice(2, 45_00), invoice(3, 45_00)]
    assert suggest(Money(75_00), "", "", both_ways) == []


def test_a_name_alone_is_a_reason_and_no_proposal() -> None:
    found = suggest(Money(1_00), "thank you", "ST CEDARS ACADEMY TRUST", [invoice(1, 5_00, CEDAR)])
    assert [one.reasons for one in found] == [("The statement names St Cedar's Academy.",)]
    assert chosen_beforehand(found) == frozenset()
    assert suggest(Money(1_00), "", "Primary School", [invoice(1, 5_00)]) == []


def test_the_invoice_due_first_is_paid_first_and_what_is_over_stays_on_account() -> None:
    later, sooner = invoice(1, 60_00, due=20), invoice(2, 50_00, due=5)
    part = lay(Money(80_00), [later, sooner], PAID_ON)
    assert [(one.invoice, one.amount, one.left) for one in part.parts] == [
        (sooner, Money(50_00), ZERO),
        (later, Money(30_00), Money(30_00)),
    ]
    assert part.on_account == ZERO
    assert lay(Money(120_00), [later, sooner], PAID_ON).on_account == Money(10_00)


@given(st.integers(1, 10**9), st.lists(st.integers(1, 10**9), min_size=1, max_size=6))
def test_every_penny_is_laid_somewhere(pence: int, outstanding: list[int]) -> None:
    invoices = [invoice(number, one) for number, one in enumerate(outstanding)]
    in_order = sorted(invoices, key=lambda one: (one.due_on, one.number))
    if sum(one.outstanding.pence for one in in_order[:-1]) >= pence:
        with pytest.raises(RuleBroken, match="used up before"):
            lay(Money(pence), invoices, PAID_ON)
        return
    laid = lay(Money(pence), invoices, PAID_ON)
    assert Money.total(one.amount for one in laid.parts) + laid.on_account == Money(pence)
    assert all(ZERO < one.amount <= one.invoice.outstanding for one in laid.parts)
    assert laid.on_account == ZERO or all(one.left == ZERO for one in laid.parts)


@pytest.mark.parametrize(
    ("invoices", "sentence"),
    [
        ([], "Choose the invoice"),
        ([invoice(1, 10_00), invoice(2, 10_00, CEDAR)], "choose invoices of one school"),
        ([invoice(1, 100_00), invoice(2, 10_00, due=20)], "used up before invoice ALD-2026-0002"),
        ([replace(invoice(1, 10_00), issued_on=date(2026, 11, 21))], "was issued after this money came"),
    ],
)
def test_what_a_payment_cannot_be_for_is_refused(invoices: list[OpenInvoice], sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        lay(Money(100_00), invoices, PAID_ON)
