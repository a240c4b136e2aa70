"""What people do with credit notes: issue them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session

from invoicing.invoices import queries as invoices
from invoicing.invoices.actions import legs_of, take_back
from invoicing.invoices.credit_notes import documents, queries, rules
from invoicing.invoices.credit_notes.documents import CreditNoteDocument
from invoicing.invoices.credit_notes.models import CreditNote, CreditNoteLine, CreditNoteVat
from invoicing.invoices.documents import Issued
from invoicing.invoices.e_invoices import writing
from invoicing.invoices.logos.queries import logo_of
from invoicing.invoices.models import Invoice
from invoicing.ledger.actions import post
from marketplace.alliance.models import School
from marketplace.core import clock, events, ids, mail, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound
from marketplace.core.money import Money
from marketplace.core.policy import Act, Actor


def issue_credit_note(
    actor: Actor,
    credit_note_id: uuid.UUID,
    invoice_id: uuid.UUID,
    *,
    amounts: Mapping[int, Money],
    reason: str,
) -> None:
    """Take back so much (before VAT) of the lines at these places of an issued invoice.

    The credit note gets the next number of its school's series for the year, its entry in both schools'
    books and the document that stays; the buyer is told. Raises RuleBroken.
    """
    with transaction() as session:
        invoice = invoices.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.CREDIT_NOTE_ISSUE, invoice.issuer_id)
        known = session.get(CreditNote, credit_note_id)
        if known is not None:
            if known.invoice_id != invoice.id:
                raise NotFound
            return
        rules.check_invoice(invoice.status)
        rules.check_reason(reason)
        credit = rules.credit(queries.creditable_lines(session, invoice), amounts)
        issued = Issued(credit_note_id, _next_number(session, invoice.issuer), clock.today())
        document = documents.document_to_be(invoice, credit, reason, issued)
        note = _add(session, actor, invoice, credit, document)
        take_back(session, invoice, note.total)
        _post(session, invoice, note)
        events.record(
            session,
            actor,
            Act.CREDIT_NOTE_ISSUE,
            note.id,
            organisation_id=invoice.issuer_id,
            also=[invoice.buyer_id],
            number=note.number,
            invoice=invoice.number,
        )
        _tell_buyer(session, invoice, document, note)


def _next_number(session: Session, issuer: School) -> str:
    """The next number of a school's credit notes this year."""
    year = clock.today().year
    serial = ids.next_number(session, f"credit-note-{issuer.id.hex}-{year}")
    return rules.credit_note_number(issuer.urn, year, serial)


def _add(
    session: Session, actor: Actor, invoice: Invoice, credit: rules.Credit, document: CreditNoteDocument
) -> CreditNote:
    """Write, keep as PDF and XML, and add."""
    assert document.issued
    written = writing.write(writing.of_credit(invoice, credit, document.issued, document.reason))
    note = CreditNote(
        id=document.issued.id,
        invoice=invoice,
        issuer_id=invoice.issuer_id,
        number=document.issued.number,
        reason=document.reason,
        issued_on=document.issued.on,
        issued_by=actor.person_id,
        issued_at=clock.now(),
        net=credit.net,
        vat=credit.vat,
        total=credit.total,
        document_sha256=documents.keep_pdf(
            session, document, written.cii, logo_of(session, invoice.issuer_id)
        ),
        xml_sha256=writing.keep_xml(session, written.ubl),
    )
    note.lines = [
        CreditNoteLine(
            invoice_line_id=credited.line_id,
            position=credited.position,
            quantity=credited.quantity,
            unit=credited.unit,
            unit_price=credited.unit_price,
            net=credited.net,
        )
        for credited in credit.lines
    ]
    note.breakdown = [
        CreditNoteVat(
            position=position,
            category=part.category,
            rate_basis_points=part.rate_basis_points,
            reason=part.reason,
            taxable=part.taxable,
            vat=part.vat,
        )
        for position, part in enumerate(credit.breakdown, start=1)
    ]
    session.add(note)
    session.flush()
    return note


def _post(session: Session, invoice: Invoice, note: CreditNote) -> None:
    """The entry of a credit note: what the invoice posted, the other way round."""
    post(
        session,
        note.id,
        posted_on=note.issued_on,
        description=f"Credit note {note.number} for invoice {invoice.number}",
        source_id=invoice.id,
        legs=[leg.reversed() for leg in legs_of(invoice, note.net, note.vat)],
    )


def _tell_buyer(session: Session, invoice: Invoice, document: CreditNoteDocument, note: CreditNote) -> None:
    """Write to whoever sees to money at the buyer, with the credit note as PDF and as e-invoice."""
    assert note.xml_sha256
    files = [
        mail.Attached(f"{note.number}.pdf", note.document_sha256),
        mail.Attached(f"{note.number}.xml", note.xml_sha256),
    ]
    for name, address in invoices.readers_at(session, invoice.buyer):
        mail.write(
            session,
            address,
            f"Credit note {note.number} from {document.particulars.issuer.name}",
            "credit_notes_issued.txt",
            person_name=name,
            files=files,
            credit_note=document,
            invoice=invoice,
        )
