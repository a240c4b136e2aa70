"""Requirements are merged from what each school says, and a must never drops silently."""

import io
import zipfile

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.tenders import actions as tenders
from marketplace.tenders.commitments import actions as commitments
from marketplace.tenders.drafting import actions as drafting
from marketplace.tenders.packs import queries as packs
from marketplace.tenders.specification import actions, queries
from marketplace.tenders.specification.queries import Merged
from marketplace.tenders.specification.rules import Mark
from tests import make

pytestmark = pytest.mark.usefixtures("app")


def merged(session: Session, tender: make.Tender) -> dict[str, Merged]:
    session.rollback()
    return {row.text: row for row in queries.merged(session, tender.id)}


def test_a_must_of_one_school_is_a_must_for_all_and_the_differences_are_named(session: Session) -> None:
    tender = make.draft_tender(make.alliance())
    alder, beech, cedar = tender.schools
    halal, fruit = make.requirement(tender, "Halal meals"), make.requirement(tender, "Fruit every day")
    make.mark(tender, alder, {halal: Mark.MUST, fruit: Mark.NOT_NEEDED})
    make.mark(tender, beech, {halal: Mark.NOT_NEEDED, fruit: Mark.NOT_NEEDED})
    found = merged(session, tender)
    assert found["Halal meals"].level is Mark.MUST
    assert found["Halal meals"].must == ("Alder Primary School",)
    assert found["Halal meals"].not_needed == ("Beech Primary School",)
    assert found["Halal meals"].silent == ("Cedar Primary School",)
    assert found["Fruit every day"].level is Mark.NOT_NEEDED
    assert [row.text for row in queries.asked_of_suppliers(session, tender.id)] == ["Halal meals"]
    make.mark(tender, cedar, {fruit: Mark.SHOULD})
    assert merged(session, tender)["Fruit every day"].level is Mark.SHOULD


def test_the_coordinator_cannot_remove_or_reword_what_a_school_must_have(session: Session) -> None:
    tender = make.draft_tender(make.alliance())
    coordinator, alder = tender.alliance.coordinator, tender.lead
    halal = make.requirement(tender, "Halal meals")
    make.mark(tender, alder, {halal: Mark.MUST})
    with pytest.raises(RuleBroken, match="Alder Primary School says that it must have this"):
        actions.remove_requirement(coordinator, tender.id, tender.version, halal)
    with pytest.raises(RuleBroken, match="Alder Primary School says that it must have this"):
        actions.edit_requirement(coordinator, tender.id, tender.version, halal, text="Halal on Fridays")
    with pytest.raises(RuleBroken, match="no longer must have “Halal meals”"):
        make.mark(tender, alder, {halal: Mark.SHOULD})
    make.mark(tender, alder, {halal: Mark.SHOULD}, "Our families prefer a vegetarian menu.")
    session.rollback()
    letter = session.scalars(select(Message).where(Message.subject.contains("no longer must have"))).one()
    assert "Halal meals" in letter.body
    assert "Our families prefer a vegetarian menu." in letter.body
    actions.edit_requirement(coordinator, tender.id, tender.version, halal, text="Halal on Fridays")
    actions.remove_requirement(coordinator, tender.id, tender.version, halal)
    assert not merged(session, tender)


def test_a_must_of_a_school_that_leaves_is_said_to_have_been_one(session: Session) -> None:
    tender = make.draft_tender(make.alliance())
    cedar = tender.schools[2]
    halal = make.requirement(tender, "Halal meals")
    make.mark(tender, cedar, {halal: Mark.MUST})
    tenders.invite_schools(tender.alliance.coordinator, tender.id, tender.version)
    commitments.decline_tender(cedar.bursar, tender.id, cedar.id, tender.version, "We cook ourselves.")
    row = merged(session, tender)["Halal meals"]
    assert (row.level, row.left) == (Mark.SHOULD, ("Cedar Primary School",))
    with pytest.raises(RuleBroken, match="not part of this tender"):
        make.mark(tender, cedar, {halal: Mark.MUST}, "Again.")


