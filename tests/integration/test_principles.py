"""The principles of the alliances' own papers (domain handbook, section 1), each with its test."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from invoicing.agreements.forms import CheckForm
from invoicing.agreements.models import SafeguardingCheck
from invoicing.agreements.rules import AgreementStatus
from invoicing.agreements.signing import actions as signing
from invoicing.annual_pack.queries import annual_pack
from invoicing.fund import actions, books, queries
from invoicing.fund.models import Contribution, Fund
from invoicing.fund.rules import ContributionStatus
from invoicing.fund.statements import academic_year
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.memberships import jobs, leaving
from marketplace.alliance.memberships.actions import ask_for_conversion
from marketplace.alliance.models import Membership
from marketplace.alliance.rules import MembershipKind, MembershipStatus
from marketplace.alliance.work.queries import work_of
from marketplace.alliance.work.rules import next_lead
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money
from tests import make
from tests.make import agreements as agreeing
from tests.make import fund as making
from tests.make import memberships as joining

pytestmark = pytest.mark.usefixtures("app")


def shares(session: Session, held: make.Fund) -> dict[str, Money]:
    """What the fund holds for each school, by its name."""
    session.rollback()
    read = books.read_books(session, session.get_one(Fund, held.id)).shares
    return {school.name: read.get(school.id, ZERO) for school in held.schools}


def test_principle_1_no_schools_budget_ever_pays_anothers_debt(session: Session) -> None:
    alliance = make.alliance(schools=4)
    held = make.partnership_fund(alliance)
    rich, poor = alliance.schools[:2]
    make.received_round(held, Money(60_00), [rich])
    with pytest.raises(RuleBroken, match="which is less than"):
        make.claim(held, poor, Money(60_01))
    make.paid_claim(held, poor, Money(40_00))
    standing = shares(session, held)
    assert standing[rich.name] == Money(20_00)
    assert all(share >= ZERO for share in standing.values())
    (settled,) = [one for one in leaving.consequences(session, poor.id, alliance.id) if one.share is not None]
    assert settled.share == ZERO
    (settled,) = [one for one in leaving.consequences(session, rich.id, alliance.id) if one.share is not None]
    assert settled.share == Money(20_00)


def test_principle_2_contributions_are_by_size_and_nothing_is_received_without_a_confirmation(
    session: Session,
) -> None:
    held = make.partnership_fund(make.alliance(schools=3))
    round_id = make.proposed_round(held, Money(7_200_00))
    asked = making.contributions(held, round_id)
    assert Money.total(one.amount for one in asked.values()) == Money(7_200_00)
    by_size = sorted(asked.values(), key=lambda one: one.pupils)
    assert [one.amount for one in by_size] == sorted(one.amount for one in by_size)
    school = held.schools[0]
    contribution_id = asked[school.id].id
    with pytest.raises(RuleBroken, match="has not confirmed this contribution"):
        making.receive(held, contribution_id)
    today = clock.today()
    actions.confirm_contribution(
        school.governor, contribution_id, "FGB 4", today, own_budget=True, expires_on=today
    )
    with (
        clock.travelling(clock.now() + timedelta(days=1)),
        pytest.raises(RuleBroken, match="its confirmation has ended"),
    ):
        making.receive(held, contribution_id)
    making.receive(held, contribution_id)
    session.rollback()
    assert session.get_one(Contribution, contribution_id).status is ContributionStatus.RECEIVED


def test_principle_3_two_people_of_two_schools_approve_each_payment_and_an_auditor_reads_all(
    session: Session,
) -> None:
    alliance = make.alliance(schools=3)
    held = make.partnership_fund(alliance)
    make.received_round(held)
    claimant, first, second = alliance.schools
    claim_id = make.claim(held, claimant)
    making.approve(claim_id, first)
    with pytest.raises(RuleBroken, match="from your school has approved"):
        actions.approve_claim(first.governor, new_id(), claim_id, first.id)
    with pytest.raises(RuleBroken, match="Two people from two other schools"):
        making.pay(held, claim_id)
    making.approve(claim_id, second)
    making.pay(held, claim_id)
    auditor = alliance.auditor
    assert len(queries.get_claim(session, auditor, claim_id).approvals) == 2
    assert queries.get_fund(session, auditor, held.id).alliance_id == alliance.id


def test_principle_5_a_school_may_leave_or_keep_outside_arrangements_and_nothing_is_automatic(
    session: Session,
) -> None:
    alliance, other = make.alliance(schools=2), make.alliance(schools=1, name="Elsewhere")
    trial = joining.associate(alliance)
    joining.founder(other, trial)
    outside = make.contract(trial, title="Our own caterer").id
    trial_id = joining.membership_of(alliance, trial).id
    with clock.travelling(clock.now() + timedelta(days=365)):
        jobs.watch_memberships()
    session.rollback()
    ended = session.get_one(Membership, trial_id)
    assert (ended.kind, ended.status) == (MembershipKind.ASSOCIATE, MembershipStatus.LEFT)
    assert joining.membership_of(other, trial).status is MembershipStatus.ACTIVE
    member = alliance.schools[0]
    joining.leave(alliance, member)
    assert joining.membership_of(alliance, member).status is MembershipStatus.LEFT
    session.rollback()
    assert session.get_one(Contract, outside).runs_until > clock.today()


def test_principle_4_the_school_that_has_done_least_for_its_size_is_asked_to_lead_next(
    session: Session,
) -> None:
    alliance = make.alliance(schools=2)
    small, large = sorted(alliance.schools, key=lambda school: school.pupils)
    activity_id = make.activity(alliance)
    make.hours(activity_id, small, "2")
    make.hours(activity_id, large, "2.25")
    session.rollback()
    suggested = next_lead(work_of(session, alliance.id))
    assert suggested
    assert suggested.school_id == large.id, "it logged more hours, and less for its size"
    make.hours(activity_id, large, "1")
    session.rollback()
    suggested = next_lead(work_of(session, alliance.id))
    assert suggested
    assert suggested.school_id == small.id


def test_principle_5_neither_board_nor_governing_body_alone_makes_an_associate_a_full_member() -> None:
    alliance = make.alliance(schools=1)
    school = joining.associate(alliance)
    membership_id = joining.membership_of(alliance, school).id
    ask_for_conversion(school.headteacher, membership_id)
    joining.decided(alliance, Subject.CONVERSION, membership_id)
    assert joining.membership_of(alliance, school).kind is MembershipKind.ASSOCIATE


def test_principle_6_money_of_a_parents_association_is_never_a_source_of_a_contribution(
    session: Session,
) -> None:
    held = make.partnership_fund(make.alliance(schools=1))
    contribution_id = making.contributions(held, make.proposed_round(held))[held.schools[0].id].id
    with pytest.raises(RuleBroken, match="parents’ association"):
        actions.confirm_contribution(
            held.schools[0].governor, contribution_id, "FGB 4", clock.today(), own_budget=False
        )
    session.rollback()
    assert session.get_one(Contribution, contribution_id).status is ContributionStatus.PROPOSED


def test_principle_7_staff_work_in_another_school_by_agreement_with_checks_by_level_and_date_only() -> None:
    seller, buyer = make.alliance(schools=2).schools
    agreement_id = agreeing.drafted(seller, buyer)
    with pytest.raises(RuleBroken, match="Record the safeguarding check"):
        signing.propose_agreement(seller.bursar, agreement_id, agreeing.row(agreement_id).version)
    with pytest.raises(RuleBroken, match="never the certificate"):
        agreeing.check(seller, agreement_id, worker="Music teacher, DBS 001234567890")
    with pytest.raises(RuleBroken, match="the terms of the work"):
        agreeing.drafted(seller, buyer, agreeing.terms(work=" "))
    agreeing.check(seller, agreement_id)
    signing.propose_agreement(seller.bursar, agreement_id, agreeing.row(agreement_id).version)
    agreeing.sign(seller, agreement_id)
    assert agreeing.row(agreement_id).status is AgreementStatus.PROPOSED, "one head alone agrees nothing"
    agreeing.sign(buyer, agreement_id)
    assert agreeing.row(agreement_id).status is AgreementStatus.RUNNING
    (recorded,) = agreeing.row(agreement_id).checks
    assert (recorded.level, recorded.checked_on) == (agreeing.checked().level, agreeing.checked().on)
    kept = set(SafeguardingCheck.__table__.columns.keys())
    assert kept == {"id", "agreement_id", "worker", "level", "checked_on", "recorded_by", "recorded_at"}
    assert not set(CheckForm(meta={"csrf": False})._fields) - {
        "new_id",
        "worker",
        "level",
        "checked_on",
    }


def test_principle_8_the_annual_pack_states_members_contracts_savings_work_and_fund(session: Session) -> None:
    contest = make.awarded_contest()
    alliance = contest.alliance
    held = make.partnership_fund(alliance)
    make.received_round(held, Money(60_00))
    make.hours(make.activity(alliance), alliance.schools[0], "2")
    session.rollback()
    year = academic_year(contest.tender.row.steps[-1].reached_at.astimezone(clock.LONDON).date())
    pack = annual_pack(session, alliance.auditor, alliance.id, year)
    assert [purchase.tender_id for purchase in pack.purchases] == [contest.tender.id]
    assert {one.school for one in pack.savings} == {school.name for school in alliance.schools}
    assert len(pack.work) == len(alliance.schools)
    assert [name for name, _ in pack.funds] == ["Partnership Fund"]
