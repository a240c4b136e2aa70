"""The conflicts assessment, and the threshold that asks for it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.chain import first_broken_link
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.needs.thresholds import Regime
from marketplace.tenders import actions as tender_actions
from marketplace.tenders import queries as tenders
from marketplace.tenders.interests import actions, queries
from marketplace.tenders.interests.rules import Part
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.watch import actions as watching
from marketplace.tenders.watch.queries import watch
from suppliers.awards import actions as awards
from suppliers.awards.rules import Recommendation
from tests import make

ABOVE = Money(400_000_00)


def confirmed_above() -> make.Tender:
    alliance = make.alliance(schools=2)
    spend = {school.id: ABOVE for school in alliance.schools}
    return make.confirmed_tender(alliance, baselines=spend)


def publish(tender: make.Tender) -> None:
    tender_actions.publish_tender(tender.schools[1].headteacher, tender.id, tender.version)


def test_above_the_threshold_publication_waits_for_the_assessment(session: Session) -> None:
    tender = confirmed_above()
    assert tenders.value_and_regime(session, tender.row)[1] is Regime.LIGHT_TOUCH
    with pytest.raises(RuleBroken, match="assessment is not recorded"):
        publish(tender)
    make.assess_interests(tender)
    publish(tender)
    latest = queries.latest_assessment(make.fresh(), tender.id)
    assert latest
    assert latest.text == "Nobody has an interest in who wins."
    assert first_broken_link(session) is None


@pytest.mark.usefixtures("app")
def test_below_the_threshold_it_is_published_without() -> None:
    publish(make.confirmed_tender(make.alliance(schools=2)))


def test_everybody_behind_a_tender_is_asked_and_nobody_else(session: Session) -> None:
    tender = confirmed_above()
    people = {one.person_id: one for one in queries.concerned(session, tender.row)}
    lead, other = tender.schools
    drafter = people[tender.alliance.coordinator.person_id or new_id()]
    assert drafter.parts == (Part.DRAFTS,)
    assert people[lead.headteacher.person_id or new_id()].parts == (Part.LEADS,)
    assert people[other.headteacher.person_id or new_id()].parts == (Part.APPROVES,)
    assert len(people) == 3 + len(tender.openers) + 1 + len(tender.evaluators)
    with pytest.raises(Forbidden, match="not named"):
        actions.declare_interest(lead.governor, tender.id, has_interest=False)
    stranger = make.alliance(schools=1, name="Another Alliance")
    with pytest.raises(NotFound):
        actions.declare_interest(stranger.coordinator, tender.id, has_interest=False)
    with pytest.raises(Forbidden):
        actions.assess_interests(lead.headteacher, tender.id, new_id(), "All is well.")


def test_an_assessment_waits_for_all_is_never_changed_and_is_reviewed_by_a_new_one(session: Session) -> None:
    tender = confirmed_above()
    coordinator = tender.alliance.coordinator
    with pytest.raises(RuleBroken, match="Still to declare: "):
        actions.assess_interests(coordinator, tender.id, new_id(), "All is well.")
    make.assess_interests(tender)
    scorer = tender.evaluators[0]
    with clock.travelling(clock.now() + timedelta(minutes=5)):
        actions.declare_interest(
            scorer, tender.id, has_interest=True, interest="A sister works there.", mitigation="I step out."
        )
        with pytest.raises(RuleBroken, match="since the assessment was recorded"):
            publish(tender)
    again = new_id()
    with clock.travelling(clock.now() + timedelta(minutes=10)):
        for _ in range(2):
            actions.assess_interests(coordinator, tender.id, again, "She steps out if they quote.")
        publish(tender)
    texts = [one.text for one in queries.assessments(session, tender.id)]
    assert texts == ["She steps out if they quote.", "Nobody has an interest in who wins."]


def test_tenders_that_could_be_one_contract_are_valued_together(session: Session) -> None:
    alliance = make.alliance(schools=2)
    spend = {school.id: Money(60_000_00) for school in alliance.schools}
    first = make.draft_tender(alliance, baselines=spend)
    assert watch(session, first.row).regime is Regime.BELOW
    second = make.draft_tender(alliance, baselines=spend, title="Meals again")
    seen = watch(session, second.row)
    assert seen.value == Money(432_000_00)
    assert seen.counted == Money(864_000_00)
    assert (seen.alone, seen.regime, seen.needs_a_reason) == (Regime.BELOW, Regime.LIGHT_TOUCH, True)
    assert [one.id for one in seen.alike] == [first.id]
    assert watch(session, first.row).regime is Regime.LIGHT_TOUCH

    watching.keep_apart(alliance.coordinator, second.id, second.version, "Another market: breakfast clubs.")
    apart = watch(session, second.row)
    assert (apart.counted, apart.regime) == (Money(432_000_00), Regime.BELOW)
    assert not apart.needs_a_reason


def test_what_is_cancelled_elsewhere_or_long_ago_does_not_count_together(session: Session) -> None:
    alliance = make.alliance(schools=2)
    spend = {school.id: Money(60_000_00) for school in alliance.schools}
    with clock.travelling(clock.now() - timedelta(days=400)):
        make.draft_tender(alliance, baselines=spend)
    cancelled = make.draft_tender(alliance, baselines=spend)
    tender_actions.cancel_tender(alliance.coordinator, cancelled.id, cancelled.version, "Not needed.")
    make.draft_tender(alliance, baselines=spend, category="cleaning", cpv="90919300")
    tender = make.draft_tender(alliance, baselines=spend)
    assert watch(session, tender.row).alike == ()


@pytest.mark.usefixtures("app")
def test_how_a_tender_is_valued_does_not_change_after_publication() -> None:
    alliance = make.alliance(schools=2)
    tender = make.published_tender(alliance)
    with pytest.raises(RuleBroken, match="is published"):
        watching.keep_apart(alliance.coordinator, tender.id, tender.version, "Too late.")
    draft = make.draft_tender(alliance)
    with pytest.raises(Stale):
        watching.keep_apart(alliance.coordinator, draft.id, draft.version - 1, "An old page.")
    with pytest.raises(Forbidden):
        watching.keep_apart(alliance.schools[0].headteacher, draft.id, draft.version, "Not mine.")


def test_above_the_threshold_an_award_waits_for_a_review_since_the_opening(
    session: Session,
) -> None:
    alliance = make.alliance(schools=2)
    contest = make.priced_contest(alliance, baselines={school.id: ABOVE for school in alliance.schools})
    tender = contest.tender
    assert not queries.conflicts_reviewed(session, tender.id)
    wanted = Recommendation(contest.comparison.firsts[0].quote_id, "The highest marks.")
    with pytest.raises(RuleBroken, match="older than the opening of the quotes"):
        awards.recommend_award(contest.coordinator, tender.id, tender.version, wanted)
    make.review_interests(tender)
    assert queries.conflicts_reviewed(make.fresh(), tender.id)
    make.accept_low_prices(contest.coordinator, tender)
    awards.recommend_award(contest.coordinator, tender.id, tender.version, wanted)
    assert tender.row.status is TenderStatus.RECOMMENDED
