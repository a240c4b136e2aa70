import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.needs.thresholds import Regime
from marketplace.tenders.rules import CriterionKind, TenderStatus
from marketplace.tenders.uk_notices import rules, schema
from marketplace.tenders.uk_notices.parts import Issue
from marketplace.tenders.uk_notices.release import release
from marketplace.tenders.uk_notices.rules import NoticeKind, Particulars, Published
from marketplace.tenders.uk_notices.subject import (
    Authority,
    AwardSaid,
    ContractSaid,
    CriterionSaid,
    DocumentSaid,
    Line,
    LotLimitsSaid,
    LotSaid,
    Subject,
    SupplierSaid,
)

CODELISTS = Path(__file__).parents[3] / "fixtures" / "ocds" / "codelists"
OCID = "ocds-weald0-1"
SUBJECT = Subject(
    reference="T-2026-0042",
    title="School meals",
    description="Hot meals at midday.",
    cpv="55524000",
    alliance="Bramshire Schools Alliance",
    status=TenderStatus.PUBLISHED,
    regime=Regime.LIGHT_TOUCH,
    authorities=(
        Authority("100001", "Alder Primary School", "1 High St\nBramley", "Bramshire", "BR1 2AB", "10012345"),
        Authority("100002", "Beech Primary School", "", "Bramshire", "BR1 3AB"),
    ),
    lots=(
        LotSaid(1, "Meals", "", (Line("l1", "Primary meal", "meal", Decimal("30000.5")),)),
        LotSaid(2, "Milk", "Semi-skimmed", (Line("l2", "Milk", "litre", Decimal(1000)),)),
    ),
    criteria=(
        CriterionSaid(1, CriterionKind.PRICE, "Price", "", Decimal(60)),
        CriterionSaid(2, CriterionKind.QUALITY, "Menus", "How will you plan menus?", Decimal(40)),
    ),
    documents=(DocumentSaid("d1", "Terms.pdf", "https://weald.example/d1"),),
    net=Money(700_000_50),
    gross=Money(840_000_60),
    opened_at=datetime(2026, 9, 1, 9, tzinfo=UTC),
    closes_at=datetime(2026, 10, 1, 11, tzinfo=UTC),
    starts_on=date(2027, 1, 1),
    ends_on=date(2029, 12, 31),
    last_on=date(2031, 12, 31),
    page="https://weald.example/opportunities/1",
    judging="Value index: the highest wins.",
)
DIRECT = Particulars(
    reason="Only one kitchen fits.",
    supplier="Meals & Co",
    company_number="01234567",
    ground="Single supplier",
    ground_law="Schedule 5 paragraph 6",
)
ENGAGEMENT = Particulars(how="Come to Alder Primary School.", ends_on=date(2026, 9, 30))
SAID = {
    NoticeKind.ENGAGEMENT: ENGAGEMENT,
    NoticeKind.PLANNED: rules.NO_PARTICULARS,
    NoticeKind.TENDER: rules.NO_PARTICULARS,
    NoticeKind.TRANSPARENCY: DIRECT,
    NoticeKind.AWARD: Particulars(standstill=(date(2026, 11, 23), date(2026, 12, 3))),
    NoticeKind.DETAILS: rules.NO_PARTICULARS,
    NoticeKind.CHANGE: Particulars(
        reason="A third kitchen.", contract_id="c2", new_net=Money(400_000_00), new_gross=Money(480_000_00)
    ),
    NoticeKind.CONTRACT_END: Particulars(
        reason="Its term ran out.", contract_id="c1", ends_on=date(2029, 12, 31)
    ),
    NoticeKind.TERMINATION: Particulars(reason="No quote came."),
}
MEALS = SupplierSaid("s1", "Meals & Co", "01234567", "1 Mill Lane\nBramley", is_sme=True, is_vcse=True)
AWARDS = (
    AwardSaid(
        "1",
        "School meals",
        (1, 2),
        MEALS,
        Money(690_000_00),
        Money(828_000_00),
        datetime(2026, 11, 20, 9, tzinfo=UTC),
        datetime(2026, 11, 20, 12, tzinfo=UTC),
        (date(2026, 11, 23), date(2026, 12, 3)),
        tuple(
            ContractSaid(
                f"c{number}",
                "1",
                "School meals",
                f"School {number}",
                Money(345_000_00),
                Money(414_000_00),
                date(2026, 12, 4),
                date(2027, 1, 1),
                date(2029, 12, 31),
                Money(345_000_00),
                date(2029, 12, 31),
            )
            for number in (1, 2)
        ),
    ),
)
AWARDED = {NoticeKind.AWARD, *rules.CONTRACT_NOTICES}


