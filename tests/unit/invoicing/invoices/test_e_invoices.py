"""E-invoices keep the rules of EN 16931, those of Peppol that can be cited, and our own to the penny."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import facturx
import pytest
from lxml import etree

from invoicing.gateways import e_invoice
from invoicing.invoices.e_invoices import rules
from invoicing.invoices.e_invoices.rules import (
    Account,
    EInvoice,
    Kind,
    Line,
    Party,
    Preceding,
    business_terms,
    check,
)
from invoicing.invoices.rules import VatCategory, VatSubtotal, vat_breakdown
from marketplace.core.money import Money, line_amount

Broken = Callable[[bytes], list[str]]
STANDARD, ZERO_RATE, EXEMPT, OUTSIDE = VatCategory
NAMES = {
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
}
ALDER = Party(
    "Alder & Ash School", "990101", "GB980780684", ("1 Mill Lane", "Bramley"), "ZZ1 1AM", "Alder Trust"
)
BEECH = Party(
    "Beech School", "990102", "GB220430231", ("The Lodge", "2 Mill Lane", "Far End", "Bramley"), "ZZ1 1AN"
)
PLAIN = replace(ALDER, vat_number="")


@dataclass(frozen=True)
class Taxed:
    """A line as the VAT breakdown reads it."""

    net: Money
    category: VatCategory
    rate_basis_points: int
    exemption_reason: str


def document(*charged: tuple[str, str, str, VatCategory, int, str], **changes: Any) -> EInvoice:
    """An invoice of lines (quantity, unit, price, category, rate, reason)."""
    lines = [
        Line(
            place, "Łódź <trip>", Decimal(quantity), unit, Decimal(price),
            line_amount(Decimal(price), Decimal(quantity)), category, rate,
        )
        for place, (quantity, unit, price, category, rate, _) in enumerate(charged, start=1)
    ]  # fmt: skip
    breakdown = vat_breakdown(
        Taxed(line.net, line.category, line.rate_basis_points, one[5])
        for line, one in zip(lines, charged, strict=True)
    )
    made = EInvoice(
        kind=Kind.INVOICE,
        number="990101-2026-0001",
        issued_on=date(2026, 11, 3),
        supplied_on=date(2026, 10, 31),
        tax_point=date(2026, 11, 3),
        due_on=date(2026, 12, 3),
        terms="Payment within 30 days of the invoice date",
        note="With thanks",
        order="",
        seller=ALDER,
        buyer=BEECH,
        account=Account("Alder School", "30-94-31", "00000001"),
        preceding=None,
        lines=tuple(lines),
        breakdown=tuple(breakdown),
        net=Money.total(part.taxable for part in breakdown),
        vat=Money.total(part.vat for part in breakdown),
    )
    return replace(made, **changes)


EVERY_CATEGORY = document(
    ("3", "trips", "33.3333", STANDARD, 2_000, ""),
    ("2.5", "hours", "5", STANDARD, 500, ""),
    ("1", "", "7", ZERO_RATE, 0, ""),
    ("4", "Days", "1.005", EXEMPT, 0, "Education, VAT Act 1994, Schedule 9, Group 6"),
    ("1", "", "9", EXEMPT, 0, "Welfare, Group 7"),
    order="PO-7",
)
NOT_REGISTERED = document(("2", "days", "185", OUTSIDE, 0, ""), seller=PLAIN, tax_point=None, note="")
CREDIT = replace(
    document(("1", "", "33.33", STANDARD, 2_000, "")),
    kind=Kind.CREDIT_NOTE,
    number="990101-2026-C0002",
    tax_point=None,
    due_on=None,
    terms="Taken off invoice 990101-2026-0001; nothing is to be paid",
    account=None,
    preceding=Preceding("990101-2026-0001", date(2026, 11, 3)),
    breakdown=(VatSubtotal(STANDARD, 2_000, "", Money(33_33), Money(6_66)),),
    vat=Money(6_66),
)
SMALL_CREDIT = replace(
    CREDIT,
    seller=PLAIN,
    lines=NOT_REGISTERED.lines,
    breakdown=NOT_REGISTERED.breakdown,
    net=NOT_REGISTERED.net,
    vat=NOT_REGISTERED.vat,
)
DOCUMENTS = {
    "every category": EVERY_CATEGORY,
    "not registered": NOT_REGISTERED,
    "a disbursement of a registered school": replace(NOT_REGISTERED, seller=ALDER),
    "a credit": CREDIT,
    "a credit of a school that is not registered": SMALL_CREDIT,
}


def ubl(made: EInvoice) -> bytes:
    check(made)
    return e_invoice.ubl(business_terms(made), peppol=made.for_peppol)


def found(content: bytes, path: str) -> list[Any]:
    """What an XPath finds in UBL."""
    answer: list[Any] = etree.fromstring(content).xpath(path, namespaces=NAMES)
    return answer


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_xml_keeps_the_official_rules_in_both_syntaxes(
    broken_in_ubl: Broken, broken_in_cii: Broken, kind: str
) -> None:
    made = DOCUMENTS[kind]
    written = ubl(made)
    flavour = "ubl-2.1-creditnote" if made.kind is Kind.CREDIT_NOTE else "ubl-2.1-invoice"
    facturx.xml_check_xsd(written, flavor=flavour)
    assert broken_in_ubl(written) == []
    hybrid = e_invoice.cii(business_terms(made))
    facturx.xml_check_xsd(hybrid, flavor="factur-x", level="en16931")
    assert broken_in_cii(hybrid) == []


def test_the_official_rules_notice_a_total_that_is_a_penny_out_and_a_missing_reason(
    broken_in_ubl: Broken,
) -> None:
    right = ubl(EVERY_CATEGORY)
    wrong = right.replace(b">153.15</cbc:TaxInclusiveAmount>", b">153.16</cbc:TaxInclusiveAmount>")
    assert wrong != right
    assert any("BR-CO-15" in one for one in broken_in_ubl(wrong))
    bare = etree.fromstring(right)
    (reason,) = bare.xpath("//cbc:TaxExemptionReason", namespaces=NAMES)
    reason.getparent().remove(reason)
    assert any("BR-E-10" in one for one in broken_in_ubl(etree.tostring(bare)))


def test_a_pound_of_wrong_vat_passes_the_official_rules_and_a_penny_fails_ours(broken_in_ubl: Broken) -> None:
    right = document(("1", "", "100", STANDARD, 2_000, ""))
    (part,) = right.breakdown
    wrong = replace(right, breakdown=(replace(part, vat=Money(20_99)),), vat=Money(20_99))
    assert broken_in_ubl(e_invoice.ubl(business_terms(wrong), peppol=True)) == []
    for pence in (20_99, 20_01, 19_99):
        with pytest.raises(ValueError, match=r"VAT on £100\.00 is"):
            check(replace(right, breakdown=(replace(part, vat=Money(pence)),), vat=Money(pence)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"net": Money(1)}, "the lines do not come to"),
        ({"vat": Money(1)}, "the VAT does not come to"),
        ({"lines": (replace(EVERY_CATEGORY.lines[0], net=Money(99_99)),)}, "line 1 is £99.99, not £100.00"),
        ({"lines": EVERY_CATEGORY.lines[1:]}, "the VAT breakdown does not add up to the lines"),
    ],
)
def test_figures_that_do_not_follow_from_one_another_are_never_written(
    changes: dict[str, Any], message: str
) -> None:
    check(EVERY_CATEGORY)
    with pytest.raises(ValueError, match=message):
        check(replace(EVERY_CATEGORY, **changes))


def test_the_vat_of_a_later_credit_may_be_a_penny_out_by_itself_and_not_two() -> None:
    check(CREDIT)
    (part,) = CREDIT.breakdown
    with pytest.raises(ValueError, match="VAT on"):
        check(replace(CREDIT, breakdown=(replace(part, vat=Money(6_65)),), vat=Money(6_65)))


@pytest.mark.parametrize("kind", ["every category", "a credit"])
def test_between_registered_schools_it_keeps_what_peppol_asks_beyond_the_standard(kind: str) -> None:
    written = ubl(DOCUMENTS[kind])
    (root,) = found(written, "/*")
    assert found(written, "cbc:CustomizationID/text()") == [e_invoice.PEPPOL]  # R004
    assert found(written, "cbc:ProfileID/text()") == [rules.PROFILE]  # R001, R007
    assert re.fullmatch(r"urn:fdc:peppol\.eu:2017:poacc:billing:[0-9]{2}:1\.0", rules.PROFILE)  # R007
    assert len(found(written, "cbc:Note")) <= 1  # R002
    assert found(written, "cbc:BuyerReference | cac:OrderReference/cbc:ID")  # R003
    assert found(written, "//cac:AccountingSupplierParty//cbc:EndpointID/@schemeID") == [
        "9932"
    ]  # R020, CL008
    assert found(written, "//cac:AccountingCustomerParty//cbc:EndpointID/@schemeID") == [
        "9932"
    ]  # R010, CL008
    assert not [one for one in root.iter() if not len(one) and not (one.text or "").strip()]  # R008
    assert set(found(written, "//@currencyID")) == {"GBP"}  # R051, CL007
    assert (
        len(found(written, "cac:TaxTotal[cac:TaxSubtotal]")) == len(found(written, "cac:TaxTotal")) == 1
    )  # R053, R054
    assert not found(
        written, "cbc:TaxCurrencyCode | //cac:AllowanceCharge | //cac:InvoicePeriod"
    )  # R005, R04x, R11x
    assert not found(
        written, "//cac:InvoiceLine/cac:DocumentReference | //cbc:BaseQuantity"
    )  # R100, R101, R121, R130
    assert found(written, "cbc:InvoiceTypeCode/text() | cbc:CreditNoteTypeCode/text()") == [
        "381" if DOCUMENTS[kind].kind is Kind.CREDIT_NOTE else "380"
    ]  # P0100, P0101
    for day in found(
        written, "//cbc:IssueDate | //cbc:DueDate | //cbc:TaxPointDate | //cbc:ActualDeliveryDate"
    ):
        assert date.fromisoformat(day.text).isoformat() == day.text  # F001
    for line in found(written, "cac:InvoiceLine | cac:CreditNoteLine"):  # R120
        quantity, price, net = (
            Decimal(line.xpath(f"string({path})", namespaces=NAMES))
            for path in (
                "cbc:InvoicedQuantity | cbc:CreditedQuantity",
                "cac:Price/cbc:PriceAmount",
                "cbc:LineExtensionAmount",
            )
        )
        assert abs(quantity * price - net) <= Decimal("0.02")


def test_where_a_school_has_no_address_in_peppol_the_document_does_not_claim_its_rules() -> None:
    written = ubl(NOT_REGISTERED)
    assert found(written, "cbc:CustomizationID/text()") == ["urn:cen.eu:en16931:2017"]
    assert not found(written, "//cac:PartyTaxScheme")
    assert found(written, "//cbc:TaxExemptionReasonCode/text()") == ["VATEX-EU-O"]
    assert found(written, "cbc:BuyerReference/text()") == ["URN 990102"]


def test_what_people_wrote_arrives_as_they_wrote_it_with_codes_for_known_units() -> None:
    written = ubl(replace(EVERY_CATEGORY, note="Tea\uffff &\ncake 😀"))
    assert found(written, "cbc:Note/text()") == ["Tea &\ncake 😀"]
    assert found(written, "//cac:Item/cbc:Name/text()")[0] == "Łódź <trip>"
    assert found(written, "//cbc:InvoicedQuantity/@unitCode") == ["C62", "HUR", "C62", "DAY", "C62"]
    assert found(written, "//cac:Item/cbc:Description/text()") == ["Unit: trips"]
    assert found(written, "//cbc:TaxExemptionReason/text()") == [
        "Education, VAT Act 1994, Schedule 9, Group 6; Welfare, Group 7"
    ]
    assert found(written, "//cac:PayeeFinancialAccount//cbc:ID/text()") == ["00000001", "309431"]
    assert found(ubl(CREDIT), "//cac:InvoiceDocumentReference/*/text()") == ["990101-2026-0001", "2026-11-03"]


@pytest.mark.parametrize(
    ("address", "lines", "postcode"),
    [
        ("1 Mill Lane\nBramley\nZZ1 1AM", ("1 Mill Lane", "Bramley"), "ZZ1 1AM"),
        ("Bramley, LS13 1AA", ("Bramley",), "LS13 1AA"),
        ("EC1A 1BB", (), "EC1A 1BB"),
        ("The Hall\n\nFar End ", ("The Hall", "Far End"), ""),
        ("", (), ""),
    ],
)
def test_an_address_is_told_apart_from_its_postcode(
    address: str, lines: tuple[str, ...], postcode: str
) -> None:
    assert rules.split_address(address) == (lines, postcode)
