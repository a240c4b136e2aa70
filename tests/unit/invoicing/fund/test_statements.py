"""Opening + paid in − spent = closing, for every school, for the fund, for any two dates."""

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from invoicing.fund import shares, statements
from invoicing.fund.rules import Purpose
from invoicing.fund.shares import MovementKind, Pot, ShareMovement
from invoicing.fund.statements import Period
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

ALDER, BEECH = uuid.UUID(int=1), uuid.UUID(int=2)
YEAR = Period(date(2026, 9, 1), date(2027, 8, 31))
FIRST_DAY = date(2026, 1, 1)
PURPOSES = [Purpose.STAFF_TRAINING, Purpose.SHARED_STAFF]
SCHOOLS = [uuid.UUID(int=number) for number in range(1, 6)]


def movement(
    school_id: uuid.UUID,
    day: date,
    pence: int,
    entry: int,
    purpose: Purpose = Purpose.STAFF_TRAINING,
) -> ShareMovement:
    reference = f"{'FR' if pence > 0 else 'FC'}-2026-{entry:04d}"
    return ShareMovement(
        day,
        school_id,
        Money(pence),
        uuid.UUID(int=entry),
        uuid.UUID(int=entry),
        reference,
        "What",
        "Who",
        purpose,
        MovementKind.CONTRIBUTION if pence > 0 else MovementKind.CLAIM,
        purpose,
    )


BOOKS = [
    movement(ALDER, date(2026, 3, 1), 445_00, 1),
    movement(ALDER, date(2026, 3, 1), 55_00, 11, Purpose.SHARED_STAFF),
    movement(BEECH, date(2026, 3, 2), 273_00, 2),
    movement(BEECH, date(2026, 3, 2), 27_00, 12, Purpose.SHARED_STAFF),
    movement(ALDER, date(2026, 8, 31), -50_00, 3),
    movement(BEECH, date(2026, 8, 31), -30_00, 3),
    movement(ALDER, date(2026, 9, 1), 100_00, 4),
    movement(ALDER, date(2027, 8, 31), -55_00, 5, Purpose.SHARED_STAFF),
    movement(BEECH, date(2027, 8, 31), -27_00, 5, Purpose.SHARED_STAFF),
    movement(BEECH, date(2027, 9, 1), 1_00, 6),
]


def test_the_funds_statement_of_a_year() -> None:
    stated = statements.statement(BOOKS, YEAR)
    assert stated.opening == Money(720_00)
    assert stated.paid_in == Money(100_00)
    assert stated.spent == Money(82_00)
    assert stated.closing == Money(738_00)
    assert stated.spent_by_purpose == {Purpose.SHARED_STAFF: Money(82_00)}


def test_one_claim_is_one_line_of_the_fund_and_of_each_share() -> None:
    stated = statements.statement(BOOKS, YEAR)
    assert [(line.paid_in, line.spent, line.balance) for line in stated.lines] == [
        (Money(100_00), ZERO, Money(820_00)),
        (ZERO, Money(82_00), Money(738_00)),
    ]
    beech = statements.by_school(BOOKS, YEAR)[BEECH]
    assert [(line.spent, line.balance) for line in beech.lines] == [(Money(27_00), Money(243_00))]


def test_schools_add_up_to_the_fund() -> None:
    whole, parts = statements.statement(BOOKS, YEAR), statements.by_school(BOOKS, YEAR)
    assert {school: (one.opening, one.closing) for school, one in parts.items()} == {
        ALDER: (Money(450_00), Money(495_00)),
        BEECH: (Money(270_00), Money(243_00)),
    }
    statements.check_agreement(whole, parts, Money(720_00), Money(738_00))


def test_a_bank_account_that_holds_a_penny_less_is_noticed() -> None:
    whole, parts = statements.statement(BOOKS, YEAR), statements.by_school(BOOKS, YEAR)
    with pytest.raises(AssertionError):
        statements.check_agreement(whole, parts, Money(720_00), Money(737_99))


def test_a_school_that_was_left_out_is_noticed() -> None:
    whole, parts = statements.statement(BOOKS, YEAR), statements.by_school(BOOKS, YEAR)
    del parts[BEECH]
    with pytest.raises(AssertionError):
        statements.check_agreement(whole, parts, whole.opening, whole.closing)


