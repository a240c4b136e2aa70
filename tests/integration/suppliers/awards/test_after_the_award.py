"""After the award: related parties, notices that are owed, and what reminds of them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from marketplace.contracts import actions as contracts
from marketplace.contracts import queries as register
from marketplace.contracts.models import Contract
from marketplace.core import clock, mail
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.tenders.uk_notices import duties, tasks
from marketplace.tenders.uk_notices.actions import issue_notice
from marketplace.tenders.uk_notices.reminders import actions as reminders
from marketplace.tenders.uk_notices.rules import NO_PARTICULARS, NoticeKind, Particulars
from suppliers.awards import actions
from suppliers.awards import queries as awards
from suppliers.awards.related_parties import actions as related
from suppliers.awards.related_parties import queries as related_parties
from suppliers.awards.related_parties.rules import Reported
from tests import make
from tests.make import Contest

pytestmark = pytest.mark.usefixtures("app")
BROADBAND = "72400000"
REPORTED = Reported("RPT-2026-7", date(2026, 9, 1))


def owed(contest: Contest) -> list[duties.Owed]:
    return duties.owed_by(make.fresh(), [contest.alliance.id])


def publish(contest: Contest, kind: NoticeKind, particulars: Particulars = NO_PARTICULARS) -> None:
    today = clock.today()
    issue_notice(
        contest.coordinator,
        new_id(),
        contest.tender.id,
        contest.tender.version,
        kind=kind,
        particulars=particulars,
        reference=f"{today.year}/S 000-9{int(kind.removeprefix('UK')):05d}",
        published_on=today,
    )


def contract_of(contest: Contest) -> Contract:
    (first, *_) = contest.tender.schools
    session = make.fresh()
    query = register.search(first.headteacher, school_id=first.id)
    return next(one for one in session.scalars(query) if one.award_id)


def edit(contest: Contest, **changes: object) -> None:
    contract = contract_of(contest)
    content = register.content_of(contract).__class__(
        **{**{name: getattr(contract, name) for name in register.content_of(contract).__slots__}, **changes}
    )
    contracts.edit_contract(contest.tender.schools[0].bursar, contract.id, contract.version, content)


def test_what_is_owed_about_contracts_is_asked_for_until_it_is_published(app: Flask) -> None:
    with clock.travelling(datetime(2026, 9, 1, 9, tzinfo=UTC)):
        contest = make.awarded_contest(cpv=BROADBAND)
    signed = make.fresh().get_one(Contract, contract_of(contest).id).registered_at
    with clock.travelling(signed + timedelta(days=1)):
        (details,) = owed(contest)
        assert details.kind is NoticeKind.DETAILS
        assert details.due_on == signed.date() + timedelta(days=29)
        assert reminders.remind_of_notices() == 1
        assert reminders.remind_of_notices() == 0
        with app.test_request_context():
            words = [one.text for one in tasks.waiting_for(make.fresh(), contest.coordinator)]
        assert f"Publish the contract details notice: {contest.tender.row.title}" in words
    with clock.travelling(signed + timedelta(days=25)):
        assert reminders.remind_of_notices() == 1
        publish(contest, NoticeKind.DETAILS)
        assert owed(contest) == []
    assert len(mail.newest(make.fresh(), "Contract details notice due by")) == 2
    contract = contract_of(contest)
    with clock.travelling(signed + timedelta(days=40)):
        edit(contest, annual_value=contract.annual_value * 2)
        (change,) = owed(contest)
        assert (change.kind, change.contract_id) == (NoticeKind.CHANGE, str(contract.id))
        publish(
            contest,
            NoticeKind.CHANGE,
            Particulars(
                reason="A second site.", contract_id=str(contract.id), new_net=Money(1), new_gross=Money(1)
            ),
        )
        assert owed(contest) == []
    ended = datetime.combine(contract.runs_until + timedelta(days=1), datetime.min.time(), UTC)
    with clock.travelling(ended):
        ends = owed(contest)
        assert {one.kind for one in ends} == {NoticeKind.CONTRACT_END}
        assert len(ends) == 3
        assert {one.due_on for one in ends} == {contract.runs_until + timedelta(days=29)}
        publish(
            contest,
            NoticeKind.CONTRACT_END,
            Particulars(reason="Its term ran out.", ends_on=contract.runs_until),
        )
        assert owed(contest) == []


def test_below_the_threshold_nothing_is_owed() -> None:
    assert owed(make.awarded_contest()) == []


def test_a_related_party_is_recorded_with_its_report_before_the_award_is_confirmed() -> None:
    contest = make.approved_contest()
    tender = contest.tender
    with pytest.raises(RuleBroken, match="Record each related party"):
        actions.confirm_award(contest.coordinator, tender.id, tender.version, related=True)
    session = make.fresh()
    pair = related_parties.pairs(session, tender.row, awards.live_awards(session, tender.id))[0]
    assert pair.part > Money(40_000_00)
    with pytest.raises(RuleBroken) as refused:
        related.declare_related_party(contest.coordinator, new_id(), tender.id, pair.key, REPORTED)
    assert refused.value.field == "approval_reference"
    approved = Reported("RPT-2026-7", clock.today(), approval_reference="DFE-77")
    related.declare_related_party(contest.coordinator, new_id(), tender.id, pair.key, approved)
    with pytest.raises(RuleBroken, match="recorded already"):
        related.declare_related_party(contest.coordinator, new_id(), tender.id, pair.key, approved)
    with pytest.raises(RuleBroken, match="Say so"):
        actions.confirm_award(contest.coordinator, tender.id, tender.version, related=False)
    actions.confirm_award(contest.coordinator, tender.id, tender.version, related=True)
    (kept,) = related_parties.view(make.fresh(), tender.id)
    assert (kept.report_reference, kept.approval_reference) == ("RPT-2026-7", "DFE-77")
