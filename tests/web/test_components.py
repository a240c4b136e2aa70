"""Every component as a strict reader sees it, and each field's label, hint, error and value wired up."""

from __future__ import annotations

import pytest
from flask import render_template_string
from flask.testing import FlaskClient

from tests.web.gallery import EveryFieldForm, gallery_app
from tests.web.page import Page

FILLED_IN_WRONG = {
    "title": "Dîner “chaud” für £5 <b>now</b>",
    "about": "First line\n\n  second line",
    "spend": "1.234,50",
    "price": "2.45751",
    "meals": "12.5",
    "jointly": "if",
    "lots": "2",
    "start-day": "",
    "start-month": "2",
    "start-year": "2027",
    "deadline-day": "28",
    "deadline-month": "3",
    "deadline-year": "2027",
    "deadline-time": "1:30am",
    "school": "somebody else’s",
}


@pytest.fixture(scope="module")
def visitor() -> FlaskClient:
    return gallery_app().test_client()


@pytest.fixture(scope="module")
def untouched(visitor: FlaskClient) -> Page:
    answer = visitor.get("/")
    return Page("/", answer.status_code, answer.text)


@pytest.fixture(scope="module")
def sent_wrong(visitor: FlaskClient, untouched: Page) -> Page:
    form = untouched.form("Save and continue").fill(**FILLED_IN_WRONG)
    answer = visitor.post("/", data=form.data("Save and continue"))
    return Page("/", answer.status_code, answer.text)


def test_every_component_is_strict_html_with_labels_and_no_inline_script(untouched: Page) -> None:
    assert untouched.status == 200
    assert untouched.heading == "School meals for six primary schools"


def test_what_people_type_is_shown_as_text_never_as_markup(untouched: Page, sent_wrong: Page) -> None:
    assert "Ashdown Catering Ltd <script>" in untouched.words
    assert not sent_wrong.select("input b")


def test_the_scripts_carry_the_nonce_of_the_answer(visitor: FlaskClient) -> None:
    answer = visitor.get("/")
    page = Page("/", answer.status_code, answer.text)
    scripts = page.select("script")
    assert len(scripts) == 2
    for script in scripts:
        assert f"'nonce-{script.get('nonce')}'" in answer.headers["Content-Security-Policy"]


def test_a_wrong_form_comes_back_filled_in(sent_wrong: Page) -> None:
    form = sent_wrong.form("Save and continue")
    kept = {name: form.values.get(name, "") for name in FILLED_IN_WRONG if name != "school"}
    assert kept == {name: value for name, value in FILLED_IN_WRONG.items() if name != "school"}


def test_every_line_of_the_error_summary_leads_to_its_input(sent_wrong: Page) -> None:
    assert sent_wrong.status == 422
    errors = sent_wrong.errors()
    assert errors["spend"] == "Spend a year must be a number, like 1,234.50."
    assert errors["start-day"] == "Wanted start must include a day."
    assert errors["deadline-time"].startswith("Deadline: the clocks go forward that night")
    assert errors["school"] == "Choose one of the options on the list."
    assert errors["sure"] == "Confirm that you may speak for your school"
    assert set(errors) == {
        "email",
        "password",
        "spend",
        "price",
        "meals",
        "school",
        "searched",
        "sure",
        "start-day",
        "deadline-time",
        "schedule",
        "line_price",
    }


def test_an_input_with_an_error_is_described_by_its_hint_and_its_error(sent_wrong: Page) -> None:
    (spend,) = sent_wrong.select("input#spend")
    assert (spend.get("aria-describedby") or "").split() == ["spend-hint", "spend-error"]
    (school,) = sent_wrong.select("select#school")
    assert school.get("aria-describedby") == "school-error"


def test_the_title_says_that_there_is_an_error(untouched: Page, sent_wrong: Page) -> None:
    assert untouched.texts("head title") == ["Every component – Weald"]
    assert sent_wrong.texts("head title") == ["Error: Every component – Weald"]


def test_a_password_never_comes_back(visitor: FlaskClient, untouched: Page) -> None:
    form = untouched.form("Save and continue").fill(password="correct horse")
    assert "correct horse" not in visitor.post("/", data=form.data("Save and continue")).text


def test_the_button_that_acts_at_once_carries_its_token_and_what_goes_with_it(untouched: Page) -> None:
    form = untouched.form("Withdraw the quote for school meals")
    assert form.method == "post"
    assert form.values["version"] == "3"
    assert form.values["csrf_token"]


def test_the_lowest_price_is_marked_by_a_word(untouched: Page) -> None:
    assert untouched.texts(".weald-mark") == ["Lowest", "Lowest", "Lowest"]


def test_a_chart_has_a_title_and_a_description(untouched: Page) -> None:
    charts = untouched.select("svg.weald-chart")
    assert len(charts) == 4
    for chart in charts:
        named = (chart.get("aria-labelledby") or "").split()
        assert [len(untouched.select(f"svg #{one}")) for one in named] == [1, 1]


def test_a_sorted_column_says_so(untouched: Page) -> None:
    assert [cell.get("aria-sort") for cell in untouched.select("th[aria-sort]")] == ["ascending"]


def test_nothing_to_page_through_means_no_pagination() -> None:
    app = gallery_app()
    with app.test_request_context():
        drawn = render_template_string(
            '{% from "components/pagination.html" import pagination %}{{ pagination(pages) }}',
            pages={"links": ()},
        )
    assert drawn.strip() == ""


@pytest.mark.parametrize("status", [403, 404, 409, 413, 422, 500])
def test_an_error_page_says_what_happened_and_leads_home(status: int) -> None:
    app = gallery_app()
    with app.test_request_context():
        text = render_template_string(
            f'{{% extends "errors/{status}.html" %}}',
            message="The file must be smaller than 50 MB.",
            reference="4F2A91C0",
        )
    page = Page(f"/{status}", status, text)
    assert page.links()["Go to your home page"] == "/"
    assert ("4F2A91C0" if status == 500 else "smaller than 50 MB") in page.words


def test_an_undefined_name_in_a_template_is_an_error() -> None:
    app = gallery_app()
    with app.test_request_context(), pytest.raises(Exception, match="nobody_set_this"):
        render_template_string("{{ nobody_set_this }}")


def test_a_form_without_errors_has_no_error_summary() -> None:
    app = gallery_app()
    with app.test_request_context():
        drawn = render_template_string(
            '{% from "components/error_summary.html" import error_summary %}{{ error_summary(form) }}',
            form=EveryFieldForm(),
        )
    assert drawn.strip() == ""
