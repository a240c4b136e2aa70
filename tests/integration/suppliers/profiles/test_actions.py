"""Suppliers register by themselves, free of charge, and keep their entry up to date."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.sign_ins.actions import sign_in
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.events import Event, deliver_due
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.policy import ANYONE, Act, Actor
from suppliers.profiles import actions, queries
from suppliers.profiles.models import Supplier
from suppliers.profiles.queries import Wanted
from suppliers.profiles.rules import SupplierDetails
from tests import make

pytestmark = pytest.mark.usefixtures("app")
DETAILS = SupplierDetails(
    name="Crème & Söhne Ltd £", company_number="01234567", address="1 Mill Lane", categories=("catering",)
)


def register(
    supplier_id: uuid.UUID | None = None,
    details: SupplierDetails = DETAILS,
    email: str = "Zoe@Example.com",
    password: str = "heron-lantern-quarry",
) -> uuid.UUID:
    return actions.register_supplier(
        ANYONE, supplier_id or new_id(), details, person_name="Zoë O’Neill", email=email, password=password
    )


def test_the_first_person_of_a_new_supplier_is_its_administrator_and_can_sign_in(session: Session) -> None:
    person_id = register()
    assert sign_in("zoe@example.com", "heron-lantern-quarry").person_id == person_id
    supplier = session.scalars(select(Supplier)).one()
    assert (supplier.name, supplier.company_number, supplier.categories) == (
        "Crème & Söhne Ltd £",
        "01234567",
        ["catering"],
    )
    event = session.scalars(select(Event).where(Event.act == Act.SUPPLIER_REGISTER)).one()
    assert (event.actor_name, event.organisation_id) == ("Zoë O’Neill", supplier.id)


def test_a_double_click_registers_once(session: Session) -> None:
    supplier_id = new_id()
    assert register(supplier_id) == register(supplier_id)
    assert len(session.scalars(select(Supplier)).all()) == 1


def test_knowing_the_id_of_a_supplier_signs_nobody_in_as_its_people() -> None:
    supplier = make.supplier()
    for email, password in (
        (supplier.email, "not-the-password"),
        ("other@example.com", "heron-lantern-quarry"),
    ):
        with pytest.raises(RuleBroken, match="sent before"):
            register(supplier.id, email=email, password=password)


@pytest.mark.parametrize(
    ("field", "change", "person"),
    [
        ("company_number", {"company_number": "01234567"}, {}),
        ("company_number", {"company_number": "1234"}, {}),
        ("vat_number", {"company_number": "", "vat_number": "GB123456789"}, {}),
        ("name", {"company_number": "", "name": "  "}, {}),
        ("categories", {"company_number": "", "categories": ()}, {}),
        ("email", {"company_number": ""}, {"email": "zoe@example.com"}),
        ("password", {"company_number": ""}, {"email": "new@example.com", "password": "short"}),
    ],
)
def test_a_wrong_entry_is_refused_beside_its_field_and_leaves_nothing_behind(
    session: Session, field: str, change: dict[str, Any], person: dict[str, str]
) -> None:
    register()
    with pytest.raises(RuleBroken) as refused:
        register(None, replace(DETAILS, **change), **({"email": "new@example.com"} | person))
    assert refused.value.field == field
    session.rollback()
    assert len(session.scalars(select(Supplier)).all()) == 1


def test_a_sole_trader_registers_without_a_company_number_and_so_does_another() -> None:
    for number in range(2):
        register(None, replace(DETAILS, company_number=""), email=f"trader-{number}@example.com")


def test_an_edit_is_kept_and_a_second_tab_is_told(session: Session) -> None:
    supplier = make.supplier()
    seen = session.get_one(Supplier, supplier.id).version
    session.rollback()
    renamed = replace(DETAILS, name="Millbrook & Daughters", categories=("gas", "catering"), is_vcse=True)
    actions.edit_supplier(supplier.admin, supplier.id, seen, renamed)
    now = session.get_one(Supplier, supplier.id)
    assert (now.name, now.categories, now.is_vcse) == ("Millbrook & Daughters", ["catering", "gas"], True)
    session.rollback()
    with pytest.raises(Stale):
        actions.edit_supplier(supplier.admin, supplier.id, seen, DETAILS)


def test_a_new_name_alone_counts_as_a_change(session: Session) -> None:
    supplier = make.supplier()
    row = session.get_one(Supplier, supplier.id)
    seen, same = row.version, replace(DETAILS, company_number="", address=row.address, is_sme=row.is_sme)
    session.rollback()
    actions.edit_supplier(supplier.admin, supplier.id, seen, same)
    with pytest.raises(Stale):
        actions.edit_supplier(supplier.admin, supplier.id, seen, replace(same, name="Another"))


def test_only_its_administrator_changes_a_supplier() -> None:
    supplier, rival = make.supplier(), make.supplier()
    school = make.alliance().schools[0]
    for actor, refusal in (
        (supplier.bidder(), Forbidden),
        (school.bursar, Forbidden),
        (rival.admin, NotFound),
        (ANYONE, NotFound),
    ):
        with pytest.raises(refusal):
            actions.edit_supplier(actor, supplier.id, 1, DETAILS)


def test_schools_see_every_supplier_and_suppliers_only_themselves(session: Session) -> None:
    suppliers = [make.supplier(), make.supplier(categories=["gas"])]
    alliance = make.alliance()

    def seen(actor: Actor, category: str | None = None) -> set[str]:
        return {one.name for one in session.scalars(queries.matching(actor, Wanted(category=category)))}

    assert seen(alliance.schools[0].governor) == {one.name for one in suppliers}
    assert seen(alliance.auditor, "gas") == {suppliers[1].name}
    assert seen(suppliers[0].admin) == {suppliers[0].name}
    assert seen(ANYONE) == set()


def test_a_search_takes_signs_as_they_are(session: Session) -> None:
    make.supplier("100% Fresh_Food Ltd")
    make.supplier("Anything Else Ltd")
    coordinator = make.alliance().coordinator
    for text, count in (("100%", 1), ("h_f", 1), ("%", 1), ("ltd", 2), ("'; --", 0)):
        assert queries.count(session, queries.matching(coordinator, Wanted(text))) == count


def test_suppliers_of_the_category_are_told_of_a_published_tender(session: Session) -> None:
    caterer, plumber = make.supplier(), make.supplier(categories=["other"])
    caterer.bidder()
    tender = make.published_tender(make.alliance())
    deliver_due()
    deliver_due()
    session.rollback()
    told = session.scalars(
        select(Message.recipient).where(
            Message.subject == f"Schools are asking for quotes: {tender.row.title}"
        )
    ).all()
    assert len(told) == 2
    assert caterer.email in told
    assert plumber.email not in told
