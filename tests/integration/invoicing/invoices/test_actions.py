"""Drafting, changing, discarding and issuing invoices."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from invoicing.invoices import actions
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import InvoiceStatus, VatCategory
from invoicing.ledger import queries as ledger
from invoicing.ledger.rules import AccountKind, AccountName
from marketplace.alliance import queries as alliance
from marketplace.alliance.models import School as SchoolRow
from marketplace.core import clock, events, storage
from marketplace.core.chain import first_broken_link
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.events import Event
from marketplace.core.ids import new_id, next_number
from marketplace.core.mail import Message
from marketplace.core.money import Money
from marketplace.core.policy import SYSTEM, Act, Role
from tests import databases, make
from tests.make import School

STANDARD = VatCategory.STANDARD
SECONDS_AT_MOST = 10


@pytest.fixture
def schools(app: Flask) -> tuple[School, ...]:  # noqa: ARG001  # it needs the database
    """Three payable schools of an alliance; the first is registered for VAT."""
    made = make.alliance(3).schools
    make.payable_school(made[0], vat_number=make.VAT_NUMBERS[0])
    for school in made[1:]:
        make.payable_school(school)
    return made


def _told(session: Session) -> list[Message]:
    """The messages about invoices."""
    return list(session.scalars(select(Message).where(Message.subject.startswith("Invoice "))))


# ------------------------------------------------------------------ drafts


def test_schools_that_bill_each_other_at_the_same_moment_do_not_wait_for_each_other(
    app: Flask, session: Session, schools: tuple[School, ...]
) -> None:
    """Each holds its own school while it names the other: both would wait, and one would be turned away."""
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite has one writer, and no two that could wait for each other")
    alder, beech, _ = schools

    def bill() -> uuid.UUID:
        with app.app_context():
            return make.draft_invoice(beech, alder)

    with ThreadPoolExecutor(1) as other:
        with transaction() as acting:
            alliance.get_school(acting, alder.bursar, alder.id, lock=True)
            drafted = other.submit(bill).result(SECONDS_AT_MOST)
        assert make.invoice(drafted).status is InvoiceStatus.DRAFT


def test_a_draft_has_its_sums_and_no_number(schools: tuple[School, ...]) -> None:
    alder, beech, _ = schools
    draft = make.invoice(
        make.draft_invoice(
            alder, beech, make.line("0.33", "3", category=STANDARD), make.line("9", category=STANDARD)
        )
    )
    assert (draft.status, draft.number, draft.issued_on) == (InvoiceStatus.DRAFT, None, None)
    assert (draft.net, draft.vat, draft.total) == (Money(999), Money(200), Money(1199))


def test_a_draft_sent_twice_is_made_once(schools: tuple[School, ...], session: Session) -> None:
    alder, beech, _ = schools
    invoice_id, terms = new_id(), make.invoice_terms(beech, make.line(category=STANDARD))
    for _ in range(2):
        actions.draft_invoice(alder.bursar, invoice_id, alder.id, terms)
    assert session.query(Invoice).count() == 1


def test_the_id_of_somebody_elses_draft_makes_nothing(schools: tuple[School, ...]) -> None:
    alder, beech, _ = schools
    theirs = make.draft_invoice(beech, alder)
    with pytest.raises(NotFound):
        actions.draft_invoice(
            alder.bursar, theirs, alder.id, make.invoice_terms(beech, make.line(category=STANDARD))
        )


def test_only_finance_leads_and_bursars_of_the_school_draft(schools: tuple[School, ...]) -> None:
    alder, beech, _ = schools
    terms = make.invoice_terms(beech, make.line(category=STANDARD))
    for actor in (alder.headteacher, alder.governor, beech.finance_lead):
        with pytest.raises(Forbidden):
            actions.draft_invoice(actor, new_id(), alder.id, terms)


def test_a_school_of_another_alliance_cannot_be_invoiced_or_invoice(schools: tuple[School, ...]) -> None:
    alder = schools[0]
    stranger = make.alliance(1, name="Other Alliance").schools[0]
    with pytest.raises(RuleBroken) as refused:
        actions.draft_invoice(
            alder.bursar, new_id(), alder.id, make.invoice_terms(stranger, make.line(category=STANDARD))
        )
    assert refused.value.field == "buyer_id"
    with pytest.raises(NotFound):
        actions.draft_invoice(stranger.bursar, new_id(), alder.id, make.invoice_terms(schools[1]))


def test_a_changed_draft_has_its_new_lines_and_sums(schools: tuple[School, ...]) -> None:
    _, beech, cedar = schools
    draft_id = make.draft_invoice(beech, cedar, make.line("10"), make.line("20"))
    new_terms = make.invoice_terms(cedar, make.line("7.50", "2"), purchase_order="PO £1 – “ü”")
    actions.edit_invoice(beech.bursar, draft_id, 1, new_terms)
    draft = make.invoice(draft_id)
    assert [line.net for line in draft.lines] == [Money(1500)]
    assert (draft.total, draft.purchase_order) == (Money(1500), "PO £1 – “ü”")


def test_two_people_changing_one_draft_do_not_overwrite_each_other(schools: tuple[School, ...]) -> None:
    _, beech, cedar = schools
    draft_id = make.draft_invoice(beech, cedar)
    actions.edit_invoice(beech.bursar, draft_id, 1, make.invoice_terms(cedar, make.line("1")))
    with pytest.raises(Stale) as overtaken:
        actions.edit_invoice(beech.finance_lead, draft_id, 1, make.invoice_terms(cedar, make.line("2")))
    assert overtaken.value.version == make.invoice(draft_id).version
    assert make.invoice(draft_id).total == Money(100)


def test_the_same_change_sent_twice_is_no_conflict(schools: tuple[School, ...]) -> None:
    _, beech, cedar = schools
    draft_id = make.draft_invoice(beech, cedar)
    for _ in range(2):
        actions.edit_invoice(beech.bursar, draft_id, 1, make.invoice_terms(cedar, make.line("1")))
    assert make.invoice(draft_id).total == Money(100)


def test_a_discarded_draft_stays_on_record_and_cannot_be_issued(schools: tuple[School, ...]) -> None:
    _, beech, cedar = schools
    draft_id = make.draft_invoice(beech, cedar)
    for _ in range(2):
        actions.discard_invoice(beech.bursar, draft_id, 1)
    discarded = make.invoice(draft_id)
    assert (discarded.status, discarded.number) == (InvoiceStatus.DISCARDED, None)
    with pytest.raises(RuleBroken, match="discarded now"):
        make.issue(beech, draft_id)


def test_a_share_of_a_cost_can_be_reworded_and_not_revalued(schools: tuple[School, ...]) -> None:
    _, beech, cedar = schools
    cost_id = make.shared_cost(beech, [beech, cedar], 100_00)
    (draft,) = make.invoices_of(cost_id)
    terms = actions.terms_of(draft)
    reworded = replace(terms, lines=(replace(terms.lines[0], description="Kitchen clean"),))
    actions.edit_invoice(beech.bursar, draft.id, draft.version, reworded)
    again = make.invoice(draft.id)
    revalued = replace(terms, lines=(replace(terms.lines[0], unit_price=terms.lines[0].unit_price + 1),))
    with pytest.raises(RuleBroken, match="share of a cost"):
        actions.edit_invoice(beech.bursar, draft.id, again.version, revalued)


# ------------------------------------------------------------------ issuing


def test_an_issued_invoice_has_its_number_dates_copies_and_document(schools: tuple[School, ...]) -> None:
    alder, beech, _ = schools
    supplied = clock.today() - timedelta(days=20)
    invoice = make.invoice(
        make.issued_invoice(alder, beech, make.line(category=STANDARD), supplied_on=supplied, payment_days=14)
    )
    today = clock.today()
    assert invoice.number == f"{alder.urn}-{today.year}-0001"
    assert invoice.status is InvoiceStatus.ISSUED
    assert (invoice.issued_on, invoice.tax_point) == (today, supplied)
    assert invoice.due_on == today + timedelta(days=14)
    assert invoice.issuer_name == alder.name
    assert invoice.issuer_vat_number == make.VAT_NUMBERS[0]
    assert "Mill Lane" in invoice.issuer_address
    assert "Sort code: 30-94-31" in invoice.issuer_bank_details
    assert invoice.buyer_name == beech.name
    assert invoice.document_sha256
    assert storage.read(invoice.document_sha256).startswith(b"%PDF-")


def test_what_changes_at_a_school_later_does_not_reach_an_issued_invoice(schools: tuple[School, ...]) -> None:
    alder, beech, _ = schools
    invoice_id = make.issued_invoice(alder, beech, make.line(category=STANDARD))
    before = make.invoice(invoice_id)
    was = (before.issuer_address, before.issuer_vat_number, before.document_sha256, before.buyer_address)
    make.payable_school(alder)
    make.payable_school(beech)
    after = make.invoice(invoice_id)
    assert (after.issuer_address, after.issuer_vat_number, after.document_sha256, after.buyer_address) == was


def test_who_issues_for_two_schools_stands_in_nobodys_way_who_issues_for_one(
    app: Flask, schools: tuple[School, ...]
) -> None:
    """Each school's next number is held before the first invoice is posted: later, it could be a deadlock."""
    alder, beech, cedar = schools
    of_both = replace(beech.finance_lead, seats=beech.finance_lead.seats | cedar.finance_lead.seats)
    drafts = [make.draft_invoice(beech, alder), make.draft_invoice(cedar, alder)]
    chosen = [(one, make.invoice(one).version) for one in drafts]

    def issue() -> None:
        with app.app_context():
            actions.issue_invoices(of_both, chosen)

    with ThreadPoolExecutor(1) as other:
        with transaction() as acting:
            next_number(acting, actions.series(acting.get_one(SchoolRow, cedar.id), clock.today().year))
            issued = other.submit(issue)
            databases.wait_until_it_waits(acting, issued)
            events.record(acting, SYSTEM, Act.TENDER_CLOSE, cedar.id)
        issued.result(SECONDS_AT_MOST)
    numbers = [make.invoice(one).number for one in drafts]
    year = clock.today().year
    assert numbers == [f"{beech.urn}-{year}-0001", f"{cedar.urn}-{year}-0002"]