def issue(kind: NoticeKind, **changes: Any) -> Issue:
    moment = datetime(2026, 9, 1, 9, tzinfo=UTC)
    return replace(Issue(kind, OCID, 1, moment, rules.TAGS[kind][0], SAID[kind]), **changes)


def subject(kind: NoticeKind) -> Subject:
    ended = kind is NoticeKind.TERMINATION
    return replace(
        SUBJECT,
        status=TenderStatus.UNSUCCESSFUL if ended else TenderStatus.PUBLISHED,
        awards=AWARDS if kind in AWARDED else (),
    )


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_of_notice_keeps_to_the_standard(kind: NoticeKind) -> None:
    made = release(subject(kind), issue(kind))
    assert schema.problems(made) == []


@given(
    kind=st.sampled_from(list(NoticeKind)),
    without=st.sets(
        st.sampled_from(
            [
                "description",
                "cpv",
                "authorities",
                "lots",
                "criteria",
                "documents",
                "net",
                "opened_at",
                "closes_at",
                "starts_on",
                "prior_ocid",
            ]
        )
    ),
    regime=st.sampled_from(list(Regime)),
)
def test_a_notice_of_a_tender_that_is_not_finished_keeps_to_the_standard_too(
    kind: NoticeKind, without: set[str], regime: Regime
) -> None:
    empty: dict[str, Any] = {"description": "", "cpv": "", "prior_ocid": "ocds-b5fd17-1"}
    empty |= {"authorities": (), "lots": (), "criteria": (), "documents": ()}
    changes: dict[str, Any] = {name: empty.get(name) for name in without}
    made = release(replace(subject(kind), regime=regime, **changes), issue(kind))
    assert schema.problems(made) == []


def test_every_authority_is_named_with_its_identifier() -> None:
    made = release(SUBJECT, issue(NoticeKind.TENDER))
    named = [(one["identifier"]["scheme"], one["identifier"]["id"], one["roles"]) for one in made["parties"]]
    assert named == [
        ("GB-EDU", "100001", ["buyer", "procuringEntity"]),
        ("GB-EDU", "100002", ["buyer"]),
    ]
    ukprn = [{"scheme": "GB-UKPRN", "id": "10012345"}]
    assert [one.get("additionalIdentifiers") for one in made["parties"]] == [ukprn, None]
    assert made["buyer"]["id"] == made["parties"][0]["id"]


def test_values_have_pence_and_vat() -> None:
    tender = release(SUBJECT, issue(NoticeKind.TENDER))["tender"]
    assert tender["value"] == {"amount": 700000.5, "amountGross": 840000.6, "currency": "GBP"}
    assert "value" not in tender["lots"][0], "what one of two lots is worth is not known"


def test_a_tender_notice_says_when_what_and_how_quotes_are_judged() -> None:
    tender = release(SUBJECT, issue(NoticeKind.TENDER))["tender"]
    assert tender["tenderPeriod"] == {
        "startDate": "2026-09-01T09:00:00Z",
        "endDate": "2026-10-01T11:00:00Z",
    }
    assert tender["contractPeriod"]["startDate"] == "2027-01-01T00:00:00+00:00"
    assert tender["contractPeriod"]["endDate"] == "2029-12-31T23:59:59+00:00"
    assert tender["contractPeriod"]["maxExtentDate"] == "2031-12-31T23:59:59+00:00"
    assert tender["contractPeriod"]["durationInMonths"] == 60
    assert tender["items"][0]["quantity"] == 30000.5
    assert [item["relatedLot"] for item in tender["items"]] == ["1", "2"]
    assert tender["awardCriteria"] == "ratedCriteria"
    assert tender["awardCriteriaDetails"] == (
        "Price: 60%\nMenus: 40%. How will you plan menus?\n"
        "How price and quality are judged. Value index: the highest wins."
    )
    assert (tender["aboveThreshold"], tender["specialRegime"]) == (True, ["lightTouch"])
    assert tender["documents"][0]["noticeType"] == "UK4"


