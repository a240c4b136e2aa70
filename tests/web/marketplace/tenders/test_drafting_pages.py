import io
import uuid
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.money import Money
from marketplace.tenders import actions
from marketplace.tenders.criteria.rules import weight_field
from marketplace.tenders.criteria.tree import judged
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.uk_notices.queries import subject
from tests import make
from tests.web.client import Client
from tests.web.page import Form, Page

ClientFor = Callable[[uuid.UUID | None], Client]
ADD, REPLACE = "Add the document", "Replace all price lines"
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def tender(app: object) -> make.Tender:  # noqa: ARG001  # it needs the database
    return make.draft_tender(make.alliance(schools=2))


@pytest.fixture
def coordinator(tender: make.Tender, client_for: ClientFor) -> Client:
    return client_for(tender.alliance.coordinator.person_id)


def part(tender: make.Tender, name: str) -> str:
    return f"/tenders/{tender.id}/edit/{name}"


def enter_date(form: Form, name: str, date: tuple[int, int, int], time: str = "") -> None:
    for part_of_it, value in zip(("day", "month", "year"), date, strict=True):
        form.fill(**{f"{name}-{part_of_it}": str(value)})
    if time:
        form.fill(**{f"{name}-time": time})


def test_a_coordinator_drafts_from_approved_needs_of_several_schools(
    client_for: ClientFor, session: Session
) -> None:
    alliance = make.alliance(schools=2)
    needs = [make.approved_need(school) for school in alliance.schools]
    client = client_for(alliance.coordinator.person_id)
    page = client.get("/tenders/draft")
    form_page = client.get(page.links()["Catering"])
    assert "Alder Primary School" in form_page.words
    form = form_page.form("Draft the tender").fill(title="Hot meals – £", needs=[str(one) for one in needs])
    done = client.submit(form)
    assert done.heading == "Hot meals – £"
    assert [one.title for one in session.scalars(select(Tender))] == ["Hot meals – £"]
    client.submit(form)
    session.rollback()
    assert len(session.scalars(select(Tender)).all()) == 1


def test_needs_of_one_school_alone_come_back_with_an_error_at_their_boxes(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=2)
    need = make.approved_need(alliance.schools[0])
    client = client_for(alliance.coordinator.person_id)
    form = client.get("/tenders/draft?category=catering").form("Draft the tender")
    page = client.submit(form.fill(title="Meals", needs=[str(need)]), status=422)
    assert page.errors() == {"needs": "Choose needs of at least two schools."}
    assert page.form("Draft the tender").values.getlist("needs") == [str(need)]
    assert page.form("Draft the tender").values["title"] == "Meals"


def test_a_bursar_cannot_draft(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=1)
    client_for(alliance.schools[0].bursar.person_id).get("/tenders/draft", status=403)


def test_the_task_list_says_what_is_to_do(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=2)
    tender_id = uuid.uuid4()
    needs = [make.approved_need(school) for school in alliance.schools]
    actions.draft_tender(
        alliance.coordinator, tender_id, alliance.id, "Meals", category="catering", need_ids=needs
    )
    page = client_for(alliance.coordinator.person_id).get(f"/tenders/{tender_id}/edit")
    rows = dict(
        zip(page.texts(".govuk-task-list__link"), page.texts(".govuk-task-list__status"), strict=True)
    )
    assert rows["Who buys"] == "Complete"
    to_do = ("What it buys", "Lots and price lines", "Criteria and weights", "Dates")
    assert {rows[part] for part in to_do} == {"To do"}


def test_weights_that_miss_100_by_a_hundredth_come_back_filled_in_with_their_total(
    tender: make.Tender, coordinator: Client
) -> None:
    first, menus, _ = (weight_field(one.id) for one in tender.row.criteria)
    form = coordinator.get(part(tender, "criteria")).form("Save the weights and continue")
    form.fill(**{first: "59.99", menus: "25"})
    page = coordinator.submit(form, "Save the weights and continue", status=422)
    assert page.errors() == {first: "The weights total 99.99. They must total 100: 0.01 is missing."}
    again = page.form("Save the weights and continue")
    assert again.values[first] == "59.99"
    assert [one.weight for one in tender.row.criteria] == [60, 25, 15]
    coordinator.submit(again.fill(**{menus: "25.01"}), "Save the weights and continue")
    assert [one.weight for one in tender.row.criteria] == [Decimal("59.99"), Decimal("25.01"), 15]


