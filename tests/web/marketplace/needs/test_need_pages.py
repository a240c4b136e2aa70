import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.alliance.actions import add_person
from marketplace.contracts.categories import category
from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.core.months import months_later
from marketplace.core.policy import ADMINISTRATOR, Actor, Role
from marketplace.core.rows import Rows
from marketplace.core.web import day
from marketplace.needs import actions, queries, questions, shown
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
        if isinstance(value, Rows):
            _fill_rows(form, name, value)
        elif isinstance(value, date) and f"{name}-day" in form.names:
            parts = {"day": value.day, "month": value.month, "year": value.year}
            form.fill(**{f"{name}-{part}": str(number) for part, number in parts.items()})
        elif name in form.names and value is not None and value is not False:
            form.fill(**{name: value if isinstance(value, list) else str(value)})
    return form


def _fill_rows(form: Form, name: str, said: Rows) -> None:
    for number, row in enumerate(said.rows):
        for key, cell in row.items():
            field = f"{name}-{number}-cell_{key}"
            if isinstance(cell, date) and f"{field}-day" in form.names:
                parts = {"day": cell.day, "month": cell.month, "year": cell.year}
                form.fill(**{f"{field}-{part}": str(one) for part, one in parts.items()})
            elif field in form.names:
                form.fill(**{field: str(cell)})


def start(browser: Client, about: str) -> Page:
    """The first page of questions about a need in a category, after choosing it."""
    chosen = browser.get("/needs/post").form("Continue").fill(category=about)
    return browser.submit(chosen, "Continue")


def answer_all(browser: Client, page: Page, content: NeedContent) -> Page:
    """The page that checks all answers, after answering one page of questions after the other."""
    while "/questions/" in page.path:
        page = browser.submit(fill(page.form("Continue"), content), "Continue")
    assert page.heading == "Check your answers", page.errors()
    return page


def question(browser: Client, need_id: uuid.UUID, field: str) -> Page:
    """The page of a draft's questions that asks for a field."""
    asked = shown.pages(make.need(need_id))
    return browser.get(f"/needs/{need_id}/questions/{questions.page_of(asked, field).slug}")


@pytest.mark.parametrize("about", ["catering", "electricity", "insurance", "other"])
def test_a_need_is_posted_page_by_page_checked_and_submitted(
    as_: As, school: make.School, session: Session, about: str
) -> None:
    browser = as_(school.bursar)
    check = answer_all(browser, start(browser, about), make.content(about))
    done = browser.submit(check.form("Submit for approval"), "Submit for approval")
    assert "for approval" in done.words
    need = session.scalars(select(Need)).one()
    assert need.status is NeedStatus.SUBMITTED
    assert queries.content_of(need).answers == make.content(about).answers
    assert need.title == make.content(about).title


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
    assert HOSTILE in as_(school.bursar).get(f"/needs/{need_id}/submit").words


def test_a_draft_exists_from_the_first_answer_and_is_gone_on_with(as_: As, school: make.School) -> None:
    browser = as_(school.bursar)
    page = start(browser, "catering")
    assert "page 1 of" in page.words
    page = browser.submit(page.form("Continue").fill(title="School meals"), "Continue")
    assert "page 2 of" in page.words
    saved = browser.submit(page.form("Continue").fill(volume="28,500"), "Save and finish later")
    assert "You saved the draft" in saved.words
    again = browser.get(browser.get("/").links()["Finish your draft “School meals”"])
    assert again.form("Continue").values["volume"] == "28,500"
    assert again.links()["Back"].endswith("/questions/about")
    check = browser.get(saved.links()["Check and submit"])
    assert "Where does the volume come from?" in check.words
    assert check.links()["Answer what is missing"].endswith("/questions/volume")


