"""UBL 2.1: an Invoice or a CreditNote, its elements named without their namespace."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from invoicing.incoming.formats import elements
from invoicing.incoming.formats.elements import amount, amount_if_any, needed, part, text
from invoicing.incoming.rules import Adjustment, Line, Party, ReadInvoice, Sums, Tax
from marketplace.core.money import Money

ROOTS = frozenset(
    {
        "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice",
        "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote",
    }
)
CREDIT_NOTE = "381"
ADDRESS = ("StreetName", "AdditionalStreetName", "AddressLine/Line", "CityName", "PostalZone")


def read(root: Element) -> ReadInvoice:
    """What a document says. Raises RuleBroken when a term that EN 16931 asks for is missing or wrong."""
    credit = root.tag == "CreditNote"
    return ReadInvoice(
        code=CREDIT_NOTE if credit else needed(root, "InvoiceTypeCode", "a type (BT-3)"),
        number=elements.name(root, "ID", "a number (BT-1)"),
        issued_on=elements.day(root, "IssueDate", "a date (BT-2)"),
        supplied_on=elements.day_if_any(root, "Delivery/ActualDeliveryDate", "the date of supply (BT-72)"),
        due_on=elements.day_if_any(root, "DueDate", "the date when it is due (BT-9)"),
        currencies=_currencies(root),
        order=text(root, "OrderReference/ID"),
        contract=text(root, "ContractDocumentReference/ID"),
        preceding=text(root, "BillingReference/InvoiceDocumentReference/ID"),
        account=text(root, "PaymentMeans/PayeeFinancialAccount/ID"),
        note=text(root, "Note"),
        seller=_party(root, "AccountingSupplierParty/Party", "a supplier (BG-4)"),
        buyer=_party(root, "AccountingCustomerParty/Party", "a buyer (BG-7)"),
        lines=tuple(_line(one) for one in root.findall("CreditNoteLine" if credit else "InvoiceLine")),
        adjustments=tuple(
            Adjustment(_signed(one), *_category(part(one, "TaxCategory", "the VAT of a charge (BT-102)")))
            for one in root.findall("AllowanceCharge")
        ),
        taxes=tuple(_tax(one) for one in root.findall("TaxTotal/TaxSubtotal")),
        sums=_sums(root),
    )


def _currencies(root: Element) -> frozenset[str]:
    named = {one.get("currencyID", "") for one in root.iter() if "currencyID" in one.attrib}
    return frozenset({needed(root, "DocumentCurrencyCode", "a currency (BT-5)"), *named})


def _party(root: Element, path: str, words: str) -> Party:
    found = part(root, path, words)
    registered = next(
        (
            text(one, "CompanyID")
            for one in found.findall("PartyTaxScheme")
            if text(one, "TaxScheme/ID") == "VAT"
        ),
        "",
    )
    trading = text(found, "PartyName/Name")
    return Party(
        name=text(found, "PartyLegalEntity/RegistrationName") or trading or needed(found, "-", words),
        trading_name=trading,
        company_number=text(found, "PartyLegalEntity/CompanyID"),
        vat_number=registered,
        endpoint=text(found, "EndpointID"),
        identifiers=elements.texts(found.findall("PartyIdentification/ID")),
        address=elements.joined(found, "PostalAddress", ADDRESS),
    )


def _line(line: Element) -> Line:
    category, rate = _category(part(line, "Item/ClassifiedTaxCategory", "the VAT of a line (BT-151)"))
    counted = "CreditedQuantity" if line.tag == "CreditNoteLine" else "InvoicedQuantity"
    quantity = part(line, counted, "the quantity of a line (BT-129)")
    return Line(
        label=needed(line, "ID", "the number of a line (BT-126)"),
        name=needed(line, "Item/Name", "what a line is for (BT-153)"),
        quantity=elements.number(quantity, ".", "the quantity of a line (BT-129)"),
        unit=quantity.get("unitCode", ""),
        price=elements.number(line, "Price/PriceAmount", "the price of a line (BT-146)"),
        base=elements.base(line, "Price/BaseQuantity"),
        adjusted=Money.total(_signed(one) for one in line.findall("AllowanceCharge")),
        net=amount(line, "LineExtensionAmount", "the amount of a line (BT-131)"),
        category=category,
        rate_basis_points=rate,
    )


def _signed(adjustment: Element) -> Money:
    """A charge, or as a negative amount an allowance."""
    size = amount(adjustment, "Amount", "the amount of a charge (BT-99)")
    return size if text(adjustment, "ChargeIndicator") in {"true", "1"} else -size


def _category(element: Element) -> tuple[str, int]:
    return needed(element, "ID", "a category of VAT"), elements.rate(element, "Percent")


def _tax(subtotal: Element) -> Tax:
    category, rate = _category(part(subtotal, "TaxCategory", "the category of VAT (BT-118)"))
    return Tax(
        category,
        rate,
        amount(subtotal, "TaxableAmount", "what VAT is worked out on (BT-116)"),
        amount(subtotal, "TaxAmount", "the VAT of a category (BT-117)"),
        text(subtotal, "TaxCategory/TaxExemptionReason"),
    )


def _sums(root: Element) -> Sums:
    sums = part(root, "LegalMonetaryTotal", "totals (BG-22)")
    return Sums(
        lines=amount(sums, "LineExtensionAmount", "the sum of its lines (BT-106)"),
        allowances=amount_if_any(sums, "AllowanceTotalAmount", "the allowances (BT-107)"),
        charges=amount_if_any(sums, "ChargeTotalAmount", "the charges (BT-108)"),
        net=amount(sums, "TaxExclusiveAmount", "the total before VAT (BT-109)"),
        vat=amount_if_any(root, "TaxTotal/TaxAmount", "the VAT (BT-110)"),
        total=amount(sums, "TaxInclusiveAmount", "the total with VAT (BT-112)"),
        paid=amount_if_any(sums, "PrepaidAmount", "what was paid before (BT-113)"),
        rounding=amount_if_any(sums, "PayableRoundingAmount", "what was rounded (BT-114)"),
        due=amount(sums, "PayableAmount", "the amount due (BT-115)"),
    )
