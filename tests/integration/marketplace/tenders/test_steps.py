import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance import actions as people
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.events import Event
from marketplace.core.mail import Message
from marketplace.core.policy import ADMINISTRATOR, SYSTEM, Act, Actor, Role
from marketplace.needs.rules import NeedStatus
from marketplace.tenders import actions, jobs, queries
from marketplace.tenders.commitments import actions as commitments
from marketplace.tenders.drafting import actions as drafting
from marketplace.tenders.rules import CommitmentStatus, TenderStatus
from tests import make

pytestmark = pytest.mark.usefixtures("app")


def letters(session: Session, subject: str) -> dict[str, str]:
    """The e-mails with a subject, by who they greet."""
    session.rollback()
    found = session.scalars(select(Message).where(Message.subject.startswith(subject)))
    return {one.body.splitlines()[0].removeprefix("Dear ").rstrip(","): one.body for one in found}


def needs_of(alliance: make.Alliance) -> list[uuid.UUID]:
    return [make.approved_need(school) for school in alliance.schools]


def statuses(needs: list[uuid.UUID]) -> list[NeedStatus]:
    return [make.need(one).status for one in needs]


def test_inviting_asks_heads_and_bursars_what_to_do(session: Session) -> None:
    tender = make.joining_tender(make.alliance(schools=2))
    asked = letters(session, "Alder Primary School: will you buy together?")
    assert set(asked) == {"Alder Headteacher", "Alder Bursar"}
    assert f"/tenders/{tender.id}/schools/{tender.lead.id}/commit" in asked["Alder Bursar"]


def test_an_incomplete_draft_cannot_invite() -> None:
    tender = make.draft_tender(make.alliance())
    drafting.set_schedule(tender.alliance.coordinator, tender.id, tender.version, [])
    with pytest.raises(RuleBroken, match="Add at least one lot"):
        actions.invite_schools(tender.alliance.coordinator, tender.id, tender.version)
    assert tender.row.status is TenderStatus.DRAFT


def test_a_deadline_that_came_too_near_stops_the_invitation() -> None:
    tender = make.draft_tender(make.alliance())
    with clock.travelling(tender.closes_at - timedelta(days=3)), pytest.raises(RuleBroken, match="at least"):
        actions.invite_schools(tender.alliance.coordinator, tender.id, tender.version)


def test_a_double_click_invites_once(session: Session) -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    seen = tender.version
    for _ in range(2):
        actions.invite_schools(tender.alliance.coordinator, tender.id, seen)
    assert len(letters(session, "Alder Primary School")) == 2


@pytest.mark.parametrize("role", ["governor", "finance_lead"])
def test_only_a_headteacher_or_bursar_commits(role: str) -> None:
    tender = make.joining_tender(make.alliance())
    with pytest.raises(Forbidden):
        commitments.commit_school(getattr(tender.lead, role), tender.id, tender.lead.id, tender.version)


def test_nobody_commits_for_another_school() -> None:
    tender = make.joining_tender(make.alliance())
    with pytest.raises(Forbidden):
        commitments.commit_school(tender.schools[1].headteacher, tender.id, tender.lead.id, tender.version)


def test_a_school_that_is_not_invited_finds_nothing_to_commit_to() -> None:
    alliance = make.alliance(schools=3)
    tender = make.joining_tender(alliance, schools=alliance.schools[:2])
    outside = alliance.schools[2]
    with pytest.raises(NotFound):
        commitments.commit_school(outside.headteacher, tender.id, outside.id, tender.version)


def test_a_school_commits_only_to_what_it_read() -> None:
    tender = make.joining_tender(make.alliance())
    coordinator, read = tender.alliance.coordinator, tender.version
    actions.return_tender(coordinator, tender.id, read, "The volumes were wrong.")
    actions.invite_schools(coordinator, tender.id, tender.version)
    with pytest.raises(Stale):
        commitments.commit_school(tender.lead.bursar, tender.id, tender.lead.id, read)


