"""Who sees which invoices, and how a list finds them."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from invoicing.invoices import actions, queries
from invoicing.invoices.queries import Direction, Shown, Wanted
from marketplace.alliance.actions import add_person
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.money import Money
from marketplace.core.policy import ADMINISTRATOR, Actor, Role
from tests import make
from tests.make import Alliance


@pytest.fixture
def alliance(app: Flask) -> Alliance:  # noqa: ARG001  # it needs the database
    """Three schools that can be paid."""
    made = make.alliance(3)
    for school in made.schools:
        make.payable_school(school)
    return made


def found(session: Session, actor: Actor, **wanted: object) -> set[uuid.UUID]:
    """The ids a list shows, which must be as many as its sums count."""
    session.rollback()
    asked = Wanted(**wanted)  # type: ignore[arg-type]
    rows = queries.list_invoices(session, actor, asked)
    assert queries.sums(session, actor, asked).count == len(rows)
    return {row.id for row in rows}


def test_a_school_sees_its_drafts_and_the_other_school_only_what_was_issued(
    alliance: Alliance, session: Session
) -> None:
    alder, beech, cedar = alliance.schools
    draft = make.draft_invoice(alder, beech)
    issued = make.issued_invoice(alder, beech)
    for actor in (alder.bursar, alder.finance_lead, alder.headteacher, alder.governor):
        assert found(session, actor) == {draft, issued}
    assert found(session, beech.finance_lead) == {issued}
    assert found(session, cedar.finance_lead) == set()
    for actor, hidden in ((beech.finance_lead, draft), (cedar.finance_lead, issued)):
        with pytest.raises(NotFound):
            queries.get_invoice(session, actor, hidden)


def test_an_auditor_reads_everything_of_the_alliance_and_a_coordinator_nothing(
    alliance: Alliance, session: Session
) -> None:
    alder, beech, _ = alliance.schools
    both = {make.draft_invoice(alder, beech), make.issued_invoice(alder, beech)}
    assert found(session, alliance.auditor) == both
    assert found(session, alliance.coordinator) == set()
    assert found(session, make.alliance(1, name="Other").auditor) == set()


def test_lists_keep_issued_and_received_apart(alliance: Alliance, session: Session) -> None:
    alder, beech, _ = alliance.schools
    out, back = make.issued_invoice(alder, beech), make.issued_invoice(beech, alder)
    assert found(session, alder.bursar, direction=Direction.ISSUED) == {out}
    assert found(session, alder.bursar, direction=Direction.RECEIVED) == {back}


def test_a_list_shows_what_is_overdue_unpaid_paid_or_discarded(alliance: Alliance, session: Session) -> None:
    alder, beech, _ = alliance.schools
    with clock.travelling(clock.now() - timedelta(days=40)):
        overdue, paid = make.issued_invoice(alder, beech), make.issued_invoice(alder, beech)
    owed, draft = make.issued_invoice(alder, beech), make.draft_invoice(alder, beech)
    gone = make.draft_invoice(alder, beech)
    make.pay(alder, paid, 10_000)
    actions.discard_invoice(alder.bursar, gone, 1)
    actor = alder.finance_lead
    assert found(session, actor) == {overdue, paid, owed, draft}
    assert found(session, actor, shown=Shown.OVERDUE) == {overdue}
    assert found(session, actor, shown=Shown.UNPAID) == {overdue, owed}
    assert found(session, actor, shown=Shown.PAID) == {paid}
    assert found(session, actor, shown=Shown.DRAFT) == {draft}
    assert found(session, actor, shown=Shown.DISCARDED) == {gone}


def test_a_search_looks_in_numbers_schools_orders_and_lines_and_takes_signs_literally(
    alliance: Alliance, session: Session
) -> None:
    alder, beech, cedar = alliance.schools
    one = make.issued_invoice(
        alder, beech, make.line(description="100% cotton_towels £5"), purchase_order="PO/77"
    )
    two = make.issued_invoice(alder, cedar)
    actor = alder.finance_lead
    number = make.invoice(two).number
    assert number
    for text, wanted in (
        (number, {two}),
        ("beech", {one}),
        ("po/77", {one}),
        ("COTTON", {one}),
        ("100%", {one}),
        ("n_t", {one}),
        ("%", {one}),
        ("£5", {one}),
        ("nothing like it", set()),
        ("' OR 1=1 --", set()),
    ):
        assert found(session, actor, search=text) == wanted, text


def test_a_list_is_narrowed_by_school_and_by_date(alliance: Alliance, session: Session) -> None:
    alder, beech, cedar = alliance.schools
    with clock.travelling(clock.now() - timedelta(days=40)):
        old = make.issued_invoice(alder, beech)
    new = make.issued_invoice(alder, cedar)
    today = clock.today()
    actor = alder.finance_lead
    assert found(session, actor, school_id=cedar.id) == {new}
    assert found(session, actor, since=today) == {new}
    assert found(session, actor, until=today - timedelta(days=1)) == {old}
    assert found(session, actor, since=today - timedelta(days=40), until=today) == {old, new}


@pytest.mark.parametrize("sort", list(queries.SORTS))
@pytest.mark.parametrize("descending", [True, False])
def test_every_way_to_sort_shows_every_invoice_once(
    alliance: Alliance, session: Session, sort: str, *, descending: bool
) -> None:
    alder, beech, cedar = alliance.schools
    made = [
        make.issued_invoice(alder, cedar),
        make.draft_invoice(alder, beech),
        make.issued_invoice(alder, beech),
    ]
    wanted = Wanted(sort=sort, descending=descending)
    rows = queries.list_invoices(session, alder.finance_lead, wanted)
    assert sorted(row.id for row in rows) == sorted(made)
    first = queries.list_invoices(session, alder.finance_lead, wanted, limit=2)
    rest = queries.list_invoices(session, alder.finance_lead, wanted, offset=2, limit=2)
    assert [row.id for row in (*first, *rest)] == [row.id for row in rows]


def test_the_sums_of_a_list_are_those_of_its_rows(alliance: Alliance, session: Session) -> None:
    alder, beech, _ = alliance.schools
    first = make.issued_invoice(alder, beech, make.line("10.10"))
    make.issued_invoice(alder, beech, make.line("20.20"))
    make.draft_invoice(alder, beech, make.line("5"))
    make.pay(alder, first, 110)
    sums = queries.sums(session, alder.finance_lead, Wanted())
    assert (sums.count, sums.total, sums.outstanding) == (3, Money(3530), Money(2920))


def test_nothing_in_a_list_comes_to_nothing(alliance: Alliance, session: Session) -> None:
    sums = queries.sums(session, alliance.schools[0].finance_lead, Wanted())
    assert (sums.count, sums.total, sums.outstanding) == (0, Money(0), Money(0))


def test_drafts_wait_for_the_finance_lead_and_invoices_for_the_buyer(
    app: Flask, alliance: Alliance, session: Session
) -> None:
    alder, beech, _ = alliance.schools
    make.draft_invoice(alder, beech)
    numbers = [make.invoice(make.issued_invoice(alder, beech)).number for _ in range(6)]
    with app.test_request_context():
        assert [task.text for task in queries.waiting_for(session, alder.finance_lead)] == [
            "Issue 1 draft invoice"
        ]
        assert queries.waiting_for(session, alder.bursar) == []
        assert queries.waiting_for(session, beech.headteacher) == []
        for actor in (beech.finance_lead, beech.bursar):
            texts = [task.text for task in queries.waiting_for(session, actor)]
            assert texts[:5] == [f"Pay invoice {number} from {alder.name}" for number in numbers[:5]]
            assert texts[5:] == ["See the other invoices to pay"]


def test_somebody_who_drafts_for_several_schools_must_choose(alliance: Alliance, session: Session) -> None:
    alder, beech, _ = alliance.schools
    seats = [(alder.id, Role.BURSAR), (beech.id, Role.FINANCE_LEAD)]
    for_both = make.actor(add_person(ADMINISTRATOR, "Both", "both@example.org", seats))
    assert queries.school_to_draft_for(session, for_both, None) is None
    for actor, asked in ((for_both, str(beech.id)), (beech.bursar, None), (beech.bursar, str(beech.id))):
        chosen = queries.school_to_draft_for(session, actor, asked)
        assert chosen
        assert chosen.id == beech.id
    with pytest.raises(Forbidden):
        queries.school_to_draft_for(session, alder.bursar, str(beech.id))
    with pytest.raises(Forbidden):
        queries.school_to_draft_for(session, alder.headteacher, None)
    for nonsense in ("x", "", str(uuid.uuid4())):
        with pytest.raises(NotFound):
            queries.school_to_draft_for(session, alder.bursar, nonsense)
