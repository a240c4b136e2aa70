"""Making, approving, refusing and paying claims."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from invoicing.fund import actions, books
from invoicing.fund.models import Claim, ClaimApproval, Fund
from invoicing.fund.rules import ClaimStatus
from invoicing.ledger import queries as ledger
from invoicing.ledger.models import Entry
from invoicing.ledger.rules import AccountKind, AccountName
from marketplace.alliance.models import RoleHolding
from marketplace.core import clock, storage
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Actor, Role
from tests import make
from tests.make import fund as making

pytestmark = pytest.mark.usefixtures("app")
IN_THE_FUND = Money(6_000_00)


@pytest.fixture
def held(app: Flask) -> make.Fund:  # noqa: ARG001  # it needs the context
    """A fund of four schools that holds £6,000."""
    held = make.partnership_fund(make.alliance(schools=4))
    make.received_round(held, IN_THE_FUND)
    return held


def shares(session: Session, held: make.Fund) -> dict[uuid.UUID, Money]:
    return books.read_books(session, session.get_one(Fund, held.id)).shares


def recipients(session: Session, subject: str) -> set[str]:
    """The names of those who were written to about something."""
    letters = session.scalars(select(Message).where(Message.subject.contains(subject)))
    return {letter.body.split("Dear ")[1].split(",")[0] for letter in letters}


def governor_of(*schools: make.School) -> Actor:
    """One person who governs several schools."""
    first, *others = schools
    person = make.person(first.id, Role.GOVERNOR, name="Bea Both")
    with transaction() as adding:
        for school in others:
            adding.add(RoleHolding(person_id=person.person_id, organisation_id=school.id, role=Role.GOVERNOR))
    return make.actor(person.person_id)


class TestMaking:
    def test_a_claim_carries_its_evidence(self, held: make.Fund, session: Session) -> None:
        claim = session.get_one(Claim, make.claim(held, held.schools[0], Money(250_00)))
        assert claim.reference.startswith("FC-")
        assert (claim.status, claim.amount) == (ClaimStatus.SUBMITTED, Money(250_00))
        assert storage.read(claim.evidence_sha256) == making.PDF

    def test_headteachers_and_governors_of_the_other_schools_are_asked(
        self, held: make.Fund, session: Session
    ) -> None:
        make.claim(held, held.schools[0])
        assert recipients(session, "Please decide on a claim") == {
            person.name for school in held.schools[1:] for person in (school.headteacher, school.governor)
        }

    def test_a_double_click_claims_once(self, held: make.Fund, session: Session) -> None:
        school, claim_id = held.schools[0], new_id()
        for _ in range(2):
            actions.make_claim(school.bursar, claim_id, held.id, making.wish(school), making.evidence())
        assert session.scalars(select(Claim.id)).all() == [claim_id]

    def test_a_claim_larger_than_the_fund_is_refused_with_the_sum_available(self, held: make.Fund) -> None:
        make.claim(held, held.schools[0], IN_THE_FUND)
        with pytest.raises(RuleBroken, match=r"£6,000\.00 available") as refusal:
            make.claim(held, held.schools[0], IN_THE_FUND + Money(1))
        assert refusal.value.field == "amount"

    def test_evidence_that_is_not_what_it_says_claims_nothing(
        self, held: make.Fund, session: Session
    ) -> None:
        school = held.schools[0]
        with pytest.raises(RuleBroken) as refusal:
            actions.make_claim(
                school.bursar, new_id(), held.id, making.wish(school), making.evidence("bill.pdf", b"MZ")
            )
        assert refusal.value.field == "evidence"
        assert not session.scalars(select(Claim.id)).all()

    def test_nobody_claims_for_another_school(self, held: make.Fund) -> None:
        school, other = held.schools[:2]
        for person in (other.bursar, held.alliance.coordinator, school.governor):
            with pytest.raises(Forbidden):
                actions.make_claim(person, new_id(), held.id, making.wish(school), making.evidence())

    def test_a_school_of_another_alliance_cannot_even_see_the_fund(self, held: make.Fund) -> None:
        stranger = make.alliance(schools=1, name="Elsewhere").schools[0]
        with pytest.raises(NotFound):
            actions.make_claim(stranger.bursar, new_id(), held.id, making.wish(stranger), making.evidence())


class TestApproving:
    def test_two_people_of_two_other_schools_make_it_payable(self, held: make.Fund, session: Session) -> None:
        claim_id = make.claim(held, held.schools[0])
        making.approve(claim_id, held.schools[1])
        assert session.get_one(Claim, claim_id).status is ClaimStatus.SUBMITTED
        assert not recipients(session, "can be paid")
        making.approve(claim_id, held.schools[2])
        assert session.get_one(Claim, claim_id).status is ClaimStatus.APPROVED
        assert recipients(session, "can be paid") == {held.alliance.coordinator.name}

    def test_the_claimants_own_school_cannot_approve(self, held: make.Fund) -> None:
        claim_id = make.claim(held, held.schools[0])
        with pytest.raises(Forbidden, match="Your school made this claim"):
            making.approve(claim_id, held.schools[0])

    def test_the_same_school_cannot_approve_twice(self, held: make.Fund) -> None:
        claim_id, school = make.claim(held, held.schools[0]), held.schools[1]
        making.approve(claim_id, school)
        with pytest.raises(RuleBroken, match="another school"):
            actions.approve_claim(school.governor, new_id(), claim_id, school.id)

    def test_one_person_with_seats_in_two_schools_approves_once(self, held: make.Fund) -> None:
        claim_id, (_, beech, cedar, _) = make.claim(held, held.schools[0]), held.schools
        both = governor_of(beech, cedar)
        actions.approve_claim(both, new_id(), claim_id, beech.id)
        with pytest.raises(RuleBroken, match="Somebody else"):
            actions.approve_claim(both, new_id(), claim_id, cedar.id)

    def test_somebody_who_also_sits_in_the_claimants_school_cannot_approve(self, held: make.Fund) -> None:
        claim_id, (alder, beech, *_) = make.claim(held, held.schools[0]), held.schools
        with pytest.raises(Forbidden):
            actions.approve_claim(governor_of(beech, alder), new_id(), claim_id, beech.id)

    def test_a_double_click_approves_once(self, held: make.Fund, session: Session) -> None:
        claim_id, school, approval_id = make.claim(held, held.schools[0]), held.schools[1], new_id()
        for _ in range(2):
            actions.approve_claim(school.headteacher, approval_id, claim_id, school.id)
        assert len(session.scalars(select(ClaimApproval.id)).all()) == 1

    def test_a_third_approval_is_refused(self, held: make.Fund) -> None:
        claim_id = make.approved_claim(held, held.schools[0])
        with pytest.raises(RuleBroken, match="already"):
            making.approve(claim_id, held.schools[3])

    def test_bursars_coordinators_and_auditors_do_not_approve(self, held: make.Fund) -> None:
        claim_id, school = make.claim(held, held.schools[0]), held.schools[1]
        for person in (school.bursar, held.alliance.coordinator, held.alliance.auditor):
            with pytest.raises(Forbidden):
                actions.approve_claim(person, new_id(), claim_id, school.id)

    def test_nobody_approves_for_a_school_that_is_not_theirs(self, held: make.Fund) -> None:
        claim_id = make.claim(held, held.schools[0])
        with pytest.raises(Forbidden):
            actions.approve_claim(held.schools[1].headteacher, new_id(), claim_id, held.schools[2].id)

    def test_a_head_of_another_alliance_cannot_even_see_it(self, held: make.Fund) -> None:
        claim_id = make.claim(held, held.schools[0])
        stranger = make.alliance(schools=1, name="Elsewhere").schools[0]
        with pytest.raises(NotFound):
            actions.approve_claim(stranger.headteacher, new_id(), claim_id, stranger.id)


class TestRefusing:
    @pytest.mark.parametrize("made", [make.claim, make.approved_claim])
    def test_a_claim_is_refused_with_a_reason_until_it_is_paid(
        self, made: Callable[[make.Fund, make.School], uuid.UUID], held: make.Fund, session: Session
    ) -> None:
        school = held.schools[0]
        claim_id = made(held, school)
        actions.refuse_claim(held.schools[3].governor, claim_id, "Not shared work: £ and ü.")
        claim = session.get_one(Claim, claim_id)
        assert (claim.status, claim.refusal_reason) == (ClaimStatus.REFUSED, "Not shared work: £ and ü.")
        assert recipients(session, "was refused") == {school.bursar.name}
        with pytest.raises(RuleBroken):
            making.pay(held, claim_id)

    def test_the_claimants_own_school_cannot_refuse(self, held: make.Fund) -> None:
        claim_id = make.claim(held, held.schools[0])
        with pytest.raises(Forbidden, match="Your school made this claim"):
            actions.refuse_claim(held.schools[0].headteacher, claim_id, "No")

    def test_a_paid_claim_is_not_refused(self, held: make.Fund) -> None:
        claim_id = make.paid_claim(held, held.schools[0])
        with pytest.raises(RuleBroken):
            actions.refuse_claim(held.schools[3].governor, claim_id, "Too late")

    def test_a_double_click_refuses_once(self, held: make.Fund, session: Session) -> None:
        claim_id = make.claim(held, held.schools[0])
        for _ in range(2):
            actions.refuse_claim(held.schools[1].governor, claim_id, "No")
        refused = select(Event.id).where(Event.act == "claim.refuse")
        assert len(session.scalars(refused).all()) == 1

    def test_a_refused_claim_is_not_approved(self, held: make.Fund) -> None:
        claim_id = make.claim(held, held.schools[0])
        actions.refuse_claim(held.schools[1].governor, claim_id, "No")
        with pytest.raises(RuleBroken, match="refused"):
            making.approve(claim_id, held.schools[2])


class TestPaying:
    def test_every_share_bears_its_part(self, held: make.Fund, session: Session) -> None:
        before = shares(session, held)
        make.paid_claim(held, held.schools[0], Money(3_000_00))
        after = shares(session, held)
        assert Money.total(after.values()) == IN_THE_FUND - Money(3_000_00)
        halves = {school_id: share.pence - share.pence // 2 for school_id, share in before.items()}
        assert all(abs(after[school_id].pence - half) <= 1 for school_id, half in halves.items())

    def test_the_claimants_books_show_the_money_and_where_it_came_from(
        self, held: make.Fund, session: Session
    ) -> None:
        school = held.schools[0]
        amount = Money(3_000_00)
        before = ledger.balance(session, AccountName(school.id, AccountKind.BANK))
        make.paid_claim(held, school, amount)
        came = AccountName(school.id, AccountKind.INCOME, held.alliance.id, books.PURPOSE)
        assert ledger.balance(session, came) == -amount
        assert ledger.balance(session, AccountName(school.id, AccountKind.BANK)) == before + amount
        assert not ledger.incomplete_entries(session)

    def test_the_claimant_is_told(self, held: make.Fund, session: Session) -> None:
        school = held.schools[0]
        make.paid_claim(held, school)
        assert recipients(session, "was paid") == {school.bursar.name, school.finance_lead.name}

    def test_one_approval_is_not_enough(self, held: make.Fund) -> None:
        claim_id = make.claim(held, held.schools[0])
        making.approve(claim_id, held.schools[1])
        with pytest.raises(RuleBroken, match="Two people from two other schools"):
            making.pay(held, claim_id)

    def test_a_claim_cannot_take_what_others_have_taken_meanwhile(
        self, held: make.Fund, session: Session
    ) -> None:
        first, second = (make.approved_claim(held, held.schools[place], Money(4_000_00)) for place in (0, 1))
        making.pay(held, first)
        with pytest.raises(RuleBroken, match=r"£2,000\.00 available"):
            making.pay(held, second)
        assert session.get_one(Claim, second).status is ClaimStatus.APPROVED
        assert Money.total(shares(session, held).values()) == Money(2_000_00)

    def test_a_school_that_paid_nothing_bears_nothing(self, held: make.Fund, session: Session) -> None:
        newcomer = make.school(held.alliance.id, EstablishmentName="Newcomer School")
        make.paid_claim(held, newcomer, Money(1_000_00))
        assert newcomer.id not in shares(session, held)

    def test_everything_can_be_spent_and_nothing_more(self, held: make.Fund, session: Session) -> None:
        make.paid_claim(held, held.schools[0], IN_THE_FUND)
        assert set(shares(session, held).values()) == {ZERO}
        with pytest.raises(RuleBroken):
            make.claim(held, held.schools[0], Money(1))

    def test_a_claim_is_not_paid_before_its_approval_nor_tomorrow(self, held: make.Fund) -> None:
        claim_id = make.approved_claim(held, held.schools[0])
        for days in (-1, 1):
            with pytest.raises(RuleBroken) as refusal:
                making.pay(held, claim_id, clock.today() + timedelta(days=days))
            assert refusal.value.field == "paid_on"

    def test_money_that_came_in_afterwards_does_not_pay_an_earlier_day(self, held: make.Fund) -> None:
        everything = make.approved_claim(held, held.schools[0], IN_THE_FUND)
        another = make.approved_claim(held, held.schools[0], Money(500_00))
        making.pay(held, everything)
        start = clock.now()
        with clock.travelling(start + timedelta(days=10)):
            make.received_round(held, Money(1_000_00))
        with clock.travelling(start + timedelta(days=20)):
            with pytest.raises(RuleBroken, match=r"£0\.00 available"):
                making.pay(held, another, clock.today() - timedelta(days=15))
            making.pay(held, another, clock.today() - timedelta(days=10))

    def test_a_double_click_pays_once_and_another_tab_is_refused(
        self, held: make.Fund, session: Session
    ) -> None:
        claim_id, entry_id = make.approved_claim(held, held.schools[0]), new_id()
        for _ in range(2):
            actions.pay_claim(held.alliance.coordinator, entry_id, claim_id, clock.today())
        with pytest.raises(RuleBroken, match="paid already"):
            making.pay(held, claim_id)
        entries = select(Entry.id).where(Entry.source_id == claim_id)
        assert len(session.scalars(entries).all()) == 1

    def test_nobody_but_the_coordinator_pays(self, held: make.Fund) -> None:
        claim_id = make.approved_claim(held, held.schools[0])
        for person in (held.schools[0].finance_lead, held.schools[1].headteacher, held.alliance.auditor):
            with pytest.raises(Forbidden):
                actions.pay_claim(person, new_id(), claim_id, clock.today())

    def test_claims_paid_at_the_same_moment_never_overdraw_the_fund(
        self, held: make.Fund, app: Flask, session: Session
    ) -> None:
        waiting = [make.approved_claim(held, held.schools[0], Money(1_700_00)) for _ in range(6)]
        session.rollback()

        def attempt(claim_id: uuid.UUID) -> bool:
            with app.app_context():
                try:
                    making.pay(held, claim_id)
                except RuleBroken:
                    return False
                return True

        with ThreadPoolExecutor(6) as threads:
            paid = list(threads.map(attempt, waiting))
        assert sum(paid) == 3
        assert Money.total(shares(session, held).values()) == Money(900_00)
        assert min(shares(session, held).values()) >= ZERO


def test_the_database_itself_refuses_a_claim_in_an_impossible_state(held: make.Fund) -> None:
    make.claim(held, held.schools[0])
    impossible: list[dict[str, object]] = [
        {"status": ClaimStatus.PAID},
        {"status": ClaimStatus.REFUSED},
        {"amount": ZERO},
        {"paid_on": clock.today()},
        {"refusal_reason": "Why"},
    ]
    for broken in impossible:
        with pytest.raises(IntegrityError), transaction() as changing:
            changing.execute(update(Claim).values(**broken))


def test_the_database_itself_refuses_approvals_that_are_not_independent(
    held: make.Fund, session: Session
) -> None:
    claim_id = make.claim(held, held.schools[0])
    making.approve(claim_id, held.schools[1])
    alder, beech, cedar, _ = held.schools
    given = session.scalars(select(ClaimApproval)).one()
    first_person = given.person_id
    for broken in (
        {"school_id": alder.id, "person_id": alder.headteacher.person_id},
        {"school_id": beech.id, "person_id": beech.governor.person_id},
        {"school_id": cedar.id, "person_id": first_person},
        {"position": 1},
        {"position": 3},
        {"claimant_id": cedar.id, "school_id": alder.id},
    ):
        values = {
            "id": new_id(),
            "claim_id": claim_id,
            "claimant_id": alder.id,
            "position": 2,
            "school_id": cedar.id,
            "person_id": cedar.headteacher.person_id,
            "approved_at": clock.now(),
        } | broken
        with pytest.raises(IntegrityError), transaction() as adding:
            adding.add(ClaimApproval(**values))
