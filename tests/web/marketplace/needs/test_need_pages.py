import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance.actions import add_person
from marketplace.contracts.categories import CATALOGUE, category
from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.core.policy import ADMINISTRATOR, Actor, Role
from marketplace.needs import actions, queries
from marketplace.needs.forms import shown_in_form
from marketplace.needs.models import Need
from marketplace.needs.rules import NeedContent, NeedStatus
from tests import make
from tests.web.client import Client
from tests.web.page import Form, Page

ClientFor = Callable[[uuid.UUID], Client]
HOSTILE = "£1 “Zoë” <script>alert(1)</script> 你好 {{ 7*7 }} '; DROP TABLE need; --"


@pytest.fixture
def alliance(app: object) -> make.Alliance:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=2)


@pytest.fixture
def school(app: object) -> make.School:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=1).schools[0]


@pytest.fixture
def as_(client_for: ClientFor) -> Callable[[Actor], Client]:
    """A browser for an actor."""

    def sign_in(actor: Actor) -> Client:
        assert actor.person_id
        return client_for(actor.person_id)

    return sign_in


As = Callable[[Actor], Client]


def fill(form: Form, content: NeedContent) -> Form:
    """The form filled in as a person would."""
    for name, value in shown_in_form(content).items():
        if isinstance(value, date):
            parts = {"day": value.day, "month": value.month, "year": value.year}
            form.fill(**{f"{name}-{part}": str(number) for part, number in parts.items()})
        elif isinstance(value, Money):
            form.fill(**{name: str(value)})
        elif value is not None and name in form.names:
            form.fill(**{name: value if isinstance(value, list) else str(value)})
    return form


def start(browser: Client, about: str) -> Page:
    """The page that asks for a need in a category, after choosing it."""
    chosen = browser.get("/needs/post").form("Continue").fill(category=about)
    return browser.submit(chosen, "Continue")


OPEN = [one.id for one in CATALOGUE.values() if not one.elsewhere]


@pytest.mark.parametrize("about", OPEN)
def test_a_need_of_every_category_is_posted_checked_and_submitted(
    as_: As, school: make.School, session: Session, about: str
) -> None:
    browser = as_(school.bursar)
    form = fill(start(browser, about).form("Continue"), make.content(about))
    check = browser.submit(form, "Continue")
    assert check.heading == "Check your answers"
    done = browser.submit(check.form("Submit for approval"), "Submit for approval")
    assert "for approval" in done.words
    need = session.scalars(select(Need)).one()
    assert need.status is NeedStatus.SUBMITTED
    assert queries.content_of(need).answers == make.content(about).answers


def test_the_headteacher_approves_from_the_home_page(as_: As, school: make.School) -> None:
    make.submitted_need(school, title="School meals")
    browser = as_(school.headteacher)
    home = browser.get("/")
    asked = browser.get(home.links()["Approve the need “School meals”"])
    done = browser.submit(asked.form("Approve the need"), "Approve the need")
    assert "You approved the need" in done.words
    assert "Approve the need" not in browser.get("/").words


def test_the_headteacher_returns_it_and_the_bursar_sees_why(as_: As, school: make.School) -> None:
    need_id = make.submitted_need(school)
    browser = as_(school.headteacher)
    page = browser.get(f"/needs/{need_id}/return")
    refused = browser.submit(page.form("Return the need").fill(reason=" "), status=422)
    assert refused.errors() == {"reason": "Enter the reason."}
    browser.submit(refused.form("Return the need").fill(reason=HOSTILE))
    assert HOSTILE in as_(school.bursar).get(f"/needs/{need_id}/edit").words


def test_a_draft_with_gaps_is_saved_and_gone_on_with(as_: As, school: make.School) -> None:
    browser = as_(school.bursar)
    form = start(browser, "catering").form("Save as a draft").fill(title="School meals")
    saved = browser.submit(form, "Save as a draft")
    assert "You saved the draft" in saved.words
    check = browser.get(saved.links()["Check and submit"])
    assert "Enter the volume in meals a year." in check.words
    again = browser.get(check.links()["Enter what is missing"])
    assert again.form("Continue").values["title"] == "School meals"


