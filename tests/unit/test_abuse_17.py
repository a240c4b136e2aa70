"""Abuse 17: rounding theft. Whatever is split, by whatever rule, the shares come to the total."""

import random
import uuid
from decimal import Decimal
from fractions import Fraction

import pytest

from invoicing.fund.rules import Purpose
from invoicing.fund.shares import Pot, bear
from invoicing.shared_costs import rules as shared_costs
from invoicing.shared_costs import sharing
from invoicing.shared_costs.games import Coalitions
from invoicing.shared_costs.rules import Participant
from marketplace.core.money import Money
from marketplace.tenders.rules import Split

SEED = 20_261_127
LARGEST = 10**8


def test_abuse_17_shares_come_to_the_total_in_100_000_random_splits() -> None:
    draw = random.Random(SEED)  # figures to try, nothing secret
    for attempt in range(100_000):
        weights = [1, *(int(draw.random() * 1_500) for _ in range(attempt % 4))]
        total = int(draw.random() * LARGEST)
        parts = [share.pence for share in Money(total).split(weights)]
        assert sum(parts) == total, f"seed {SEED}, split {attempt}: {total} by {weights}"
        assert min(parts) >= 0


@pytest.mark.parametrize("split", list(Split))
def test_abuse_17_a_shared_cost_is_recharged_to_the_penny(split: Split) -> None:
    draw = random.Random(SEED)  # figures to try, nothing secret
    for _ in range(1_000):
        taking_part = [
            Participant(uuid.UUID(int=place), draw.randint(1, 2_000), Decimal(draw.randint(1, 9_999)) / 100)
            for place in range(draw.randint(2, 8))
        ]
        total = Money(draw.randint(1, LARGEST))
        parts = shared_costs.shares(total, split, taking_part)
        assert Money.total(part.amount for part in parts) == total, f"seed {SEED}: {total} by {taking_part}"


@pytest.mark.parametrize("rule", [one for one in sharing.Rule if one is not sharing.Rule.NUCLEOLUS])
def test_abuse_17_every_formula_of_a_cost_split_comes_to_the_cost(rule: sharing.Rule) -> None:
    draw = random.Random(SEED)  # figures to try, nothing secret
    for _ in range(40):
        names = tuple("abcd"[: draw.randint(2, 4)])
        costs = [Fraction(0), *(Fraction(draw.randint(1, LARGEST)) for _ in range(2 ** len(names) - 1))]
        volumes = tuple(Fraction(draw.randint(1, 900)) for _ in names)
        parts = sharing.split(Coalitions(names, tuple(costs), volumes), rule)
        assert sum(parts.pence) == costs[-1] == sum(parts.exact), f"seed {SEED}: {parts}"


def test_abuse_17_a_claim_takes_from_the_shares_what_is_paid_and_no_penny_more() -> None:
    draw = random.Random(SEED)  # figures to try, nothing secret
    for _ in range(2_000):
        held = {
            Pot(uuid.UUID(int=place), Purpose.SHARED_STAFF): Money(draw.randint(0, 10**6) + 1)
            for place in range(draw.randint(1, 7))
        }
        total = Money(draw.randint(1, sum(one.pence for one in held.values())))
        borne = bear(total, held, Purpose.SHARED_STAFF)
        assert Money.total(borne.values()) == total, f"seed {SEED}: {total} from {held}"
