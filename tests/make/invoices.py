"""Schools that can be paid, invoices between them, costs they share, and payments."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from invoicing.exports.layouts import actions as layout_actions
from invoicing.invoices import actions as invoice_actions
from invoicing.invoices.credit_notes import actions as credit_note_actions
from invoicing.invoices.credit_notes.models import CreditNote
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import InvoiceTerms, LineDraft, usual_category
from invoicing.payments import actions as payment_actions
from invoicing.shared_costs import actions as cost_actions
from invoicing.shared_costs.rules import CostTerms
from marketplace.alliance import actions as alliance_actions
from marketplace.alliance.models import School as SchoolRow
from marketplace.alliance.rules import SchoolDetails
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.tenders.rules import Split
from tests.make.alliance import School
from tests.make.kept import kept, serials

VAT_NUMBERS = ("GB980780684", "GB220430231", "GB340804329")
_serial = serials()


@kept
def payable_school(school: School, *, vat_number: str = "", finance_email: str | None = None) -> School:
    """The school with an address, a bank account and a finance address; with a VAT number, registered."""
    place = next(_serial)
    row = db.session().get_one(SchoolRow, school.id)
    alliance_actions.edit_school(
        school.finance_lead,
        school.id,
        row.version,
        SchoolDetails(
            address=f"{place} Mill Lane\nBramley",
            vat_number=vat_number,
            finance_email=f"finance-{place}@example.org" if finance_email is None else finance_email,
            account_name=school.name,
            sort_code="309431",
            account_number=row.account_number or f"{place:08d}",
            company_details=f"{school.name} Trust, registered in England and Wales, number {place:08d}",
        ),
    )
    return school


def line(
    price: str = "100.00", quantity: str = "1", description: str = "Shared minibus, autumn term", **other: Any
) -> LineDraft:
    """A line outside the scope of VAT, unless `category` says otherwise."""
    return LineDraft(
        description=description,
        quantity=Decimal(quantity),
        unit=other.pop("unit", ""),
        unit_price=Decimal(price),
        category=other.pop("category", usual_category(registered=False)),
        **other,
    )


def invoice_terms(buyer: School, *lines: LineDraft, **other: Any) -> InvoiceTerms:
    """Terms of a draft to a school; one line of £100.00 unless given."""
    return InvoiceTerms(
        buyer_id=buyer.id,
        supplied_on=other.pop("supplied_on", clock.today()),
        payment_days=other.pop("payment_days", 30),
        purchase_order=other.pop("purchase_order", ""),
        note=other.pop("note", ""),
        lines=lines or (line(),),
        **other,
    )


def draft_invoice(issuer: School, buyer: School, *lines: LineDraft, **other: Any) -> uuid.UUID:
    """A draft by the issuer's bursar; its id."""
    invoice_id = new_id()
    invoice_actions.draft_invoice(issuer.bursar, invoice_id, issuer.id, invoice_terms(buyer, *lines, **other))
    return invoice_id


def invoice(invoice_id: uuid.UUID) -> Invoice:
    """The invoice as it is stored now."""
    db.session().expire_all()
    return db.session().get_one(Invoice, invoice_id)


def issue(issuer: School, *invoice_ids: uuid.UUID) -> None:
    """Issue drafts by the issuer's finance lead, at the versions they have."""
    invoice_actions.issue_invoices(
        issuer.finance_lead, [(invoice_id, invoice(invoice_id).version) for invoice_id in invoice_ids]
    )


@kept
def issued_invoice(issuer: School, buyer: School, *lines: LineDraft, **other: Any) -> uuid.UUID:
    """An invoice that has been issued; its id. Both schools must be payable."""
    invoice_id = draft_invoice(issuer, buyer, *lines, **other)
    issue(issuer, invoice_id)
    return invoice_id


def pay(issuer: School, invoice_id: uuid.UUID, pence: int, on: date | None = None) -> uuid.UUID:
    """A payment recorded by the issuer's finance lead; its id."""
    payment_id = new_id()
    payment_actions.record_payment(
        issuer.finance_lead,
        payment_id,
        invoice_id,
        paid_on=on or clock.today(),
        amount=Money(pence),
        reference="BACS 4417",
    )
    return payment_id


def cost_terms(schools: Sequence[School], pence: int = 100_000, **other: Any) -> CostTerms:
    """Terms of a cost of £1,000.00 split by pupils, unless given otherwise."""
    use: Mapping[uuid.UUID, Decimal] = other.pop("use", {})
    return CostTerms(
        title=other.pop("title", "Deep clean of the kitchens"),
        supplier_name=other.pop("supplier_name", "Sparkle Kitchens"),
        supplied_on=other.pop("supplied_on", clock.today()),
        amount=Money(pence),
        split=other.pop("split", Split.PUPILS),
        school_ids=tuple(school.id for school in schools),
        use=use,
        **other,
    )


@kept
def shared_cost(lead: School, schools: Sequence[School], pence: int = 100_000, **other: Any) -> uuid.UUID:
    """A cost recorded by the lead school's bursar, with its drafts; its id."""
    cost_id = new_id()
    cost_actions.record_shared_cost(lead.bursar, cost_id, lead.id, cost_terms(schools, pence, **other))
    return cost_id


def invoices_of(source_id: uuid.UUID) -> list[Invoice]:
    """The invoices made from a source, such as a shared cost."""
    return list(db.session().scalars(select(Invoice).where(Invoice.source_id == source_id)))


def credit(
    issuer: School, invoice_id: uuid.UUID, amounts: Mapping[int, int], reason: str = "Two days were not used"
) -> uuid.UUID:
    """A credit note by the issuer's finance lead, of so many pence of the lines at these places; its id."""
    credit_note_id = new_id()
    credit_note_actions.issue_credit_note(
        issuer.finance_lead,
        credit_note_id,
        invoice_id,
        amounts={place: Money(pence) for place, pence in amounts.items()},
        reason=reason,
    )
    return credit_note_id


def credit_note(credit_note_id: uuid.UUID) -> CreditNote:
    """The credit note as it is stored now."""
    db.session().expire_all()
    return db.session().get_one(CreditNote, credit_note_id)


def layout(school: School, key: str = "sage-50-sales") -> uuid.UUID:
    """A layout of a finance package, copied by the school's bursar; its id."""
    layout_id = new_id()
    layout_actions.copy_layout(school.bursar, layout_id, school.id, key)
    return layout_id
