import io
import uuid
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import storage
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.needs.rules import Joint, NeedStatus
from marketplace.tenders import actions
from marketplace.tenders.criteria import actions as criteria_actions
from marketplace.tenders.criteria.rules import CriterionDraft
from marketplace.tenders.drafting import actions as drafting
from marketplace.tenders.drafting.rules import LineDraft, PanelDraft
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import CriterionKind, PriceFormula, Seat
from tests import make

pytestmark = pytest.mark.usefixtures("app")
PDF = b"%PDF-1.7\n%%EOF\n"


def draft(alliance: make.Alliance, *needs: uuid.UUID, category: str = "catering") -> Tender:
    tender_id = new_id()
    actions.draft_tender(
        alliance.coordinator, tender_id, alliance.id, "School meals", category=category, need_ids=needs
    )
    return make.tender_row(tender_id)


def test_a_draft_brings_needs_together_with_volumes_baselines_dates_and_a_lead_school() -> None:
    alliance = make.alliance(schools=2)
    small, large = alliance.schools
    needs = [
        make.approved_need(small, volume=Decimal(10_000), current_annual_spend=Money(27_000_00)),
        make.approved_need(large, volume=Decimal(20_000), term_months=36),
    ]
    tender = draft(alliance, *needs)
    (lot,) = make.schedule(tender.id)
    (line,) = lot.lines
    assert (line.item, line.unit) == ("Catering", "meals")
    assert line.volume_of(small.id) == Decimal(30_000)
    assert line.volume_of(large.id) == Decimal(60_000)
    baselines = {one.school_id: one.baseline for one in tender.commitments}
    assert baselines[small.id] == Money(27_000_00)
    assert tender.lead_school_id == large.id
    assert tender.cpv == "55524000"
    wanted_from = make.need(needs[0]).wanted_from
    assert tender.contract_starts_on == wanted_from
    assert [make.need(one).status for one in needs] == [NeedStatus.POOLED] * 2


def test_the_next_lead_school_is_one_that_has_led_less() -> None:
    alliance = make.alliance(schools=2)
    leads = [draft(alliance, *map(make.approved_need, alliance.schools)).lead_school_id for _ in range(2)]
    assert set(leads) == {school.id for school in alliance.schools}


def test_drafting_twice_with_one_id_makes_one_tender(session: Session) -> None:
    alliance, tender_id = make.alliance(schools=1), new_id()
    for _ in range(2):
        actions.draft_tender(alliance.coordinator, tender_id, alliance.id, "Meals", category="catering")
    assert len(session.scalars(select(Tender)).all()) == 1


def test_a_bursar_cannot_draft_a_tender() -> None:
    alliance = make.alliance(schools=1)
    with pytest.raises(Forbidden):
        actions.draft_tender(alliance.schools[0].bursar, new_id(), alliance.id, "M", category="catering")


def test_an_alliance_of_others_is_not_found() -> None:
    ours, others = make.alliance(schools=1), make.alliance(schools=1, name="Others")
    with pytest.raises(NotFound):
        actions.draft_tender(ours.coordinator, new_id(), others.id, "Meals", category="catering")


def test_a_need_of_another_alliance_is_not_found() -> None:
    ours, others = make.alliance(schools=1), make.alliance(schools=1, name="Others")
    needs = [make.approved_need(ours.schools[0]), make.approved_need(others.schools[0])]
    with pytest.raises(NotFound):
        draft(ours, *needs)
    assert make.need(needs[0]).status is NeedStatus.APPROVED


@pytest.mark.parametrize("change", [{"joint": Joint.NO}, {}])
def test_a_need_that_cannot_be_pooled_is_refused_and_nothing_moves(change: dict[str, Joint]) -> None:
    alliance = make.alliance(schools=2)
    willing = make.approved_need(alliance.schools[0])
    other = (
        make.approved_need(alliance.schools[1], **change)
        if change
        else make.submitted_need(alliance.schools[1])
    )
    with pytest.raises(RuleBroken) as refusal:
        draft(alliance, willing, other)
    assert refusal.value.field == "needs"
    assert make.need(willing).status is NeedStatus.APPROVED


