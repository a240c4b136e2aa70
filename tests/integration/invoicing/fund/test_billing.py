"""A confirmed contribution becomes a draft invoice, and a paid invoice a contribution received."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.fund import books
from invoicing.fund.billing import actions
from invoicing.fund.models import Contribution, Fund
from invoicing.fund.rules import ContributionStatus, Purpose
from invoicing.fund.shares import Pot
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import InvoiceSource, InvoiceStatus, VatCategory
from invoicing.ledger import queries as ledger
from invoicing.ledger.rules import AccountKind, AccountName
from invoicing.verification.postings import posted
from invoicing.verification.rules import Found
from marketplace.core import clock, events
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import ZERO, Money
from tests import make
from tests.make import budgets as budgeted
from tests.make import fund as making
from tests.make import invoices as paying
from tests.make import refunds as leavers

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def held(app: Flask) -> make.Fund:  # noqa: ARG001  # it needs the context
    """A fund of three schools, the first of which sends its invoices."""
    held = make.partnership_fund(make.alliance(schools=3))
    for school in held.schools:
        paying.payable_school(school)
    actions.choose_host(held.alliance.coordinator, held.id, held.schools[0].id)
    return held


def drafted(session: Session, buyer: make.School) -> list[Invoice]:
    session.rollback()
    query = select(Invoice).where(Invoice.buyer_id == buyer.id).order_by(Invoice.drafted_at, Invoice.id)
    return list(session.scalars(query))


def test_no_confirmation_no_invoice_and_what_is_paid_is_in_the_fund(
    held: make.Fund, session: Session
) -> None:
    host, payer, _ = held.schools
    round_id = make.proposed_round(held, Money(7_200_00))
    assert not drafted(session, payer), "no confirmation, no invoice"
    contribution_id = making.confirm(held, round_id, payer)
    making.confirm(held, round_id, host)
    (invoice,) = drafted(session, payer)
    due = session.get_one(Contribution, contribution_id).due
    assert (invoice.issuer_id, invoice.source, invoice.total) == (host.id, InvoiceSource.CONTRIBUTION, due)
    assert [line.category for line in invoice.lines] == [VatCategory.OUTSIDE]
    assert not drafted(session, host), "the school that sends them gets none itself"
    with pytest.raises(RuleBroken, match="has an invoice"):
        making.receive(held, contribution_id)
    paying.issue(host, invoice.id)
    half = Money(due.pence // 2)
    paying.pay(host, invoice.id, half.pence)
    events.deliver_due()
    session.rollback()
    assert session.get_one(Contribution, contribution_id).status is ContributionStatus.CONFIRMED
    paying.pay(host, invoice.id, (due - half).pence)
    events.deliver_due()
    session.rollback()
    contribution = session.get_one(Contribution, contribution_id)
    assert contribution.status is ContributionStatus.RECEIVED
    assert contribution.received_on == clock.today()
    fund = session.get_one(Fund, held.id)
    assert books.read_books(session, fund).pots == {Pot(payer.id, Purpose.STAFF_TRAINING): due}
    assert ledger.balance(session, AccountName(host.id, AccountKind.INCOME)) == ZERO, "it is not the host's"
    assert ledger.balance(session, AccountName(host.id, AccountKind.BANK)) == ZERO
    assert ledger.balance(session, AccountName(payer.id, AccountKind.BANK)) == -due
    budgeted.grant(held, budgeted.gift())
    making.receive(held, making.confirm(held, make.proposed_round(held, Money(60_00)), host))
    session.rollback()
    checked = Found()
    posted(session, checked)
    assert not checked.kept
    assert checked.counted >= 5


def test_a_leaver_is_invoiced_for_its_days(held: make.Fund, session: Session) -> None:
    leaver = held.schools[2]
    contribution_id = making.confirm(held, make.proposed_round(held, Money(7_200_00)), leaver)
    with clock.travelling(clock.now() + timedelta(days=90)):
        leavers.leave(held, leaver)
    old, new = drafted(session, leaver)
    due = session.get_one(Contribution, contribution_id).due
    assert (old.status, new.status) == (InvoiceStatus.DISCARDED, InvoiceStatus.DRAFT)
    assert new.total == due < old.total


def test_the_school_that_sends_invoices_is_a_member_and_the_coordinators_choice(
    held: make.Fund, session: Session
) -> None:
    coordinator, other = held.alliance.coordinator, held.schools[1]
    stranger = make.alliance(schools=1, name="Elsewhere").schools[0]
    with pytest.raises(RuleBroken, match="a school that is a member"):
        actions.choose_host(coordinator, held.id, stranger.id)
    paying.payable_school(other, vat_number=paying.VAT_NUMBERS[0])
    actions.choose_host(coordinator, held.id, other.id)
    making.confirm(held, make.proposed_round(held, Money(60_00)), held.schools[0])
    (draft,) = drafted(session, held.schools[0])
    paying.issue(other, draft.id)
    session.rollback()
    issued = session.get_one(Invoice, draft.id)
    assert (issued.vat, issued.issuer_vat_number) == (ZERO, ""), "outside the scope of VAT"
    with pytest.raises(Forbidden):
        actions.choose_host(held.schools[0].finance_lead, held.id, None)
    actions.choose_host(coordinator, held.id, None)
    contribution_id = making.confirm(held, make.proposed_round(held), held.schools[2])
    assert not drafted(session, held.schools[2])
    making.receive(held, contribution_id)