def test_declining_needs_a_reason_and_frees_the_need(session: Session) -> None:
    alliance = make.alliance(schools=2)
    needs = needs_of(alliance)
    tender = make.joining_tender(alliance, need_ids=needs)
    school = alliance.schools[0]
    with pytest.raises(RuleBroken) as refusal:
        commitments.decline_tender(school.bursar, tender.id, school.id, tender.version, "  ")
    assert refusal.value.field == "reason"
    commitments.decline_tender(school.bursar, tender.id, school.id, tender.version, "We cook ourselves – £0.")
    assert statuses(needs) == [NeedStatus.APPROVED, NeedStatus.POOLED]
    assert "We cook ourselves – £0." in letters(session, "Alder Primary School declined")["Cora Coordinator"]


def test_a_committed_school_may_still_decline_while_schools_decide() -> None:
    tender = make.joining_tender(make.alliance())
    school = tender.schools[1]
    commitments.commit_school(school.bursar, tender.id, school.id, tender.version)
    commitments.decline_tender(school.headteacher, tender.id, school.id, tender.version, "Governors said no.")
    (answer,) = [one for one in tender.row.commitments if one.school_id == school.id]
    assert answer.status is CommitmentStatus.DECLINED
    assert answer.answered_by == school.headteacher.person_id


def test_settling_needs_one_school_at_least() -> None:
    tender = make.joining_tender(make.alliance())
    with pytest.raises(RuleBroken, match="No school has committed yet"):
        commitments.confirm_tender(tender.alliance.coordinator, tender.id, tender.version)


def test_settling_drops_silent_and_declined_schools_with_their_volumes(session: Session) -> None:
    alliance = make.alliance(schools=4)
    needs = needs_of(alliance)
    tender = make.joining_tender(alliance, need_ids=needs)
    for school in alliance.schools[:2]:
        commitments.commit_school(school.bursar, tender.id, school.id, tender.version)
    declining = alliance.schools[2]
    commitments.decline_tender(declining.bursar, tender.id, declining.id, tender.version, "No.")
    commitments.confirm_tender(alliance.coordinator, tender.id, tender.version)
    staying = {school.id for school in alliance.schools[:2]}
    assert {school for lot in tender.lots for school in lot.schools} == staying
    assert set(queries.buyers(session, tender.id)) == staying
    assert statuses(needs) == [NeedStatus.POOLED] * 2 + [NeedStatus.APPROVED] * 2
    assert set(letters(session, "Damson Primary School is not part")) == {
        "Damson Bursar",
        "Damson Headteacher",
    }


def test_a_line_nobody_buys_any_more_goes_with_its_schools() -> None:
    alliance = make.alliance(schools=2)
    only_second = {alliance.schools[1].id: Decimal(5)}
    tender = make.joining_tender(
        alliance,
        lots=[
            make.lot("Meals", {("Meal", "meal"): 10}, alliance.schools),
            make.lot("Fruit", {("Apple", "kg"): only_second}, alliance.schools),
        ],
    )
    commitments.commit_school(tender.lead.bursar, tender.id, tender.lead.id, tender.version)
    commitments.confirm_tender(alliance.coordinator, tender.id, tender.version)
    assert [lot.title for lot in tender.lots] == ["Meals"]


def test_when_the_lead_school_declines_another_must_be_named() -> None:
    tender = make.joining_tender(make.alliance(schools=2))
    first, second = tender.schools
    commitments.decline_tender(first.bursar, tender.id, first.id, tender.version, "No.")
    commitments.commit_school(second.bursar, tender.id, second.id, tender.version)
    coordinator = tender.alliance.coordinator
    with pytest.raises(RuleBroken) as refusal:
        commitments.confirm_tender(coordinator, tender.id, tender.version)
    assert refusal.value.field == "lead_school"
    commitments.confirm_tender(coordinator, tender.id, tender.version, second.id)
    assert tender.row.lead_school_id == second.id


def test_settling_asks_the_heads_who_may_approve(session: Session) -> None:
    make.confirmed_tender(make.alliance(schools=3))
    assert set(letters(session, "Please approve")) == {"Beech Headteacher", "Cedar Headteacher"}


