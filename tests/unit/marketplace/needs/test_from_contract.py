from datetime import date

import pytest

from marketplace.contracts.models import Contract
from marketplace.core.money import Money
from marketplace.needs.from_contract import content_from

TODAY = date(2026, 11, 27)


def contract(ends_on: date, **changes: int) -> Contract:
    return Contract(
        category="waste",
        title="Waste and recycling",
        supplier_name="Clear Skips",
        annual_value=Money(4_200_00),
        starts_on=date(2024, 1, 1),
        ends_on=ends_on,
        **{"notice_days": 0, "notice_months": 0, "renewal_months": 0} | changes,
    )


def test_a_need_takes_over_supplier_spend_and_end_and_starts_the_day_after() -> None:
    taken = content_from(contract(date(2027, 8, 31), notice_days=90), TODAY)
    assert (taken.title, taken.current_supplier) == ("Waste and recycling", "Clear Skips")
    assert taken.current_annual_spend == Money(4_200_00)
    assert (taken.contract_ends_on, taken.wanted_from) == (date(2027, 8, 31), date(2027, 9, 1))
    assert taken.answers == {"contract_renews": "no", "contract_notice": 90}


@pytest.mark.parametrize(
    ("made", "ends_on"),
    [
        (contract(date(2026, 12, 31), notice_months=3, renewal_months=12), date(2027, 12, 31)),
        (contract(date(2026, 10, 31)), None),
    ],
)
def test_a_contract_that_renewed_ends_later_and_one_that_has_ended_leaves_the_dates_open(
    made: Contract, ends_on: date | None
) -> None:
    taken = content_from(made, TODAY)
    assert taken.contract_ends_on == ends_on
    assert bool(taken.wanted_from) == bool(ends_on)
    assert "contract_notice" not in taken.answers or not made.notice_months
