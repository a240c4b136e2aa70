"""The program interface of invoices between schools: to read. They are issued by a person in Weald itself."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from invoicing.invoices import queries
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.queries import Direction, Shown, Wanted
from invoicing.invoices.rules import InvoiceSource, InvoiceStatus, VatCategory
from marketplace.alliance.models import School
from marketplace.core import storage, web
from marketplace.core.api.operations import Api, FileAnswer
from marketplace.core.api.schemas import Listing, PageAsked, Quantity, Schema, part_of
from marketplace.core.api.scopes import Scope
from marketplace.core.db import db
from marketplace.core.errors import NotFound

invoices = Api("invoices_api", __name__, "Invoices", "/invoices")
AMOUNTS = ("net", "vat", "total", "paid", "credited", "disputed", "outstanding")
PDF, XML = "application/pdf", "application/xml"


class Party(Schema):
    """A school on an invoice, by the name with which it was issued."""

    id: uuid.UUID
    urn: str
    name: str


class LineEntry(Schema):
    """A line of an invoice."""

    position: int
    description: str
    quantity: Quantity
    unit: str
    unit_price: Quantity = Field(description="In pounds before VAT.")
    net_pence: int
    vat_category: VatCategory
    vat_basis_points: int = Field(description="The rate of VAT: 2000 is 20 per cent.")
    exemption_reason: str

    @classmethod
    def of(cls, line: InvoiceLine) -> LineEntry:
        """A line as it is answered."""
        same = ("position", "description", "quantity", "unit", "unit_price", "exemption_reason")
        return cls(
            **{name: getattr(line, name) for name in same},
            net_pence=line.net.pence,
            vat_category=line.category,
            vat_basis_points=line.rate_basis_points,
        )


class InvoiceEntry(Schema):
    """An invoice of one school to another."""

    id: uuid.UUID
    version: int
    number: str | None = Field(description="Null for a draft.")
    status: InvoiceStatus
    source: InvoiceSource = Field(description="What it was made from.")
    issuer: Party
    buyer: Party
    supplied_on: date
    issued_on: date | None
    tax_point: date | None
    due_on: date | None
    purchase_order: str
    note: str
    net_pence: int
    vat_pence: int
    total_pence: int
    paid_pence: int
    credited_pence: int
    disputed_pence: int = Field(description="What its buyer does not accept at present.")
    outstanding_pence: int = Field(description="What is still to be paid, the disputed part included.")
    lines: list[LineEntry]
    drafted_at: datetime

    @classmethod
    def of(cls, invoice: Invoice) -> InvoiceEntry:
        """An invoice as it is answered."""
        other = {"issuer", "buyer", "lines", *(f"{name}_pence" for name in AMOUNTS)}
        return cls(
            **{name: getattr(invoice, name) for name in cls.model_fields.keys() - other},
            **{f"{name}_pence": getattr(invoice, name).pence for name in AMOUNTS},
            issuer=_party(invoice.issuer, invoice.issuer_name),
            buyer=_party(invoice.buyer, invoice.buyer_name),
            lines=[LineEntry.of(line) for line in invoice.lines],
        )


def _party(school: School, name: str) -> Party:
    return Party(id=school.id, urn=school.urn, name=name or school.name)


class InvoiceList(Listing[InvoiceEntry]):
    """Part of the invoices."""


class InvoicesAsked(PageAsked):
    """Which invoices."""

    direction: Direction = Field(default=Direction.ALL, description="Issued by, or to, one’s own schools.")
    shown: Shown | None = Field(
        default=None, description="Only those that are so far; else all but what was discarded."
    )
    school_id: uuid.UUID | None = Field(default=None, description="Only with this school on one side.")
    since: date | None = Field(default=None, description="Issued on this day or later.")
    until: date | None = Field(default=None, description="Issued on this day or earlier.")


@invoices.reads("", Scope.INVOICES_READ)
def list_invoices(asked: InvoicesAsked) -> InvoiceList:
    """The invoices that the token’s owner may read.

    Their schools’, drafts included; of what another school issued only what was sent to theirs. An auditor
    reads those of the schools that they audit.
    """
    wanted = Wanted(
        direction=asked.direction,
        shown=asked.shown,
        school_id=asked.school_id,
        since=asked.since,
        until=asked.until,
    )
    query = queries.matching(select(Invoice), web.actor(), wanted).options(
        selectinload(Invoice.lines), joinedload(Invoice.issuer), joinedload(Invoice.buyer)
    )
    rows, following = part_of(db.session(), query, Invoice.id, asked)
    return InvoiceList(items=[InvoiceEntry.of(one) for one in rows], next=following)


@invoices.reads("/<uuid:invoice_id>", Scope.INVOICES_READ)
def show_invoice(invoice_id: uuid.UUID) -> InvoiceEntry:
    """One invoice."""
    return InvoiceEntry.of(queries.get_invoice(db.session(), web.actor(), invoice_id))


@invoices.reads("/<uuid:invoice_id>/pdf", Scope.INVOICES_READ, file=PDF)
def download_invoice(invoice_id: uuid.UUID) -> FileAnswer:
    """The document of an issued invoice, as it was stored: PDF/A-3 with its e-invoice inside."""
    invoice = queries.get_invoice(db.session(), web.actor(), invoice_id)
    if invoice.document_sha256 is None:
        raise NotFound("This invoice is a draft: it gets its PDF when it is issued.")
    return FileAnswer(storage.read(invoice.document_sha256), PDF, f"{invoice.number}.pdf")


@invoices.reads("/<uuid:invoice_id>/xml", Scope.INVOICES_READ, file=XML)
def download_e_invoice(invoice_id: uuid.UUID) -> FileAnswer:
    """The e-invoice of an issued invoice, as it was stored: UBL 2.1."""
    invoice = queries.get_invoice(db.session(), web.actor(), invoice_id)
    if invoice.xml_sha256 is None:
        raise NotFound("This invoice has no e-invoice: it is a draft, or was issued before there were any.")
    return FileAnswer(storage.read(invoice.xml_sha256), XML, f"{invoice.number}.xml")
