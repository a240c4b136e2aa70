"""An award is recommended, approved by two people of two schools, and confirmed: once, and for good."""

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.actions import add_person
from marketplace.contracts.models import Contract
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.events import Event
from marketplace.core.mail import Message
from marketplace.core.money import Money
from marketplace.core.policy import ADMINISTRATOR, Act, Role
from marketplace.needs.models import Need
from marketplace.needs.rules import NeedStatus
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import actions, queries, shown
from suppliers.awards.models import Award
from suppliers.awards.rules import AwardStatus, Recommendation
from suppliers.evaluation.actions import exclude_quote
from suppliers.evaluation.rules import Saving
from suppliers.quotes.rules import QuoteStatus
from tests import make
from tests.make import Contest

pytestmark = pytest.mark.usefixtures("app")


def status(contest: Contest) -> TenderStatus:
    return contest.tender.row.status


def awards(contest: Contest) -> list[Award]:
    query = select(Award).where(Award.tender_id == contest.tender.id).order_by(Award.id)
    return list(make.fresh().scalars(query))


def recommend(contest: Contest, quote_id: uuid.UUID, reasons: str = "Best.", departure: str = "") -> None:
    wanted = Recommendation(quote_id, reasons, departure)
    actions.recommend_award(contest.coordinator, contest.tender.id, contest.tender.version, wanted)


def letters(session: Session, subject: str) -> dict[str, str]:
    query = select(Message).where(Message.subject.contains(subject))
    return {message.recipient: message.body for message in session.scalars(query)}


# ------------------------------------------------------------------ recommending
def test_the_quote_in_first_place_is_recommended_for_every_lot() -> None:
    schools = make.alliance()
    lots = [
        make.lot("Meals", {("Meal", "meal"): 1_000}, schools.schools),
        make.lot("Snacks", {("Snack", "snack"): 500}, schools.schools),
    ]
    contest = make.priced_contest(schools, lots=lots)
    first = contest.comparison.firsts[0]
    make.recommend_award(contest)
    rows = awards(contest)
    assert {row.lot_id for row in rows} == {lot.id for lot in contest.tender.lots}
    assert {row.quote_id for row in rows} == {first.quote_id}
    assert Money.total(row.total for row in rows) == first.total
    assert status(contest) is TenderStatus.RECOMMENDED


def test_another_quote_is_recommended_only_with_the_reason_why() -> None:
    contest = make.priced_contest()
    last = contest.comparison.offers[-1].quote_id
    with pytest.raises(RuleBroken) as refused:
        recommend(contest, last)
    assert refused.value.field == "departure"
    recommend(contest, last, departure="The first withdrew its offer in writing.")
    assert awards(contest)[0].departure == "The first withdrew its offer in writing."


def test_an_award_needs_reasons() -> None:
    contest = make.priced_contest()
    with pytest.raises(RuleBroken) as refused:
        recommend(contest, contest.comparison.firsts[0].quote_id, reasons=" ")
    assert refused.value.field == "reasons"


def test_an_excluded_quote_and_one_of_another_tender_cannot_be_recommended() -> None:
    contest, other = make.priced_contest(), make.priced_contest(make.alliance(name="Other"))
    out = make.quote(contest.quotes[0])
    exclude_quote(contest.coordinator, out.id, "No certificate.", out.version)
    for quote_id in (out.id, other.quotes[0]):
        with pytest.raises(NotFound):
            recommend(contest, quote_id, departure="Please.")


def test_only_the_coordinator_recommends_and_only_of_their_own_alliance() -> None:
    contest = make.priced_contest()
    wanted = Recommendation(contest.comparison.firsts[0].quote_id, "Best.")
    version = contest.tender.version
    with pytest.raises(Forbidden):
        actions.recommend_award(contest.tender.schools[2].headteacher, contest.tender.id, version, wanted)
    for stranger in (make.alliance(name="Other").coordinator, contest.suppliers[0].admin):
        with pytest.raises(NotFound):
            actions.recommend_award(stranger, contest.tender.id, version, wanted)


def test_sent_twice_it_recommends_once_and_somebody_elses_is_refused() -> None:
    contest = make.priced_contest()
    first = contest.comparison.firsts[0].quote_id
    version = contest.tender.version
    wanted = Recommendation(first, "Best.")
    actions.recommend_award(contest.coordinator, contest.tender.id, version, wanted)
    actions.recommend_award(contest.coordinator, contest.tender.id, version, wanted)
    assert len(awards(contest)) == 1
    colleague = make.person(contest.alliance.id, Role.COORDINATOR)
    with pytest.raises(Stale):
        actions.recommend_award(colleague, contest.tender.id, version, wanted)
    with pytest.raises(RuleBroken):
        actions.recommend_award(colleague, contest.tender.id, contest.tender.version, wanted)


def test_approvers_are_asked_and_evaluators_are_not(session: Session) -> None:
    contest = make.recommended_contest()
    heads = {school.headteacher.person_id for school in contest.tender.schools}
    governors = {school.governor.person_id for school in contest.tender.schools}
    asked = {person.id for person in queries.approvers(session, contest.tender.row)}
    assert asked == heads | governors
    assert len(letters(session, "Please decide about an award")) == len(asked)