def test_every_gap_is_named_and_linked_to_its_field(as_: As, school: make.School) -> None:
    browser = as_(school.bursar)
    refused = browser.submit(start(browser, "catering").form("Continue"), "Continue", status=422)
    errors = refused.errors()
    assert errors["title"] == "Enter a title, such as School meals."
    assert errors["volume"] == "Enter how many meals a year the school needs."
    assert {"answer_kitchen", "answer_service_days", "current_annual_spend", "joint"} <= errors.keys()
    assert "answer_equipment" not in errors
    on_page = [element.get("id") for element in refused.select("input, textarea")]
    places = [on_page.index(field) for field in errors]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "wrong",
    [
        ("volume", "-5", "Volume must be 0 or more."),
        ("volume", "0", "The volume must be more than 0"),
        ("volume", "lots", "Volume must be a number"),
        ("volume", "1" * 40, "Volume must be 100,000,000 or less."),
        ("current_annual_spend", "-1", "must be £0.00 or more"),
        ("current_annual_spend", "100000000.01", "must be £100,000,000.00 or less"),
        ("current_annual_spend", "1.234,50", "must be a number"),
        ("term_months", "121", "must be 120 or less"),
        ("term_months", "36.5", "must be a whole number"),
        ("title", "x" * 121, "120"),
        ("answer_service_days", "367", "must be 366 or less"),
        ("answer_meal_price", "£££", "must be a number"),
        ("description", "x" * 4_001, "4,000 characters or fewer"),
        ("answer_tupe_staff", "ring \x07", "control characters"),
    ],
)
def test_absurd_input_is_refused_at_its_field_and_comes_back(
    as_: As, school: make.School, session: Session, wrong: tuple[str, str, str]
) -> None:
    field, typed, words = wrong
    browser = as_(school.bursar)
    form = fill(start(browser, "catering").form("Continue"), make.content("catering")).fill(**{field: typed})
    refused = browser.submit(form, "Continue", status=422)
    assert words in refused.errors()[field]
    kept = refused.form("Continue")
    assert kept.values[field] == typed.replace("\x07", "")
    assert kept.values["current_supplier"] == "Bramshire Services Ltd"
    assert session.scalar(select(func.count()).select_from(Need)) == 0


@pytest.mark.parametrize(
    ("years", "field"),
    [(11, "contract_ends_on"), (-2, "contract_ends_on"), (11, "wanted_from"), (-1, "wanted_from")],
)
def test_dates_far_away_are_refused(as_: As, school: make.School, years: int, field: str) -> None:
    browser = as_(school.bursar)
    wrong = clock.today() + timedelta(days=366 * years)
    form = fill(start(browser, "catering").form("Continue"), make.content("catering", **{field: wrong}))
    refused = browser.submit(form, "Continue", status=422)
    assert [link for link in refused.errors() if link.startswith(field)]
    assert refused.form("Continue").values[f"{field}-year"] == str(wrong.year)


def test_a_date_that_does_not_exist_is_refused(as_: As, school: make.School) -> None:
    browser = as_(school.bursar)
    form = fill(start(browser, "catering").form("Continue"), make.content("catering"))
    form.fill(**{"wanted_from-day": "31", "wanted_from-month": "2"})
    refused = browser.submit(form, "Continue", status=422)
    assert any("must be a real date" in message for message in refused.errors().values())
    assert refused.form("Continue").values["wanted_from-day"] == "31"


def test_unicode_and_pounds_in_every_text_come_back_as_text(as_: As, school: make.School) -> None:
    browser = as_(school.bursar)
    texts: dict[str, Any] = {
        "title": HOSTILE,
        "description": f"{HOSTILE}\nand more",
        "current_supplier": HOSTILE,
        "answer_tupe_staff": HOSTILE,
        "answer_equipment": HOSTILE,
    }
    form = fill(start(browser, "catering").form("Continue"), make.content("catering")).fill(**texts)
    check = browser.submit(form, "Continue")
    assert check.words.count(HOSTILE) >= 5
    assert not check.select("main script")
    again = browser.get(check.links()["Change title (The need)"].partition("#")[0]).form("Continue")
    assert {name: again.values[name].strip() for name in texts} == texts


def test_a_double_click_on_save_and_on_submit_makes_one_need(
    as_: As, school: make.School, session: Session
) -> None:
    browser = as_(school.bursar)
    form = fill(start(browser, "catering").form("Continue"), make.content("catering"))
    first, second = (browser.submit(form, "Continue") for _ in range(2))
    assert first.path == second.path
    for _ in range(2):
        done = browser.submit(first.form("Submit for approval"), "Submit for approval")
    assert "You submitted" in done.words
    assert session.scalar(select(func.count()).select_from(Need)) == 1


def test_of_two_tabs_the_second_keeps_its_text_and_is_told(as_: As, school: make.School) -> None:
    need_id = make.draft_need(school)
    browser = as_(school.bursar)
    one, two = (browser.get(f"/needs/{need_id}/edit").form("Continue") for _ in range(2))
    browser.submit(one.fill(title="From the first tab"), "Save as a draft")
    overtaken = browser.submit(two.fill(title="From the second tab"), "Save as a draft", status=409)
    assert "Someone changed this" in overtaken.words
    kept = overtaken.form("Continue")
    assert kept.values["title"] == "From the second tab"
    browser.submit(kept, "Save as a draft")
    assert make.need(need_id).title == "From the second tab"


def test_a_need_that_was_overtaken_is_not_approved_unread(as_: As, school: make.School) -> None:
    need_id = make.submitted_need(school)
    browser = as_(school.headteacher)
    form = browser.get(f"/needs/{need_id}/approve").form("Approve the need")
    actions.return_need(school.headteacher, need_id, make.need(need_id).version, "Wait.")
    actions.submit_need(school.bursar, need_id, make.need(need_id).version)
    assert "Someone changed this" in browser.submit(form, "Approve the need", status=409).words
    assert make.need(need_id).status is NeedStatus.SUBMITTED