def test_the_lead_schools_head_cannot_publish() -> None:
    tender = make.confirmed_tender(make.alliance())
    with pytest.raises(Forbidden):
        actions.publish_tender(tender.lead.headteacher, tender.id, tender.version)


@pytest.mark.parametrize("role", ["bursar", "governor", "finance_lead"])
def test_only_a_headteacher_publishes(role: str) -> None:
    tender = make.confirmed_tender(make.alliance())
    with pytest.raises(Forbidden):
        actions.publish_tender(getattr(tender.schools[1], role), tender.id, tender.version)


def test_a_coordinator_who_also_heads_a_school_cannot_publish_what_they_prepared() -> None:
    alliance = make.alliance(schools=2)
    seats = [(alliance.id, Role.COORDINATOR), (alliance.schools[1].id, Role.HEADTEACHER)]
    both = make.actor(people.add_person(ADMINISTRATOR, "Colin Both", "both@example.org", seats))
    tender = make.joining_tender(alliance)
    for school in alliance.schools:
        commitments.commit_school(school.headteacher, tender.id, school.id, tender.version)
    commitments.confirm_tender(both, tender.id, tender.version)
    with pytest.raises(Forbidden, match="prepared"):
        actions.publish_tender(both, tender.id, tender.version)


def test_publishing_moves_the_needs_and_tells_everybody_who_is_named(session: Session) -> None:
    alliance = make.alliance(schools=2)
    needs = needs_of(alliance)
    tender = make.published_tender(alliance, need_ids=needs)
    assert statuses(needs) == [NeedStatus.IN_TENDER] * 2
    assert tender.row.published_by == alliance.schools[1].headteacher.person_id
    assert set(letters(session, "You are named for")) == {
        "Alder Bursar",
        "Beech Bursar",
        "Beech Governor",
        "Alder Finance Lead",
        "Beech Finance Lead",
    }


def test_a_tender_whose_deadline_came_too_near_is_not_published() -> None:
    tender = make.confirmed_tender(make.alliance())
    late = tender.closes_at - timedelta(days=2)
    with clock.travelling(late), pytest.raises(RuleBroken, match="at least"):
        actions.publish_tender(tender.schools[1].headteacher, tender.id, tender.version)
    assert tender.row.status is TenderStatus.CONFIRMED


def test_a_head_sends_a_tender_back_and_schools_are_asked_again(session: Session) -> None:
    tender = make.confirmed_tender(make.alliance())
    head = tender.schools[1].headteacher
    actions.return_tender(head, tender.id, tender.version, "The deadline falls in half-term.")
    assert tender.row.status is TenderStatus.DRAFT
    assert {one.status for one in tender.row.commitments} == {CommitmentStatus.INVITED}
    assert "half-term" in letters(session, "Back to draft")["Cora Coordinator"]


def test_a_bursar_cannot_send_a_tender_back() -> None:
    tender = make.confirmed_tender(make.alliance())
    with pytest.raises(Forbidden):
        actions.return_tender(tender.schools[1].bursar, tender.id, tender.version, "No.")


def test_a_published_tender_does_not_go_back() -> None:
    tender = make.published_tender(make.alliance())
    with pytest.raises(RuleBroken, match="published"):
        actions.return_tender(tender.alliance.coordinator, tender.id, tender.version, "A mistake.")


@pytest.mark.parametrize("made", [make.draft_tender, make.published_tender, make.closed_tender])
def test_cancelling_frees_the_needs_and_says_why(session: Session, made: Callable[..., make.Tender]) -> None:
    alliance = make.alliance(schools=2)
    needs = needs_of(alliance)
    tender = made(alliance, need_ids=needs)
    actions.cancel_tender(alliance.coordinator, tender.id, tender.version, "Money is short.")
    assert tender.row.status is TenderStatus.CANCELLED
    assert statuses(needs) == [NeedStatus.APPROVED] * 2
    assert "Money is short." in letters(session, "Cancelled")["Beech Headteacher"]