def test_a_group_with_sub_criteria_is_built_page_by_page(tender: make.Tender, coordinator: Client) -> None:
    page = coordinator.get(part(tender, "criteria"))
    form = coordinator.get(page.links()["Add a criterion"]).form("Save and continue")
    coordinator.submit(form.fill(kind="group", title="Social value", weight="10"), "Save and continue")
    page = coordinator.get(part(tender, "criteria"))
    assert "Total 110: 10 too much" in page.words
    assert "Nothing here yet" in page.words
    for title, weight in (("Jobs", "66.67"), ("Places", "33.33")):
        form = coordinator.get(page.links()["Add a sub-criterion to Social value"]).form("Save and continue")
        form.fill(kind="quality", title=title, weight=weight, question=f"Which {title.lower()}?")
        page = coordinator.submit(form, "Save and continue")
    criteria = tender.row.criteria
    places = {one.title: weight_field(one.id) for one in criteria}
    form = page.form("Save the weights and continue").fill(**{places["Menus"]: "15"})
    coordinator.submit(form, "Save the weights and continue")
    asked = judged(tender.row.criteria)
    assert [one.name for one in asked] == ["Menus", "Staff", "Social value: Jobs", "Social value: Places"]
    assert [one.marks for one in asked] == [15, 15, Fraction("6.667"), Fraction("3.333")]


def test_a_coordinator_who_chooses_a_relative_formula_is_warned_with_an_example(
    tender: make.Tender, coordinator: Client
) -> None:
    page = coordinator.get(part(tender, "criteria"))
    assert "With this formula a quote that loses can decide who wins." in page.words
    assert "When Quote A, which loses, is withdrawn, Quote B is first instead" in page.words
    form = coordinator.get(part(tender, "criteria/price")).form("Save and continue")
    form.fill(formula="ceiling_optimum", ceiling="300000", optimum="150000")
    coordinator.submit(form, "Save and continue")
    assert "With this formula" not in coordinator.get(part(tender, "criteria")).words


def test_quality_can_be_set_against_price_with_what_a_point_is_worth(
    tender: make.Tender, coordinator: Client
) -> None:
    form = coordinator.get(part(tender, "criteria/price")).form("Save and continue")
    form.fill(weight="60", formula="monetised", worth_of_a_point="")
    page = coordinator.submit(form, "Save and continue", status=422)
    assert page.errors() == {
        "weight": "Where quality is counted in money the price has no weight: enter 0, and let the questions "
        "total 100."
    }
    form = page.form("Save and continue").fill(weight="0")
    page = coordinator.submit(form, "Save and continue", status=422)
    assert page.errors() == {"worth_of_a_point": "Enter what a quality point is worth, more than £0.00."}
    form = page.form("Save and continue").fill(worth_of_a_point="1,250", indexation="2", discount_rate="35")
    page = coordinator.submit(form, "Save and continue", status=422)
    assert list(page.errors()) == ["discount_rate"]
    coordinator.submit(page.form("Save and continue").fill(discount_rate="3.5"), "Save and continue")
    page = coordinator.get(part(tender, "criteria"))
    assert "A quality point is worth £1,250.00 of the total price" in page.words
    assert "£250,000.00 − 80 × £1,250.00" in page.words
    assert "discounted by 3.5% a year" in page.words
    assert "With this formula" not in page.words
    price, menus, staff = (weight_field(one.id) for one in tender.row.criteria)
    weights = page.form("Save the weights and continue").fill(**{price: "0", menus: "60", staff: "40"})
    coordinator.submit(weights, "Save the weights and continue")
    assert tender.row.worth_of_a_point == Money(1_250_00)
    assert "Set against quality" in coordinator.get(f"/tenders/{tender.id}").words
    said = subject(make.fresh(), tender.row).judging
    assert said.startswith("Quality counted in money: For each quality point, of 100,")
    assert "A quality point is worth £1,250.00" in said
    assert "the whole-life cost" in said
    assert "discounted by 3.5% a year" in said


def test_another_scale_shows_its_marks_without_losing_what_was_typed(
    tender: make.Tender, coordinator: Client
) -> None:
    form = coordinator.get(part(tender, "criteria/add")).form("Save and continue")
    assert form.values["mark_5"].startswith("Goes beyond")
    form.fill(title="Waste – “£”", highest_score="3")
    page = coordinator.submit(form, "Show the marks of this scale")
    again = page.form("Save and continue")
    assert again.values["title"] == "Waste – “£”"
    assert "mark_4" not in again.values
    assert len(tender.row.criteria) == 3


