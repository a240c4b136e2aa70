"""References count without gap or twin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from flask import Flask

from marketplace.core.db import transaction
from marketplace.core.ids import new_id, next_number, next_reference


def test_ids_sort_by_the_time_of_making_and_are_version_7() -> None:
    made = new_id()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


@pytest.mark.usefixtures("app")
def test_a_reference_names_kind_year_and_number() -> None:
    new_year = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    with transaction() as session:
        assert next_reference(session, "T", new_year) == "T-2026-0001"
        assert next_reference(session, "T", new_year) == "T-2026-0002"
        assert next_reference(session, "N", new_year) == "N-2026-0001"


def test_threads_that_give_up_leave_no_gap_and_make_no_twin(app: Flask) -> None:
    def take(turn: int) -> int | None:
        with app.app_context(), suppress(ZeroDivisionError), transaction() as session:
            number = next_number(session, "series")
            return number if turn % 3 else number // 0
        return None

    with ThreadPoolExecutor(8) as threads:
        numbers = sorted(number for number in threads.map(take, range(60)) if number)
    assert numbers == list(range(1, 41))
