import pytest
from flask import Flask

from marketplace.core.listing import address, page_address, sorting

COLUMNS = {"name": None, "spend": None}


@pytest.fixture
def bare() -> Flask:
    """Enough of an application to ask for addresses."""
    return Flask(__name__)


def test_a_list_is_sorted_as_its_address_says(bare: Flask) -> None:
    for asked, by, descending in (("spend", "spend", False), ("-spend", "spend", True), ("", "name", False)):
        with bare.test_request_context(f"/needs?sort={asked}"):
            chosen = sorting(COLUMNS, "name")
            assert (chosen.by, chosen.descending) == (by, descending)


@pytest.mark.parametrize("asked", ["password", "--spend", "spend;drop", "-"])
def test_a_column_that_the_list_does_not_have_is_passed_over(bare: Flask, asked: str) -> None:
    with bare.test_request_context(f"/needs?sort={asked}"):
        assert sorting(COLUMNS, "name").by == "name"


def test_a_heading_sorts_up_then_down_and_starts_at_the_first_page(bare: Flask) -> None:
    with bare.test_request_context("/needs?q=meals&page=3&sort=spend"):
        chosen = sorting(COLUMNS, "name")
        assert chosen.column("Spend", "spend")["sort_href"] == "/needs?q=meals&sort=-spend"
        assert chosen.column("Spend", "spend")["sorted"] == "ascending"
        assert chosen.column("Name", "name")["sort_href"] == "/needs?q=meals&sort=name"
        assert "sort_href" not in chosen.column("Status")


def test_other_pages_keep_what_was_asked(bare: Flask) -> None:
    with bare.test_request_context("/needs?q=50%25+%26+more&status=a&status=b"):
        assert page_address(2) == "/needs?q=50%25+%26+more&status=a&status=b&page=2"


@pytest.mark.parametrize("name", ["_scheme", "_external", "_anchor", "_method", "endpoint", "self", "values"])
def test_no_question_can_bend_an_address(bare: Flask, name: str) -> None:
    with bare.test_request_context(f"/needs?{name}=javascript"):
        assert address(page=2) == f"/needs?{name}=javascript&page=2"