def test_an_answer_is_changed_from_the_check_page_and_leads_back_to_it(as_: As, school: make.School) -> None:
    need_id = make.draft_need(school)
    browser = as_(school.bursar)
    page = browser.get(f"/needs/{need_id}/submit")
    address = page.links()["Change spend a year today, before vat (The need)"].partition("#")[0]
    page = browser.get(address)
    assert page.links()["Back"] == f"/needs/{need_id}/submit"
    check = browser.submit(page.form("Continue").fill(current_annual_spend="1,234"), "Continue")
    assert check.heading == "Check your answers"
    assert "£1,234.00" in check.words


def test_a_gap_is_named_on_the_page_of_its_question(as_: As, school: make.School) -> None:
    browser = as_(school.bursar)
    page = browser.submit(start(browser, "catering").form("Continue"), "Continue")
    refused = browser.submit(page.form("Continue"), "Continue", status=422)
    errors = refused.errors()
    assert errors["volume"] == "Enter how many meals a year the school needs."
    assert list(errors) == ["volume", "answer_volume_evidence", "answer_volume_certainty"]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("term_months", {"term_months": ""}, "or tick that it is not known yet"),
        ("term_months", {"term_unknown": "y"}, "not both"),
        ("frameworks_reason", {"frameworks_reason": " "}, "Say why you decided not to"),
        ("joint_condition", {"joint": "only_if"}, "under which condition"),
        ("highest_annual_spend", {"highest_annual_spend": "1"}, "cannot be less than"),
    ],
)
def test_an_answer_that_asks_for_another_says_so(
    as_: As, school: make.School, field: str, typed: dict[str, str], words: str
) -> None:
    need_id = make.draft_need(school)
    browser = as_(school.bursar)
    page = question(browser, need_id, field)
    refused = browser.submit(page.form("Continue").fill(**typed), "Continue", status=422)
    assert words in refused.errors()[field]


def test_a_term_that_nobody_knows_counts_as_above_the_threshold(as_: As, school: make.School) -> None:
    need_id = make.draft_need(school)
    browser = as_(school.bursar)
    page = question(browser, need_id, "term_months")
    browser.submit(page.form("Continue").fill(term_months="", term_unknown="y"), "Continue")
    check = browser.get(f"/needs/{need_id}/submit")
    assert "Not known yet, so it counts as above every threshold" in check.words
    browser.submit(check.form("Submit for approval"), "Submit for approval")
    assert make.need(need_id).value is None


def test_approved_frameworks_are_offered_and_the_reason_reaches_the_approver(
    as_: As, school: make.School
) -> None:
    need_id = make.draft_need(school, frameworks=None, frameworks_reason="")
    browser = as_(school.bursar)
    check = browser.get(f"/needs/{need_id}/submit")
    page = browser.get(check.links()["Answer what is missing"])
    assert "Outsourced catering services" in page.links()
    form = page.form("Continue").fill(frameworks="decided_not", frameworks_reason="Too far away.")
    browser.submit(form, "Continue")
    actions.submit_need(school.bursar, need_id, make.need(need_id).version)
    read = as_(school.headteacher).get(f"/needs/{need_id}/approve")
    assert "we looked and decided not to, because: Too far away." in read.words


def test_insurance_is_compared_with_the_rpa(as_: As, school: make.School) -> None:
    need_id = make.draft_need(school, "insurance", current_annual_spend=Money(9_000_00))
    page = question(as_(school.bursar), need_id, "current_annual_spend")
    assert "The RPA would cost £6,090.00 a year: 210 pupils at £29.00 each" in page.words
    assert "£2,910.00 less than the £9,000.00" in page.words


def test_todays_spend_is_filled_in_from_the_register_until_somebody_says_it(
    as_: As, school: make.School
) -> None:
    make.contract(school, category="insurance", annual_value=Money(8_000_00))
    make.contract(school, category="insurance", annual_value=Money(500_00))
    need_id = make.draft_need(school, "insurance", current_annual_spend=None)
    browser = as_(school.bursar)
    page = question(browser, need_id, "current_annual_spend")
    assert "By the register of contracts the school pays £8,500.00 a year today." in page.words
    assert page.form("Continue").values["current_annual_spend"] == "8,500.00"
    browser.submit(page.form("Continue").fill(current_annual_spend="8,000"), "Continue")
    again = question(browser, need_id, "current_annual_spend")
    assert "By the register" not in again.words
    assert again.form("Continue").values["current_annual_spend"] == "8,000.00"


