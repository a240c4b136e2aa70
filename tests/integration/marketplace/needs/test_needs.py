import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core import clock, mail
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.needs import actions, queries
from marketplace.needs import tasks as tasks_of
from marketplace.needs.models import Need
from marketplace.needs.rules import Joint, NeedContent, NeedStatus
from tests import make

HOSTILE = "£1 <b>Zoë</b> 你好 {{ 7*7 }} '; DROP TABLE need; -- \N{PILE OF POO}"


@pytest.fixture
def alliance(app: object) -> make.Alliance:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=2)


@pytest.fixture
def school(alliance: make.Alliance) -> make.School:
    return alliance.schools[0]


def place(need_id: uuid.UUID, status: NeedStatus) -> None:
    """What the tenders stage does in actions of its own."""
    with transaction() as session:
        actions.place_need(session, need_id, status)


def test_a_draft_with_gaps_is_kept_and_finished_later(school: make.School) -> None:
    need_id = new_id()
    actions.post_need(school.bursar, need_id, school.id, "catering", NeedContent(title="School meals"))
    assert make.need(need_id).volume is None
    actions.edit_need(school.bursar, need_id, 1, make.content("catering"))
    assert make.need(need_id).volume == Decimal(34_200)


def test_what_was_entered_comes_back_the_same(school: make.School) -> None:
    entered = make.content(
        "cleaning",
        title=HOSTILE[:100],
        description=HOSTILE,
        current_supplier=HOSTILE[:100],
        joint=Joint.ONLY_IF,
        joint_condition=HOSTILE,
        volume=Decimal("1240.5"),
        current_annual_spend=Money(1),
    )
    need_id = new_id()
    actions.post_need(school.bursar, need_id, school.id, "cleaning", entered)
    assert queries.content_of(make.need(need_id)) == entered


def test_needs_are_numbered_by_the_year_without_a_gap(session: Session, school: make.School) -> None:
    for _ in range(3):
        make.draft_need(school)
    with pytest.raises(RuleBroken):
        make.draft_need(school, volume=Decimal(-1))
    make.draft_need(school)
    year = clock.today().year
    references = sorted(session.scalars(select(Need.reference)))
    assert references == [f"N-{year}-{number:04d}" for number in range(1, 5)]


def test_a_form_sent_twice_makes_one_need(session: Session, school: make.School) -> None:
    need_id = new_id()
    for _ in range(2):
        actions.post_need(school.bursar, need_id, school.id, "catering", make.content())
    assert session.scalar(select(func.count()).select_from(Need)) == 1


def test_the_headteacher_is_asked_and_the_bursar_is_told(session: Session, school: make.School) -> None:
    need_id = make.submitted_need(school)
    reference = make.need(need_id).reference
    (asked,) = mail.newest(session, f"Approve the need {reference}")
    assert f"/needs/{need_id}/approve" in asked.body
    actions.approve_need(school.headteacher, need_id, make.need(need_id).version)
    (told,) = mail.newest(session, f"The need {reference} is approved")
    assert "Alder Headteacher has approved" in told.body
    assert make.need(need_id).approved_by == school.headteacher.person_id


def test_a_returned_need_is_a_draft_again_with_the_reason(session: Session, school: make.School) -> None:
    need_id = make.submitted_need(school)
    actions.return_need(school.headteacher, need_id, make.need(need_id).version, HOSTILE)
    returned = make.need(need_id)
    assert (returned.status, returned.return_reason) == (NeedStatus.DRAFT, HOSTILE)
    assert HOSTILE in mail.newest(session, "was returned to you")[0].body
    actions.submit_need(school.bursar, need_id, returned.version)
    assert make.need(need_id).return_reason == ""


def test_submitting_twice_asks_once(session: Session, school: make.School) -> None:
    need_id = make.draft_need(school)
    for _ in range(2):
        actions.submit_need(school.bursar, need_id, 1)
    assert len(mail.newest(session, "Approve the need")) == 1


def test_a_need_with_a_gap_is_not_submitted(school: make.School) -> None:
    need_id = make.draft_need(school, volume=None)
    with pytest.raises(RuleBroken) as refusal:
        actions.submit_need(school.bursar, need_id, 1)
    assert refusal.value.field == "volume"
    assert make.need(need_id).status is NeedStatus.DRAFT