def test_half_a_criterion_is_asked_for_the_rest(tender: make.Tender, coordinator: Client) -> None:
    form = coordinator.get(part(tender, "criteria/add")).form("Save and continue")
    page = coordinator.submit(form.fill(title="Waste", weight="5"), "Save and continue", status=422)
    assert page.errors() == {"question": "Enter the question that suppliers answer for “Waste”."}
    form = page.form("Save and continue").fill(question="How?", mark_3="")
    page = coordinator.submit(form, "Save and continue", status=422)
    assert set(page.errors()) == {"mark_0"}


def test_a_deadline_in_the_past_is_refused_at_its_field(tender: make.Tender, coordinator: Client) -> None:
    form = coordinator.get(part(tender, "dates")).form()
    enter_date(form, "closes_at", (4, 3, 2020), "14:00")
    page = coordinator.submit(form, status=422)
    assert page.errors() == {"closes_at-day": "The deadline is in the past. Choose a later one."}
    assert page.form().values["closes_at-year"] == "2020"


@pytest.mark.parametrize(
    ("date", "time", "message"),
    [
        ((28, 3, 2027), "01:30", "does not exist"),
        ((31, 10, 2027), "1:30am", "happens twice"),
        ((28, 3, 2027), "14:00", "working day"),
        ((30, 2, 2027), "14:00", "real date"),
    ],
)
def test_a_deadline_lost_or_doubled_by_a_clock_change_is_refused(
    tender: make.Tender, coordinator: Client, date: tuple[int, int, int], time: str, message: str
) -> None:
    form = coordinator.get(part(tender, "dates")).form()
    enter_date(form, "closes_at", date, time)
    enter_date(form, "contract_starts_on", (1, 4, 2028))
    enter_date(form, "contract_ends_on", (31, 3, 2031))
    page = coordinator.submit(form, status=422)
    assert len(page.errors()) == 1
    assert message in next(iter(page.errors().values()))
    assert page.form().values["closes_at-time"] == time
    assert tender.row.closes_at == tender.closes_at


def test_two_tabs_on_one_draft_lose_nothing(tender: make.Tender, coordinator: Client) -> None:
    first = coordinator.get(part(tender, "basics")).form()
    second = coordinator.get(part(tender, "basics")).form()
    coordinator.submit(first.fill(title="From the first tab"))
    page = coordinator.submit(second.fill(title="From the second tab"), status=409)
    assert "Someone changed this" in page.words
    assert tender.row.title == "From the first tab"
    assert page.form().values["title"] == "From the second tab"
    coordinator.submit(page.form())
    assert tender.row.title == "From the second tab"


def test_unicode_and_pounds_are_kept_in_every_text(tender: make.Tender, coordinator: Client) -> None:
    text = "Crème brûlée – £2.65 <b>“meal”</b> 🍎 Ωμέγα"
    coordinator.submit(
        coordinator.get(part(tender, "basics")).form().fill(title=text, description=f"{text}\nline two")
    )
    assert tender.row.title == text
    page = coordinator.get(f"/tenders/{tender.id}")
    assert page.heading == text
    assert not page.select("main b")


def test_a_cpv_code_of_letters_is_refused(tender: make.Tender, coordinator: Client) -> None:
    form = coordinator.get(part(tender, "basics")).form().fill(cpv="catering")
    assert set(coordinator.submit(form, status=422).errors()) == {"cpv"}


def test_buyers_their_spend_and_the_lead_school_are_saved(tender: make.Tender, coordinator: Client) -> None:
    first, second = tender.schools
    form = coordinator.get(part(tender, "buyers")).form()
    assert form.values[f"baseline_{first.id.hex}"] == "28,000.00"
    form.fill(
        **{"lead_school": str(second.id), f"baseline_{second.id.hex}": "£31,000.50"},
    )
    coordinator.submit(form)
    assert tender.row.lead_school_id == second.id
    spend = {one.school_id: one.baseline for one in tender.row.commitments}
    assert spend == {first.id: Money(28_000_00), second.id: Money(31_000_50)}


def test_what_a_school_pays_by_its_register_is_filled_in_where_no_need_says_it(
    tender: make.Tender, coordinator: Client
) -> None:
    first, second = tender.schools
    for school in (first, second):
        make.contract(school, category=tender.row.category, annual_value=Money(19_000_00))
    unsaid = coordinator.get(part(tender, "buyers")).form().fill(**{f"baseline_{second.id.hex}": ""})
    coordinator.submit(unsaid)
    form = coordinator.get(part(tender, "buyers")).form()
    assert form.values[f"baseline_{first.id.hex}"] == "28,000.00"
    assert form.values[f"baseline_{second.id.hex}"] == "19,000.00"