def test_an_invoice_is_issued_once_however_often_it_is_asked(
    schools: tuple[School, ...], session: Session
) -> None:
    _, beech, cedar = schools
    draft_id = make.draft_invoice(beech, cedar)
    chosen = [(draft_id, make.invoice(draft_id).version)]
    for _ in range(2):
        actions.issue_invoices(beech.finance_lead, chosen)
    assert make.invoice(draft_id).number == f"{beech.urn}-{clock.today().year}-0001"
    assert len(ledger.postings_from(session, draft_id)) == 2
    assert len(list(session.scalars(select(Event).where(Event.act == "invoice.issue")))) == 1
    assert len(_told(session)) == 1


def test_a_second_finance_lead_is_told_that_somebody_was_there_before(schools: tuple[School, ...]) -> None:
    _, beech, cedar = schools
    colleague = make.person(beech.id, Role.FINANCE_LEAD, name="Second Lead")
    draft_id = make.draft_invoice(beech, cedar)
    version = make.invoice(draft_id).version
    make.issue(beech, draft_id)
    with pytest.raises(RuleBroken, match="issued now"):
        actions.issue_invoices(colleague, [(draft_id, version)])


def test_a_draft_that_changed_after_it_was_checked_is_not_issued(schools: tuple[School, ...]) -> None:
    _, beech, cedar = schools
    draft_id = make.draft_invoice(beech, cedar)
    checked = make.invoice(draft_id).version
    actions.edit_invoice(beech.bursar, draft_id, checked, make.invoice_terms(cedar, make.line("9999")))
    with pytest.raises(Stale):
        actions.issue_invoices(beech.finance_lead, [(draft_id, checked)])
    assert make.invoice(draft_id).status is InvoiceStatus.DRAFT


