"""From an issued invoice or credit note to its e-invoice, and to the file that stays."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from invoicing.gateways import e_invoice
from invoicing.invoices import documents
from invoicing.invoices.credit_notes.rules import Credit, CreditedLine
from invoicing.invoices.e_invoices import rules
from invoicing.invoices.e_invoices.rules import Account, EInvoice, Kind, Line, Party, Preceding
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.rules import vat_breakdown
from marketplace.alliance.models import School
from marketplace.core import storage

XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Written:
    """A document in both syntaxes of EN 16931: UBL to be sent by itself, CII to be put into its PDF."""

    ubl: bytes
    cii: bytes


def of_invoice(invoice: Invoice, known: documents.Particulars) -> EInvoice:
    """An invoice that is being issued, with the particulars it gets."""
    assert known.issued_on
    return EInvoice(
        kind=Kind.INVOICE,
        number=known.number,
        issued_on=known.issued_on,
        supplied_on=invoice.supplied_on,
        tax_point=known.tax_point if documents.says_vat(known.issuer, invoice.lines) else None,
        due_on=known.due_on,
        terms=f"Payment within {invoice.payment_days} days of the invoice date",
        note=invoice.note,
        order=invoice.purchase_order,
        seller=_party(known.issuer, known.company_details),
        buyer=_party(known.buyer),
        account=_account(invoice.issuer),
        preceding=None,
        lines=tuple(_lines(invoice.lines)),
        breakdown=tuple(vat_breakdown(invoice.lines)),
        net=invoice.net,
        vat=invoice.vat,
    )


def of_credit(invoice: Invoice, credit: Credit, issued: documents.Issued, reason: str) -> EInvoice:
    """A credit note that is being issued: the parties stand in it as in the invoice."""
    known = documents.particulars_of(invoice)
    assert known.issued_on
    return EInvoice(
        kind=Kind.CREDIT_NOTE,
        number=issued.number,
        issued_on=issued.on,
        supplied_on=invoice.supplied_on,
        tax_point=None,
        due_on=None,
        terms=f"Taken off invoice {known.number}; nothing is to be paid",
        note=reason,
        order=invoice.purchase_order,
        seller=_party(known.issuer, known.company_details),
        buyer=_party(known.buyer),
        account=None,
        preceding=Preceding(known.number, known.issued_on),
        lines=tuple(_lines(credit.lines)),
        breakdown=credit.breakdown,
        net=credit.net,
        vat=credit.vat,
    )


def write(document: EInvoice) -> Written:
    """The XML of a document. Raises ValueError when its figures do not follow from one another.

    That is a fault in the program, never what a person typed.
    """
    rules.check(document)
    terms = rules.business_terms(document)
    return Written(e_invoice.ubl(terms, peppol=document.for_peppol), e_invoice.cii(terms))


def keep_xml(session: Session, ubl: bytes) -> str:
    """Store an e-invoice by itself; the hash by which it is kept."""
    return storage.store(session, io.BytesIO(ubl), XML).sha256


def _party(party: documents.Party, company_details: str = "") -> Party:
    address, postcode = rules.split_address(party.address)
    return Party(party.name, party.urn, party.vat_number, address, postcode, company_details)


def _account(school: School) -> Account:
    return Account(school.account_name, school.sort_code, school.account_number)


def _lines(lines: Iterable[InvoiceLine | CreditedLine]) -> Iterable[Line]:
    for line in lines:
        yield Line(
            position=line.position,
            name=line.description,
            quantity=line.quantity,
            unit=line.unit,
            price=line.unit_price,
            net=line.net,
            category=line.category,
            rate_basis_points=line.rate_basis_points,
        )