# ------------------------------------------------------------------ approving
def test_two_people_of_two_schools_approve_below_the_threshold_without_standstill() -> None:
    contest = make.recommended_contest()
    one, two, _ = contest.tender.schools
    actions.approve_award(one.headteacher, contest.tender.id, contest.tender.version)
    assert status(contest) is TenderStatus.RECOMMENDED
    actions.approve_award(two.governor, contest.tender.id, contest.tender.version)
    assert status(contest) is TenderStatus.CONFIRMED_BY_SCHOOLS
    assert awards(contest)[0].status is AwardStatus.APPROVED
    assert contest.tender.row.standstill_ends_on is None


def test_a_second_person_of_the_same_school_does_not_count() -> None:
    contest = make.recommended_contest()
    school = contest.tender.schools[0]
    actions.approve_award(school.headteacher, contest.tender.id, contest.tender.version)
    with pytest.raises(Forbidden, match="Your school"):
        actions.approve_award(school.governor, contest.tender.id, contest.tender.version)


def test_the_same_person_twice_is_one_approval() -> None:
    contest = make.recommended_contest()
    head = contest.tender.schools[0].headteacher
    actions.approve_award(head, contest.tender.id, contest.tender.version)
    actions.approve_award(head, contest.tender.id, contest.tender.version)
    assert len(queries.approvals(make.fresh(), awards(contest)[0])) == 1
    assert status(contest) is TenderStatus.RECOMMENDED


def test_who_scored_or_recommended_does_not_approve() -> None:
    schools = make.alliance()
    scorer = schools.schools[1].headteacher
    contest = make.priced_contest(schools, evaluators=(scorer,))
    make.recommend_award(contest)
    with pytest.raises(Forbidden, match="scored"):
        actions.approve_award(scorer, contest.tender.id, contest.tender.version)
    with pytest.raises(Forbidden):
        actions.approve_award(contest.coordinator, contest.tender.id, contest.tender.version)


def test_a_coordinator_who_is_a_headteacher_too_does_not_approve_their_own_recommendation() -> None:
    schools = make.alliance()
    both = add_person(
        ADMINISTRATOR,
        "Bea Both",
        "bea@example.org",
        [(schools.id, Role.COORDINATOR), (schools.schools[2].id, Role.HEADTEACHER)],
    )
    contest = make.priced_contest(schools)
    wanted = Recommendation(contest.comparison.firsts[0].quote_id, "Best.")
    actions.recommend_award(make.actor(both), contest.tender.id, contest.tender.version, wanted)
    with pytest.raises(Forbidden, match="You recommended"):
        actions.approve_award(make.actor(both), contest.tender.id, contest.tender.version)
    with pytest.raises(Forbidden, match="You recommended"):
        actions.reject_award(make.actor(both), contest.tender.id, contest.tender.version, "No.")


def test_a_headteacher_of_a_school_outside_the_tender_does_not_approve() -> None:
    schools = make.alliance(schools=4)
    contest = make.priced_contest(schools, schools=schools.schools[:3])
    make.recommend_award(contest)
    with pytest.raises(Forbidden):
        actions.approve_award(schools.schools[3].headteacher, contest.tender.id, contest.tender.version)
    with pytest.raises(Forbidden):
        actions.approve_award(schools.schools[0].bursar, contest.tender.id, contest.tender.version)


def test_where_one_school_buys_alone_a_second_member_school_approves_too() -> None:
    schools = make.alliance()
    contest = make.priced_contest(schools, schools=schools.schools[:1])
    make.recommend_award(contest)
    for school in schools.schools[:2]:
        actions.approve_award(school.headteacher, contest.tender.id, contest.tender.version)
    assert status(contest) is TenderStatus.CONFIRMED_BY_SCHOOLS


def test_an_approval_of_what_was_not_read_is_refused() -> None:
    contest = make.recommended_contest()
    head = contest.tender.schools[0].headteacher
    with pytest.raises(Stale):
        actions.approve_award(head, contest.tender.id, contest.tender.version - 1)


# ------------------------------------------------------------------ sending back
def test_a_recommendation_that_was_sent_back_can_be_made_again(session: Session) -> None:
    contest = make.recommended_contest()
    one, two, _ = contest.tender.schools
    actions.approve_award(one.headteacher, contest.tender.id, contest.tender.version)
    actions.reject_award(two.governor, contest.tender.id, contest.tender.version, "Check the references.")
    assert status(contest) is TenderStatus.PRICES_OPENED
    assert letters(session, "Sent back")
    make.recommend_award(contest)
    rows = awards(contest)
    assert [row.status for row in rows] == [AwardStatus.REJECTED, AwardStatus.RECOMMENDED]
    assert not queries.approvals(session, rows[1])
    assert queries.sent_back(session, contest.tender.id)[0].reason == "Check the references."