def test_several_invoices_are_issued_together_or_not_at_all(schools: tuple[School, ...]) -> None:
    _, beech, cedar = schools
    good, bad = make.draft_invoice(beech, cedar), make.draft_invoice(beech, cedar)
    with pytest.raises(Stale):
        actions.issue_invoices(beech.finance_lead, [(good, make.invoice(good).version), (bad, 99)])
    assert make.invoice(good).number is None
    make.issue(beech, good, bad)
    year = clock.today().year
    assert {make.invoice(good).number, make.invoice(bad).number} == {
        f"{beech.urn}-{year}-0001",
        f"{beech.urn}-{year}-0002",
    }


def test_only_the_finance_lead_of_the_issuer_issues(schools: tuple[School, ...]) -> None:
    _, beech, cedar = schools
    draft_id = make.draft_invoice(beech, cedar)
    with pytest.raises(Forbidden):
        actions.issue_invoices(beech.bursar, [(draft_id, 1)])
    with pytest.raises(NotFound):
        actions.issue_invoices(cedar.finance_lead, [(draft_id, 1)])


@pytest.mark.usefixtures("app")
def test_a_school_that_cannot_be_paid_cannot_issue() -> None:
    alder, beech = make.alliance(2).schools
    draft_id = make.draft_invoice(alder, beech)
    with pytest.raises(RuleBroken, match="no address"):
        make.issue(alder, draft_id)
    assert make.invoice(draft_id).status is InvoiceStatus.DRAFT


