"""Schools come and go until a tender is published: under conditions, with confirmations, in any order."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.decisions import actions as decisions
from marketplace.core import clock, events
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound, Refusal, RuleBroken, Stale
from marketplace.core.mail import Message
from marketplace.core.money import Money
from marketplace.needs.rules import NeedStatus
from marketplace.needs.thresholds import Regime
from marketplace.tenders import actions as tenders
from marketplace.tenders import queries
from marketplace.tenders.commitments import actions, jobs
from marketplace.tenders.commitments import queries as commitments
from marketplace.tenders.commitments.rules import Conditions
from marketplace.tenders.rules import CommitmentStatus, TenderStatus
from marketplace.tenders.watch.actions import keep_apart
from tests import make
from tests.make import memberships

pytestmark = pytest.mark.usefixtures("app")
FIVE_SCHOOLS = Conditions(schools_at_least=5)


def told(session: Session, subject: str) -> set[str]:
    """Who got an e-mail whose subject starts so."""
    session.rollback()
    found = session.scalars(select(Message).where(Message.subject.startswith(subject)))
    return {one.body.splitlines()[0].removeprefix("Dear ").rstrip(",") for one in found}


def said(session: Session, subject: str) -> str:
    """What one of the e-mails whose subject starts so says."""
    session.rollback()
    return session.scalars(select(Message.body).where(Message.subject.startswith(subject))).first() or ""


def buying(session: Session, tender: make.Tender) -> set[uuid.UUID]:
    session.rollback()
    return set(queries.buyers(session, tender.id))


def status(tender: make.Tender, school: make.School) -> CommitmentStatus:
    return make.commitment(tender, school).status


# ---------------------------------------------------------------- a school's answer


def test_a_school_corrects_its_own_volumes_and_the_totals_follow(session: Session) -> None:
    tender = make.joining_tender(make.alliance())
    (line,) = tender.line_ids
    make.answer(tender, tender.lead, Conditions(price_at_most=Money(40_000_00)), {line: 41_000})
    assert tender.lots[0].lines[0].total == Decimal(41_000 + 30_000 + 30_000)
    make.commit(tender, tender.lead)
    make.answer(tender, tender.lead, Conditions(), {line: 42_000})
    assert status(tender, tender.lead) is CommitmentStatus.COMMITTED
    assert told(session, "Alder Primary School corrected its answer") == {"Cora Coordinator"}


@pytest.mark.parametrize("who", ["governor", "finance_lead"])
def test_only_those_who_answer_for_a_school_correct_its_answer(who: str) -> None:
    tender = make.joining_tender(make.alliance())
    with pytest.raises(Forbidden):
        actions.edit_commitment(
            getattr(tender.lead, who), tender.id, tender.lead.id, 1, volumes={}, conditions=Conditions()
        )
    with pytest.raises(Forbidden):
        actions.edit_commitment(
            tender.schools[1].bursar, tender.id, tender.lead.id, 1, volumes={}, conditions=Conditions()
        )


def test_two_people_who_correct_the_same_answer_do_not_overwrite_each_other() -> None:
    tender = make.joining_tender(make.alliance())
    (line,) = tender.line_ids
    seen = make.commitment(tender, tender.lead).version
    make.answer(tender, tender.lead, Conditions(), {line: 100})
    with pytest.raises(Stale):
        actions.edit_commitment(
            tender.lead.headteacher,
            tender.id,
            tender.lead.id,
            seen,
            volumes={line: Decimal(200)},
            conditions=Conditions(),
        )


def test_a_school_buys_something_and_only_lines_of_this_tender() -> None:
    tender = make.joining_tender(make.alliance())
    with pytest.raises(RuleBroken, match="at least one line") as refusal:
        make.answer(tender, tender.lead, Conditions(), {})
    assert refusal.value.field == "volumes"
    with pytest.raises(NotFound):
        make.answer(tender, tender.lead, Conditions(), {uuid.uuid4(): 5})


def test_no_answer_is_changed_once_it_is_settled_who_buys() -> None:
    tender = make.confirmed_tender(make.alliance())
    with pytest.raises(RuleBroken, match="cannot answer now"):
        make.answer(tender, tender.lead, Conditions())


def test_conditions_are_sealed_from_other_schools_until_prices_are_open(session: Session) -> None:
    contest = make.moderated_contest(make.alliance(schools=2))
    first, second = contest.tender.schools
    row = contest.tender.row
    assert commitments.sees_conditions(first.bursar, row, first.id)
    assert not commitments.sees_conditions(second.bursar, row, first.id)
    assert not commitments.sees_conditions(contest.coordinator, row, first.id)
    session.rollback()
    opened = make.priced_contest(make.alliance(schools=2)).tender
    assert commitments.sees_conditions(opened.schools[1].bursar, opened.row, opened.lead.id)


# ---------------------------------------------------------------- settling who buys


def test_settling_drops_schools_without_the_company_that_they_ask_for(session: Session) -> None:
    alliance = make.alliance(schools=5)
    tender = make.joining_tender(alliance)
    alder, beech, cedar, damson, elm = alliance.schools
    make.commit(tender, alder, beech)
    make.commit(tender, cedar, conditions=Conditions(schools_at_least=4))
    make.commit(tender, damson, conditions=FIVE_SCHOOLS)
    actions.decline_tender(elm.bursar, tender.id, elm.id, tender.version, "We cook ourselves.")
    actions.confirm_tender(alliance.coordinator, tender.id, tender.version, staying={alder.id, beech.id})
    assert buying(session, tender) == {alder.id, beech.id}
    assert make.commitment(tender, cedar).reason == "It wants at least 4 schools to buy; 3 would."
    assert "at least 5 schools to buy; 4 would" in said(session, "Damson Primary School is not part of")
    assert tender.lots[0].lines[0].total == Decimal(60_000)


def test_settling_is_refused_when_other_schools_would_buy_than_the_page_said() -> None:
    tender = make.joining_tender(make.alliance())
    make.commit(tender, *tender.schools)
    foreseen = {school.id for school in tender.schools}
    last = tender.schools[2]
    actions.decline_tender(last.bursar, tender.id, last.id, tender.version, "No.")
    with pytest.raises(Stale, match="Who would buy has changed"):
        actions.confirm_tender(tender.alliance.coordinator, tender.id, tender.version, staying=foreseen)


def test_conditions_that_leave_nobody_are_said_to() -> None:
    tender = make.joining_tender(make.alliance(schools=3))
    make.commit(tender, *tender.schools[:2], conditions=Conditions(schools_at_least=3))
    with pytest.raises(RuleBroken, match="No school would be left"):
        actions.confirm_tender(tender.alliance.coordinator, tender.id, tender.version)


# ---------------------------------------------------------------- coming late, leaving early


def test_a_late_joiner_is_asked_alone_and_the_others_answers_stay(session: Session) -> None:
    alliance = make.alliance(schools=4)
    *early, late = alliance.schools
    need = make.approved_need(late)
    tender = make.confirmed_tender(alliance, schools=early)
    actions.invite_school(
        alliance.coordinator, tender.id, tender.version, late.id, baseline=Money(0), need_id=need
    )
    assert tender.row.status is TenderStatus.JOINING
    assert {status(tender, school) for school in early} == {CommitmentStatus.COMMITTED}
    assert make.need(need).status is NeedStatus.POOLED
    assert make.commitment(tender, late).baseline == Money(92_340_00)
    assert told(session, "Damson Primary School: will you buy together?") == {
        "Damson Bursar",
        "Damson Headteacher",
    }
    assert "Your school’s answer stands" in said(session, "Damson Primary School is invited to")
    make.answer(tender, late, Conditions(), {tender.line_ids[0]: 5_000})
    make.commit(tender, late)
    actions.confirm_tender(alliance.coordinator, tender.id, tender.version)
    assert tender.lots[0].lines[0].total == Decimal(95_000)


def test_a_late_joiner_is_a_member_that_is_not_in_yet() -> None:
    alliance, others = make.alliance(), make.alliance(schools=1, name="Others")
    tender = make.joining_tender(alliance)
    for school, refusal in ((alliance.schools[0], RuleBroken), (others.schools[0], NotFound)):
        with pytest.raises(refusal):
            actions.invite_school(
                alliance.coordinator, tender.id, tender.version, school.id, baseline=Money(0)
            )


def test_a_school_that_declined_is_invited_again_and_may_answer_anew() -> None:
    tender = make.joining_tender(make.alliance())
    school = tender.schools[2]
    actions.decline_tender(school.bursar, tender.id, school.id, tender.version, "No.")
    actions.invite_school(
        tender.alliance.coordinator, tender.id, tender.version, school.id, baseline=make.YEARLY_BASELINE
    )
    make.commit(tender, school)
    assert status(tender, school) is CommitmentStatus.COMMITTED


def test_a_school_leaves_the_day_before_publication_and_everybody_is_told(session: Session) -> None:
    alliance = make.alliance(schools=4)
    need = make.approved_need(alliance.schools[3])
    needs = [make.approved_need(school) for school in alliance.schools[:3]]
    tender = make.confirmed_tender(alliance, need_ids=[*needs, need])
    leaver = alliance.schools[3]
    read = tender.version
    actions.decline_tender(leaver.headteacher, tender.id, leaver.id, read, "Our kitchen was rebuilt.")
    assert tender.row.status is TenderStatus.CONFIRMED
    assert make.need(need).status is NeedStatus.APPROVED
    schools = ("Alder", "Beech", "Cedar", "Damson")
    deciders = {f"{name} {who}" for name in schools for who in ("Headteacher", "Bursar")}
    assert deciders | {"Cora Coordinator"} <= told(session, "Damson Primary School is no longer")
    with pytest.raises(Stale):
        tenders.publish_tender(alliance.schools[1].headteacher, tender.id, read)
    tenders.publish_tender(alliance.schools[1].headteacher, tender.id, tender.version)
    assert tender.lots[0].lines[0].total == Decimal(90_000)


def test_when_the_lead_school_leaves_the_tender_goes_back_to_be_settled_anew(session: Session) -> None:
    tender = make.confirmed_tender(make.alliance(schools=3))
    lead, second, third = tender.schools
    actions.decline_tender(lead.bursar, tender.id, lead.id, tender.version, "No money.")
    assert tender.row.status is TenderStatus.JOINING
    assert status(tender, second) is CommitmentStatus.COMMITTED
    assert "The lead school is no longer in the tender" in said(session, "Alder Primary School is no longer")
    actions.confirm_tender(tender.alliance.coordinator, tender.id, tender.version, third.id)
    assert tender.row.lead_school_id == third.id


def test_when_no_buyer_is_left_the_tender_is_a_draft_again(session: Session) -> None:
    alliance = make.alliance(schools=2)
    tender = make.joining_tender(alliance)
    first, second = tender.schools
    make.commit(tender, first, second, conditions=Conditions(schools_at_least=2))
    actions.confirm_tender(alliance.coordinator, tender.id, tender.version)
    actions.decline_tender(second.bursar, tender.id, second.id, tender.version, "No.")
    assert tender.row.status is TenderStatus.DRAFT
    letter = said(session, "Beech Primary School is no longer part")
    assert "Alder Primary School drops out as well. It wants at least 2 schools to buy; 1 would." in letter
    assert "the tender is a draft again" in letter


def test_nobody_leaves_once_it_is_published() -> None:
    tender = make.published_tender(make.alliance())
    school = tender.schools[2]
    with pytest.raises(RuleBroken, match="suppliers rely on each school’s volumes"):
        actions.decline_tender(school.bursar, tender.id, school.id, tender.version, "No.")


def at_once(app: Flask, *attempts: Callable[[], None]) -> list[Refusal | None]:
    """Run all attempts at the same moment, each as a request of its own; what each one refused."""
    start = Barrier(len(attempts))

    def run(attempt: Callable[[], None]) -> Refusal | None:
        with app.app_context():
            start.wait()
            try:
                attempt()
            except Refusal as refusal:
                return refusal
            return None

    with ThreadPoolExecutor(len(attempts)) as threads:
        return list(threads.map(run, attempts))


def test_of_two_people_who_withdraw_at_once_one_succeeds_and_the_other_is_told(app: Flask) -> None:
    tender = make.confirmed_tender(make.alliance())
    school, read = tender.schools[2], tender.version
    first, second = at_once(
        app,
        lambda: actions.decline_tender(school.bursar, tender.id, school.id, read, "The bursar says no."),
        lambda: actions.decline_tender(school.headteacher, tender.id, school.id, read, "The head says no."),
    )
    (refusal,) = [one for one in (first, second) if one]
    assert isinstance(refusal, Stale)
    winner = "Cedar Headteacher" if first else "Cedar Bursar"
    assert refusal.message.startswith(f"{winner} has withdrawn Cedar Primary School already on ")
    assert ("head" if first else "bursar") in make.commitment(tender, school).reason


def test_a_double_click_withdraws_once_and_says_nothing() -> None:
    tender = make.confirmed_tender(make.alliance())
    school, read = tender.schools[2], tender.version
    for _ in range(2):
        actions.decline_tender(school.bursar, tender.id, school.id, read, "No.")
    assert status(tender, school) is CommitmentStatus.DECLINED


# ---------------------------------------------------------------- in any order of joins

PLAN = ("alder commits", "beech commits", "cedar declines", "damson joins late", "damson commits")


def totals_after(order: list[str]) -> tuple[Any, ...]:
    """What a tender comes to after these things were done in this order, where they can be."""
    alliance = ALLIANCE[0]
    alder, beech, cedar, damson = alliance.schools
    tender = make.joining_tender(
        alliance,
        schools=[alder, beech, cedar],
        baselines={alder.id: Money(30_000_00), beech.id: Money(20_000_00), cedar.id: Money(40_000_00)},
    )
    apart = "Each order of joins is looked at by itself."
    keep_apart(alliance.coordinator, tender.id, tender.version, apart)
    (line,) = tender.line_ids

    def join_late() -> None:
        actions.invite_school(
            alliance.coordinator, tender.id, tender.version, damson.id, baseline=Money(11_000_00)
        )
        make.answer(tender, damson, Conditions(), {line: 7_000})

    steps: dict[str, Callable[[], None]] = {
        "alder commits": lambda: make.commit(tender, alder),
        "beech commits": lambda: make.commit(tender, beech, conditions=Conditions(schools_at_least=2)),
        "cedar declines": lambda: actions.decline_tender(
            cedar.bursar, tender.id, cedar.id, tender.version, "No."
        ),
        "damson joins late": join_late,
        "damson commits": lambda: make.commit(tender, damson),
    }
    for step in order:
        steps[step]()
    actions.confirm_tender(alliance.coordinator, tender.id, tender.version)
    session = db.session()
    row = tender.row
    value, regime = queries.value_and_regime(session, row)
    lines = tender.lots[0].lines
    return (
        lines[0].total,
        {volume.school_id: volume.quantity for volume in lines[0].volumes},
        queries.baselines_for_term(session, row),
        value,
        regime,
    )


ALLIANCE: list[make.Alliance] = []


def possible(order: list[str]) -> bool:
    """Damson joins before it commits, and Beech asks for three schools while there are three."""
    beech = order.index("beech commits")
    three_left = beech < order.index("cedar declines") or order.index("damson joins late") < beech
    return order.index("damson joins late") < order.index("damson commits") and three_left


def test_totals_never_depend_on_the_order_of_joins() -> None:
    """The same schools, volumes, baselines and regime, whoever came or went first."""
    ALLIANCE[:] = [make.alliance(schools=4)]
    expected = totals_after(list(PLAN))
    assert (expected[0], expected[4]) == (Decimal(67_000), Regime.BELOW)

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.permutations(PLAN).filter(possible))
    def in_order(order: list[str]) -> None:
        assert totals_after(order) == expected

    in_order()


# ---------------------------------------------------------------- the governing body's confirmation


def awaiting_governors(**given: Any) -> tuple[make.Tender, make.School]:
    """A tender of three schools of which the second needs its governing body; all have committed."""
    alliance = make.alliance(**given)
    make.ladder(alliance.schools[1])
    tender = make.joining_tender(alliance)
    make.commit(tender, *alliance.schools)
    return tender, alliance.schools[1]


def test_above_its_limit_a_school_counts_once_its_governing_body_has_confirmed(session: Session) -> None:
    tender, school = awaiting_governors()
    assert told(session, "Beech Primary School: please confirm") == {"Beech Governor"}
    foreseen = commitments.forecast(session, tender.row)
    assert foreseen.reasons == {school.id: "Its governing body has not confirmed the commitment."}
    make.confirm_commitment(tender, school)
    assert school.id in commitments.forecast(session, tender.row).staying
    actions.confirm_tender(tender.alliance.coordinator, tender.id, tender.version)
    assert school.id in buying(session, tender)


def test_below_its_limit_and_without_a_ladder_a_school_needs_no_confirmation(session: Session) -> None:
    alliance = make.alliance()
    make.ladder(alliance.schools[1])
    small = {school.id: Money(1_000_00) for school in alliance.schools}
    tender = make.joining_tender(alliance, baselines=small)
    make.commit(tender, *alliance.schools)
    assert commitments.forecast(session, tender.row).staying == set(small)


def test_a_ladder_that_is_set_later_does_not_undo_a_commitment(session: Session) -> None:
    tender = make.joining_tender(make.alliance())
    make.commit(tender, *tender.schools)
    make.ladder(tender.lead)
    assert not commitments.forecast(session, tender.row).reasons
    coordinator = tender.alliance.coordinator
    tenders.return_tender(coordinator, tender.id, tender.version, "The volumes were wrong.")
    tenders.invite_schools(coordinator, tender.id, tender.version)
    make.commit(tender, *tender.schools)
    assert set(commitments.forecast(session, tender.row).reasons) == {tender.lead.id}


def test_a_bursar_cannot_commit_what_the_ladder_leaves_to_the_headteacher() -> None:
    alliance = make.alliance()
    make.ladder(alliance.schools[0])
    tender = make.joining_tender(alliance)
    with pytest.raises(Forbidden, match="only a headteacher"):
        actions.commit_school(tender.lead.bursar, tender.id, tender.lead.id, tender.version)


def test_a_confirmation_that_expired_yesterday_counts_for_nothing(session: Session) -> None:
    tender, school = awaiting_governors()
    last_day = clock.today() + timedelta(days=2)
    make.confirm_commitment(tender, school, expires_on=last_day)
    actions.confirm_tender(tender.alliance.coordinator, tender.id, tender.version)
    head = tender.schools[2].headteacher
    with clock.travelling(clock.now() + timedelta(days=3)):
        with pytest.raises(RuleBroken, match=r"Beech Primary School cannot buy now.*item 7\) ended on"):
            tenders.publish_tender(head, tender.id, tender.version)
        assert jobs.drop_lapsed_confirmations() == 1
        assert jobs.drop_lapsed_confirmations() == 0
        assert status(tender, school) is CommitmentStatus.DECLINED
        assert tender.lots[0].lines[0].total == Decimal(60_000)
        assert {"Cora Coordinator", "Beech Headteacher", "Beech Governor", "Alder Bursar"} <= told(
            session, "Beech Primary School is no longer part"
        )
        tenders.publish_tender(head, tender.id, tender.version)
    assert school.id not in buying(session, tender)


def test_on_its_last_day_a_confirmation_still_counts() -> None:
    tender, school = awaiting_governors()
    last_day = clock.today() + timedelta(days=2)
    make.confirm_commitment(tender, school, expires_on=last_day)
    with clock.travelling(clock.now() + timedelta(days=2)):
        assert jobs.drop_lapsed_confirmations() == 0
    assert status(tender, school) is CommitmentStatus.COMMITTED


def test_a_confirmation_that_is_withdrawn_drops_the_school_at_once_and_a_lead_school_with_consequences(
    session: Session,
) -> None:
    alliance = make.alliance()
    lead = alliance.schools[0]
    make.ladder(lead)
    tender = make.joining_tender(alliance)
    make.commit(tender, *alliance.schools)
    confirmation = make.confirm_commitment(tender, lead)
    actions.confirm_tender(alliance.coordinator, tender.id, tender.version)
    decisions.withdraw_confirmation(lead.governor, confirmation, "The budget was cut.")
    events.deliver_due()
    assert status(tender, lead) is CommitmentStatus.DECLINED
    assert "was withdrawn on" in make.commitment(tender, lead).reason
    assert tender.row.status is TenderStatus.JOINING
    assert "Cora Coordinator" in told(session, "Alder Primary School is no longer part")


def test_a_confirmation_withdrawn_after_publication_changes_nothing() -> None:
    alliance = make.alliance()
    school = alliance.schools[2]
    make.ladder(school)
    tender = make.joining_tender(alliance)
    make.commit(tender, *alliance.schools)
    confirmation = make.confirm_commitment(tender, school)
    actions.confirm_tender(alliance.coordinator, tender.id, tender.version)
    tenders.publish_tender(alliance.schools[1].headteacher, tender.id, tender.version)
    decisions.withdraw_confirmation(school.governor, confirmation, "The budget was cut.")
    events.deliver_due()
    assert jobs.drop_lapsed_confirmations() == 0
    assert status(tender, school) is CommitmentStatus.COMMITTED


def test_when_a_tender_goes_back_to_draft_governing_bodies_are_asked_again(session: Session) -> None:
    tender, school = awaiting_governors()
    make.confirm_commitment(tender, school)
    coordinator = tender.alliance.coordinator
    tenders.return_tender(coordinator, tender.id, tender.version, "The volumes were wrong.")
    tenders.invite_schools(coordinator, tender.id, tender.version)
    make.commit(tender, *tender.schools)
    assert school.id in commitments.forecast(session, tender.row).reasons


def test_a_school_that_leaves_the_alliance_is_out_of_what_is_not_published_and_bound_by_the_rest(
    session: Session,
) -> None:
    """Its volumes count no longer, its people open and score nothing, and everybody is told."""
    alliance = make.alliance()
    published, settled, drafted = (
        made(alliance) for made in (make.published_tender, make.confirmed_tender, make.draft_tender)
    )
    leaver = alliance.schools[1]
    memberships.leave(alliance, leaver)
    events.deliver_due()
    for tender in (settled, drafted):
        assert leaver.id not in buying(session, tender)
        assert leaver.id not in {seat.school_id for seat in tender.row.panel}
        assert make.commitment(tender, leaver).reason.startswith("The school left the alliance on ")
    assert status(published, leaver) is CommitmentStatus.COMMITTED
    assert "Beech Headteacher" in told(session, "Beech Primary School is no longer part")
    with pytest.raises(RuleBroken, match="at least three people"):
        tenders.publish_tender(alliance.schools[2].headteacher, settled.id, settled.version)