def test_one_year_closes_where_the_next_opens() -> None:
    before = statements.statement(BOOKS, statements.year_before(YEAR))
    after = statements.statement(BOOKS, Period(date(2027, 9, 1), date(2027, 9, 1)))
    assert before.closing == statements.statement(BOOKS, YEAR).opening
    assert statements.statement(BOOKS, YEAR).closing == after.opening


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 8, 31), 2025),
        (date(2026, 9, 1), 2026),
        (date(2027, 1, 1), 2026),
        (date(2028, 2, 29), 2027),
    ],
)
def test_the_academic_year_begins_on_the_first_of_september(day: date, first: int) -> None:
    year = statements.academic_year(day)
    assert (year.start, year.end) == (date(first, 9, 1), date(first + 1, 8, 31))


def test_the_year_before_a_period() -> None:
    assert statements.year_before(YEAR) == Period(date(2025, 9, 1), date(2026, 8, 31))


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(RuleBroken) as refusal:
        Period(date(2026, 9, 2), date(2026, 9, 1))
    assert refusal.value.field == "end"


def test_readers_are_offered_both_year_ends_and_the_last_closed_month() -> None:
    found = statements.offered(YEAR, date(2026, 10, 31), date(2026, 11, 27))
    assert [(one.start, one.end) for _, one in found] == [
        (date(2025, 9, 1), date(2026, 8, 31)),
        (date(2025, 4, 1), date(2026, 3, 31)),
        (date(2026, 10, 1), date(2026, 10, 31)),
    ]
    assert len(statements.offered(YEAR, None, date(2027, 3, 31))) == 2


class AnySequence(RuleBasedStateMachine):
    """Contributions and claims in any order, of any size, on any day."""

    def __init__(self) -> None:
        super().__init__()
        self.movements: list[ShareMovement] = []
        self.bank: list[tuple[date, Money]] = []
        self.entry = 0

    def post(self, day: date, amounts: dict[Pot, int]) -> None:
        self.entry += 1
        for pot, pence in amounts.items():
            assert pot.purpose
            self.movements.append(movement(pot.holder_id, day, pence, self.entry, pot.purpose))
        self.movements.sort(key=lambda one: one.posted_on)
        self.bank.append((day, Money(sum(amounts.values()))))

    @rule(
        school=st.sampled_from(SCHOOLS),
        purpose=st.sampled_from(PURPOSES),
        pence=st.integers(1, 10**7),
        days=st.integers(0, 60),
    )
    def contribute(self, school: uuid.UUID, purpose: Purpose, pence: int, days: int) -> None:
        self.post(FIRST_DAY + timedelta(days=days), {Pot(school, purpose): pence})

    @rule(purpose=st.sampled_from(PURPOSES), pence=st.integers(1, 10**7), days=st.integers(0, 60))
    def claim(self, purpose: Purpose, pence: int, days: int) -> None:
        day = FIRST_DAY + timedelta(days=days)
        free = shares.free_shares(self.movements, day)
        try:
            borne = shares.bear(Money(pence), free, purpose)
        except RuleBroken:
            assert Money(pence) > shares.held_for(free, purpose)
            return
        self.post(day, {pot: -part.pence for pot, part in borne.items()})

    @rule(first=st.integers(0, 60), length=st.integers(0, 60))
    def state(self, first: int, length: int) -> None:
        start = FIRST_DAY + timedelta(days=first)
        period = Period(start, start + timedelta(days=length))
        whole = statements.statement(self.movements, period)
        statements.check_agreement(
            whole,
            statements.by_school(self.movements, period),
            Money.total(amount for day, amount in self.bank if day < period.start),
            Money.total(amount for day, amount in self.bank if day <= period.end),
        )
        statements.check_purposes(whole, statements.by_purpose(self.movements, period))
        assert whole.opening + whole.paid_in - whole.spent == whole.closing
        if whole.lines:
            assert whole.lines[-1].balance == whole.closing

    @invariant()
    def no_purpose_of_a_share_is_ever_below_zero(self) -> None:
        held: dict[tuple[Pot, date], Money] = {}
        for one in self.movements:
            held[one.pot, one.posted_on] = held.get((one.pot, one.posted_on), ZERO) + one.amount
        for pot in {pot for pot, _ in held}:
            standing = ZERO
            for day in sorted(day for other, day in held if other == pot):
                standing += held[pot, day]
                assert standing >= ZERO


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