def test_a_draft_from_before_the_school_registered_for_vat_must_be_looked_at_again(
    schools: tuple[School, ...],
) -> None:
    _, beech, cedar = schools
    draft_id = make.draft_invoice(beech, cedar)
    make.payable_school(beech, vat_number=make.VAT_NUMBERS[1])
    with pytest.raises(RuleBroken, match="choose another VAT treatment"):
        make.issue(beech, draft_id)


def test_too_many_at_once_are_refused(schools: tuple[School, ...]) -> None:
    with pytest.raises(RuleBroken, match="at most 25"):
        actions.issue_invoices(schools[0].finance_lead, [(new_id(), 1) for _ in range(26)])
    with pytest.raises(RuleBroken, match="at least one"):
        actions.issue_invoices(schools[0].finance_lead, [])


def test_the_database_refuses_an_issued_invoice_without_a_number(schools: tuple[School, ...]) -> None:
    _, beech, cedar = schools
    draft_id = make.draft_invoice(beech, cedar)
    assert make.invoice(draft_id).number is None
    with pytest.raises(IntegrityError), transaction() as acting:
        acting.execute(text("UPDATE invoice SET status = 'issued'"))


# ------------------------------------------------------------------ books and news


def test_the_books_of_both_schools_agree_with_the_invoice(
    schools: tuple[School, ...], session: Session
) -> None:
    alder, beech, _ = schools
    invoice = make.invoice(make.issued_invoice(alder, beech, make.line("33.33", category=STANDARD)))
    kinds = AccountKind
    balances = {
        (school.name, kind): ledger.balance(session, AccountName(school.id, kind, other))
        for school, kind, other in (
            (alder, kinds.RECEIVABLE, beech.id),
            (alder, kinds.INCOME, None),
            (alder, kinds.VAT_OUTPUT, None),
            (beech, kinds.PAYABLE, alder.id),
            (beech, kinds.EXPENSE, None),
            (beech, kinds.VAT_INPUT, None),
        )
    }
    assert list(balances.values()) == [
        invoice.total,
        -invoice.net,
        -invoice.vat,
        -invoice.total,
        invoice.net,
        invoice.vat,
    ]
    assert (invoice.net, invoice.vat) == (Money(3333), Money(667))


