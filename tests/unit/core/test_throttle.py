"""A token asks as often as is agreed, and is told how long to wait."""

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.api.throttle import Rate, Throttle

START = datetime(2026, 11, 27, 9, tzinfo=UTC)
RATE = Rate(a_minute=60, at_once=5)


def test_so_many_come_at_once_and_then_one_in_turn() -> None:
    throttle, token = Throttle(lambda: RATE), uuid.uuid4()
    assert [throttle.seconds_to_wait(token, START) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    later = START + timedelta(seconds=1)
    assert [throttle.seconds_to_wait(token, later) for _ in range(2)] == [0, 1]


def test_one_token_does_not_use_up_what_another_may_ask() -> None:
    throttle = Throttle(lambda: RATE)
    busy, other = uuid.uuid4(), uuid.uuid4()
    while not throttle.seconds_to_wait(busy, START):
        pass
    assert throttle.seconds_to_wait(other, START) == 0


@given(st.lists(st.integers(0, 3_000), max_size=60))
def test_who_waits_as_told_is_let_in_and_nobody_gets_more_than_the_rate(
    pauses: list[int],
) -> None:
    throttle, token, now, let_in = Throttle(lambda: RATE), uuid.uuid4(), START, 0
    for pause in pauses:
        now += timedelta(milliseconds=pause)
        if wait := throttle.seconds_to_wait(token, now):
            now += timedelta(seconds=wait)
            assert throttle.seconds_to_wait(token, now) == 0
        let_in += 1
    assert let_in <= RATE.at_once + (now - START) / RATE.apart