def test_a_need_is_in_one_tender_only() -> None:
    alliance = make.alliance(schools=2)
    needs = [make.approved_need(school) for school in alliance.schools]
    draft(alliance, *needs)
    with pytest.raises(RuleBroken, match="no other tender"):
        draft(alliance, *needs)


def test_an_edit_with_an_old_version_is_refused_and_changes_nothing() -> None:
    tender = make.draft_tender(make.alliance())
    seen = tender.version
    change = {"description": "Menus", "category": "catering", "cpv": "55524000"}
    drafting.edit_tender(tender.alliance.coordinator, tender.id, seen, title="First", **change)
    with pytest.raises(Stale) as refusal:
        drafting.edit_tender(tender.alliance.coordinator, tender.id, seen, title="Second", **change)
    assert tender.row.title == "First"
    assert refusal.value.version == tender.version


def test_a_change_to_a_part_gives_the_whole_a_new_version() -> None:
    tender = make.draft_tender(make.alliance())
    seen = tender.version
    criteria_actions.set_criteria(
        tender.alliance.coordinator,
        tender.id,
        seen,
        make.PRICE_ONLY,
        formula=PriceFormula.LINEAR_LOWEST_HIGHEST,
    )
    assert tender.version > seen
    assert [one.weight for one in tender.row.criteria] == [100]


def test_weights_that_do_not_total_100_leave_the_criteria_as_they_were() -> None:
    tender = make.draft_tender(make.alliance())
    criteria = [
        CriterionDraft(CriterionKind.PRICE, "Price", 60),
        CriterionDraft(CriterionKind.QUALITY, "Menus", 39, "How?"),
    ]
    with pytest.raises(RuleBroken, match="The weights total 99"):
        criteria_actions.set_criteria(
            tender.alliance.coordinator,
            tender.id,
            tender.version,
            criteria,
            formula=PriceFormula.PROPORTION_OF_LOWEST,
        )
    assert [one.weight for one in tender.row.criteria] == [60, 25, 15]


def test_a_published_tender_cannot_be_edited() -> None:
    tender = make.published_tender(make.alliance())
    with pytest.raises(RuleBroken, match="draft"):
        drafting.set_schedule(tender.alliance.coordinator, tender.id, tender.version, [])
    with pytest.raises(RuleBroken, match="published"):
        drafting.set_panel(tender.alliance.coordinator, tender.id, tender.version, [])


def test_only_the_coordinator_edits() -> None:
    tender = make.draft_tender(make.alliance())
    for person in (tender.alliance.auditor, tender.lead.headteacher, tender.lead.bursar):
        with pytest.raises(Forbidden):
            drafting.set_schedule(person, tender.id, tender.version, [])


def test_a_school_left_out_loses_its_volumes_and_its_need_is_free() -> None:
    alliance = make.alliance(schools=3)
    needs = [make.approved_need(school) for school in alliance.schools]
    tender = draft(alliance, *needs)
    staying = alliance.schools[:2]
    drafting.set_buyers(
        alliance.coordinator,
        tender.id,
        tender.version,
        baselines={school.id: Money(1_00) for school in staying},
        lead_school_id=staying[0].id,
    )
    assert make.need(needs[2]).status is NeedStatus.APPROVED
    (lot,) = make.schedule(tender.id)
    assert set(lot.schools) == {school.id for school in staying}


def test_a_school_outside_the_alliance_cannot_be_invited() -> None:
    tender = make.draft_tender(make.alliance())
    stranger = make.alliance(schools=1, name="Others").schools[0]
    with pytest.raises(NotFound):
        drafting.set_buyers(
            tender.alliance.coordinator,
            tender.id,
            tender.version,
            baselines={stranger.id: Money(0)},
            lead_school_id=stranger.id,
        )


def test_a_line_is_added_changed_and_removed() -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    coordinator, school = tender.alliance.coordinator, tender.schools[0]
    (lot,), line_id = tender.lots, new_id()
    added = LineDraft("Packed lunch – £", "lunch", {school.id: Decimal("12.5")})
    drafting.add_line(coordinator, tender.id, tender.version, lot.id, line_id=line_id, draft=added)
    drafting.add_line(coordinator, tender.id, tender.version - 1, lot.id, line_id=line_id, draft=added)
    assert [line.item for line in tender.lots[0].lines] == ["Primary meal", "Packed lunch – £"]
    changed = LineDraft("Packed lunch", "lunch", {tender.schools[1].id: Decimal(4)})
    drafting.edit_line(coordinator, tender.id, tender.version, lot.id, line_id=line_id, draft=changed)
    assert tender.lots[0].lines[1].volumes[0].school_id == tender.schools[1].id
    drafting.remove_line(coordinator, tender.id, tender.version, lot.id, line_id)
    assert len(tender.lots[0].lines) == 1


