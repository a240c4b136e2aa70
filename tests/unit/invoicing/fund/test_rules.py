"""What the Partnership Fund may do, in plain figures."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.fund import contributing, rules, shares
from invoicing.fund.contributing import Asked, SupportLevel
from invoicing.fund.rules import Approval, Case, ClaimStatus, ContributionStatus, Proposal, Purpose
from invoicing.fund.shares import MovementKind, Pot, ShareMovement
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import ZERO, Money

ALDER, BEECH, CEDAR, DAMSON = (uuid.UUID(int=number) for number in range(1, 5))
ANN, BOB, CAT = (uuid.UUID(int=number) for number in range(11, 14))
TODAY = date(2026, 11, 22)


def pence(held: Mapping[uuid.UUID, Money]) -> dict[uuid.UUID, int]:
    return {school_id: share.pence for school_id, share in held.items()}


def free(movements: Iterable[ShareMovement], on: date) -> dict[uuid.UUID, int]:
    return pence(shares.by_holder(shares.free_shares(movements, on)))


def pot(school_id: uuid.UUID, purpose: Purpose | None = Purpose.STAFF_TRAINING) -> Pot:
    return Pot(school_id, purpose)


def bear(amount: Money, held: Mapping[Pot, Money]) -> dict[Pot, Money]:
    return shares.bear(amount, held, Purpose.STAFF_TRAINING)


def movement(school_id: uuid.UUID, day: date, amount: int) -> ShareMovement:
    return ShareMovement(
        day,
        school_id,
        Money(amount),
        uuid.uuid4(),
        uuid.uuid4(),
        "FR-2026-0001",
        "",
        "",
        Purpose.STAFF_TRAINING,
        MovementKind.CONTRIBUTION if amount > 0 else MovementKind.CLAIM,
        Purpose.STAFF_TRAINING,
    )


def by_pupils(total: Money, pupils: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, Money]:
    asked = [Asked(one, number, SupportLevel.STANDARD, 365, 365) for one, number in pupils.items()]
    return contributing.amounts(asked, total=total)


def test_a_total_is_shared_by_pupils_to_the_penny() -> None:
    shares = by_pupils(Money(1_000_00), {ALDER: 210, BEECH: 240, CEDAR: 420})
    assert pence(shares) == {ALDER: 241_38, BEECH: 275_86, CEDAR: 482_76}


def test_a_school_without_pupils_is_asked_for_nothing() -> None:
    assert by_pupils(Money(100), {ALDER: 0, BEECH: 5}) == {BEECH: Money(100)}


@pytest.mark.parametrize("pupils", [{}, {ALDER: 0, BEECH: 0}])
def test_a_total_needs_somebody_to_share_it(pupils: dict[uuid.UUID, int]) -> None:
    with pytest.raises(RuleBroken) as refusal:
        by_pupils(Money(100), pupils)
    assert refusal.value.field == "schools"


@given(
    st.integers(1, 10**9),
    st.lists(st.integers(0, 3_000), min_size=1, max_size=40).filter(any),
)
def test_what_schools_are_asked_for_always_comes_to_the_total(total: int, pupils: list[int]) -> None:
    schools = {uuid.UUID(int=place): number for place, number in enumerate(pupils)}
    assert Money.total(by_pupils(Money(total), schools).values()) == Money(total)


def proposal(title: str = "Round", total: int = 100, year_end: date = date(2027, 8, 31)) -> Proposal:
    schools = frozenset({ALDER, BEECH})
    return Proposal(title, Money(total), date(2026, 9, 1), year_end, Purpose.SHARED_STAFF, schools)


@pytest.mark.parametrize(
    "changed",
    [proposal(title="Other"), proposal(total=101), proposal(year_end=date(2027, 8, 30))],
)
def test_a_proposal_that_was_changed_after_it_was_checked_shows(changed: Proposal) -> None:
    shares = {ALDER: Money(40), BEECH: Money(60)}
    assert rules.fingerprint(changed, shares) != rules.fingerprint(proposal(), shares)


def test_shares_that_changed_after_they_were_checked_show() -> None:
    seen = rules.fingerprint(proposal(), {ALDER: Money(40), BEECH: Money(60)})
    assert rules.fingerprint(proposal(), {ALDER: Money(41), BEECH: Money(59)}) != seen
    assert rules.fingerprint(proposal(), {BEECH: Money(60), ALDER: Money(40)}) == seen


@pytest.mark.parametrize("end", [date(2026, 9, 1), date(2026, 8, 31), date(2027, 9, 2)])
def test_a_financial_year_ends_after_it_starts_and_within_twelve_months(end: date) -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.check_year(date(2026, 9, 1), end)
    assert refusal.value.field == "year_end"


def test_a_leap_year_is_a_financial_year() -> None:
    rules.check_year(date(2027, 9, 1), date(2028, 8, 31))


def test_money_cannot_be_received_before_the_governing_body_met_nor_tomorrow() -> None:
    rules.check_received_on(TODAY, TODAY, TODAY)
    for day in (date(2026, 11, 21), date(2026, 11, 23)):
        with pytest.raises(RuleBroken) as refusal:
            rules.check_received_on(day, TODAY, TODAY)
        assert refusal.value.field == "received_on"


def test_a_claim_cannot_be_paid_before_its_second_approval_nor_tomorrow() -> None:
    rules.check_paid_on(TODAY, TODAY, TODAY)
    for day in (date(2026, 11, 21), date(2026, 11, 23)):
        with pytest.raises(RuleBroken) as refusal:
            rules.check_paid_on(day, TODAY, TODAY)
        assert refusal.value.field == "paid_on"


def test_a_parents_associations_money_is_never_a_source() -> None:
    rules.check_source(own_budget=True)
    with pytest.raises(RuleBroken) as refusal:
        rules.check_source(own_budget=False)
    assert refusal.value.field == "own_budget"


def test_without_confirmation_nothing_is_received() -> None:
    rules.check_awaits_receipt(ContributionStatus.CONFIRMED, "Alder")
    with pytest.raises(RuleBroken, match="governing body of Alder has not confirmed"):
        rules.check_awaits_receipt(ContributionStatus.PROPOSED, "Alder")


def test_nothing_is_received_twice() -> None:
    with pytest.raises(RuleBroken, match="already"):
        rules.check_awaits_receipt(ContributionStatus.RECEIVED, "Alder")


INDEPENDENT = Case(ALDER, ANN, (Approval(BOB, BEECH), Approval(CAT, CEDAR)))
FIRST = Case(ALDER, ANN, (Approval(BOB, BEECH),))


def test_the_second_approval_comes_from_another_person_and_another_school() -> None:
    rules.check_approver(FIRST, Approval(CAT, CEDAR), {CEDAR})


def test_the_same_school_cannot_approve_twice() -> None:
    with pytest.raises(RuleBroken, match="another school"):
        rules.check_approver(FIRST, Approval(CAT, BEECH), {BEECH})


def test_the_same_person_cannot_approve_for_a_second_school() -> None:
    with pytest.raises(RuleBroken, match="Somebody else"):
        rules.check_approver(FIRST, Approval(BOB, CEDAR), {BEECH, CEDAR})


def test_the_claimants_own_school_cannot_approve() -> None:
    with pytest.raises(Forbidden):
        rules.check_approver(FIRST, Approval(CAT, ALDER), {ALDER})


def test_somebody_who_also_belongs_to_the_claimants_school_cannot_approve() -> None:
    with pytest.raises(Forbidden):
        rules.check_approver(FIRST, Approval(CAT, CEDAR), {ALDER, CEDAR})


def test_whoever_made_a_claim_cannot_approve_it_from_another_school() -> None:
    with pytest.raises(RuleBroken):
        rules.check_approver(FIRST, Approval(ANN, CEDAR), {CEDAR})


def test_what_may_be_approved_is_what_would_not_be_refused() -> None:
    assert rules.may_approve(FIRST, Approval(CAT, CEDAR), {CEDAR})
    assert not rules.may_approve(FIRST, Approval(CAT, BEECH), {BEECH})


@pytest.mark.parametrize("status", sorted(set(ClaimStatus) - {ClaimStatus.SUBMITTED}))
def test_a_claim_that_was_decided_or_is_still_in_its_school_takes_no_approval(status: ClaimStatus) -> None:
    with pytest.raises(RuleBroken):
        rules.check_awaits_approval(status)


@pytest.mark.parametrize(
    "approvals",
    [
        (),
        (Approval(BOB, BEECH),),
        (Approval(BOB, BEECH), Approval(CAT, BEECH)),
        (Approval(BOB, BEECH), Approval(BOB, CEDAR)),
        (Approval(BOB, BEECH), Approval(CAT, ALDER)),
        (Approval(BOB, BEECH), Approval(ANN, CEDAR)),
    ],
)
def test_a_claim_is_not_paid_without_two_people_of_two_other_schools(
    approvals: tuple[Approval, ...],
) -> None:
    with pytest.raises(RuleBroken):
        rules.check_awaits_payment(ClaimStatus.APPROVED, Case(ALDER, ANN, approvals))


def test_a_claim_with_two_independent_approvals_can_be_paid() -> None:
    rules.check_awaits_payment(ClaimStatus.APPROVED, INDEPENDENT)


@pytest.mark.parametrize("status", [ClaimStatus.PAID, ClaimStatus.REFUSED])
def test_a_claim_is_not_paid_twice_nor_after_it_was_refused(status: ClaimStatus) -> None:
    with pytest.raises(RuleBroken):
        rules.check_awaits_payment(status, INDEPENDENT)


def test_a_claim_is_borne_in_proportion_to_what_the_shares_hold() -> None:
    held = {pot(ALDER): Money(300_00), pot(BEECH): Money(100_00), pot(CEDAR): ZERO}
    assert bear(Money(100_00), held) == {pot(ALDER): Money(75_00), pot(BEECH): Money(25_00)}


def test_a_claim_that_is_larger_than_the_fund_is_refused_with_the_sum_available() -> None:
    with pytest.raises(RuleBroken, match=r"£0\.03 available for training.*Claim £0\.03 or less"):
        bear(Money(4), {pot(ALDER): Money(1), pot(BEECH): Money(2)})


def test_a_claim_is_never_paid_from_what_was_collected_for_another_purpose() -> None:
    systems = pot(BEECH, Purpose.SHARED_SYSTEMS)
    held = {pot(ALDER): Money(3), systems: Money(100)}
    assert bear(Money(3), held) == {pot(ALDER): Money(3)}
    with pytest.raises(RuleBroken, match=r"£0\.03 available for training"):
        bear(Money(4), held)
    with pytest.raises(RuleBroken, match=r"£0\.00 available.*Choose another purpose"):
        bear(Money(1), {systems: Money(100)})


def test_what_came_in_before_purposes_were_kept_apart_pays_for_any() -> None:
    held = {pot(ALDER): Money(1), pot(ALDER, None): Money(3)}
    assert bear(Money(4), held) == held


def test_a_claim_of_everything_empties_every_share_and_no_more() -> None:
    held = {pot(ALDER): Money(1), pot(BEECH): Money(2), pot(CEDAR): Money(7)}
    assert bear(Money(10), held) == held


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=30).filter(any), st.data())
def test_no_share_ever_bears_more_than_it_holds(held: list[int], data: st.DataObject) -> None:
    held_by = {pot(uuid.UUID(int=place)): Money(share) for place, share in enumerate(held)}
    amount = Money(data.draw(st.integers(1, sum(held))))
    borne = bear(amount, held_by)
    assert Money.total(borne.values()) == amount
    assert all(ZERO < part <= held_by[one] for one, part in borne.items())


def test_money_that_was_spent_later_cannot_be_spent_again_on_an_earlier_day() -> None:
    movements = [
        movement(ALDER, date(2026, 9, 1), 100),
        movement(ALDER, date(2026, 10, 1), -80),
        movement(ALDER, date(2026, 11, 1), 50),
    ]
    assert free(movements, date(2026, 9, 15)) == {ALDER: 20}
    assert free(movements, date(2026, 10, 1)) == {ALDER: 20}
    assert free(movements, date(2026, 11, 1)) == {ALDER: 70}


def test_money_that_came_in_later_cannot_be_spent_on_an_earlier_day() -> None:
    assert free([movement(ALDER, TODAY, 100)], date(2026, 11, 21)) == {ALDER: 0}
