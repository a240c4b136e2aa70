from datetime import date

import pytest

from marketplace.contracts import frameworks
from marketplace.contracts.categories import CATALOGUE, Category
from marketplace.core.money import Money
from marketplace.needs import questions, rpa
from marketplace.needs.answers import field_name

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize("category", CATALOGUE.values(), ids=CATALOGUE)
def test_every_question_of_a_category_is_asked_on_exactly_one_page(category: Category) -> None:
    asked = questions.pages(category, frameworks=True)
    fields = [field for page in asked for field in page.fields]
    assert len(fields) == len(set(fields))
    assert {field_name(one.key) for one in category.fields} <= set(fields)
    assert len({page.slug for page in asked}) == len(asked)


def test_frameworks_are_asked_about_only_where_one_covers_the_category() -> None:
    catering = CATALOGUE["catering"]
    assert "frameworks" not in [page.slug for page in questions.pages(catering, frameworks=False)]


def test_questions_that_belong_together_share_a_page() -> None:
    asked = questions.pages(CATALOGUE["electricity"], frameworks=False)
    meter = questions.page_of(asked, "answer_capacity")
    assert meter.heading == "The meter"
    assert meter.fields[0] == "answer_mpan"


def test_the_list_of_frameworks_names_our_categories_and_nothing_else() -> None:
    covered = {one for one in CATALOGUE if frameworks.approved_frameworks(one, TODAY)}
    assert set(frameworks._mapped()) <= set(CATALOGUE)
    assert {url for urls in frameworks._mapped().values() for url in urls} <= set(
        frameworks.known_frameworks()
    )
    assert {"catering", "cleaning", "electricity", "insurance", "audit"} <= covered
    assert not frameworks.approved_frameworks("catering", date(2025, 6, 30))


def test_the_rpa_costs_so_much_for_each_pupil_from_its_date_on() -> None:
    dearer = rpa.compare(210, Money(9_000_00), TODAY)
    assert dearer is not None
    assert dearer.rpa == Money(6_090_00)
    assert "£2,910.00 less than" in dearer.words
    cheaper = rpa.compare(210, Money(6_000_00), TODAY)
    assert cheaper is not None
    assert "£90.00 more than" in cheaper.words
    assert rpa.compare(210, None, date(2026, 3, 31)) is None
    assert rpa.compare(0, None, TODAY) is None