def test_sending_back_needs_a_reason_and_somebody_who_may() -> None:
    contest = make.recommended_contest()
    version = contest.tender.version
    with pytest.raises(RuleBroken) as refused:
        actions.reject_award(contest.tender.schools[0].headteacher, contest.tender.id, version, " ")
    assert refused.value.field == "reason"
    with pytest.raises(Forbidden):
        actions.reject_award(contest.coordinator, contest.tender.id, version, "No.")


# ------------------------------------------------------------------ confirming
def test_every_school_gets_its_contract_and_quotes_and_needs_are_settled() -> None:
    schools = make.alliance()
    needs = [make.approved_need(school) for school in schools.schools]
    contest = make.priced_contest(schools, need_ids=needs)
    best = contest.comparison.firsts[0]
    paid = {row.school_id: row.cells[0].amount for row in contest.comparison.schools}
    make.recommend_award(contest)
    make.approve_award(contest)
    make.confirm_award(contest)
    session = make.fresh()
    contracts = session.scalars(select(Contract).where(Contract.award_id == awards(contest)[0].id)).all()
    tender = contest.tender.row
    assert {one.school_id for one in contracts} == {school.id for school in schools.schools}
    for one in contracts:
        assert (one.starts_on, one.ends_on) == (tender.contract_starts_on, tender.contract_ends_on)
        assert one.supplier_id == best.supplier_id
        assert one.annual_value * 3 == paid[one.school_id]
    statuses = {quote_id: make.quote(quote_id).status for quote_id in contest.quotes}
    assert statuses.pop(best.quote_id) is QuoteStatus.AWARDED
    assert set(statuses.values()) == {QuoteStatus.NOT_AWARDED}
    assert {session.get_one(Need, need_id).status for need_id in needs} == {NeedStatus.CONTRACTED}
    assert status(contest) is TenderStatus.AWARDED


def test_a_contract_for_each_lot_that_a_school_buys_of_and_none_for_others() -> None:
    schools = make.alliance()
    one, two, _ = schools.schools
    lots = [
        make.lot("Meals", {("Meal", "meal"): 1_000}, schools.schools),
        make.lot("Snacks", {("Snack", "snack"): 500}, (one, two)),
    ]
    contest = make.awarded_on_price(schools, lots=lots)
    rows = make.fresh().scalars(select(Contract).where(Contract.tender_reference != "")).all()
    assert len(rows) == 5
    assert {row.title for row in rows} == {"School meals: Meals", "School meals: Snacks"}
    total = Money.total(row.total for row in awards(contest))
    assert abs(Money.total(row.annual_value for row in rows).pence * 3 - total.pence) <= 3 * len(rows)


def test_the_event_of_a_confirmed_award_carries_ids_and_no_price(session: Session) -> None:
    contest = make.awarded_contest()
    event = session.scalars(select(Event).where(Event.act == Act.AWARD_CONFIRM)).one()
    assert event.subject_id == contest.tender.id
    assert event.facts["award_ids"] == [str(row.id) for row in awards(contest)]
    assert len(event.facts["contract_ids"]) == 3
    everything = session.scalars(select(Event).where(Event.act.startswith("award."))).all()
    total = contest.comparison.offers[0].total
    for each in everything:
        assert not {"total", "price", "amount", "reasons"} & set(each.facts)
        assert str(total.pence) not in str(each.facts)


def test_confirming_twice_confirms_once() -> None:
    contest = make.approved_contest()
    version = contest.tender.version
    for _ in range(2):
        actions.confirm_award(contest.coordinator, contest.tender.id, version, related=False)
    assert len(make.fresh().scalars(select(Event).where(Event.act == Act.AWARD_CONFIRM)).all()) == 1


def test_nobody_confirms_before_two_schools_have_approved() -> None:
    contest = make.recommended_contest()
    with pytest.raises(RuleBroken):
        actions.confirm_award(contest.coordinator, contest.tender.id, contest.tender.version, related=False)
    with pytest.raises(Forbidden):
        actions.confirm_award(
            contest.tender.schools[0].headteacher, contest.tender.id, contest.tender.version, related=False
        )


def test_an_award_on_price_alone_goes_the_same_way() -> None:
    contest = make.awarded_on_price()
    assert status(contest) is TenderStatus.AWARDED
    assert contest.comparison.offers[0].is_lowest


# ------------------------------------------------------------------ reading
def test_the_award_says_what_each_school_pays_and_who_would_pay_more(session: Session) -> None:
    schools = make.alliance()
    one, two, three = schools.schools
    baselines = {one.id: Money(40_000_00), two.id: Money(20_000_00), three.id: Money(0)}
    contest = make.priced_contest(schools, baselines=baselines)
    make.recommend_award(contest)
    view = shown.view_award(session, contest.coordinator, contest.tender.row, contest.comparison)
    assert view is not None
    rows = {row.school: row for row in view.schools}
    assert rows[one.name].saving == Saving(Money(120_000_00), rows[one.name].amount)
    assert rows[three.name].baseline is None
    assert view.worse_off == (two.name,)
    assert view.saving is None
