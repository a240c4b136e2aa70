"""The register as a picture: everything stands where its day is, and nothing speaks by colour alone."""

import types
from datetime import date
from itertools import pairwise
from typing import Any, cast

import pytest

from marketplace.contracts.models import Contract
from marketplace.contracts.picture import Line, in_picture_order, register_picture

TODAY = date(2026, 11, 27)


def contract(**changes: Any) -> Contract:
    """As much of a contract as the picture reads."""
    usual: dict[str, Any] = {
        "title": "Cleaning",
        "category": "cleaning",
        "school": types.SimpleNamespace(name="Alder Primary School"),
        "starts_on": date(2024, 9, 1),
        "runs_until": date(2027, 8, 31),
        "last_notice_on": date(2027, 5, 31),
        "notice_days": 0,
        "notice_months": 3,
        "renewal_months": 0,
        "extension_months": (),
    }
    return cast("Contract", types.SimpleNamespace(**usual | changes))


def line(**changes: Any) -> Line:
    """The only line of a picture."""
    (group,) = register_picture([contract(**changes)], TODAY, name_school=False).groups
    (drawn,) = group.lines
    return drawn


def test_a_term_ends_where_the_option_or_the_renewal_begins() -> None:
    term, option, further = line(extension_months=(12, 6)).boxes
    assert (term.kind, option.kind, further.kind) == ("term", "option", "option")
    assert option.letter == "E"
    for earlier, later in ((term, option), (option, further)):
        assert float(earlier.x) + float(earlier.width) == pytest.approx(float(later.x), abs=0.2)
    _, renewal = line(renewal_months=12).boxes
    assert (renewal.kind, renewal.letter) == ("renewal", "R")


def test_a_contract_that_renews_and_can_be_extended_shows_both_one_above_the_other() -> None:
    _, renewal, option = line(renewal_months=12, extension_months=(12,)).boxes
    assert float(renewal.y) + float(renewal.height) <= float(option.y)


def test_the_triangle_stands_on_the_last_safe_day_and_only_where_there_is_one() -> None:
    drawn = line()
    tip = float(drawn.notice.split()[-1].split(",")[0])
    assert 0 < tip < float(drawn.boxes[0].width)
    assert not line(notice_months=0).notice
    assert not line(last_notice_on=date(2026, 1, 1)).notice


@pytest.mark.parametrize("ends", [date(2026, 11, 28), date(2031, 1, 1), date(2055, 8, 31)])
def test_nothing_is_drawn_beyond_the_edges(ends: date) -> None:
    drawn = line(runs_until=ends, extension_months=(120, 120), renewal_months=60)
    for box in drawn.boxes:
        assert float(box.x) >= 0
        assert float(box.x) + float(box.width) <= 400.1


def test_contracts_stand_by_category_and_by_the_day_to_act() -> None:
    contracts = [
        contract(category="gas", title="Late", last_notice_on=date(2027, 9, 1)),
        contract(category="waste"),
        contract(category="gas", title="Soon", last_notice_on=date(2027, 1, 1)),
    ]
    picture = register_picture(in_picture_order(contracts), TODAY, name_school=True)
    assert [group.label for group in picture.groups] == ["Gas (2)", "Waste and recycling (1)"]
    assert [one.label for one in picture.groups[0].lines] == [
        "Alder Primary School: Soon",
        "Alder Primary School: Late",
    ]


def test_a_register_of_sixty_has_a_line_for_each_that_touches_no_other() -> None:
    contracts = [contract(title=f"Contract {number}") for number in range(60)]
    (group,) = register_picture(contracts, TODAY, name_school=False).groups
    tops = [int(one.text_y) for one in group.lines]
    assert len(tops) == 60
    assert min(later - earlier for earlier, later in pairwise(tops)) >= 36
