"""Opening a fund, asking for contributions, confirming and receiving them."""

import uuid
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from invoicing.fund import actions, books, queries, rules
from invoicing.fund.models import Contribution, ContributionRound, Fund
from invoicing.fund.rules import ContributionStatus, Purpose
from invoicing.fund.shares import Pot
from invoicing.ledger import queries as ledger
from invoicing.ledger.models import Entry
from invoicing.ledger.rules import AccountKind, AccountName
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.models import School
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.money import ZERO, Money
from tests import make
from tests.make import fund as making

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def held(app: Flask) -> make.Fund:  # noqa: ARG001  # it needs the context
    return make.partnership_fund(make.alliance(schools=3))


def letters(session: Session) -> dict[str, str]:
    return {message.subject: message.body for message in session.scalars(select(Message))}


def acts(session: Session) -> list[str]:
    return list(session.scalars(select(Event.act).order_by(Event.position)))


class TestOpening:
    def test_a_fund_is_opened_once_an_alliance(self, held: make.Fund, session: Session) -> None:
        alliance = held.alliance
        with pytest.raises(RuleBroken, match="already"):
            actions.open_fund(alliance.coordinator, new_id(), alliance.id, "Another", clock.today())
        assert session.scalars(select(Fund.id)).all() == [held.id]
        assert acts(session)[-1] == "fund.open"

    def test_a_double_click_opens_one_fund(self, held: make.Fund, session: Session) -> None:
        actions.open_fund(held.alliance.coordinator, held.id, held.alliance.id, "Fund", clock.today())
        assert acts(session).count("fund.open") == 1

    def test_a_fund_is_not_opened_tomorrow(self) -> None:
        alliance = make.alliance(schools=1)
        with pytest.raises(RuleBroken) as refusal:
            actions.open_fund(
                alliance.coordinator, new_id(), alliance.id, "Fund", clock.today() + timedelta(days=1)
            )
        assert refusal.value.field == "opened_on"

    def test_only_a_coordinator_opens_it(self) -> None:
        alliance, other = make.alliance(schools=1), make.alliance(schools=1)
        with pytest.raises(Forbidden):
            actions.open_fund(alliance.schools[0].headteacher, new_id(), alliance.id, "Fund", clock.today())
        with pytest.raises(NotFound):
            actions.open_fund(other.coordinator, new_id(), alliance.id, "Fund", clock.today())


class TestProposing:
    def test_each_school_is_asked_in_proportion_to_its_pupils(
        self, held: make.Fund, session: Session
    ) -> None:
        round_id = make.proposed_round(held, Money(7_200_00))
        asked = making.contributions(held, round_id)
        pupils = {school.id: school.pupils for school in held.schools}
        assert {one.school_id: (one.pupils, one.amount) for one in asked.values()} == {
            school_id: (number, Money(number * 10_00)) for school_id, number in pupils.items()
        }
        assert {one.status for one in asked.values()} == {ContributionStatus.PROPOSED}
        assert session.get_one(ContributionRound, round_id).reference.startswith("FR-")

    def test_only_the_chosen_schools_are_asked(self, held: make.Fund) -> None:
        round_id = make.proposed_round(held, Money(100), held.schools[:2])
        assert set(making.contributions(held, round_id)) == {school.id for school in held.schools[:2]}

    def test_each_governor_is_asked_by_e_mail_to_confirm(self, held: make.Fund, session: Session) -> None:
        make.proposed_round(held, Money(7_200_00))
        bodies = [
            message.body
            for message in session.scalars(select(Message))
            if "confirm a contribution" in message.subject
        ]
        assert len(bodies) == len(held.schools)
        school = held.schools[0]
        mine = next(body for body in bodies if f"Dear {school.governor.name}," in body)
        assert f"{school.name} is asked for £2,100.00" in mine
        assert "/confirm" in mine

    def test_a_double_click_proposes_once(self, held: make.Fund, session: Session) -> None:
        wanted = making.proposal(held.schools, Money(100))
        round_id = make.proposed_round(held, Money(100))
        actions.propose_contributions(held.alliance.coordinator, round_id, held.id, wanted, "as before")
        assert len(session.scalars(select(ContributionRound.id)).all()) == 1

    def test_what_was_not_seen_is_not_sent(self, held: make.Fund, session: Session) -> None:
        wanted = making.proposal(held.schools, Money(7_200_00))
        coordinator = held.alliance.coordinator
        shares = queries.proposed_shares(session, queries.get_fund(session, coordinator, held.id), wanted)
        seen = rules.fingerprint(wanted, {share.school_id: share.amount for share in shares})
        with transaction() as changing:
            changing.get_one(School, held.schools[0].id).pupils += 1
        with pytest.raises(Stale):
            actions.propose_contributions(coordinator, new_id(), held.id, wanted, seen)
        assert not session.scalars(select(ContributionRound.id)).all()

    def test_a_school_of_another_alliance_is_never_asked(self, held: make.Fund) -> None:
        stranger = make.alliance(schools=1, name="Elsewhere").schools[0]
        with pytest.raises(RuleBroken) as refusal:
            make.proposed_round(held, Money(100), [*held.schools, stranger])
        assert refusal.value.field == "schools"

    def test_nobody_but_the_coordinator_proposes(self, held: make.Fund) -> None:
        wanted = making.proposal(held.schools, Money(100))
        for person in (held.schools[0].headteacher, held.alliance.auditor):
            with pytest.raises(Forbidden):
                actions.propose_contributions(person, new_id(), held.id, wanted, "")
        outsider = make.alliance(schools=1, name="Elsewhere").coordinator
        with pytest.raises(NotFound):
            actions.propose_contributions(outsider, new_id(), held.id, wanted, "")