def test_cancelling_needs_a_reason_and_a_coordinator() -> None:
    tender = make.published_tender(make.alliance())
    with pytest.raises(RuleBroken):
        actions.cancel_tender(tender.alliance.coordinator, tender.id, tender.version, "")
    with pytest.raises(Forbidden):
        actions.cancel_tender(tender.lead.headteacher, tender.id, tender.version, "No.")


def test_an_award_contracts_the_needs() -> None:
    alliance = make.alliance(schools=2)
    needs = needs_of(alliance)
    tender = make.closed_tender(alliance, need_ids=needs, criteria=make.PRICE_ONLY)
    path = (
        TenderStatus.PRICES_OPENED,
        TenderStatus.RECOMMENDED,
        TenderStatus.CONFIRMED_BY_SCHOOLS,
        TenderStatus.AWARDED,
    )
    for wanted in path:
        with transaction() as session:
            actions.move_tender(session, queries.get_tender(session, SYSTEM, tender.id, lock=True), wanted)
    assert statuses(needs) == [NeedStatus.CONTRACTED] * 2
    assert set(path) <= {step.status for step in tender.row.steps}


def test_the_clock_closes_a_tender_at_its_deadline_and_not_before(session: Session) -> None:
    tender = make.published_tender(make.alliance())
    assert jobs.close_due_tenders() == 0
    with clock.travelling(tender.closes_at - timedelta(milliseconds=1)):
        assert jobs.close_due_tenders() == 0
    with clock.travelling(tender.closes_at):
        assert jobs.close_due_tenders() == 1
        assert jobs.close_due_tenders() == 0
    assert tender.row.closed_at == tender.closes_at
    closing = session.scalars(select(Event).where(Event.act == Act.TENDER_CLOSE)).one()
    assert (closing.subject_id, closing.organisation_id) == (tender.id, tender.row.alliance_id)
    assert set(letters(session, "Please open the quotes")) == {
        "Alder Bursar",
        "Beech Bursar",
        "Beech Governor",
    }


def test_only_tenders_that_are_due_are_closed(session: Session) -> None:
    alliance = make.alliance()
    early = make.published_tender(alliance)
    late = make.published_tender(alliance, closes_at=make.working_moment(80))
    assert queries.due_to_close(session, early.closes_at) == [early.id]
    with clock.travelling(early.closes_at):
        jobs.close_due_tenders()
    assert not queries.due_to_close(session, early.closes_at)
    assert (early.row.status, late.row.status) == (TenderStatus.CLOSED, TenderStatus.PUBLISHED)


def everybody(alliance: make.Alliance) -> list[Actor]:
    return [alliance.coordinator, alliance.auditor, *(school.governor for school in alliance.schools)]


def test_a_draft_is_seen_by_its_alliance_and_nobody_else(session: Session) -> None:
    alliance, others = make.alliance(), make.alliance(name="Others")
    tender = make.draft_tender(alliance)
    for person in everybody(alliance):
        assert queries.get_tender(session, person, tender.id).id == tender.id
    for person in everybody(others):
        with pytest.raises(NotFound):
            queries.get_tender(session, person, tender.id)


def test_a_published_tender_is_seen_by_others_but_not_whole(session: Session) -> None:
    tender = make.published_tender(make.alliance())
    stranger = make.alliance(schools=1, name="Others").coordinator
    assert queries.get_tender(session, stranger, tender.id).id == tender.id
    with pytest.raises(NotFound):
        queries.get_tender_of_alliance(session, stranger, tender.id)


def test_a_cancelled_draft_never_becomes_public(session: Session) -> None:
    tender = make.draft_tender(make.alliance())
    actions.cancel_tender(tender.alliance.coordinator, tender.id, tender.version, "No.")
    with pytest.raises(NotFound):
        queries.get_tender(session, make.alliance(schools=1, name="Others").coordinator, tender.id)


def test_baselines_are_compared_over_the_whole_term(session: Session) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    for amount in queries.baselines_for_term(session, tender.row).values():
        assert amount == make.YEARLY_BASELINE * 3