def test_an_earlier_need_is_copied_with_its_dates_moved_on(as_: As, school: make.School) -> None:
    wanted = clock.today() + timedelta(days=30)
    need_id = make.approved_need(school, wanted_from=wanted, term_months=12, title="Meals this year")
    browser = as_(school.bursar)
    page = browser.get(browser.get(f"/needs/{need_id}").links()["Copy it into a new need"])
    form = page.form("Start the new draft")
    check = browser.submit(form, "Start the new draft")
    assert "You started a new draft" in check.words
    assert day(months_later(wanted, 12)) in check.words
    assert "Say whether you considered the frameworks" in check.words
    again = browser.submit(form, "Start the new draft")
    assert again.path == check.path


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
        ("answer_equipment-0-cell_what", "ring \x07", "control characters"),
    ],
)
def test_absurd_input_is_refused_at_its_field_and_comes_back(
    as_: As, school: make.School, wrong: tuple[str, str, str]
) -> None:
    field, typed, words = wrong
    need_id = make.draft_need(school)
    browser = as_(school.bursar)
    page = question(browser, need_id, field.partition("-")[0])
    refused = browser.submit(page.form("Continue").fill(**{field: typed}), "Continue", status=422)
    assert words in refused.errors()[field]
    assert refused.form("Continue").values[field] == typed.replace("\x07", "")
    assert make.need(need_id).version == 1


@pytest.mark.parametrize(
    ("years", "field"),
    [(11, "contract_ends_on"), (-2, "contract_ends_on"), (11, "wanted_from"), (-1, "wanted_from")],
)
def test_dates_far_away_are_refused(as_: As, school: make.School, years: int, field: str) -> None:
    browser = as_(school.bursar)
    wrong = clock.today() + timedelta(days=366 * years)
    form = question(browser, make.draft_need(school), field).form("Continue")
    refused = browser.submit(fill(form, make.content("catering", **{field: wrong})), "Continue", status=422)
    assert [link for link in refused.errors() if link.startswith(field)]
    assert refused.form("Continue").values[f"{field}-year"] == str(wrong.year)


def test_a_date_that_does_not_exist_is_refused(as_: As, school: make.School) -> None:
    browser = as_(school.bursar)
    form = question(browser, make.draft_need(school), "wanted_from").form("Continue")
    form.fill(**{"wanted_from-day": "31", "wanted_from-month": "2"})
    refused = browser.submit(form, "Continue", status=422)
    assert any("must be a real date" in message for message in refused.errors().values())
    assert refused.form("Continue").values["wanted_from-day"] == "31"


def test_a_date_that_has_passed_stops_no_other_answer(as_: As, school: make.School) -> None:
    need_id = make.draft_need(school)
    with clock.travelling(clock.now() + timedelta(days=300)):
        browser = as_(school.bursar)
        form = question(browser, need_id, "title").form("Continue").fill(title="Later")
        browser.submit(form, "Continue")
        assert make.need(need_id).title == "Later"
        assert "must be today or later" in browser.get(f"/needs/{need_id}/submit").words


def test_unicode_and_pounds_in_every_text_come_back_as_text(as_: As, school: make.School) -> None:
    browser = as_(school.bursar)
    content = make.content(
        "catering", title=HOSTILE, description=f"{HOSTILE}\nand more", current_supplier=HOSTILE
    )
    equipment = Rows(({"what": HOSTILE, "age": 3, "owner": "school"},))
    staff = Rows(({"job": HOSTILE, "hours": 20, "since": HOSTILE, "pension": "none"},))
    content = replace(content, answers={**content.answers, "tupe_staff": staff, "equipment": equipment})
    check = answer_all(browser, start(browser, "catering"), content)
    assert check.words.count(HOSTILE) >= 5
    assert not check.select("main script")
    again = browser.get(check.links()["Change title (The need)"].partition("#")[0]).form("Continue")
    assert again.values["title"] == HOSTILE