def test_the_second_of_two_editors_is_told_to_look_again(school: make.School) -> None:
    need_id = make.draft_need(school)
    actions.edit_need(school.bursar, need_id, 1, make.content(title="First"))
    with pytest.raises(Stale) as refusal:
        actions.edit_need(school.headteacher, need_id, 1, make.content(title="Second"))
    assert refusal.value.version == 2
    assert make.need(need_id).title == "First"


def test_a_need_changed_meanwhile_is_not_approved_unread(school: make.School) -> None:
    need_id = make.submitted_need(school)
    read = make.need(need_id).version
    actions.return_need(school.headteacher, need_id, read, "Too dear.")
    actions.edit_need(school.bursar, need_id, make.need(need_id).version, make.content(title="Gold plates"))
    actions.submit_need(school.bursar, need_id, make.need(need_id).version)
    with pytest.raises(Stale):
        actions.approve_need(school.headteacher, need_id, read)


def test_a_submitted_need_cannot_be_changed(school: make.School) -> None:
    need_id = make.submitted_need(school)
    with pytest.raises(RuleBroken, match="not a draft any more"):
        actions.edit_need(school.bursar, need_id, make.need(need_id).version, make.content())


@pytest.mark.parametrize("reason", ["", "   "])
def test_returning_and_withdrawing_need_a_reason(school: make.School, reason: str) -> None:
    need_id = make.submitted_need(school)
    version = make.need(need_id).version
    for action in (actions.return_need, actions.withdraw_need):
        with pytest.raises(RuleBroken) as refusal:
            action(school.headteacher, need_id, version, reason)
        assert refusal.value.field == "reason"


def test_a_withdrawn_need_stays_withdrawn(session: Session, school: make.School) -> None:
    need_id = make.approved_need(school)
    actions.withdraw_need(school.headteacher, need_id, make.need(need_id).version, "The kitchen closes.")
    assert "The kitchen closes." in mail.newest(session, "was withdrawn")[0].body
    with pytest.raises(RuleBroken):
        actions.approve_need(school.headteacher, need_id, make.need(need_id).version)


def test_a_need_in_a_tender_is_not_withdrawn(school: make.School) -> None:
    need_id = make.approved_need(school)
    place(need_id, NeedStatus.POOLED)
    with pytest.raises(RuleBroken):
        actions.withdraw_need(school.bursar, need_id, make.need(need_id).version, "We changed our minds.")


def test_a_need_moves_along_with_its_tender_and_may_come_back(session: Session, school: make.School) -> None:
    need_id = make.approved_need(school)
    way = [NeedStatus.POOLED, NeedStatus.POOLED, NeedStatus.IN_TENDER, NeedStatus.APPROVED]
    for status in way:
        place(need_id, status)
    assert make.need(need_id).status is NeedStatus.APPROVED
    words = [line.words for line in queries.history(session, need_id)]
    assert words[:3] == ["Became: approved", "Became: in a tender", "Became: in a draft tender"]
    assert words[-1] == "Drafted"


def test_a_draft_is_not_pooled_and_nothing_unknown_either(school: make.School) -> None:
    with pytest.raises(RuleBroken):
        place(make.draft_need(school), NeedStatus.POOLED)
    with pytest.raises(NotFound):
        place(new_id(), NeedStatus.POOLED)


def test_supply_staff_are_not_asked_for_here_any_more(school: make.School) -> None:
    with pytest.raises(RuleBroken, match="RM6376"):
        make.draft_need(school, "supply_staff")


def test_each_step_is_for_its_own_role(alliance: make.Alliance, school: make.School) -> None:
    draft, submitted = make.draft_need(school), make.submitted_need(school)
    for person in (school.governor, school.finance_lead):
        with pytest.raises(Forbidden):
            actions.post_need(person, new_id(), school.id, "catering", make.content())
        with pytest.raises(Forbidden):
            actions.submit_need(person, draft, 1)
    for person in (school.bursar, alliance.coordinator, alliance.auditor):
        with pytest.raises(Forbidden):
            actions.approve_need(person, submitted, make.need(submitted).version)
        with pytest.raises(Forbidden):
            actions.return_need(person, submitted, make.need(submitted).version, "No.")


def test_nobody_posts_for_another_school(alliance: make.Alliance, school: make.School) -> None:
    other = alliance.schools[1]
    for person in (other.bursar, other.headteacher, alliance.coordinator):
        with pytest.raises(NotFound):
            actions.post_need(person, new_id(), school.id, "catering", make.content())


