"""A document is checked once, by one school, for all; everybody who uses it hears before it ends."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.mail import Message
from suppliers.profiles.documents import actions, jobs, queries
from suppliers.profiles.documents.models import SupplierDocument
from suppliers.profiles.documents.rules import DocumentKind, DocumentStatus
from tests import make

pytestmark = pytest.mark.usefixtures("app")


def letters(session: Session) -> set[str]:
    session.rollback()
    return set(session.scalars(select(Message.recipient).where(Message.subject.startswith("Ends on"))))


def at_noon(days: int) -> datetime:
    return datetime.combine(clock.today() + timedelta(days=days), time(12), UTC)


def test_one_school_checks_and_every_school_reads_it(session: Session) -> None:
    supplier = make.supplier()
    first, second = make.alliance(schools=1).schools[0], make.alliance(schools=1).schools[0]
    document_id = make.document(supplier, DocumentKind.PUBLIC_LIABILITY)
    actions.check_document(first.bursar, supplier.id, document_id, 1, accepted=True, note="Rang the broker.")
    session.rollback()
    seen = queries.get_document(session, second.bursar, supplier.id, document_id)
    assert (seen.status, seen.note, seen.school and seen.school.name) == (
        DocumentStatus.CHECKED,
        "Rang the broker.",
        first.name,
    )
    session.rollback()
    with pytest.raises(Stale):
        actions.check_document(second.bursar, supplier.id, document_id, 1, accepted=False, note="No.")
    assert queries.uses(session, supplier.id, first.id)
    assert not queries.uses(session, supplier.id, second.id)


def test_a_document_that_is_not_what_its_name_says_is_refused_and_nothing_is_kept(session: Session) -> None:
    supplier = make.supplier()
    with pytest.raises(RuleBroken, match="not a complete PDF"):
        make.document(supplier, content=b"MZ this is a program")
    session.rollback()
    assert not session.scalars(select(SupplierDocument)).all()


def test_who_may_do_what_with_a_document() -> None:
    supplier, rival = make.supplier(), make.supplier()
    school = make.alliance(schools=1).schools[0]
    document_id = make.document(supplier)
    for actor, refusal in (
        (rival.admin, NotFound),
        (supplier.admin, Forbidden),
        (school.governor, Forbidden),
    ):
        with pytest.raises(refusal):
            actions.check_document(actor, supplier.id, document_id, 1, accepted=True, note="Mine.")
    for actor, refusal in ((rival.admin, NotFound), (school.bursar, Forbidden)):
        with pytest.raises(refusal):
            actions.retire_document(actor, supplier.id, document_id)


def test_a_refused_document_is_told_to_its_supplier_with_the_reason(session: Session) -> None:
    supplier, school = make.supplier(), make.alliance(schools=1).schools[0]
    document_id = make.document(supplier)
    actions.check_document(
        school.finance_lead, supplier.id, document_id, 1, accepted=False, note="It names another company."
    )
    session.rollback()
    letter = session.scalars(select(Message).where(Message.subject.startswith("Please send another"))).one()
    assert letter.recipient == supplier.email
    assert "It names another company." in letter.body


def test_supplier_and_every_using_school_hear_30_and_7_days_before_once_each(session: Session) -> None:
    supplier = make.supplier()
    checker, user, other = make.alliance(schools=3).schools
    make.checked_document(supplier, checker.bursar, ends_in=60)
    actions.use_documents(user.finance_lead, supplier.id)
    with clock.travelling(at_noon(29)):
        assert jobs.remind_of_documents() == 0
    with clock.travelling(at_noon(30)):
        assert jobs.remind_of_documents() == 5  # the supplier's administrator; two people of two schools
        assert jobs.remind_of_documents() == 0
    told = letters(session)
    assert supplier.email in told
    assert len(told) == 5
    with clock.travelling(at_noon(52)):
        assert jobs.remind_of_documents() == 0
    actions.stop_using_documents(user.finance_lead, supplier.id)
    with clock.travelling(at_noon(53)):
        assert jobs.remind_of_documents() == 3
    with clock.travelling(at_noon(61)):
        assert jobs.remind_of_documents() == 0
    assert other.name  # a school that uses nothing hears nothing


def test_a_later_document_of_its_kind_ends_the_reminders(session: Session) -> None:
    supplier, school = make.supplier(), make.alliance(schools=1).schools[0]
    make.checked_document(supplier, school.bursar, ends_in=20)
    make.document(supplier, ends_in=380)
    with clock.travelling(at_noon(0)):
        assert jobs.remind_of_documents() == 0
    assert letters(session) == set()


def test_a_school_with_a_running_contract_uses_its_suppliers_documents(session: Session) -> None:
    contest = make.awarded_on_price()
    session.rollback()
    (winner,) = set(session.scalars(select(Contract.supplier_id)))
    assert winner
    using = queries.using_schools(session, [winner], clock.today())
    assert using == {winner: {school.id for school in contest.tender.schools}}


def test_no_document_is_asked_for_before_the_award(session: Session) -> None:
    """Procurement Act 2023, section 22: insurance may not be demanded before it."""
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    supplier = make.supplier()
    make.submitted_quote(tender, supplier)
    assert not queries.of_supplier(session, supplier.id)
