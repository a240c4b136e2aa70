"""A supplier declares once and confirms with each quote; the schools read it when they open the quote."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.policy import Act
from suppliers.profiles.declarations import actions, queries
from suppliers.profiles.declarations.models import Declaration
from suppliers.profiles.declarations.rules import NONE, Declared
from suppliers.quotes import actions as quotes
from suppliers.quotes.declarations.queries import confirmed_with, get_quote
from suppliers.quotes.declarations.rules import Confirmed
from tests import make

pytestmark = pytest.mark.usefixtures("app")
INSOLVENT = Declared(
    mandatory=(NONE,),
    discretionary=("insolvency",),
    accounts={"insolvency": "In administration for a month in 2024."},
)


def test_a_change_is_a_new_version_and_the_same_again_is_none(session: Session) -> None:
    supplier = make.supplier()
    make.declare(supplier, INSOLVENT)
    make.declare(supplier, INSOLVENT)
    session.rollback()
    found = queries.versions(session, supplier.id)
    assert [(one.number, [ground.id for ground in one.grounds]) for one in found] == [
        (2, ["insolvency"]),
        (1, []),
    ]
    made = session.scalars(select(Event).where(Event.act == Act.DECLARATION_MAKE).order_by(Event.position))
    assert [one.facts["grounds"] for one in made] == [[], ["insolvency"]]


def test_two_colleagues_do_not_overwrite_each_other_and_a_double_click_is_once(
    session: Session,
) -> None:
    supplier = make.supplier()
    declaration_id = new_id()
    for _ in range(2):
        actions.make_declaration(supplier.admin, supplier.id, declaration_id, 1, INSOLVENT)
    with pytest.raises(Stale):
        actions.make_declaration(supplier.admin, supplier.id, new_id(), 1, make.NOTHING_APPLIES)
    session.rollback()
    assert len(session.scalars(select(Declaration)).all()) == 2


def test_nobody_declares_for_another_supplier() -> None:
    supplier, rival = make.supplier(), make.supplier()
    school = make.alliance(schools=1).schools[0]
    for actor, refusal in ((rival.admin, NotFound), (school.bursar, Forbidden)):
        with pytest.raises(refusal):
            actions.make_declaration(actor, supplier.id, new_id(), 1, INSOLVENT)


def test_nothing_is_submitted_before_the_supplier_has_declared() -> None:
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    supplier = make.supplier(declared=False)
    quote_id = make.draft_quote(tender, supplier)
    with pytest.raises(RuleBroken, match="Make your declarations first"):
        make.submit_draft(quote_id, supplier)
    make.declare(supplier)
    make.submit_draft(quote_id, supplier)


def test_schools_read_what_was_confirmed_once_the_quote_is_open_and_what_was_declared_since(
    session: Session,
) -> None:
    tender = make.published_tender(make.alliance(), criteria=make.PRICE_ONLY)
    supplier, rival = make.supplier(), make.supplier()
    quote_id = make.draft_quote(tender, supplier)
    added = Confirmed(conflict="Our director governs Oakfield.", sub_contractors=("Clearview, windows",))
    quotes.submit_quote(supplier.admin, quote_id, 1, added)
    coordinator = tender.alliance.coordinator
    session.rollback()
    for reader in (coordinator, rival.admin, tender.lead.bursar):
        with pytest.raises(NotFound):
            get_quote(session, reader, quote_id)
    assert get_quote(session, supplier.admin, quote_id).id == quote_id
    make.declare(supplier, INSOLVENT)
    make.opened_quotes(tender)
    quote = get_quote(make.fresh(), coordinator, quote_id)
    confirmed = confirmed_with(session, [quote])[quote_id]
    assert (confirmed.standing.number, confirmed.conflict, confirmed.sub_contractors) == (
        1,
        "Our director governs Oakfield.",
        ("Clearview, windows",),
    )
    assert confirmed.later
    assert confirmed.points == (
        "A conflict of interest",
        "A ground declared after the quote was submitted",
    )
    with pytest.raises(NotFound):
        get_quote(session, rival.admin, quote_id)
