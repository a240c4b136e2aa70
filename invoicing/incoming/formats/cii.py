"""UN/CEFACT Cross Industry Invoice D16B, its elements named without their namespace."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from invoicing.incoming.formats import elements
from invoicing.incoming.formats.elements import amount, amount_if_any, needed, part, text
from invoicing.incoming.rules import Adjustment, Line, Party, ReadInvoice, Sums, Tax
from marketplace.core.money import Money

ROOT = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"
ADDRESS = ("LineOne", "LineTwo", "LineThree", "CityName", "PostcodeCode")
SUPPLIED = "ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString"


def read(root: Element) -> ReadInvoice:
    """What a document says. Raises RuleBroken when a term that EN 16931 asks for is missing or wrong."""
    head = part(root, "ExchangedDocument", "a number (BT-1)")
    trade = part(root, "SupplyChainTradeTransaction", "lines (BG-25)")
    agreed = part(trade, "ApplicableHeaderTradeAgreement", "a supplier (BG-4)")
    delivered = part(trade, "ApplicableHeaderTradeDelivery", "a part about delivery (BG-13)")
    settled = part(trade, "ApplicableHeaderTradeSettlement", "totals (BG-22)")
    return ReadInvoice(
        code=needed(head, "TypeCode", "a type (BT-3)"),
        number=elements.name(head, "ID", "a number (BT-1)"),
        issued_on=elements.day(head, "IssueDateTime/DateTimeString", "a date (BT-2)"),
        supplied_on=elements.day_if_any(delivered, SUPPLIED, "the date of supply (BT-72)"),
        due_on=elements.day_if_any(
            settled,
            "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString",
            "the date when it is due (BT-9)",
        ),
        currencies=_currencies(settled),
        order=text(agreed, "BuyerOrderReferencedDocument/IssuerAssignedID"),
        contract=text(agreed, "ContractReferencedDocument/IssuerAssignedID"),
        preceding=text(settled, "InvoiceReferencedDocument/IssuerAssignedID"),
        account=_account(settled),
        note=text(head, "IncludedNote/Content"),
        seller=_party(part(agreed, "SellerTradeParty", "a supplier (BG-4)"), "a supplier (BG-4)"),
        buyer=_party(part(agreed, "BuyerTradeParty", "a buyer (BG-7)"), "a buyer (BG-7)"),
        lines=tuple(_line(one) for one in trade.findall("IncludedSupplyChainTradeLineItem")),
        adjustments=tuple(
            Adjustment(
                _signed(one), *_category(part(one, "CategoryTradeTax", "the VAT of a charge (BT-102)"))
            )
            for one in settled.findall("SpecifiedTradeAllowanceCharge")
        ),
        taxes=tuple(_tax(one) for one in settled.findall("ApplicableTradeTax")),
        sums=_sums(part(settled, "SpecifiedTradeSettlementHeaderMonetarySummation", "totals (BG-22)")),
    )


def _account(settled: Element) -> str:
    account = "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount"
    return text(settled, f"{account}/IBANID") or text(settled, f"{account}/ProprietaryID")


def _currencies(settled: Element) -> frozenset[str]:
    named = {one.get("currencyID", "") for one in settled.iter() if "currencyID" in one.attrib}
    return frozenset({needed(settled, "InvoiceCurrencyCode", "a currency (BT-5)"), *named})


def _party(found: Element, words: str) -> Party:
    vat_number = next(
        (
            one.text or ""
            for one in found.findall("SpecifiedTaxRegistration/ID")
            if one.get("schemeID") == "VA"
        ),
        "",
    )
    return Party(
        name=needed(found, "Name", words),
        trading_name=text(found, "SpecifiedLegalOrganization/TradingBusinessName"),
        company_number=text(found, "SpecifiedLegalOrganization/ID"),
        vat_number=vat_number.strip()[: elements.LONGEST_NUMBER],
        endpoint=text(found, "URIUniversalCommunication/URIID"),
        identifiers=elements.texts((*found.findall("ID"), *found.findall("GlobalID"))),
        address=elements.joined(found, "PostalTradeAddress", ADDRESS),
    )


def _line(line: Element) -> Line:
    settled = part(line, "SpecifiedLineTradeSettlement", "the amount of a line (BT-131)")
    category, rate = _category(part(settled, "ApplicableTradeTax", "the VAT of a line (BT-151)"))
    quantity = part(line, "SpecifiedLineTradeDelivery/BilledQuantity", "the quantity of a line (BT-129)")
    price = part(
        line, "SpecifiedLineTradeAgreement/NetPriceProductTradePrice", "the price of a line (BT-146)"
    )
    return Line(
        label=needed(line, "AssociatedDocumentLineDocument/LineID", "the number of a line (BT-126)"),
        name=needed(line, "SpecifiedTradeProduct/Name", "what a line is for (BT-153)"),
        quantity=elements.number(quantity, ".", "the quantity of a line (BT-129)"),
        unit=quantity.get("unitCode", ""),
        price=elements.number(price, "ChargeAmount", "the price of a line (BT-146)"),
        base=elements.base(price, "BasisQuantity"),
        adjusted=Money.total(_signed(one) for one in settled.findall("SpecifiedTradeAllowanceCharge")),
        net=amount(
            settled,
            "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount",
            "the amount of a line (BT-131)",
        ),
        category=category,
        rate_basis_points=rate,
    )


def _signed(adjustment: Element) -> Money:
    """A charge, or as a negative amount an allowance."""
    size = amount(adjustment, "ActualAmount", "the amount of a charge (BT-99)")
    return size if text(adjustment, "ChargeIndicator/Indicator") in {"true", "1"} else -size


def _category(element: Element) -> tuple[str, int]:
    return needed(element, "CategoryCode", "a category of VAT"), elements.rate(
        element, "RateApplicablePercent"
    )


def _tax(tax: Element) -> Tax:
    category, rate = _category(tax)
    return Tax(
        category,
        rate,
        amount(tax, "BasisAmount", "what VAT is worked out on (BT-116)"),
        amount(tax, "CalculatedAmount", "the VAT of a category (BT-117)"),
        text(tax, "ExemptionReason"),
    )


def _sums(sums: Element) -> Sums:
    return Sums(
        lines=amount(sums, "LineTotalAmount", "the sum of its lines (BT-106)"),
        allowances=amount_if_any(sums, "AllowanceTotalAmount", "the allowances (BT-107)"),
        charges=amount_if_any(sums, "ChargeTotalAmount", "the charges (BT-108)"),
        net=amount(sums, "TaxBasisTotalAmount", "the total before VAT (BT-109)"),
        vat=amount_if_any(sums, "TaxTotalAmount", "the VAT (BT-110)"),
        total=amount(sums, "GrandTotalAmount", "the total with VAT (BT-112)"),
        paid=amount_if_any(sums, "TotalPrepaidAmount", "what was paid before (BT-113)"),
        rounding=amount_if_any(sums, "RoundingAmount", "what was rounded (BT-114)"),
        due=amount(sums, "DuePayableAmount", "the amount due (BT-115)"),
    )
