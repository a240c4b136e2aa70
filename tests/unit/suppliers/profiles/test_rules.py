import dataclasses

import pytest

from marketplace.core.errors import RuleBroken
from suppliers.profiles import rules
from suppliers.profiles.rules import SupplierDetails

WHOLE = SupplierDetails(name="Millbrook Meals", address="1 Mill Lane", categories=("catering",))


def changed(**values: object) -> SupplierDetails:
    return dataclasses.replace(WHOLE, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("01234567", "01234567"),
        (" 0123 4567 ", "01234567"),
        ("1234567", "01234567"),
        ("sc123456", "SC123456"),
        ("IP12345R", "IP12345R"),
        ("", ""),
    ],
)
def test_a_company_number_is_kept_as_companies_house_writes_it(typed: str, kept: str) -> None:
    assert rules.check_details(changed(company_number=typed)).company_number == kept


@pytest.mark.parametrize(
    "typed",
    [
        "12345",
        "123456789",
        "ABC12345",
        "S1234567",
        "0123456é",
        "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667",
    ],
)
def test_anything_else_is_no_company_number(typed: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_details(changed(company_number=typed))
    assert refused.value.field == "company_number"


def test_a_vat_number_must_have_the_right_check_digits() -> None:
    assert rules.check_details(changed(vat_number="GB 980 7806 84")).vat_number == "GB980780684"
    with pytest.raises(RuleBroken) as refused:
        rules.check_details(changed(vat_number="GB 980 7806 85"))
    assert refused.value.field == "vat_number"


@pytest.mark.parametrize("categories", [(), ("submarines",), ("catering", "submarines")])
def test_a_supplier_serves_at_least_one_category_of_the_catalogue(categories: tuple[str, ...]) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_details(changed(categories=categories))
    assert refused.value.field == "categories"


def test_a_category_chosen_twice_counts_once() -> None:
    twice = changed(categories=("gas", "catering", "gas"))
    assert rules.check_details(twice).categories == ("catering", "gas")


@pytest.mark.parametrize("typed", ["SC123456", "ni123456", "OC301234", "R0000123", "NC001234", "CE012345"])
def test_numbers_of_scotland_northern_ireland_and_partnerships_are_known(typed: str) -> None:
    assert rules.check_details(changed(company_number=typed)).company_number == typed.upper()


def test_letters_that_no_register_uses_are_named() -> None:
    with pytest.raises(RuleBroken, match="No company number begins with QQ"):
        rules.check_details(changed(company_number="QQ123456"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("1012345", "1012345"), ("sc 012345", "SC012345"), ("NIC101234", "NIC101234"), ("", "")],
)
def test_a_charity_number_is_kept_as_its_register_writes_it(typed: str, kept: str) -> None:
    assert rules.check_details(changed(charity_number=typed)).charity_number == kept


@pytest.mark.parametrize("typed", ["12345", "0123456", "SC12345", "12345678"])
def test_anything_else_is_no_charity_number(typed: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_details(changed(charity_number=typed))
    assert refused.value.field == "charity_number"


def test_a_supplier_without_areas_serves_everywhere() -> None:
    assert rules.serves((), ["Kent"])
    assert rules.serves(("Kent", "Surrey"), ["kent"])
    assert not rules.serves(("Kent",), ["Surrey"])


def test_england_has_153_authorities_with_schools_each_in_one_region() -> None:
    named = [area for areas in rules.REGIONS.values() for area in areas]
    assert len(named) == len(set(named)) == 153