def test_limits_of_lots_and_the_reason_for_one_lot_are_said() -> None:
    assert "lotDetails" not in release(SUBJECT, issue(NoticeKind.TENDER))["tender"]
    limits = LotLimitsSaid("One kitchen serves all.", 2, 1, "The lot with the highest marks first.")
    made = release(replace(SUBJECT, limits=limits), issue(NoticeKind.TENDER))
    assert schema.problems(made) == []
    assert made["tender"]["lotDetails"] == {
        "noLotsDivisionRationale": "One kitchen serves all.",
        "maximumLotsBidPerSupplier": 2,
        "maximumLotsAwardedPerSupplier": 1,
        "awardCriteriaDetails": "The lot with the highest marks first.",
    }


def test_below_the_threshold_no_act_is_cited() -> None:
    tender = release(replace(SUBJECT, regime=Regime.BELOW), issue(NoticeKind.TENDER))["tender"]
    assert tender["aboveThreshold"] is False
    assert "legalBasis" not in tender


def test_a_notice_on_find_a_tender_is_linked() -> None:
    published = Published("2026/S 000-012345", date(2026, 9, 2))
    tender = release(SUBJECT, issue(NoticeKind.TENDER, published=published))["tender"]
    assert tender["documents"][0]["url"] == "https://www.find-tender.service.gov.uk/Notice/012345-2026"
    assert tender["documents"][0]["datePublished"] == "2026-09-02T00:00:00+01:00"


def test_a_termination_says_why_and_what_it_ends() -> None:
    made = release(
        subject(NoticeKind.TERMINATION), issue(NoticeKind.TERMINATION, number=2, amends=f"{OCID}-0001")
    )
    tender = made["tender"]
    assert (made["tag"], tender["status"]) == (["tenderCancellation"], "unsuccessful")
    assert {lot["status"] for lot in tender["lots"]} == {"unsuccessful"}
    assert tender["amendments"][0]["rationale"] == "No quote came."
    assert tender["amendments"][0]["amendsReleaseID"] == f"{OCID}-0001"


def test_a_transparency_notice_names_the_supplier_and_the_justification() -> None:
    made = release(SUBJECT, issue(NoticeKind.TRANSPARENCY))
    assert made["awards"][0]["suppliers"] == [{"id": "GB-COH-01234567", "name": "Meals & Co"}]
    assert made["awards"][0]["status"] == "pending"
    assert made["tender"]["procurementMethod"] == "direct"
    assert made["tender"]["procurementMethodRationale"] == (
        "Single supplier (Procurement Act 2023, Schedule 5 paragraph 6). Only one kitchen fits."
    )
    assert "tenderPeriod" not in made["tender"]


def test_an_award_notice_names_the_winner_the_value_and_the_standstill() -> None:
    (made,) = release(subject(NoticeKind.AWARD), issue(NoticeKind.AWARD))["awards"]
    assert made["suppliers"] == [{"id": "GB-COH-01234567", "name": "Meals & Co"}]
    assert made["value"] == {"amount": 690000, "amountGross": 828000, "currency": "GBP"}
    assert made["standstillPeriod"] == {
        "startDate": "2026-11-23T00:00:00+00:00",
        "endDate": "2026-12-03T23:59:59+00:00",
    }
    assert made["assessmentSummariesDateSent"] == "2026-11-20T12:00:00Z"
    assert made["relatedLots"] == ["1", "2"]
    assert made["documents"][0]["noticeType"] == "UK6"


def test_contract_notices_tell_of_each_schools_contract_or_of_the_one_they_name() -> None:
    details = release(subject(NoticeKind.DETAILS), issue(NoticeKind.DETAILS))
    assert [one["id"] for one in details["contracts"]] == ["c1", "c2"]
    assert details["contracts"][0]["dateSigned"] == "2026-12-04T00:00:00+00:00"
    (changed,) = release(subject(NoticeKind.CHANGE), issue(NoticeKind.CHANGE))["contracts"]
    assert (changed["id"], changed["status"]) == ("c2", "active")
    assert changed["proposedAmendments"][0]["value"]["amountGross"] == 480000
    (ended,) = release(subject(NoticeKind.CONTRACT_END), issue(NoticeKind.CONTRACT_END))["contracts"]
    assert (ended["id"], ended["status"]) == ("c1", "terminated")
    assert ended["terminationRationaleClassifications"][0]["description"] == "Its term ran out."


