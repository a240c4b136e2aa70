"""What lists of documents, months, schedules and layouts ask the database, on either of the two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from invoicing.exports import queries
from invoicing.exports.layouts import actions as layout_actions
from invoicing.exports.layouts import queries as layouts
from invoicing.exports.layouts import rules as layout_rules
from invoicing.exports.months import queries as months
from invoicing.exports.rules import Kind, Shown, Side, Wanted
from invoicing.exports.vat126 import queries as vat126
from invoicing.exports.vat126.rules import month_period
from invoicing.invoices.rules import VatCategory
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.money import ZERO, Money
from tests import make

ISSUED, RECEIVED = Wanted(Side.ISSUED), Wanted(Side.RECEIVED)


@pytest.mark.usefixtures("app")
def test_both_sides_find_their_documents_by_every_filter_and_the_sums_are_the_ledgers(
    session: Session,
) -> None:
    alliance = make.alliance(3)
    alder, beech, cedar = alliance.schools
    make.payable_school(alder, vat_number=make.VAT_NUMBERS[0])
    make.payable_school(beech)
    with clock.travelling(datetime(2026, 9, 29, 10, tzinfo=UTC)):
        line = make.line("50.00", "2", category=VatCategory.STANDARD)
        invoice_id = make.issued_invoice(alder, beech, line, purchase_order="PO 7")
    with clock.travelling(datetime(2026, 10, 2, 10, tzinfo=UTC)):
        note_id = make.credit(alder, invoice_id, {1: 25_00})
    session.expire_all()
    kinds = {invoice_id: Kind.INVOICE, note_id: Kind.CREDIT_NOTE}
    for actor, wanted in ((alder.bursar, ISSUED), (beech.governor, RECEIVED), (alliance.auditor, RECEIVED)):
        found = queries.documents(session, actor, wanted)
        assert [(one.id, one.kind) for one in found] == list(kinds.items())
        assert queries.sums(session, actor, wanted) == queries.Sums(
            2, Money(75_00), Money(15_00), Money(90_00)
        )
        assert [one.id for one in queries.documents(session, actor, wanted, newest_first=True, limit=1)] == [
            note_id
        ]
        by_month = [(one.name, one.count, one.total) for one in months.months(session, actor, wanted)]
        assert by_month == [("2026-10", 1, Money(-30_00)), ("2026-09", 1, Money(120_00))]
    expected = {
        replace(ISSUED, shown=Shown.CREDIT_NOTES): {note_id},
        replace(ISSUED, shown=Shown.INVOICES): {invoice_id},
        replace(ISSUED, shown=Shown.UNPAID): {invoice_id},
        replace(ISSUED, shown=Shown.OVERDUE): {invoice_id},
        replace(ISSUED, shown=Shown.PAID): set(),
        replace(ISSUED, shown=Shown.DISPUTED): set(),
        replace(ISSUED, party_id=beech.id): {invoice_id, note_id},
        replace(ISSUED, party_id=cedar.id): set(),
        replace(ISSUED, school_id=beech.id): set(),
        replace(ISSUED, since=date(2026, 10, 1)): {note_id},
        replace(ISSUED, until=date(2026, 9, 30)): {invoice_id},
        replace(ISSUED, search="po 7"): {invoice_id, note_id},
        replace(ISSUED, search="not used"): {note_id},
    }
    with clock.travelling(datetime(2026, 11, 20, 10, tzinfo=UTC)):
        for wanted, ids in expected.items():
            assert {one.id for one in queries.documents(session, alder.bursar, wanted)} == ids, wanted
    assert queries.parties(session, alder.bursar, ISSUED) == [(beech.id, beech.name)]
    assert queries.usual_side(session, beech.bursar) is Side.RECEIVED
    assert queries.sums(session, cedar.bursar, RECEIVED).total == ZERO
    with pytest.raises(NotFound):
        queries.get_document(session, cedar.bursar, note_id)
    school = vat126.get_school(session, beech.bursar, None)
    period = month_period(date(2026, 9, 1), date(2026, 10, 1))
    schedule = vat126.schedule_of(session, beech.bursar, school, period)
    assert schedule.total == schedule.ledger == Money(15_00)


@pytest.mark.usefixtures("app")
def test_a_layout_keeps_every_version_and_comes_back_when_it_was_removed(session: Session) -> None:
    alder = make.alliance(1).schools[0]
    layout_id = make.layout(alder)
    first = layout_rules.from_data(layouts.get_layout(session, alder.bursar, layout_id).content)
    layout_actions.edit_layout(alder.finance_lead, layout_id, 1, replace(first, nominal="4100"))
    layout_actions.remove_layout(alder.bursar, layout_id, 2)
    session.expire_all()
    assert not layouts.layouts(session, alder.governor)
    layout_actions.restore_layout(alder.bursar, layout_id)
    session.expire_all()
    (kept,) = layouts.layouts(session, alder.governor)
    assert [
        one.content["nominal"] for one in layouts.get_layout(session, alder.bursar, kept.id).versions
    ] == [
        "4100",
        "4000",
    ]
