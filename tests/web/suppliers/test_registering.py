"""The pages on which a supplier registers, and on which it is found."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask

from marketplace.core.paging import page_links
from suppliers.profiles import views
from tests import make
from tests.web.client import Client

GOOD: dict[str, Any] = {
    "name": "Crème & Söhne “Ltd” £",
    "company_number": "1234567",
    "vat_number": "GB 980 7806 84",
    "address": "1 Mill Lane\nBramshire",
    "is_sme": "y",
    "categories": ["catering", "cleaning"],
    "person_name": "Zoë O’Neill",
    "email": "zoe@example.com",
    "password": "heron-lantern-quarry",
}


def test_a_supplier_registers_and_is_signed_in_at_once(client: Client) -> None:
    page = client.submit(client.get("/suppliers/register").form().fill(**GOOD))
    assert page.path == "/quotes"
    assert "You can quote at once" in page.words
    own = client.get("/suppliers/own")
    assert own.heading == "Crème & Söhne “Ltd” £"
    for shown in ("01234567", "GB980780684", "Catering, Cleaning", "Small or medium-sized", "Zoë O’Neill"):
        assert shown in own.words


def test_sending_the_registration_twice_registers_once(client: Client, app: Flask) -> None:
    form = client.get("/suppliers/register").form().fill(**GOOD)
    client.submit(form)
    again = Client(app)
    again.get("/suppliers/register")
    form.values["csrf_token"] = again.csrf_token()
    assert again.submit(form).path == "/quotes"
    assert (
        Client(app, make.alliance(schools=1).coordinator.person_id).get("/suppliers").words.count("Crème")
        == 1
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Enter the name of the organisation"),
        ("name", "x" * 200, "characters or fewer"),
        ("company_number", "ABC", "8 characters, like 01234567"),
        ("vat_number", "GB 980 7806 85", "VAT number"),
        ("address", "", "Enter the address"),
        ("categories", [], "Choose at least one category"),
        ("email", "zoe@", "right form"),
        ("password", "short", "at least 12 characters"),
    ],
)
def test_a_wrong_field_is_named_and_the_form_comes_back_filled_in(
    client: Client, field: str, value: object, said: str
) -> None:
    form = client.get("/suppliers/register").form().fill(**(GOOD | {field: value}))
    page = client.submit(form, status=422)
    (href, message), *others = page.errors().items()
    assert href.startswith(field)
    assert said in message
    assert not others
    back = page.form()
    for name in ("name", "company_number", "vat_number", "address", "person_name", "email"):
        assert back.values[name] == (value if name == field else GOOD[name])
    assert back.values.getlist("categories") == (value if field == "categories" else GOOD["categories"])


def test_a_category_that_is_not_on_the_list_is_refused(client: Client) -> None:
    form = client.get("/suppliers/register").form().fill(**GOOD)
    form.values.setlist("categories", ["submarines"])
    assert "categories" in " ".join(client.submit(form, status=422).errors())


def test_a_supplier_changes_its_entry_and_two_tabs_do_not_overwrite_each_other(
    client_for: Callable[[Any], Client],
) -> None:
    supplier = make.supplier()
    site = client_for(supplier.admin.person_id)
    tabs = [site.get(f"/suppliers/{supplier.id}/edit").form() for _ in range(2)]
    saved = site.submit(tabs[0].fill(name="Millbrook & Daughters"))
    assert saved.heading == "Millbrook & Daughters"
    page = site.submit(tabs[1].fill(name="Millbrook & Sons"), status=409)
    assert page.form().values["name"] == "Millbrook & Sons"
    assert site.submit(page.form()).heading == "Millbrook & Sons"


def test_schools_find_suppliers_by_name_number_and_category(client_for: Callable[[Any], Client]) -> None:
    make.supplier("Millbrook Meals", company_number="01234567")
    make.supplier("Spark & Flame", categories=["gas"])
    site = client_for(make.alliance(schools=1).schools[0].bursar.person_id)
    form = site.get("/suppliers").form("Find suppliers")
    for text, category, found in (
        ("mill", "", {"Millbrook Meals"}),
        ("012345", "", {"Millbrook Meals"}),
        ("", "gas", {"Spark & Flame"}),
        ("", "", {"Millbrook Meals", "Spark & Flame"}),
    ):
        page = site.submit(form.fill(q=text, category=category))
        assert set(page.texts("tbody th a")) == found
    nothing = site.submit(form.fill(q="nobody at all", category=""))
    assert "No supplier matches" in nothing.words


def test_a_long_list_of_suppliers_comes_in_pages(
    client_for: Callable[[Any], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "page_links", partial(page_links, size=2))
    for number in range(3):
        make.supplier(f"Supplier {number}")
    site = client_for(make.alliance(schools=1).coordinator.person_id)
    first = site.get("/suppliers")
    assert first.texts("tbody th a") == ["Supplier 0", "Supplier 1"]
    assert site.get("/suppliers?page=2").texts("tbody th a") == ["Supplier 2"]


def test_a_supplier_sees_no_other_supplier(client_for: Callable[[Any], Client]) -> None:
    supplier, rival = make.supplier(), make.supplier()
    site = client_for(rival.admin.person_id)
    site.get(f"/suppliers/{supplier.id}", status=404)
    site.get(f"/suppliers/{supplier.id}/edit", status=404)
    assert supplier.name not in site.get("/suppliers").words


def test_somebody_signed_in_is_not_registered_over(client_for: Callable[[Any], Client]) -> None:
    supplier = make.supplier()
    page = client_for(supplier.admin.person_id).get("/suppliers/register")
    assert page.path == "/"
    assert "sign out first" in page.words
