import uuid
from collections.abc import Callable

import pytest

from marketplace.core import clock
from marketplace.core.money import Money
from tests import make
from tests.web.client import Client
from tests.web.page import Form

ClientFor = Callable[[uuid.UUID | None], Client]


@pytest.fixture
def school(app: object) -> make.School:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=1).schools[0]


def minuted(form: Form) -> Form:
    today = clock.today()
    form.fill(minute_reference="FGB 2026/41")
    return form.fill(
        **{
            "minuted_on-day": str(today.day),
            "minuted_on-month": str(today.month),
            "minuted_on-year": str(today.year),
        }
    )


def test_a_headteacher_sets_the_bands_and_everybody_of_the_school_sees_them(
    client_for: ClientFor, school: make.School
) -> None:
    head = client_for(school.headteacher.person_id)
    page = head.get(f"/schools/{school.id}")
    empty = head.get(page.links()[f"Who approves what in {school.name}"])
    assert "No ladder yet" in empty.words
    form = head.get(empty.links()["Set the bands"]).form("Set the bands from now on")
    done = head.submit(minuted(form), "Set the bands from now on")
    assert "More than £10,000.00, up to £40,000.00" in done.words
    seen = client_for(school.governor.person_id).get(f"/schools/{school.id}/delegation")
    assert "minute FGB 2026/41" in seen.words
    assert "Set new bands" not in seen.links()


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"up_to_2": "9,000"}, "up_to_2", "must be more than £10,000.00"),
        ({"up_to_2": "lots"}, "up_to_2", "must be a number"),
        ({"up_to_3": "90000"}, "up_to_3", "Leave the last band without an upper limit"),
        ({"approver_1": ""}, "approver_1", "or clear the whole row"),
        ({"least_quotes_2": ""}, "least_quotes_2", "Enter the least number of quotes, or 0."),
        ({"approver_5": "headteacher", "least_quotes_5": "1"}, "approver_5", "There is an empty row"),
        ({"minute_reference": ""}, "minute_reference", "Enter where the governing body’s decision"),
    ],
)
def test_bands_that_cannot_be_come_back_filled_in(
    client_for: ClientFor, school: make.School, typed: dict[str, str], field: str, words: str
) -> None:
    head = client_for(school.headteacher.person_id)
    form = minuted(head.get(f"/schools/{school.id}/delegation/set").form("Set the bands from now on"))
    refused = head.submit(form.fill(**typed), "Set the bands from now on", status=422)
    assert words in refused.errors()[field]
    kept = refused.form("Set the bands from now on").values
    assert {name: kept[name] for name in typed} == typed


def test_a_ladder_set_meanwhile_is_not_overwritten(client_for: ClientFor, school: make.School) -> None:
    head = client_for(school.headteacher.person_id)
    form = minuted(head.get(f"/schools/{school.id}/delegation/set").form("Set the bands from now on"))
    make.ladder(school)
    refused = head.submit(form, "Set the bands from now on", status=409)
    assert "Someone changed this" in refused.words


def test_the_approver_sees_the_value_and_allows_fewer_quotes(
    client_for: ClientFor, school: make.School
) -> None:
    make.ladder(school)
    need_id = make.submitted_need(school, current_annual_spend=Money(10_000_00))
    head = client_for(school.headteacher.person_id)
    page = head.get(f"/needs/{need_id}/approve")
    assert "£36,000.00 (Procurement Act 2023, section 4 and Schedule 3)" in page.words
    assert "Below the threshold of £663,540.00" in page.words
    form = head.get(page.links()["Allow fewer quotes"]).form("Allow fewer quotes")
    done = head.submit(form.fill(quotes="1", reason="One firm serves the valley."), "Allow fewer quotes")
    assert "because: One firm serves the valley." in done.words
    assert "Allow fewer quotes" not in client_for(school.bursar.person_id).get(f"/needs/{need_id}").links()
