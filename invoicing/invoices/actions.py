"""What people do with invoices: draft, change, discard, issue."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from invoicing.invoices import ahead, documents, queries, rules
from invoicing.invoices.ahead import Drawn
from invoicing.invoices.disputes.actions import close as close_dispute
from invoicing.invoices.disputes.rules import left_in_dispute
from invoicing.invoices.documents import Particulars
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.rules import InvoiceSource, InvoiceStatus, InvoiceTerms, LineDraft
from invoicing.ledger.actions import post
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from marketplace.alliance import queries as alliance
from marketplace.alliance.models import School
from marketplace.core import clock, events, ids, mail, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Act, Actor


def draft_invoice(actor: Actor, invoice_id: uuid.UUID, issuer_id: uuid.UUID, terms: InvoiceTerms) -> None:
    """Draft an invoice of a school to another of its alliances. Raises RuleBroken."""
    with transaction() as session:
        issuer = alliance.get_school(session, actor, issuer_id, lock=True)
        policy.require(actor, Act.INVOICE_DRAFT, issuer.id)
        known = session.get(Invoice, invoice_id)
        if known is not None:
            if known.issuer_id != issuer.id:
                raise NotFound
            return
        _check_buyer(session, issuer.id, terms.buyer_id)
        rules.check_terms(terms, issuer_id=issuer.id, registered=bool(issuer.vat_number))
        make_draft(session, actor, invoice_id, issuer, terms)


def make_draft(
    session: Session,
    actor: Actor,
    invoice_id: uuid.UUID,
    issuer: School,
    terms: InvoiceTerms,
    *,
    source: InvoiceSource = InvoiceSource.MANUAL,
    source_id: uuid.UUID | None = None,
) -> Invoice:
    """Add a draft invoice and its event. A shared step: the caller has checked the terms."""
    invoice = Invoice(
        id=invoice_id,
        issuer_id=issuer.id,
        source=source,
        source_id=source_id,
        drafted_by=actor.person_id,
        drafted_at=clock.now(),
    )
    _write(session, invoice, terms, terms.supplied_on)
    session.add(invoice)
    session.flush()
    events.record(session, actor, Act.INVOICE_DRAFT, invoice.id, organisation_id=issuer.id, source=source)
    return invoice


def edit_invoice(actor: Actor, invoice_id: uuid.UUID, version: int, terms: InvoiceTerms) -> None:
    """Change a draft. A share of a cost keeps its school and its amount. Raises RuleBroken or Stale."""
    with transaction() as session:
        invoice = queries.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.INVOICE_EDIT, invoice.issuer_id)
        _expect_draft(invoice)
        if terms_of(invoice) == terms:
            return
        expect_version(invoice, version)
        same_buyer = terms.buyer_id == invoice.buyer_id
        if not same_buyer:
            _check_buyer(session, invoice.issuer_id, terms.buyer_id)
        registered = rules.charges_vat(invoice.source, registered=bool(invoice.issuer.vat_number))
        rules.check_terms(terms, issuer_id=invoice.issuer_id, registered=registered)
        net = Money.total(line.net for line in terms.lines)
        rules.check_share(invoice.source, share=invoice.net, same_buyer=same_buyer, net=net)
        _write(session, invoice, terms, terms.supplied_on)
        session.flush()
        events.record(session, actor, Act.INVOICE_EDIT, invoice.id, organisation_id=invoice.issuer_id)


def discard_invoice(actor: Actor, invoice_id: uuid.UUID, version: int) -> None:
    """Put a draft aside for good; it stays on record without a number."""
    with transaction() as session:
        invoice = queries.get_invoice(session, actor, invoice_id, lock=True)
        policy.require(actor, Act.INVOICE_DISCARD, invoice.issuer_id)
        if invoice.status is InvoiceStatus.DISCARDED:
            return
        _expect_draft(invoice)
        expect_version(invoice, version)
        invoice.status = rules.move(invoice.status, InvoiceStatus.DISCARDED)
        events.record(session, actor, Act.INVOICE_DISCARD, invoice.id, organisation_id=invoice.issuer_id)


def issue_invoices(actor: Actor, chosen: Sequence[tuple[uuid.UUID, int]]) -> None:
    """Issue drafts in the order given, each with the version that was checked: all of them or none.

    Each gets the next number of its school's series for the year, its entry in both schools' books and
    the document that stays. What this person has issued already is left as it is.
    Raises RuleBroken or Stale.
    """
    with transaction() as session:
        if not chosen:
            raise RuleBroken("Choose at least one invoice to issue.", "chosen")
        if len(chosen) > rules.MOST_AT_ONCE:
            raise RuleBroken(f"Issue at most {rules.MOST_AT_ONCE} invoices at once.", "chosen")
        # locked in one order by everybody, so that two people who issue at once do not wait for each other
        locked = {one: queries.get_invoice(session, actor, one, lock=True) for one, _ in sorted(chosen)}
        year = clock.today().year
        ids.hold_series(session, [series(invoice.issuer, year) for invoice in locked.values()])
        for invoice_id, version in chosen:
            invoice = locked[invoice_id]
            policy.require(actor, Act.INVOICE_ISSUE, invoice.issuer_id)
            if invoice.status in rules.SENT and invoice.issued_by == actor.person_id:
                continue
            issue_checked(session, actor, invoice, version)


def issue_checked(
    session: Session, actor: Actor, invoice: Invoice, version: int, drawn: Drawn | None = None
) -> None:
    """Issue a locked draft at the version that was checked. A shared step: the caller asks for permission.

    `drawn` are files made beforehand; they are used if they say what is issued. Raises RuleBroken or Stale.
    """
    _expect_draft(invoice)
    expect_version(invoice, version)
    _issue(session, actor, invoice, drawn)


def settle(session: Session, invoice: Invoice, amount: Money) -> None:
    """Count a payment towards an issued invoice. A shared step, offered to the stage of payments."""
    invoice.paid = invoice.paid + amount
    _move_on(session, invoice, "It was paid.")


def take_back(session: Session, invoice: Invoice, amount: Money) -> None:
    """Count a credit note towards an issued invoice. A shared step."""
    invoice.credited = invoice.credited + amount
    _move_on(session, invoice, "It was credited.", credited=amount)


def _move_on(session: Session, invoice: Invoice, how: str, *, credited: Money = ZERO) -> None:
    """The status, and what is still disputed, that follow from what was paid and credited."""
    was_disputed = invoice.disputed
    invoice.disputed = left_in_dispute(was_disputed, outstanding=invoice.outstanding, credited=credited)
    wanted = rules.status_when_paid(invoice.total, invoice.paid, invoice.credited)
    if wanted is not invoice.status:
        invoice.status = rules.move(invoice.status, wanted)
    session.flush()
    if was_disputed and not invoice.disputed:
        close_dispute(session, invoice, how)


def _issue(session: Session, actor: Actor, invoice: Invoice, drawn: Drawn | None) -> None:
    """Number, date, copy, post, keep as PDF, tell the buyer."""
    today = clock.today()
    issuer, buyer = invoice.issuer, invoice.buyer
    registered = rules.charges_vat(invoice.source, registered=bool(issuer.vat_number))
    terms = terms_of(invoice)
    rules.check_terms(terms, issuer_id=issuer.id, registered=registered)
    rules.check_particulars(
        issuer_address=issuer.address,
        bank_details=issuer.bank_details,
        buyer_name=buyer.name,
        buyer_address=buyer.address,
        registered=registered,
    )
    _write(session, invoice, terms, rules.tax_point(invoice.supplied_on, today))
    issued = particulars_when_issued(invoice, ids.next_number(session, series(issuer, today.year)), today)
    content = ahead.content_of(session, invoice, issued)
    if drawn is None or drawn.content != content:
        drawn = ahead.begin(content)
    document, invoice.xml_sha256 = ahead.keep(session, drawn)
    invoice.status = rules.move(invoice.status, InvoiceStatus.ISSUED)
    invoice.issued_by = actor.person_id
    _copy(invoice, issued, document)
    session.flush()
    _post(session, invoice, today)
    events.record(
        session,
        actor,
        Act.INVOICE_ISSUE,
        invoice.id,
        organisation_id=issuer.id,
        also=[invoice.buyer_id],
        number=invoice.number,
    )
    _tell_buyer(session, invoice)


def series(issuer: School, year: int) -> str:
    """The name of a school's series of invoice numbers in a year."""
    return f"invoice-{issuer.id.hex}-{year}"