@pytest.mark.parametrize("typed", ["-5", "lots", "1e9", "999,999,999,999"])
def test_negative_and_absurd_spend_is_refused(tender: make.Tender, coordinator: Client, typed: str) -> None:
    name = f"baseline_{tender.lead.id.hex}"
    form = coordinator.get(part(tender, "buyers")).form().fill(**{name: typed})
    page = coordinator.submit(form, status=422)
    assert set(page.errors()) == {name}
    assert page.form().values[name] == typed


def test_a_lead_school_that_does_not_buy_is_refused(tender: make.Tender, coordinator: Client) -> None:
    first, second = tender.schools
    form = coordinator.get(part(tender, "buyers")).form()
    form.fill(schools_that_buy=[str(first.id)], lead_school=str(second.id))
    page = coordinator.submit(form, status=422)
    assert page.errors() == {"lead_school": "The lead school must be one of the schools that buy."}


def test_a_price_line_is_added_once_however_often_it_is_sent(
    tender: make.Tender, coordinator: Client
) -> None:
    (lot,) = tender.lots
    form = coordinator.get(part(tender, f"lots/{lot.id}/lines/add")).form()
    form.fill(item="Packed lunch – £", unit="lunch", **{f"volume_{tender.lead.id.hex}": "1,234.5"})
    coordinator.submit(form)
    coordinator.submit(form)
    assert [line.item for line in tender.lots[0].lines] == ["Primary meal", "Packed lunch – £"]


def test_a_price_line_that_nobody_buys_is_refused(tender: make.Tender, coordinator: Client) -> None:
    (lot,) = tender.lots
    form = coordinator.get(part(tender, f"lots/{lot.id}/lines/add")).form().fill(item="Lunch", unit="lunch")
    page = coordinator.submit(form, status=422)
    assert page.errors() == {f"volume_{tender.lead.id.hex}": "Enter at least one school’s volume of “Lunch”."}
    assert page.form().values["item"] == "Lunch"


def test_lots_and_lines_are_changed_and_removed(tender: make.Tender, coordinator: Client) -> None:
    coordinator.submit(coordinator.get(part(tender, "lots/add")).form().fill(title="Fruit"))
    assert [lot.title for lot in tender.lots] == ["School meals", "Fruit"]
    meals, fruit = tender.lots
    coordinator.submit(coordinator.get(part(tender, f"lots/{fruit.id}")).form().fill(title="Fruit, milk"))
    page = coordinator.get(part(tender, f"lots/{fruit.id}"))
    coordinator.submit(page.form("Remove this lot and its price lines"))
    page = coordinator.get(part(tender, f"lots/{meals.id}/lines/{meals.lines[0].id}"))
    coordinator.submit(page.form("Remove this price line"))
    assert [(lot.title, len(lot.lines)) for lot in tender.lots] == [("School meals", 0)]


def upload(client: Client, path: str, button: str, name: str, content: bytes, *, status: int = 200) -> Page:
    form = client.get(path).form(button)
    (field,) = form.names & {"document", "schedule"}
    return client.submit(form.fill(**{field: (io.BytesIO(content), name)}), button, status=status)


def test_price_lines_are_read_from_the_file_that_is_offered(tender: make.Tender, coordinator: Client) -> None:
    offered = coordinator.download(part(tender, "lots.csv"))
    assert offered.headers["Content-Disposition"].startswith("attachment")
    filled = offered.data + "Fruit,Apple – £,kg,7,\r\n".encode()
    upload(coordinator, part(tender, "lots"), REPLACE, "prices.csv", filled)
    assert [(lot.title, len(lot.lines)) for lot in tender.lots] == [("School meals", 1), ("Fruit", 1)]


def test_a_wrong_cell_is_named_and_the_schedule_stays(tender: make.Tender, coordinator: Client) -> None:
    offered = coordinator.download(part(tender, "lots.csv")).data.replace(b"30000", b"thirty")
    page = upload(coordinator, part(tender, "lots"), REPLACE, "prices.csv", offered, status=422)
    assert "Row 2: the volume of Alder Primary School" in page.errors()["schedule"]
    assert tender.lots[0].lines[0].total == 60_000


