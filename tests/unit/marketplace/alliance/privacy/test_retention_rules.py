"""From when on data has been kept for long enough."""

from datetime import UTC, date, datetime

from marketplace.alliance.privacy.rules import retention, time_to_erase


def test_months_are_counted_back_to_midnight_in_england() -> None:
    rules = {rule.key: rule for rule in retention().erased}
    assert rules["messages"].before(date(2026, 12, 31)) == datetime(2026, 6, 29, 23, 0, tzinfo=UTC)
    assert rules["accounts"].before(date(2028, 2, 29)) == datetime(2027, 2, 28, tzinfo=UTC)


def test_names_stay_longer_than_any_period_of_the_law_and_than_the_way_to_sign_in() -> None:
    rules = {rule.key: rule for rule in retention().erased}
    assert rules["names"].months > 6 * 12
    assert rules["names"].months > rules["accounts"].months
    assert all(rule.months >= 1 for rule in rules.values())


def test_old_data_is_deleted_after_three_at_night_in_england() -> None:
    assert not time_to_erase(datetime(2026, 7, 1, 1, 59, tzinfo=UTC))
    assert time_to_erase(datetime(2026, 7, 1, 2, 0, tzinfo=UTC))