def test_rows_are_added_and_taken_away_without_script_and_nothing_typed_is_lost(
    as_: As, school: make.School
) -> None:
    need_id = make.draft_need(school, "waste", answers={})
    browser = as_(school.bursar)
    page = question(browser, need_id, "answer_bins")
    assert page.texts("legend").count("Row 3 of Bins") == 1
    page = browser.submit(page.form("Continue").fill(**bin_row(0, "food", "lots")), "Add a row")
    assert page.texts("legend").count("Row 4 of Bins") == 1
    page = browser.submit(page.form("Continue").fill(**bin_row(3, "paper", "240")), "Remove row 2")
    form = page.form("Continue")
    assert (form.values[BIN.format(0)], form.values[BIN.format(2)]) == ("lots", "240")
    refused = browser.submit(form, "Continue", status=422)
    assert "Size must be a number" in refused.errors()[BIN.format(0)]
    assert "Enter at least one row: Lifts a week" in refused.errors().values()
    assert make.need(need_id).details == {}
    form = refused.form("Continue").fill(**bin_row(0, "food", "140"), **{BIN.format(1): "660"})
    browser.submit(form, "Save and finish later")
    shown_rows = browser.get(f"/needs/{need_id}").texts("table caption, table td, table th[scope=row]")
    assert shown_rows[:7] == ["Bins", "Food", "140 litres", "2", "–", "660 litres", "–"]
    assert shown_rows[7:10] == ["Paper and card", "240 litres", "2"]
    check = browser.get(f"/needs/{need_id}/submit")
    assert "Something is missing" in check.words


BIN = "answer_bins-{}-cell_litres"


def bin_row(place: int, stream: str, litres: str) -> dict[str, str]:
    row = {"stream": stream, "litres": litres, "number": "2"}
    return {f"answer_bins-{place}-cell_{key}": typed for key, typed in row.items()}


def test_an_answer_in_words_from_before_there_were_rows_is_shown_until_rows_are_entered(
    as_: As, school: make.School
) -> None:
    need_id = make.draft_need(
        school, "waste", answers={"bins": Rows(text="Six green ones"), "access": "Gate"}
    )
    browser = as_(school.bursar)
    assert "Six green ones" in browser.get(f"/needs/{need_id}").words
    page = question(browser, need_id, "answer_bins")
    assert "It stands until you enter rows: Six green ones" in page.words
    browser.submit(page.form("Continue"), "Save and finish later")
    assert make.need(need_id).details["bins"] == "Six green ones"
    form = question(browser, need_id, "answer_bins").form("Continue").fill(**bin_row(0, "food", "140"))
    browser.submit(form, "Save and finish later")
    assert "Six green ones" not in browser.get(f"/needs/{need_id}").words


def test_a_double_click_on_the_first_page_and_on_submit_makes_one_need(
    as_: As, school: make.School, session: Session
) -> None:
    browser = as_(school.bursar)
    form = browser.get("/needs/post").form("Continue").fill(category="catering")
    first, second = (browser.submit(form, "Continue") for _ in range(2))
    assert first.path == second.path
    check = answer_all(browser, first, make.content("catering"))
    for _ in range(2):
        done = browser.submit(check.form("Submit for approval"), "Submit for approval")
    assert "You submitted" in done.words
    assert session.scalar(select(func.count()).select_from(Need)) == 1


def test_of_two_tabs_the_second_keeps_its_text_and_is_told(as_: As, school: make.School) -> None:
    need_id = make.draft_need(school)
    browser = as_(school.bursar)
    one, two = (question(browser, need_id, "title").form("Continue") for _ in range(2))
    browser.submit(one.fill(title="From the first tab"), "Continue")
    overtaken = browser.submit(two.fill(title="From the second tab"), "Continue", status=409)
    assert "Someone changed this" in overtaken.words
    kept = overtaken.form("Continue")
    assert kept.values["title"] == "From the second tab"
    browser.submit(kept, "Continue")
    assert make.need(need_id).title == "From the second tab"


