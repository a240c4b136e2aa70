"""What we write reads back to the same figures; what does not add up, or could do harm, is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.incoming import rules
from invoicing.incoming.formats import telling
from invoicing.incoming.matching import Candidate, Claim, suggest
from invoicing.incoming.parties import (
    Known,
    OwnSchool,
    check_buyer,
    number_key,
    reasons_it_is_ours,
    reasons_they_are_one,
)
from invoicing.incoming.rules import Format, Party
from invoicing.invoices.rules import VatCategory, vat_breakdown
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from tests.make.incoming import COMPANY, STANDARD, VAT_NUMBER, Charged, hybrid, supplier_cii, supplier_ubl

BUYER = "Beech School"
TWO = (Charged("2", "50", *STANDARD), Charged("1.5", "33.3333", VatCategory.ZERO, 0))
KINDS = (STANDARD, (VatCategory.STANDARD, 500), (VatCategory.ZERO, 0), (VatCategory.EXEMPT, 0))


def places(low: str, high: str) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=4)


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(places("0.1", "500"), places("0.1", "900"), st.sampled_from(KINDS)), min_size=1, max_size=6
    )
)
def test_what_we_write_reads_back_to_the_same_figures(
    drawn: list[tuple[Decimal, Decimal, tuple[VatCategory, int]]],
) -> None:
    charged = [Charged(str(quantity), str(price), *kind) for quantity, price, kind in drawn]
    breakdown = vat_breakdown(charged)
    for write in (supplier_ubl, supplier_cii):
        _, read = telling.read(write(BUYER, *charged))
        rules.check(read)
        assert [(line.quantity, line.price, line.net) for line in read.lines] == [
            (one.quantity, one.price, one.net) for one in charged
        ]
        assert read.sums.net == Money.total(one.net for one in charged)
        assert read.sums.vat == Money.total(part.vat for part in breakdown)
        assert read.sums.due == read.sums.net + read.sums.vat


def test_each_kind_of_file_says_who_it_is_from_to_whom_and_for_what() -> None:
    on = date(2026, 11, 3)
    for kind, content in (
        (Format.UBL, supplier_ubl(BUYER, issued_on=on)),
        (Format.CII, supplier_cii(BUYER, issued_on=on)),
        (Format.HYBRID, hybrid(supplier_cii(BUYER, issued_on=on))),
    ):
        told, read = telling.read(content)
        assert told is kind
        assert (read.number, read.order, read.due_on) == ("INV-1041", "PO-77", date(2026, 12, 3))
        assert (read.issued_on, read.supplied_on) == (on, date(2026, 10, 30))
        assert read.seller.address.startswith("1 Mill Lane")
        assert (read.seller.company_number, read.seller.vat_number) == (COMPANY, VAT_NUMBER)
        assert read.seller.name == "Bright & Bramshire Limited"
        assert read.buyer.name == BUYER
        assert read.account.endswith("00000001")


def test_a_credit_note_says_which_invoice_it_takes_back_in_both_kinds_of_xml() -> None:
    for write in (supplier_ubl, supplier_cii):
        _, read = telling.read(write(BUYER, *TWO, takes_back="INV-1041"))
        rules.check(read)
        assert (read.kind, read.preceding) == (rules.Kind.CREDIT_NOTE, "INV-1041")
        assert [line.quantity for line in read.lines] == [Decimal(2), Decimal("1.5")]


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        (b">100.00</cbc:LineExtensionAmount>", b">101.00</cbc:LineExtensionAmount>", "line 1 says £101.00"),
        (b">120.00</cbc:PayableAmount>", b">119.99</cbc:PayableAmount>", "£119.99, and is £120.00"),
        (b">120.00</cbc:TaxInclusiveAmount>", b">121.00</cbc:TaxInclusiveAmount>", "the total with VAT"),
        (b">100.00</cbc:TaxExclusiveAmount>", b">99.00</cbc:TaxExclusiveAmount>", "the total before VAT"),
        (b">20.00</cbc:TaxAmount>", b">20.02</cbc:TaxAmount>", "20% VAT has £20.02 of VAT, and it should"),
        (b">100.00</cbc:TaxableAmount>", b">90.00</cbc:TaxableAmount>", "VAT is worked out on £90.00"),
        (b"<cbc:ID>S<", b"<cbc:ID>K<", "VAT category “K”, which is none of those used in the United Kingdom"),
        (b"<cbc:ID>S<", b"<cbc:ID>E<", "20% VAT in the category “Exempt”, which do not go together"),
        (b'currencyID="GBP"', b'currencyID="EUR"', "is in EUR and GBP, and Weald takes pounds"),
        (b">380<", b">325<", "neither an invoice nor a credit note"),
        (b">100.00</cbc:TaxExclusiveAmount>", b">100.005</cbc:TaxExclusiveAmount>", "a part of a penny"),
        (b">2</cbc:InvoicedQuantity>", b">2E9</cbc:InvoicedQuantity>", "“2E9” as the quantity"),
        (b"<cbc:ID>INV-1041</cbc:ID>", b"", "does not have a number (BT-1)"),
        (VAT_NUMBER.encode(), b"", "does not give the supplier’s VAT number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_what_to_do(wrong: bytes, right: bytes, sentence: str) -> None:
    content = supplier_ubl(BUYER)
    assert wrong in content
    with pytest.raises(RuleBroken) as refused:
        rules.check(telling.read(content.replace(wrong, right))[1])
    assert sentence in refused.value.message
    assert refused.value.field == "document"


HOSTILE = (
    b'<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>&x;</ID></Invoice>'
)
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE Invoice [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>&b;</ID></Invoice>'
)


@pytest.mark.parametrize("content", [HOSTILE, LAUGHS], ids=["external entity", "many laughs"])
def test_abuse_21_no_entity_is_looked_up_and_no_doctype_is_read(content: bytes) -> None:
    with pytest.raises(RuleBroken, match="a document type or entities in it"):
        telling.read(content)
    with pytest.raises(RuleBroken):
        telling.read(hybrid(content))


def test_abuse_21_what_a_small_pdf_unpacks_to_is_bounded_before_it_is_parsed() -> None:
    pdf = hybrid(b"<a>" + b"<b/>" * 2_000_000 + b"</a>")
    assert len(pdf) < rules.LARGEST_FILE
    with pytest.raises(RuleBroken, match="in this PDF is larger than 5 MB"):
        telling.read(pdf)


@pytest.mark.parametrize(
    "content", [b"Dear school", b"<html></html>", b"\xff\xfe<", b"%PDF-1.7 no more", b"<a"]
)
def test_a_file_that_is_none_of_the_three_is_told_apart(content: bytes) -> None:
    with pytest.raises(RuleBroken, match=r"is no e-invoice|is not a complete PDF"):
        telling.read(content)


ALDER = OwnSchool("Alder Primary School", "990101", "10012345", "GB980780684", "Alder Trust, number 07654321")


@pytest.mark.parametrize(
    ("buyer", "reason"),
    [
        (Party("ALDER PRIMARY SCHOOL."), "its name"),
        (Party("Whatever", vat_number="980780684"), "its VAT number"),
        (Party("Whatever", endpoint="GB980780684"), "its VAT number"),
        (Party("Whatever", identifiers=("URN 990101",)), "its URN or UKPRN"),
        (Party("Whatever", company_number="7654321"), "its company number"),
        (Party("Alder Trust"), "its company’s name"),
    ],
)
def test_an_invoice_is_ours_by_number_or_name(buyer: Party, reason: str) -> None:
    check_buyer(buyer, ALDER)
    assert list(reasons_it_is_ours(buyer, ALDER)) == [reason]


@pytest.mark.parametrize(
    "buyer", [Party("Beech School"), Party("Trust"), Party("Alder Primary School", vat_number="GB220430231")]
)
def test_another_buyer_is_refused(buyer: Party) -> None:
    with pytest.raises(RuleBroken, match="is made out to"):
        check_buyer(buyer, ALDER)


def test_a_price_is_shown_as_it_is_written_and_for_how_many() -> None:
    assert rules.price_words(Decimal("38.5"), Decimal(1)) == "£38.50"
    assert rules.price_words(Decimal("1050.0000"), Decimal("1.0")) == "£1,050.00"
    assert rules.price_words(Decimal("33.3333"), Decimal(100)) == "£33.3333 for 100"


def test_vat_may_be_rounded_line_by_line_and_a_price_for_many_is_divided() -> None:
    rounded = [Charged("1", "0.12", *STANDARD) for _ in range(4)]  # 2.4p each: 8p by line, 10p in all
    content = supplier_ubl(BUYER, *rounded)
    assert content.count(b">0.10<") == 2, "the VAT of the category and of all"
    for changed in (content, content.replace(b">0.10<", b">0.08<").replace(b">0.58<", b">0.56<")):
        rules.check(telling.read(changed)[1])
    with pytest.raises(RuleBroken, match=r"should be £0\.10"):
        rules.check(telling.read(content.replace(b">0.10<", b">0.07<").replace(b">0.58<", b">0.55<"))[1])
    price = b"</cbc:PriceAmount>"
    many = supplier_ubl(BUYER).replace(
        b">50</cbc:PriceAmount>", b">5000" + price + b"<cbc:BaseQuantity>100</cbc:BaseQuantity>"
    )
    assert b"BaseQuantity" in many
    rules.check(telling.read(many)[1])


def test_suppliers_are_one_by_their_numbers_first_and_then_by_name() -> None:
    one = Known("Bright & Bramshire Ltd", "1234567", "GB340804329")
    assert reasons_they_are_one(one, Known("B&B", "01234567")) == ["the same company number"]
    assert reasons_they_are_one(one, Known("Bright and Bramshire Limited")) == ["the same name"]
    assert not reasons_they_are_one(one, Known("Bright & Bramshire Ltd", "07654321"))
    assert number_key("INV-1041") == number_key("inv 1041") != number_key("INV-1042")


def test_contracts_are_suggested_with_reasons_and_doubts() -> None:
    supplier = Known("Bright & Bramshire Limited", COMPANY)
    ended, running, other = new_id(), new_id(), new_id()
    days = (date(2026, 9, 1), date(2027, 8, 31))
    found = suggest(
        Claim(supplier, order="PO-77", contract="", on=date(2026, 10, 30)),
        [
            Candidate(other, "Meals", Known("Larder & Co"), (), *days),
            Candidate(ended, "Old cleaning", supplier, (), date(2024, 9, 1), date(2025, 8, 31)),
            Candidate(running, "Cleaning", Known("Bright & Bramshire"), ("po 77",), *days),
        ],
    )
    assert [match.id for match in found] == [running, ended]
    assert found[0].reasons == ("the same name", "its order number PO-77")
    assert found[1].doubts == ("it did not run on the day of supply",)