def test_without_vat_nothing_is_booked_as_vat(schools: tuple[School, ...], session: Session) -> None:
    _, beech, cedar = schools
    postings = ledger.postings_from(session, make.issued_invoice(beech, cedar))
    assert {posting.debit for posting in postings} == {AccountKind.RECEIVABLE, AccountKind.EXPENSE}


def test_what_a_school_is_owed_is_the_sum_of_its_invoices(
    schools: tuple[School, ...], session: Session
) -> None:
    alder, beech, cedar = schools
    for buyer, price in ((beech, "10.01"), (beech, "0.99"), (cedar, "1234.56")):
        make.issued_invoice(alder, buyer, make.line(price, category=STANDARD))
    for buyer in (beech, cedar):
        owed = ledger.balance(session, AccountName(alder.id, AccountKind.RECEIVABLE, buyer.id))
        invoices = session.scalars(select(Invoice).where(Invoice.buyer_id == buyer.id))
        assert owed == Money.total(invoice.total for invoice in invoices)
    assert not ledger.incomplete_entries(session)


def test_the_buyer_hears_of_it_at_its_finance_address(schools: tuple[School, ...], session: Session) -> None:
    _, beech, cedar = schools
    invoice = make.invoice(make.issued_invoice(beech, cedar))
    (message,) = _told(session)
    assert message.recipient.startswith("finance-")
    assert f"/invoices/{invoice.id}" in message.body
    assert [(file.name, file.sha256) for file in message.files] == [
        (f"{invoice.number}.pdf", invoice.document_sha256),
        (f"{invoice.number}.xml", invoice.xml_sha256),
    ]
    assert invoice.number
    assert invoice.number in message.subject


def test_without_a_finance_address_the_finance_lead_hears_of_it(
    schools: tuple[School, ...], session: Session
) -> None:
    _, beech, cedar = schools
    make.payable_school(cedar, finance_email="")
    make.issued_invoice(beech, cedar)
    (message,) = _told(session)
    assert message.body.startswith(f"Dear {cedar.finance_lead.name}")


def test_every_act_is_recorded_without_a_price(schools: tuple[School, ...], session: Session) -> None:
    _, beech, cedar = schools
    invoice_id = make.issued_invoice(beech, cedar, make.line("4321.09"))
    of_it = select(Event).where(Event.subject_id == invoice_id).order_by(Event.position)
    recorded = list(session.scalars(of_it))
    assert [event.act for event in recorded] == ["invoice.draft", "invoice.issue"]
    assert not any("4321" in str(event.facts) or "432109" in str(event.facts) for event in recorded)
    assert first_broken_link(session) is None


def test_the_date_of_issue_is_the_date_in_england(schools: tuple[School, ...]) -> None:
    _, beech, cedar = schools
    with clock.travelling(datetime(2027, 6, 30, 23, 30, tzinfo=UTC)):
        invoice = make.invoice(make.issued_invoice(beech, cedar))
    assert invoice.issued_on == date(2027, 7, 1)


def test_each_year_has_a_series_of_its_own(schools: tuple[School, ...]) -> None:
    _, beech, cedar = schools
    numbers = []
    for moment in (
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2027, 1, 1, 0, 0, 0, tzinfo=UTC),
        datetime(2027, 1, 2, 9, 0, 0, tzinfo=UTC),
    ):
        with clock.travelling(moment):
            numbers.append(make.invoice(make.issued_invoice(beech, cedar)).number)
    assert numbers == [f"{beech.urn}-2026-0001", f"{beech.urn}-2027-0001", f"{beech.urn}-2027-0002"]