def test_a_lot_is_added_once_and_removed_with_its_lines() -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    coordinator, lot_id, seen = tender.alliance.coordinator, new_id(), tender.version
    for _ in range(2):
        drafting.add_lot(coordinator, tender.id, seen, lot_id, title="Fruit", description="")
    assert [lot.title for lot in tender.lots] == ["School meals", "Fruit"]
    drafting.edit_lot(coordinator, tender.id, tender.version, lot_id, title="Fruit and milk", description="")
    drafting.remove_lot(coordinator, tender.id, tender.version, tender.lots[0].id)
    assert [lot.title for lot in tender.lots] == ["Fruit and milk"]


def test_a_volume_of_a_school_that_does_not_buy_is_refused() -> None:
    alliance = make.alliance(schools=3)
    tender = make.draft_tender(alliance, schools=alliance.schools[:2])
    line = LineDraft("Meal", "meal", {alliance.schools[2].id: Decimal(1)})
    with pytest.raises(RuleBroken, match="Only schools that buy"):
        drafting.add_line(
            alliance.coordinator, tender.id, tender.version, tender.lots[0].id, line_id=new_id(), draft=line
        )


def test_a_stranger_cannot_be_named_to_open() -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    stranger = make.alliance(schools=1, name="Others").schools[0]
    seats = [
        PanelDraft(person.person_id or new_id(), school.id, seat)
        for person, school, seat in (
            (tender.schools[0].bursar, tender.schools[0], Seat.OPENER),
            (tender.schools[1].bursar, tender.schools[1], Seat.OPENER),
            (stranger.bursar, stranger, Seat.OPENER),
            (tender.schools[0].governor, tender.schools[0], Seat.EVALUATOR),
        )
    ]
    with pytest.raises(NotFound):
        drafting.set_panel(tender.alliance.coordinator, tender.id, tender.version, seats)
    assert len(tender.row.panel) == 5


def test_a_document_is_stored_once_and_can_be_taken_off() -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    coordinator, document_id, seen = tender.alliance.coordinator, new_id(), tender.version
    for _ in range(2):
        drafting.add_document(
            coordinator, tender.id, seen, document_id, name="../Specification £.pdf", content=io.BytesIO(PDF)
        )
    (document,) = tender.row.documents
    assert document.name == "Specification £.pdf"
    assert document.sha256
    assert storage.read(document.sha256) == PDF
    drafting.remove_document(coordinator, tender.id, tender.version, document_id)
    assert tender.row.documents == []


def test_a_renamed_file_is_not_stored() -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    with pytest.raises(RuleBroken, match="renamed"):
        drafting.add_document(
            tender.alliance.coordinator,
            tender.id,
            tender.version,
            new_id(),
            name="Specification.pdf",
            content=io.BytesIO(b"MZ\x90"),
        )
    assert tender.row.documents == []


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field"),
    [
        (date(2020, 1, 1), date(2030, 1, 1), "contract_starts_on"),
        (date(2036, 1, 1), date(2035, 1, 1), "contract_ends_on"),
    ],
)
def test_contract_dates_that_cannot_be_are_refused(starts_on: date, ends_on: date, field: str) -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    with pytest.raises(RuleBroken) as refusal:
        drafting.set_timetable(
            tender.alliance.coordinator,
            tender.id,
            tender.version,
            closes_at=tender.closes_at,
            contract_starts_on=starts_on,
            contract_ends_on=ends_on,
        )
    assert refusal.value.field == field


def test_every_change_is_in_the_history_with_its_part(session: Session) -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    facts = session.scalars(
        select(Event.facts)
        .where(Event.subject_id == tender.id, Event.act == "tender.edit")
        .order_by(Event.position)
    )
    parts = ["basics", "terms", "buyers", "lots", "lots", "criteria", "timetable", "people"]
    assert [one["part"] for one in facts] == parts