def test_a_document_is_added_and_offered_for_download(tender: make.Tender, coordinator: Client) -> None:
    page = upload(coordinator, part(tender, "documents"), ADD, "Specification £.pdf", PDF)
    answer = coordinator.download(page.links()["Specification £.pdf"])
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/pdf"
    page = coordinator.submit(page.form("Remove Specification £.pdf"))
    assert "Specification" not in page.words


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("run.exe", b"MZ\x90\x00", "must be a file of type"),
        ("renamed.pdf", b"MZ\x90\x00", "not a complete PDF"),
        ("truncated.pdf", PDF[:9], "not a complete PDF"),
        ("empty.pdf", b"", "empty"),
        ("page.html", b"<script>alert(1)</script>", "must be a file of type"),
    ],
)
def test_a_wrong_renamed_or_truncated_document_is_refused(
    tender: make.Tender, coordinator: Client, name: str, content: bytes, message: str
) -> None:
    page = upload(coordinator, part(tender, "documents"), ADD, name, content, status=422)
    assert message in page.errors()["document"]
    assert tender.row.documents == []


def test_people_are_named_from_two_schools(tender: make.Tender, coordinator: Client) -> None:
    form = coordinator.get(part(tender, "people")).form()
    second = form.values["opener_2"]
    page = coordinator.submit(form.fill(opener_2=""), status=422)
    assert list(page.errors()) == ["opener_1"]
    assert page.errors()["opener_1"].startswith("Name at least three people to open the quotes")
    page = coordinator.submit(page.form().fill(opener_2=second, opener_4=second, evaluator_4=second))
    assert sorted(one.seat.value for one in tender.row.panel) == ["evaluator"] * 3 + ["opener"] * 3


def test_the_shared_cost_is_agreed(tender: make.Tender, coordinator: Client) -> None:
    form = coordinator.get(part(tender, "shared-cost")).form().fill(recovery_fee="1,200", split="equal")
    coordinator.submit(form)
    assert (tender.row.recovery_fee, tender.row.split.value) == (Money(1_200_00), "equal")


def test_inviting_lists_what_is_missing_with_links(tender: make.Tender, coordinator: Client) -> None:
    (lot,) = tender.lots
    page = coordinator.get(part(tender, f"lots/{lot.id}"))
    coordinator.submit(page.form("Remove this lot and its price lines"))
    page = coordinator.get(f"/tenders/{tender.id}/invite")
    assert page.links()["Add at least one lot with a price line."] == part(tender, "lots")


def test_a_double_click_on_invite_invites_once(tender: make.Tender, coordinator: Client) -> None:
    form = coordinator.get(f"/tenders/{tender.id}/invite").form("Invite 2 schools")
    coordinator.submit(form)
    coordinator.submit(form)
    assert tender.row.status is TenderStatus.JOINING


PARTS = (
    "",
    "/basics",
    "/buyers",
    "/lots",
    "/lots/add",
    "/criteria",
    "/criteria/price",
    "/criteria/add",
    "/people",
    "/dates",
    "/shared-cost",
)


def test_the_draft_of_another_alliance_is_not_found_on_any_page(
    tender: make.Tender, client_for: ClientFor
) -> None:
    stranger = client_for(make.alliance(schools=1, name="Others").coordinator.person_id)
    for path in (*(f"edit{one}" for one in PARTS), "edit/documents", "edit/lots.csv", "invite", "cancel"):
        stranger.get(f"/tenders/{tender.id}/{path}", status=404)
    stranger.post(f"/tenders/{tender.id}/edit/basics", {"title": "Mine", "version": "1"}, status=404)
    assert tender.row.title == "School meals"


def test_the_auditor_reads_a_draft_and_changes_nothing(tender: make.Tender, client_for: ClientFor) -> None:
    auditor = client_for(tender.alliance.auditor.person_id)
    page = auditor.get(f"/tenders/{tender.id}")
    assert "Continue the draft" not in page.links()
    for one in PARTS:
        auditor.get(f"/tenders/{tender.id}/edit{one}", status=403)


def test_fields_that_are_not_on_the_form_change_nothing(tender: make.Tender, coordinator: Client) -> None:
    data = coordinator.get(part(tender, "basics")).form().data(None)
    columns = {"status": "awarded", "reference": "T-0", "published_by": str(uuid.uuid4()), "ocid": "x"}
    for name, value in columns.items():
        data[name] = value
    before = tender.row.reference
    coordinator.post(part(tender, "basics"), data)
    assert (tender.row.status, tender.row.reference) == (TenderStatus.DRAFT, before)
    assert tender.row.ocid == ""