def test_a_requirement_of_a_lot_that_is_removed_holds_for_the_whole_tender(session: Session) -> None:
    tender = make.draft_tender(make.alliance())
    lot = tender.lots[0]
    make.requirement(tender, "Halal meals", lot.id)
    assert merged(session, tender)["Halal meals"].lot == "Lot 1: School meals"
    drafting.remove_lot(tender.alliance.coordinator, tender.id, tender.version, lot.id)
    assert merged(session, tender)["Halal meals"].lot == ""


def test_needs_that_describe_the_same_make_one_requirement(session: Session) -> None:
    alliance = make.alliance()
    alder, beech, cedar = alliance.schools
    needs = [
        make.approved_need(alder, description="Menus for every diet."),
        make.approved_need(beech, description="Menus  for every diet."),
        make.approved_need(cedar, description="A salad bar."),
    ]
    tender_id = new_id()
    tenders.draft_tender(
        alliance.coordinator, tender_id, alliance.id, "Meals", category="catering", need_ids=needs
    )
    session.rollback()
    rows = queries.merged(session, tender_id)
    assert [(row.text, row.level) for row in rows] == [
        ("Menus for every diet.", Mark.SHOULD),
        ("A salad bar.", Mark.SHOULD),
    ]
    assert rows[0].should == ("Alder Primary School", "Beech Primary School")


def test_only_a_draft_gets_requirements_and_only_schools_say_what_they_need() -> None:
    tender = make.draft_tender(make.alliance())
    halal = make.requirement(tender, "Halal meals")
    for person, refusal in ((tender.lead.governor, Forbidden), (tender.schools[1].bursar, Forbidden)):
        with pytest.raises(refusal):
            actions.mark_requirements(person, tender.id, tender.lead.id, 1, {halal: Mark.MUST})
    with pytest.raises(NotFound):
        make.mark(tender, tender.lead, {new_id(): Mark.MUST})
    tenders.invite_schools(tender.alliance.coordinator, tender.id, tender.version)
    with pytest.raises(RuleBroken, match="Only a draft"):
        make.requirement(tender, "Fruit every day")


def test_of_two_colleagues_who_mark_at_once_the_second_looks_again() -> None:
    tender = make.draft_tender(make.alliance())
    halal = make.requirement(tender, "Halal meals")
    seen = make.commitment(tender, tender.lead).version
    make.mark(tender, tender.lead, {halal: Mark.MUST})
    with pytest.raises(Stale):
        actions.mark_requirements(
            tender.lead.headteacher, tender.id, tender.lead.id, seen, {halal: Mark.NOT_NEEDED}
        )


def test_a_double_click_adds_one_requirement(session: Session) -> None:
    tender = make.draft_tender(make.alliance())
    requirement_id, seen = new_id(), tender.version
    for _ in range(2):
        actions.add_requirement(
            tender.alliance.coordinator, tender.id, seen, requirement_id, text="Halal meals"
        )
    assert len(merged(session, tender)) == 1


def test_what_the_schools_ask_for_stands_in_the_specification_of_the_pack(
    session: Session,
) -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    coordinator, (lead, other) = tender.alliance.coordinator, tender.schools
    make.mark(tender, lead, {make.requirement(tender, "Halal meals every day"): Mark.MUST})
    make.mark(tender, other, {make.requirement(tender, "Nobody needs this"): Mark.NOT_NEEDED})
    tenders.invite_schools(coordinator, tender.id, tender.version)
    make.commit(tender, *tender.schools)
    commitments.confirm_tender(coordinator, tender.id, tender.version)
    tenders.publish_tender(other.headteacher, tender.id, tender.version)
    session.rollback()
    pack = packs.latest_pack(session, tender.id)
    assert pack
    with zipfile.ZipFile(io.BytesIO(packs.content(pack))) as archive:
        specification = archive.read("1 Specification.html").decode()
    assert f"<td>Halal meals every day</td><td>Must</td><td>{lead.name}</td>" in specification
    assert "Nobody needs this" not in specification