def test_another_schools_draft_is_not_to_be_found(alliance: make.Alliance, school: make.School) -> None:
    need_id = make.draft_need(school)
    for person in (alliance.schools[1].headteacher, alliance.coordinator):
        with pytest.raises(NotFound):
            actions.withdraw_need(person, need_id, 1, "Not yours.")


def seen_by(session: Session, need_id: uuid.UUID, alliance: make.Alliance) -> set[str]:
    """Who can read a need of the first school."""
    school, other = alliance.schools
    stranger = make.alliance(schools=1, name="Another Alliance")
    readers = {
        "own bursar": school.bursar,
        "own governor": school.governor,
        "coordinator": alliance.coordinator,
        "auditor": alliance.auditor,
        "other school": other.bursar,
        "stranger": stranger.schools[0].headteacher,
        "strange coordinator": stranger.coordinator,
    }
    query = select(Need.id).where(Need.id == need_id)
    return {name for name, actor in readers.items() if session.scalar(query.where(queries.visible_to(actor)))}


OWN = {"own bursar", "own governor"}
STAFF = {"coordinator", "auditor"}


def test_a_draft_is_for_its_school(session: Session, alliance: make.Alliance) -> None:
    assert seen_by(session, make.draft_need(alliance.schools[0]), alliance) == OWN


def test_a_submitted_need_is_for_the_coordinator_and_auditor_too(
    session: Session, alliance: make.Alliance
) -> None:
    assert seen_by(session, make.submitted_need(alliance.schools[0]), alliance) == OWN | STAFF


def test_an_approved_need_is_for_the_other_schools_too(session: Session, alliance: make.Alliance) -> None:
    need_id = make.approved_need(alliance.schools[0])
    assert seen_by(session, need_id, alliance) == OWN | STAFF | {"other school"}


def test_a_withdrawn_need_is_for_its_school_again(session: Session, alliance: make.Alliance) -> None:
    school = alliance.schools[0]
    need_id = make.approved_need(school)
    actions.withdraw_need(school.bursar, need_id, make.need(need_id).version, "Not needed.")
    assert seen_by(session, need_id, alliance) == OWN


def test_the_list_is_searched_filtered_and_sorted(session: Session, alliance: make.Alliance) -> None:
    one, other = alliance.schools
    cheap = make.approved_need(one, "catering", current_annual_spend=Money(100), title="100% fresh meals")
    dear = make.approved_need(other, "catering", current_annual_spend=Money(900))
    make.draft_need(one, "gas")

    def found(**wanted: object) -> list[uuid.UUID]:
        query = queries.search(one.bursar, **wanted)  # type: ignore[arg-type]  # a test's shorthand
        return [need.id for need in session.scalars(queries.sorted_by(query, "spend", descending=True))]

    assert found(status=NeedStatus.APPROVED) == [dear, cheap]
    assert found(category_id="catering", school_id=one.id) == [cheap]
    assert found(text="100%") == [cheap]
    assert found(text="%") == [cheap]
    assert found(text=make.need(dear).reference.lower()) == [dear]
    assert found(text="_") == []
    assert queries.count(session, queries.search(one.bursar)) == 3


def test_what_waits_is_said_to_whom_it_waits_for(app: object, session: Session, school: make.School) -> None:
    with app.test_request_context():  # type: ignore[attr-defined]  # links need a request
        make.draft_need(school, title="A draft")
        submitted = make.submitted_need(school, title="For the head")
        (task,) = tasks_of.waiting_for(session, school.headteacher)
        assert task.text == "Approve the need “For the head”"
        assert [one.text for one in tasks_of.waiting_for(session, school.bursar)] == [
            "Finish your draft “A draft”"
        ]
        actions.return_need(school.headteacher, submitted, make.need(submitted).version, "Too dear.")
        tasks = tasks_of.waiting_for(session, school.bursar)
        assert tasks[1].detail == "Returned: Too dear."
        assert not tasks_of.waiting_for(session, school.headteacher)


def test_a_date_that_has_passed_meanwhile_is_refused_on_submitting(school: make.School) -> None:
    need_id = make.draft_need(school)
    later = clock.now() + timedelta(days=300)
    with clock.travelling(later), pytest.raises(RuleBroken) as refusal:
        actions.submit_need(school.bursar, need_id, 1)
    assert refusal.value.field == "wanted_from"


def test_answers_of_another_category_are_refused(school: make.School) -> None:
    wrong = replace(make.content("catering"), answers={"mpan": "1234567890123"})
    with pytest.raises(RuleBroken):
        actions.post_need(school.bursar, new_id(), school.id, "catering", wrong)