def test_a_need_that_was_overtaken_is_not_approved_unread(as_: As, school: make.School) -> None:
    need_id = make.submitted_need(school)
    browser = as_(school.headteacher)
    form = browser.get(f"/needs/{need_id}/approve").form("Approve the need")
    actions.return_need(school.headteacher, need_id, make.need(need_id).version, "Wait.")
    actions.submit_need(school.bursar, need_id, make.need(need_id).version)
    assert "Someone changed this" in browser.submit(form, "Approve the need", status=409).words
    assert make.need(need_id).status is NeedStatus.SUBMITTED


PAGES = ("", "/questions/about", "/copy", "/submit", "/approve", "/return", "/withdraw")


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
    browser.get(f"/needs/post/{other.id}/yachts", status=404)
    page = browser.get(f"/needs/post/{other.id}/gas")
    assert page.form("Continue").values["category"] == "gas"
    form = browser.get("/needs/post").form("Continue").data("Continue")
    form.update({"category": "catering", "school": str(school.id)})
    browser.post("/needs/post", form)
    browser.post("/needs/post", {"category": "yachts"}, status=422)
    assert [need.school_id for need in session.scalars(select(Need))] == [other.id]


def test_fields_that_the_form_does_not_have_change_nothing(as_: As, school: make.School) -> None:
    need_id = make.draft_need(school)
    browser = as_(school.bursar)
    form = question(browser, need_id, "title").form("Continue")
    sent = form.data("Continue")
    sent.update(
        {"status": "approved", "school_id": str(uuid.uuid4()), "reference": "N-1", "approved_by": "me"}
    )
    browser.post(f"/needs/{need_id}/questions/about", sent)
    need = make.need(need_id)
    assert (need.status, need.school_id, need.approved_by) == (NeedStatus.DRAFT, school.id, None)
    assert need.reference.startswith("N-20")


def test_those_who_may_not_post_are_told_who_may(as_: As, alliance: make.Alliance) -> None:
    for person in (alliance.coordinator, alliance.schools[0].governor):
        assert "Only a bursar or a headteacher" in as_(person).get("/needs/post", status=403).words


def test_the_form_for_supply_staff_says_where_to_go_and_stops(
    as_: As, school: make.School, session: Session
) -> None:
    browser = as_(school.bursar)
    form = browser.get("/needs/post").form("Continue").fill(category="supply_staff")
    assert "RM6376" in browser.submit(form, "Continue", status=422).errors()["category"]
    browser.get(f"/needs/post/{school.id}/supply_staff", status=422)
    assert session.scalar(select(func.count()).select_from(Need)) == 0


def test_somebody_with_two_schools_is_asked_for_which(as_: As, alliance: make.Alliance) -> None:
    seats = [(school.id, Role.BURSAR) for school in alliance.schools]
    person_id = add_person(ADMINISTRATOR, "Two Schools", "two@example.org", seats)
    browser = as_(make.actor(person_id))
    form = browser.get("/needs/post").form("Continue").fill(category="gas")
    refused = browser.submit(form, "Continue", status=422)
    assert refused.errors() == {"school": "Choose a school."}
    second = alliance.schools[1]
    page = browser.submit(refused.form("Continue").fill(school=str(second.id)), "Continue")
    assert second.name in browser.get(f"{page.path.partition('/questions')[0]}").words


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
    need_id = make.draft_need(school, "electricity")
    browser = as_(school.bursar)
    page = question(browser, need_id, "volume")
    assert category("electricity").volume_unit in page.words
    refused = browser.submit(page.form("Continue").fill(volume="1,000,000"), "Continue", status=422)
    assert "less than 1,000,000 kWh a year for one meter" in refused.errors()["volume"]
    assert "MPAN: the meter point number" in question(browser, need_id, "answer_mpan").words