class TestConfirming:
    def test_a_governor_confirms_with_a_minute(self, held: make.Fund, session: Session) -> None:
        school = held.schools[0]
        contribution_id = making.confirm(held, make.proposed_round(held), school, date(2026, 9, 30))
        found = session.get_one(Contribution, contribution_id)
        assert found.status is ContributionStatus.CONFIRMED
        said = found.confirmation
        assert said
        assert (said.subject, said.subject_id) == (Subject.CONTRIBUTION, contribution_id)
        assert (said.minute_reference, said.minuted_on) == ("FGB 4", date(2026, 9, 30))
        assert said.recorded_by == school.governor.person_id
        assert acts(session)[-1] == "contribution.confirm"

    def test_the_school_is_asked_to_pay_and_the_coordinator_to_watch(
        self, held: make.Fund, session: Session
    ) -> None:
        making.confirm(held, make.proposed_round(held), held.schools[0])
        told = letters(session)
        assert "minute FGB 4" in told["Please pay your contribution to the Partnership Fund"]
        assert "/receive" in told[f"{held.schools[0].name} has confirmed its contribution"]

    def test_a_double_click_confirms_once_and_a_second_minute_is_refused(
        self, held: make.Fund, session: Session
    ) -> None:
        school, round_id = held.schools[0], make.proposed_round(held)
        contribution_id = making.confirm(held, round_id, school)
        making.confirm(held, round_id, school)
        assert acts(session).count("contribution.confirm") == 1
        with pytest.raises(RuleBroken):
            actions.confirm_contribution(
                school.governor, contribution_id, "FGB 5", clock.today(), own_budget=True
            )

    def test_a_confirmation_that_ended_before_the_money_came_counts_for_nothing(
        self, held: make.Fund, session: Session
    ) -> None:
        school, today = held.schools[0], clock.today()
        contribution_id = making.contributions(held, make.proposed_round(held))[school.id].id
        actions.confirm_contribution(
            school.governor, contribution_id, "FGB 4", today, own_budget=True, expires_on=today
        )
        with clock.travelling(clock.now() + timedelta(days=1)):
            with pytest.raises(RuleBroken, match="has not confirmed this, or its confirmation has ended"):
                making.receive(held, contribution_id)
            assert queries.needs_confirming(session.get_one(Contribution, contribution_id), clock.today())
            actions.confirm_contribution(
                school.governor, contribution_id, "FGB 5", clock.today(), own_budget=True
            )
            making.receive(held, contribution_id)
        session.rollback()
        assert session.get_one(Contribution, contribution_id).status is ContributionStatus.RECEIVED

    def test_money_that_came_on_the_last_day_of_a_confirmation_is_recorded_later(
        self, held: make.Fund
    ) -> None:
        school, today = held.schools[0], clock.today()
        contribution_id = making.contributions(held, make.proposed_round(held))[school.id].id
        actions.confirm_contribution(
            school.governor, contribution_id, "FGB 4", today, own_budget=True, expires_on=today
        )
        with clock.travelling(clock.now() + timedelta(days=3)):
            making.receive(held, contribution_id, today)

    def test_only_a_governor_of_that_school_confirms(self, held: make.Fund) -> None:
        school, other = held.schools[:2]
        contribution_id = making.contributions(held, make.proposed_round(held))[school.id].id
        for person in (school.headteacher, other.governor, held.alliance.coordinator):
            with pytest.raises(Forbidden):
                actions.confirm_contribution(person, contribution_id, "FGB 4", clock.today(), own_budget=True)
        stranger = make.alliance(schools=1, name="Elsewhere").schools[0].governor
        with pytest.raises(NotFound):
            actions.confirm_contribution(stranger, contribution_id, "FGB 4", clock.today(), own_budget=True)

    def test_a_meeting_of_tomorrow_or_a_parents_associations_money_confirms_nothing(
        self, held: make.Fund, session: Session
    ) -> None:
        school = held.schools[0]
        contribution_id = making.contributions(held, make.proposed_round(held))[school.id].id
        tomorrow = clock.today() + timedelta(days=1)
        with pytest.raises(RuleBroken):
            actions.confirm_contribution(school.governor, contribution_id, "FGB", tomorrow, own_budget=True)
        with pytest.raises(RuleBroken, match="parents’ association"):
            actions.confirm_contribution(
                school.governor, contribution_id, "FGB", clock.today(), own_budget=False
            )
        assert session.get_one(Contribution, contribution_id).status is ContributionStatus.PROPOSED