def test_an_engagement_notice_says_how_and_until_when() -> None:
    planning = release(SUBJECT, issue(NoticeKind.ENGAGEMENT))["planning"]
    assert planning["milestones"][0]["dueDate"] == "2026-09-30T23:59:59+01:00"
    assert planning["milestones"][0]["description"] == "Come to Alder Primary School."
    assert planning["documents"][0]["noticeType"] == "UK2"


def test_before_publication_nothing_is_said_of_how_to_quote() -> None:
    planned = release(SUBJECT, issue(NoticeKind.PLANNED))["tender"]
    assert [lot["id"] for lot in planned["lots"]] == ["1", "2"]
    engagement = release(SUBJECT, issue(NoticeKind.ENGAGEMENT))["tender"]
    assert "lots" not in engagement
    assert engagement["items"] == [{"id": "1", "classification": {"scheme": "CPV", "id": "55524000"}}]
    for tender in (planned, engagement):
        assert not {"awardCriteria", "tenderPeriod", "submissionMethod"} & set(tender)


def test_before_there_are_lines_the_code_says_what_is_bought() -> None:
    tender = release(replace(SUBJECT, lots=()), issue(NoticeKind.PLANNED))["tender"]
    assert tender["items"] == [{"id": "1", "classification": {"scheme": "CPV", "id": "55524000"}}]


def codes(name: str) -> set[str]:
    """The codes of a codelist of OCDS and of the United Kingdom extension."""
    found: set[str] = set()
    for path in (CODELISTS / f"{name}.csv", CODELISTS / f"uk-{name}.csv"):
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                found |= {row["Code"] for row in csv.DictReader(file)}
    return found


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_code_of_an_open_list_is_on_it(kind: NoticeKind) -> None:
    made = release(subject(kind), issue(kind))
    tender = made["tender"]
    documents = [
        *tender["documents"],
        *made.get("planning", {}).get("documents", []),
        *[one for award in made.get("awards", []) for one in award.get("documents", [])],
        *[one for contract in made.get("contracts", []) for one in contract["documents"]],
    ]
    assert {one["documentType"] for one in documents} <= codes("documentType")
    assert {role for party in made["parties"] for role in party["roles"]} <= codes("partyRole")
    assert {tender["awardCriteria"]} <= codes("awardCriteria") if "awardCriteria" in tender else True
    assert set(tender.get("submissionMethod", [])) <= codes("submissionMethod")
    assert {one["classification"]["scheme"] for one in tender["items"]} <= codes("itemClassificationScheme")
    assert {tender["legalBasis"]["scheme"]} <= codes("itemClassificationScheme")
    milestones = made.get("planning", {}).get("milestones", [])
    assert {one["type"] for one in milestones} <= codes("milestoneType")
    assert {kind.value} == {one["noticeType"] for one in documents if "noticeType" in one}


def test_notices_of_one_process_come_together_in_one_record() -> None:
    moments = [datetime(2026, 9, day, 9, tzinfo=UTC) for day in (1, 2, 3)]
    kinds = [NoticeKind.ENGAGEMENT, NoticeKind.TENDER, NoticeKind.TERMINATION]
    releases = [
        release(subject(kind), issue(kind, number=place, at=moment))
        for place, (kind, moment) in enumerate(zip(kinds, moments, strict=True), start=1)
    ]
    compiled = schema.merger().create_compiled_release(releases)
    assert schema.problems(compiled) == []
    assert compiled["tag"] == ["compiled"]
    assert compiled["tender"]["status"] == "unsuccessful"
    assert [one["noticeType"] for one in compiled["planning"]["documents"]] == ["UK2"]
    assert [one.get("noticeType") for one in compiled["tender"]["documents"]] == [None, "UK4", "UK12"]
