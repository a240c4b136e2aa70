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