class TestReceiving:
    def test_a_receipt_stands_in_the_funds_books_and_in_the_schools(
        self, held: make.Fund, session: Session
    ) -> None:
        school = held.schools[0]
        making.receive(held, making.confirm(held, make.proposed_round(held, Money(7_200_00)), school))
        fund = session.get_one(Fund, held.id)
        amount = Money(2_100_00)
        assert ledger.balance(session, books.bank(fund)) == amount
        assert ledger.balance(session, books.share(fund, Pot(school.id, Purpose.STAFF_TRAINING))) == -amount
        paid = AccountName(school.id, AccountKind.EXPENSE, held.alliance.id, books.PURPOSE)
        assert ledger.balance(session, paid) == amount
        assert ledger.balance(session, AccountName(school.id, AccountKind.BANK)) == -amount
        assert books.read_books(session, fund).shares == {school.id: amount}
        assert not ledger.incomplete_entries(session)

    def test_nothing_is_received_before_the_governing_body_has_confirmed(
        self, held: make.Fund, session: Session
    ) -> None:
        contribution_id = making.contributions(held, make.proposed_round(held))[held.schools[0].id].id
        with pytest.raises(RuleBroken, match="has not confirmed"):
            making.receive(held, contribution_id)
        assert not session.scalars(select(Entry.id)).all()

    def test_nothing_is_received_before_the_meeting_nor_tomorrow(self, held: make.Fund) -> None:
        contribution_id = making.confirm(held, make.proposed_round(held), held.schools[0])
        for days in (-1, 1):
            with pytest.raises(RuleBroken) as refusal:
                making.receive(held, contribution_id, clock.today() + timedelta(days=days))
            assert refusal.value.field == "received_on"

    def test_a_double_click_receives_once_and_another_tab_is_refused(
        self, held: make.Fund, session: Session
    ) -> None:
        contribution_id = making.confirm(held, make.proposed_round(held, Money(7_200_00)), held.schools[0])
        entry_id = new_id()
        for _ in range(2):
            actions.receive_contribution(held.alliance.coordinator, entry_id, contribution_id, clock.today())
        with pytest.raises(RuleBroken):
            making.receive(held, contribution_id)
        fund = session.get_one(Fund, held.id)
        assert ledger.balance(session, books.bank(fund)) == Money(2_100_00)

    def test_a_page_that_recorded_one_receipt_cannot_record_another(self, held: make.Fund) -> None:
        round_id = make.proposed_round(held)
        first, second = (making.confirm(held, round_id, school) for school in held.schools[:2])
        entry_id = new_id()
        coordinator = held.alliance.coordinator
        actions.receive_contribution(coordinator, entry_id, first, clock.today())
        with pytest.raises(RuleBroken, match="used for another"):
            actions.receive_contribution(coordinator, entry_id, second, clock.today())

    def test_nobody_but_the_coordinator_records_it(self, held: make.Fund) -> None:
        school = held.schools[0]
        contribution_id = making.confirm(held, make.proposed_round(held), school)
        for person in (school.finance_lead, school.governor, held.alliance.auditor):
            with pytest.raises(Forbidden):
                actions.receive_contribution(person, new_id(), contribution_id, clock.today())


def test_the_database_itself_refuses_a_contribution_without_its_minute(held: make.Fund) -> None:
    make.proposed_round(held)
    impossible: list[dict[str, object]] = [
        {"status": ContributionStatus.CONFIRMED},
        {"status": ContributionStatus.RECEIVED},
        {"amount": ZERO},
        {"pupils": 0},
        {"received_on": date(2026, 11, 1)},
    ]
    for broken in impossible:
        with pytest.raises(IntegrityError), transaction() as changing:
            changing.execute(update(Contribution).values(**broken))


def test_the_database_itself_refuses_a_school_asked_twice_in_a_round(held: make.Fund) -> None:
    round_id = make.proposed_round(held)
    again = Contribution(
        id=uuid.uuid4(), round_id=round_id, school_id=held.schools[0].id, pupils=1, amount=Money(1)
    )
    with pytest.raises(IntegrityError), transaction() as adding:
        adding.add(again)
