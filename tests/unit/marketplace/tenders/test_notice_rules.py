from dataclasses import replace
from datetime import date

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.needs.thresholds import Regime
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.uk_notices import rules
from marketplace.tenders.uk_notices.rules import NoticeKind, Particulars
from marketplace.tenders.uk_notices.subject import Subject

TODAY = date(2026, 11, 27)
EMPTY = Subject(
    reference="T-2026-0042",
    title="School meals",
    description="",
    cpv="",
    alliance="Bramshire Schools Alliance",
    status=TenderStatus.DRAFT,
    regime=Regime.ABOVE,
    authorities=(),
    lots=(),
    criteria=(),
    documents=(),
    net=None,
    gross=None,
    opened_at=None,
    closes_at=None,
    starts_on=None,
    ends_on=None,
    last_on=None,
    page="https://weald.example/opportunities/1",
)


@pytest.mark.parametrize(
    "typed", ["2026/S 000-012345", "2026/S000-012345", " 2026/s 000-012345 ", "012345-2026"]
)
def test_a_reference_is_read_as_notices_and_as_addresses_write_it(typed: str) -> None:
    published = rules.check_reference(typed, date(2026, 11, 20), TODAY)
    assert published.reference == "2026/S 000-012345"
    assert published.address == "https://www.find-tender.service.gov.uk/Notice/012345-2026"


@pytest.mark.parametrize(
    ("typed", "on", "field", "message"),
    [
        ("", date(2026, 11, 20), "reference", "as Find a Tender shows it"),
        ("T-2026-0042", date(2026, 11, 20), "reference", "as Find a Tender shows it"),
        ("2026/S 000-12345", date(2026, 11, 20), "reference", "as Find a Tender shows it"),
        ("2026/S 000-012345", None, "published_on", "Enter the day"),
        ("2026/S 000-012345", date(2026, 11, 28), "published_on", "in the future"),
        ("2025/S 000-012345", date(2026, 11, 20), "reference", "is of 2025"),
    ],
)
def test_a_reference_that_cannot_be_is_refused(typed: str, on: date | None, field: str, message: str) -> None:
    with pytest.raises(RuleBroken, match=message) as refused:
        rules.check_reference(typed, on, TODAY)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("kind", "said", "field"),
    [
        (NoticeKind.ENGAGEMENT, Particulars(ends_on=TODAY), "how"),
        (NoticeKind.ENGAGEMENT, Particulars(how="Come."), "ends_on"),
        (NoticeKind.ENGAGEMENT, Particulars(how="Come.", ends_on=date(2026, 11, 26)), "ends_on"),
        (NoticeKind.TRANSPARENCY, Particulars(reason="So.", ground="x"), "supplier"),
        (NoticeKind.TRANSPARENCY, Particulars(reason="So.", supplier="Meals"), "ground"),
        (NoticeKind.TRANSPARENCY, Particulars(supplier="Meals", ground="x"), "reason"),
        (
            NoticeKind.TRANSPARENCY,
            Particulars(reason="So.", supplier="Meals", ground="x", company_number="12"),
            "company_number",
        ),
        (NoticeKind.TERMINATION, Particulars(reason="  "), "reason"),
    ],
)
def test_a_notice_without_its_particulars_is_refused(kind: NoticeKind, said: Particulars, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_particulars(kind, said, TODAY)
    assert refused.value.field == field


def test_what_is_missing_names_the_part_to_fill_in() -> None:
    assert [one.field for one in rules.missing(NoticeKind.PLANNED, EMPTY)] == ["basics", "basics", "buyers"]
    wanted = ["basics", "basics", "buyers", "lots", "criteria", "timetable", "timetable"]
    assert [one.field for one in rules.missing(NoticeKind.TENDER, EMPTY)] == wanted


def test_below_the_threshold_no_code_is_needed() -> None:
    below = rules.missing(NoticeKind.PLANNED, replace(EMPTY, regime=Regime.BELOW))
    assert [one.field for one in below] == ["basics", "buyers"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("tender.tenderPeriod.endDate", "timetable"),
        ("tender.awardCriteriaDetails", "criteria"),
        ("tender.lots.0.id", "lots"),
        ("parties.0.name", "buyers"),
        ("tender.title", "basics"),
        ("ocid", None),
    ],
)
def test_a_break_of_the_standard_names_the_part_to_fill_in(path: str, field: str | None) -> None:
    assert rules.broken(path, "it is wrong").field == field


@pytest.mark.parametrize("status", list(TenderStatus))
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_a_notice_goes_with_the_statuses_it_is_for_and_no_others(
    kind: NoticeKind, status: TenderStatus
) -> None:
    if status in rules.WHEN[kind]:
        rules.check_when(kind, status, opened=True)
        return
    with pytest.raises(RuleBroken, match="at this stage"):
        rules.check_when(kind, status, opened=True)


def test_a_tender_that_nobody_saw_is_not_terminated_in_public() -> None:
    with pytest.raises(RuleBroken, match="never published"):
        rules.check_when(NoticeKind.TERMINATION, TenderStatus.CANCELLED, opened=False)


def test_what_one_school_pays_today_is_not_given_away_by_the_value_of_its_tender() -> None:
    assert not rules.shows_value(Regime.BELOW, buyers=1)
    assert rules.shows_value(Regime.BELOW, buyers=2)
    assert rules.shows_value(Regime.ABOVE, buyers=1), "the law asks for it"


@pytest.mark.parametrize(
    ("cpv", "category"), [("", ""), ("45000000", "works"), ("39000000", "goods"), ("55524000", "services")]
)
def test_a_code_says_whether_goods_services_or_works_are_bought(cpv: str, category: str) -> None:
    assert rules.main_category(cpv) == category
