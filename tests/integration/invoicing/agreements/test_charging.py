"""What was used is confirmed by the buyer, charged once, and invoiced by the rules of invoices."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from invoicing.agreements import actions as agreements
from invoicing.agreements import jobs as watch
from invoicing.agreements.charging import actions, jobs, queries
from invoicing.agreements.charging.models import AgreementBill, Charge
from invoicing.agreements.offers import actions as offers
from invoicing.agreements.offers import queries as offered
from invoicing.agreements.offers.rules import Wish
from invoicing.agreements.queries import get_agreement
from invoicing.agreements.rules import AgreementStatus, Basis, Price, Schedule, Supply
from invoicing.agreements.signing import actions as signing
from invoicing.agreements.usage import actions as using
from invoicing.agreements.usage.rules import UsageStatus, Used
from invoicing.invoices import actions as invoices
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import InvoiceSource, VatCategory
from marketplace.core import clock, events
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.mail import newest
from marketplace.core.money import Money
from tests import make
from tests.make import School
from tests.make import agreements as making

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def pair() -> tuple[School, School]:
    """A seller that is registered for VAT, and a buyer; both can be paid."""
    seller, buyer = make.alliance(schools=2).schools
    make.payable_school(seller, vat_number=make.VAT_NUMBERS[0])
    make.payable_school(buyer)
    return seller, buyer


def drafts(session: Session) -> list[Invoice]:
    """The invoices made from agreements, the oldest first; of one moment, the larger first."""
    session.rollback()
    query = (
        select(Invoice)
        .where(Invoice.source == InvoiceSource.AGREEMENT)
        .order_by(Invoice.drafted_at, Invoice.net.desc())
    )
    return list(session.scalars(query))


def at(day: date) -> datetime:
    """Midday in England on a day."""
    return datetime.combine(day, datetime.min.time(), tzinfo=clock.LONDON) + timedelta(hours=12)


def test_what_the_buyer_confirms_is_charged_once_and_what_it_questions_is_not(
    pair: tuple[School, School], session: Session
) -> None:
    seller, buyer = pair
    agreement_id = making.running(seller, buyer)
    right = making.logged(seller, agreement_id, units=Decimal("0.5"))
    wrong = making.logged(seller, agreement_id, words="Year 9")
    assert [one.subject[:7] for one in newest(session, "confirm what you used")] == ["Please "] * 2
    using.question_usage(buyer.bursar, wrong, 1, "We have no Year 9.")
    for _ in range(2):
        making.confirm(buyer, agreement_id, right)
    assert [charge.net for charge in queries.charges(session, agreement_id)] == [Money(120_00)]
    with pytest.raises(IntegrityError), transaction() as acting:
        acting.add(
            Charge(
                agreement_id=agreement_id,
                usage_id=right,
                supplied_on=clock.today(),
                description="Again",
                quantity=Decimal(1),
                unit_price=Decimal(1),
                net=Money(1_00),
            )
        )
    with pytest.raises(RuleBroken, match="is confirmed already"):
        using.take_back_usage(seller.bursar, right, making.usage(right).version)
    version = making.usage(wrong).version
    using.correct_usage(seller.bursar, wrong, version, Used(clock.today(), "Year 6", Decimal(1)))
    assert making.usage(wrong).status is UsageStatus.LOGGED
    with pytest.raises(Stale):
        using.confirm_usages(buyer.bursar, agreement_id, [(wrong, version)])
    using.take_back_usage(seller.bursar, wrong, making.usage(wrong).version)
    assert len(queries.charges(session, agreement_id)) == 1


def test_each_side_does_its_own_part_and_strangers_none(pair: tuple[School, School]) -> None:
    seller, buyer = pair
    stranger = make.alliance(schools=1, name="Elsewhere").schools[0]
    agreement_id = making.running(seller, buyer)
    usage_id = making.logged(seller, agreement_id)
    used = Used(clock.today(), "More", Decimal(1))
    with pytest.raises(Forbidden):
        using.log_usage(buyer.bursar, new_id(), agreement_id, used)
    with pytest.raises(Forbidden):
        using.confirm_usages(seller.bursar, agreement_id, [(usage_id, 1)])
    with pytest.raises(NotFound):
        using.question_usage(stranger.bursar, usage_id, 1, "What is this?")
    with pytest.raises(NotFound):
        actions.invoice_charges(stranger.finance_lead, new_id(), agreement_id)
    with pytest.raises(RuleBroken, match="on which the agreement held"):
        making.logged(seller, agreement_id, on=clock.today() - timedelta(days=1))
    waiting = making.proposed(seller, buyer)
    with pytest.raises(RuleBroken, match="before the heads of both schools have signed"):
        making.logged(seller, waiting)


def test_a_finished_month_is_drafted_once_with_the_order_number_and_the_vat_of_staff(
    pair: tuple[School, School], session: Session
) -> None:
    seller, buyer = pair
    with clock.travelling(at(date(2026, 9, 10))):
        teaching = making.running(seller, buyer)
        technician = making.running(seller, buyer, making.technician())
        row = making.row(teaching)
        agreements.set_order(buyer.bursar, teaching, row.version, "PO-77")
        making.confirm(buyer, teaching, making.logged(seller, teaching), making.logged(seller, teaching))
        assert jobs.invoice_finished_periods() == 0, "September is not over"
    with clock.travelling(at(date(2026, 10, 1))):
        making.confirm(buyer, teaching, making.logged(seller, teaching))
        assert jobs.invoice_finished_periods() == 2
        assert jobs.invoice_finished_periods() == 0
        of_teacher, of_technician = drafts(session)
        assert of_teacher.purchase_order == "PO-77"
        assert [line.category for line in of_teacher.lines] == [VatCategory.EXEMPT] * 3
        assert (of_teacher.net, of_teacher.vat) == (Money(720_00), Money(0))
        assert (of_technician.net, of_technician.vat) == (Money(420_00), Money(84_00))
        assert of_technician.lines[0].description == "Network manager: September 2026, 21 of 30 days"
        assert of_technician.supplied_on == date(2026, 9, 30)
        with pytest.raises(RuleBroken, match="Nothing waits to be charged"):
            actions.invoice_charges(seller.bursar, new_id(), technician)
        make.issue(seller, of_teacher.id, of_technician.id)
    with clock.travelling(at(date(2026, 12, 1))):
        assert jobs.invoice_finished_periods() == 1, "two months of the technician, on one draft"
        assert drafts(session)[-1].net == Money(1_200_00)


def test_what_a_discarded_draft_charged_is_on_one_later_invoice(
    pair: tuple[School, School], session: Session
) -> None:
    seller, buyer = pair
    agreement_id = making.running(seller, buyer, making.technician(price=making.A_DAY))
    making.confirm(buyer, agreement_id, making.logged(seller, agreement_id))
    bill_id = new_id()
    for _ in range(2):
        actions.invoice_charges(seller.bursar, bill_id, agreement_id)
    (draft,) = drafts(session)
    cheaper = replace(invoices.terms_of(draft), lines=(make.line("1.00", category=VatCategory.STANDARD),))
    with pytest.raises(RuleBroken, match="what an agreement charges: its lines must come to £240"):
        invoices.edit_invoice(seller.bursar, draft.id, draft.version, cheaper)
    invoices.discard_invoice(seller.bursar, draft.id, draft.version)
    events.deliver_due()
    (waiting,) = queries.unbilled(session, agreement_id)
    assert waiting.net == Money(240_00)
    actions.invoice_charges(seller.finance_lead, new_id(), agreement_id)
    assert not queries.unbilled(session, agreement_id)
    bills = session.scalars(select(AgreementBill).order_by(AgreementBill.made_at)).all()
    assert [bill.invoice.net for bill in bills] == [Money(240_00)] * 2


def test_an_ended_agreement_charges_its_last_days_and_nothing_after(
    pair: tuple[School, School], session: Session
) -> None:
    seller, buyer = pair
    with clock.travelling(at(date(2026, 9, 1))):
        of = making.technician(
            ends_on=date(2026, 10, 15),
            schedule=Schedule.TERMLY,
            price=Price(Basis.PER_PUPIL, Money(1_00), pupils=244),
        )
        agreement_id = making.running(seller, buyer, of)
    with clock.travelling(at(date(2026, 10, 16))):
        watch.watch_agreements()
        assert making.row(agreement_id).status is AgreementStatus.ENDED
        (line,) = queries.waiting(session, making.row(agreement_id), clock.today())
        assert line.net == Money(90_00), "45 of 122 days of the term"
    with clock.travelling(at(date(2027, 1, 1))):
        assert jobs.invoice_finished_periods() == 1
    with clock.travelling(at(date(2027, 5, 1))):
        assert jobs.invoice_finished_periods() == 0
    assert [draft.net for draft in drafts(session)] == [Money(90_00)]


def test_an_offer_is_read_in_the_alliance_and_an_agreement_begins_from_it(
    pair: tuple[School, School], session: Session
) -> None:
    seller, buyer = pair
    stranger = make.alliance(schools=1, name="Elsewhere").schools[0]
    offer_id = making.offer(seller)
    assert [one.title for one in offered.offers(session, buyer.governor)] == ["Minibus, 16 seats"]
    assert not offered.offers(session, stranger.bursar)
    wish = Wish(clock.today(), clock.today() + timedelta(days=200), "Fridays")
    with pytest.raises(NotFound):
        offers.ask_for_agreement(stranger.bursar, new_id(), offer_id, stranger.id, wish)
    with pytest.raises(RuleBroken, match="another school of the same alliance"):
        offers.ask_for_agreement(seller.bursar, new_id(), offer_id, seller.id, wish)
    agreement_id = new_id()
    for _ in range(2):
        offers.ask_for_agreement(buyer.bursar, agreement_id, offer_id, buyer.id, wish)
    begun = get_agreement(session, buyer.governor, agreement_id)
    assert (begun.status, begun.seller_id, begun.regulated) == (AgreementStatus.DRAFT, seller.id, None)
    assert begun.supply is Supply.NO_STAFF
    with pytest.raises(RuleBroken, match="whether anybody works with children"):
        signing.propose_agreement(seller.bursar, agreement_id, begun.version)
    offers.withdraw_offer(seller.bursar, offer_id)
    assert not offered.offers(session, buyer.bursar)
    with pytest.raises(NotFound):
        offers.ask_for_agreement(buyer.bursar, new_id(), offer_id, buyer.id, wish)