def particulars_when_issued(invoice: Invoice, serial: int, on: date) -> Particulars:
    """What an invoice gets when it is issued on a day as number so much of its series."""
    return replace(
        documents.live_particulars(invoice),
        number=rules.invoice_number(invoice.issuer.urn, on.year, serial),
        issued_on=on,
        tax_point=rules.tax_point(invoice.supplied_on, on),
        due_on=rules.due_on(on, invoice.payment_days),
    )


def _copy(invoice: Invoice, issued: Particulars, document_sha256: str) -> None:
    """Write on the invoice what it was issued with: later changes to the schools do not reach it."""
    invoice.number = issued.number
    invoice.issued_on, invoice.tax_point, invoice.due_on = issued.issued_on, issued.tax_point, issued.due_on
    invoice.issuer_name, invoice.issuer_address = issued.issuer.name, issued.issuer.address
    invoice.issuer_vat_number = issued.issuer.vat_number
    invoice.issuer_bank_details = issued.bank_details
    invoice.issuer_company_details = issued.company_details
    invoice.buyer_name, invoice.buyer_address = issued.buyer.name, issued.buyer.address
    invoice.buyer_vat_number = issued.buyer.vat_number
    invoice.document_sha256 = document_sha256


def _post(session: Session, invoice: Invoice, issued_on: date) -> None:
    """The entry of an issued invoice."""
    post(
        session,
        invoice.id,
        posted_on=issued_on,
        description=f"Invoice {invoice.number}",
        source_id=invoice.id,
        legs=legs_of(invoice, invoice.net, invoice.vat),
    )


