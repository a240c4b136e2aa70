"""The annual pack, read from what an alliance did in a year."""

import pytest
from sqlalchemy.orm import Session

from invoicing.annual_pack import actions, queries
from invoicing.fund.statements import Period, academic_year, year_before
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, Stale
from marketplace.core.money import Money
from tests import make


def this_year() -> Period:
    return academic_year(clock.today())


def test_the_pack_says_what_was_bought_saved_worked_and_paid(session: Session) -> None:
    contest = make.awarded_contest()
    alliance = contest.alliance
    fund = make.partnership_fund(alliance)
    make.received_round(fund)
    make.hours(make.activity(alliance), alliance.schools[0], "2")
    awarded_on = contest.tender.row.steps[-1].reached_at.astimezone(clock.LONDON).date()
    pack = queries.annual_pack(session, alliance.auditor, alliance.id, academic_year(awarded_on))
    (purchase,) = pack.purchases
    column = contest.comparison.column_of(contest.comparison.firsts[0].quote_id)
    assert purchase.price == Money.total(row.cells[column].amount for row in contest.comparison.schools)
    assert len(purchase.schools) == len(pack.savings) == len(alliance.schools)
    assert pack.whole.saving == purchase.saving == pack.whole.baseline - purchase.price


def test_hours_members_and_the_fund_stand_in_their_year(session: Session) -> None:
    alliance = make.alliance()
    fund = make.partnership_fund(alliance, opened_on=clock.today())
    make.received_round(fund, received_on=clock.today())
    make.hours(make.activity(alliance), alliance.schools[0], "2")
    pack = queries.annual_pack(session, alliance.coordinator, alliance.id, this_year())
    assert {moved.school for moved in pack.joined} == {school.name for school in alliance.schools}
    assert {share.work.name: share.work.minutes for share in pack.work}[alliance.schools[0].name] == 120
    ((_, stated),) = pack.funds
    assert stated.whole.paid_in == Money(6_000_00)
    before = queries.annual_pack(session, alliance.coordinator, alliance.id, year_before(this_year()))
    assert not before.joined
    assert before.members == 0
    assert not any(share.work.minutes for share in before.work)


def test_another_alliance_reads_none_of_it(session: Session) -> None:
    alliance, other = make.alliance(), make.alliance(schools=1, name="Elsewhere Alliance")
    with pytest.raises(NotFound):
        queries.annual_pack(session, other.coordinator, alliance.id, this_year())
    with pytest.raises(NotFound):
        actions.set_priorities(other.coordinator, alliance.id, this_year(), 0, "Ours")


def test_two_people_who_write_the_priorities_do_not_overwrite_each_other(session: Session) -> None:
    alliance = make.alliance(schools=1)
    actions.set_priorities(alliance.coordinator, alliance.id, this_year(), 0, "Insurance")
    with pytest.raises(Stale):
        actions.set_priorities(alliance.coordinator, alliance.id, this_year(), 0, "Catering")
    actions.set_priorities(alliance.coordinator, alliance.id, this_year(), 1, "Catering")
    with pytest.raises(Forbidden):
        actions.set_priorities(alliance.schools[0].headteacher, alliance.id, this_year(), 2, "Mine")
    kept = queries.priorities(session, alliance.id, this_year())
    assert kept
    assert kept.text == "Catering"