PAGES = ("", "/edit", "/submit", "/approve", "/return", "/withdraw")


@pytest.mark.parametrize("page", PAGES)
def test_a_need_of_somebody_else_is_not_found(as_: As, alliance: make.Alliance, page: str) -> None:
    school, other = alliance.schools
    need_id = make.draft_need(school)
    for person in (other.bursar, other.headteacher, alliance.coordinator):
        browser = as_(person)
        browser.get(f"/needs/{need_id}{page}", status=404)
        if page:
            sent = {"version": "1", "reason": "x", "title": "Stolen"}
            browser.post(f"/needs/{need_id}{page}", sent, status=404)
    assert make.need(need_id).title != "Stolen"


def test_a_need_cannot_be_posted_for_somebody_elses_school(
    as_: As, alliance: make.Alliance, session: Session
) -> None:
    school, other = alliance.schools
    browser = as_(other.bursar)
    browser.get(f"/needs/post/{school.id}/catering", status=404)
    browser.post(f"/needs/post/{school.id}/catering", {"title": "x", "save": "draft"}, status=404)
    browser.get(f"/needs/post/{other.id}/yachts", status=404)
    assert session.scalar(select(func.count()).select_from(Need)) == 0


def test_fields_that_the_form_does_not_have_change_nothing(as_: As, school: make.School) -> None:
    need_id = make.draft_need(school)
    browser = as_(school.bursar)
    form = browser.get(f"/needs/{need_id}/edit").form("Save as a draft")
    sent = form.data("Save as a draft")
    sent.update(
        {"status": "approved", "school_id": str(uuid.uuid4()), "reference": "N-1", "approved_by": "me"}
    )
    browser.post(f"/needs/{need_id}/edit", sent)
    need = make.need(need_id)
    assert (need.status, need.school_id, need.approved_by) == (NeedStatus.DRAFT, school.id, None)
    assert need.reference.startswith("N-20")


def test_those_who_may_not_post_are_told_who_may(as_: As, alliance: make.Alliance) -> None:
    for person in (alliance.coordinator, alliance.schools[0].governor):
        assert "Only a bursar or a headteacher" in as_(person).get("/needs/post", status=403).words


def test_the_form_for_supply_staff_says_where_to_go_and_stops(as_: As, school: make.School) -> None:
    browser = as_(school.bursar)
    form = browser.get("/needs/post").form("Continue").fill(category="supply_staff")
    assert "RM6376" in browser.submit(form, "Continue", status=422).errors()["category"]
    browser.get(f"/needs/post/{school.id}/supply_staff", status=422)


def test_somebody_with_two_schools_is_asked_for_which(as_: As, alliance: make.Alliance) -> None:
    seats = [(school.id, Role.BURSAR) for school in alliance.schools]
    person_id = add_person(ADMINISTRATOR, "Two Schools", "two@example.org", seats)
    browser = as_(make.actor(person_id))
    form = browser.get("/needs/post").form("Continue").fill(category="gas")
    refused = browser.submit(form, "Continue", status=422)
    assert refused.errors() == {"school": "Choose a school."}
    second = alliance.schools[1]
    page = browser.submit(refused.form("Continue").fill(school=str(second.id)), "Continue")
    assert second.name in page.words


def test_an_empty_list_says_what_to_do_next(as_: As, school: make.School) -> None:
    browser = as_(school.bursar)
    page = browser.get("/needs")
    assert "No needs yet" in page.words
    assert page.links()["Post a need"] == "/needs/post"
    assert "Post a need" not in as_(school.governor).get("/needs").links()


def test_the_list_is_filtered_sorted_and_paged(as_: As, school: make.School) -> None:
    for number in range(26):
        make.draft_need(school, "gas", title=f"Gas {number:02d}", current_annual_spend=Money(number * 100))
    make.approved_need(school, "catering", title="Meals")
    browser = as_(school.bursar)
    dearest = browser.get("/needs?sort=-spend&category=gas")
    rows = dearest.texts("tbody th")
    assert len(rows) == 25
    assert rows[0].startswith("Gas 25")
    assert "Showing 1 to 25 of 26" in dearest.words
    second = browser.get("/needs?sort=-spend&category=gas&page=2")
    assert [text[:6] for text in second.texts("tbody th")] == ["Gas 00"]
    assert [text[:5] for text in browser.get("/needs?status=approved").texts("tbody th")] == ["Meals"]
    assert "No need found" in browser.get("/needs?q=nothing+like+it").words


@pytest.mark.parametrize(
    "query", ["status=nonsense", "category=yachts", "school=1", "sort=password", "page=-3", "page=x"]
)
def test_a_made_up_filter_is_no_crash(as_: As, school: make.School, query: str) -> None:
    make.draft_need(school)
    answer = as_(school.bursar).open(f"/needs?{query}")
    assert answer.status_code == 200


def test_the_form_asks_in_the_categorys_own_unit(as_: As, school: make.School) -> None:
    page = start(as_(school.bursar), "electricity")
    assert category("electricity").volume_unit in page.words
    assert "MPAN: the meter point number" in page.words
