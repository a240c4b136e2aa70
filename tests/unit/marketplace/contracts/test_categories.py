import re
from decimal import Decimal

import pytest

from marketplace.contracts import categories
from marketplace.contracts.categories import CATALOGUE, OTHER, UNITS_OF_ONE, FieldType, unit_of
from marketplace.core.errors import RuleBroken


def test_ids_and_keys_are_words_that_code_can_use() -> None:
    word = re.compile(r"[a-z][a-z_]*")
    for category in CATALOGUE.values():
        assert word.fullmatch(category.id)
        keys = [field.key for field in category.fields]
        assert all(word.fullmatch(key) for key in keys)
        assert len(set(keys)) == len(keys)


def test_every_category_asks_something_and_counts_something() -> None:
    for category in CATALOGUE.values():
        assert category.fields
        assert category.volume_unit
        assert category.cpv or category.id == OTHER


def test_what_offers_a_choice_has_options_and_nothing_else_does() -> None:
    chosen = {FieldType.ONE_OF, FieldType.ANY_OF}
    for category in CATALOGUE.values():
        for field in category.fields:
            assert bool(field.options) == (field.type in chosen), (category.id, field.key)
            assert bool(field.pattern) == bool(field.message)


def test_cpv_codes_have_eight_digits_and_no_two_categories_share_one() -> None:
    codes = [cpv.code for category in CATALOGUE.values() for cpv in category.cpv]
    assert all(re.fullmatch(r"[0-9]{8}", code) for code in codes)
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("55524000", "catering"),
        ("55524000-9", "catering"),
        ("55500000", "catering"),
        ("90911200", "cleaning"),
        ("90511000", "waste"),
        ("79600000", OTHER),
        ("72000000", OTHER),
        ("99999999", OTHER),
        ("", OTHER),
    ],
)
def test_a_cpv_code_leads_to_the_one_category_that_it_agrees_with(code: str, category: str) -> None:
    assert categories.by_cpv(code) == category


def test_the_list_ends_with_everything_else() -> None:
    assert categories.pairs()[-1] == (OTHER, "Something else")
    assert len(categories.pairs()) == len(CATALOGUE)


def test_an_unknown_category_is_refused() -> None:
    with pytest.raises(RuleBroken) as refusal:
        categories.category("yachts")
    assert refusal.value.field == "category"


@pytest.mark.parametrize(
    ("count", "unit", "words"),
    [
        (1, "sites", "site"),
        (2, "sites", "sites"),
        (Decimal(1), "lifts a year", "lift a year"),
        (Decimal("1.5"), "lifts a year", "lifts a year"),
        (0, "academies", "academies"),
        (1, "m² of floor", "m² of floor"),
        (1, "gizmos", "gizmos"),
    ],
)
def test_a_unit_agrees_with_its_count(count: Decimal | int, unit: str, words: str) -> None:
    assert unit_of(count, unit) == words


def test_every_unit_that_counts_things_is_known_for_one_of_them() -> None:
    counted = {one.volume_unit for one in CATALOGUE.values()}
    counted |= {field.unit for one in CATALOGUE.values() for field in one.fields}
    plural = {unit.split(" ")[0] for unit in counted if unit.split(" ")[0].endswith("s")}
    assert plural - {"Mbit/s"} == {one for one in UNITS_OF_ONE if one.endswith("s")} & plural