def legs_of(invoice: Invoice, net: Money, vat: Money) -> list[Leg]:
    """What an invoice charges, in both schools' books, before VAT and VAT apart. A shared step.

    VAT that a school is charged counts as VAT to reclaim: a registered school deducts it, and an
    academy gets it back under section 33B of the Value Added Tax Act 1994.
    """
    receivable = AccountName(invoice.issuer_id, AccountKind.RECEIVABLE, invoice.buyer_id)
    payable = AccountName(invoice.buyer_id, AccountKind.PAYABLE, invoice.issuer_id)
    pairs = (
        (net, AccountKind.INCOME, AccountKind.EXPENSE),
        (vat, AccountKind.VAT_OUTPUT, AccountKind.VAT_INPUT),
    )
    return [
        leg
        for amount, earned, spent in pairs
        if amount
        for leg in (
            Leg(receivable, AccountName(invoice.issuer_id, earned), amount),
            Leg(AccountName(invoice.buyer_id, spent), payable, amount),
        )
    ]


def _tell_buyer(session: Session, invoice: Invoice) -> None:
    """Write to whoever sees to money at the buyer, with the invoice as PDF and as e-invoice."""
    assert invoice.document_sha256
    assert invoice.xml_sha256
    files = [
        mail.Attached(f"{invoice.number}.pdf", invoice.document_sha256),
        mail.Attached(f"{invoice.number}.xml", invoice.xml_sha256),
    ]
    for name, address in queries.readers_at(session, invoice.buyer):
        mail.write(
            session,
            address,
            f"Invoice {invoice.number} from {invoice.issuer_name}",
            "invoices_issued.txt",
            person_name=name,
            files=files,
            invoice=documents.document_of(invoice),
        )


def terms_of(invoice: Invoice) -> InvoiceTerms:
    """What the author of a draft decided, read back from it."""
    return InvoiceTerms(
        buyer_id=invoice.buyer_id,
        supplied_on=invoice.supplied_on,
        payment_days=invoice.payment_days,
        purchase_order=invoice.purchase_order,
        note=invoice.note,
        conditions=frozenset(invoice.conditions),
        lines=tuple(
            LineDraft(
                description=line.description,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
                category=line.category,
                exemption_reason=line.exemption_reason,
            )
            for line in invoice.lines
        ),
    )


def _write(session: Session, invoice: Invoice, terms: InvoiceTerms, taxed_on: date) -> None:
    """Put terms on a draft: its lines with the rates of a day, and the totals that follow."""
    invoice.buyer_id = terms.buyer_id
    invoice.supplied_on = terms.supplied_on
    invoice.payment_days = terms.payment_days
    invoice.purchase_order = terms.purchase_order
    invoice.note = terms.note
    invoice.conditions = sorted(terms.conditions)
    if invoice.lines:
        invoice.lines = []
        session.flush()
    invoice.lines = list(_lines(terms.lines, taxed_on))
    sums = rules.totals(rules.vat_breakdown(invoice.lines))
    invoice.net, invoice.vat, invoice.total = sums.net, sums.vat, sums.total


def _lines(drafts: Iterable[LineDraft], taxed_on: date) -> Iterable[InvoiceLine]:
    for position, draft in enumerate(drafts, start=1):
        reason = draft.exemption_reason if draft.category is rules.VatCategory.EXEMPT else ""
        yield InvoiceLine(
            position=position,
            description=draft.description,
            quantity=draft.quantity,
            unit=draft.unit,
            unit_price=draft.unit_price,
            net=draft.net,
            category=draft.category,
            rate_basis_points=rules.rate_of(draft.category, taxed_on),
            exemption_reason=reason,
        )


def _check_buyer(session: Session, issuer_id: uuid.UUID, buyer_id: uuid.UUID) -> None:
    """Raise RuleBroken unless the buyer is another school of the issuer's alliances."""
    if buyer_id not in {school.id for school in queries.possible_buyers(session, issuer_id)}:
        raise RuleBroken("Choose another school of your alliance.", "buyer_id")


def _expect_draft(invoice: Invoice) -> None:
    """Raise RuleBroken unless the invoice is a draft."""
    if invoice.status is not InvoiceStatus.DRAFT:
        named = f"Invoice {invoice.number}" if invoice.number else "This invoice"
        raise RuleBroken(
            f"{named} is {rules.STATUS_LABELS[invoice.status].lower()} now, so it can no longer be changed. "
            "Somebody may have been here before you."
        )
