"""Who gets the head of the record, when, and what somebody who was given one may type."""

import uuid
from datetime import UTC, date, datetime

import pytest

from marketplace.alliance.record.heads.rules import Holder, chosen, is_for_all, time_to_send
from marketplace.core.chain import Head, given_head
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Kind, Role

SCHOOL, ALLIANCE = uuid.uuid4(), uuid.uuid4()
CODE = "3f0c" * 16


def holder(name: str, role: Role, organisation_id: uuid.UUID = SCHOOL, kind: Kind = Kind.SCHOOL) -> Holder:
    return Holder(organisation_id, "Alder Primary School", kind, role, name, f"{name}@example.org")


def test_each_organisation_gets_one_letter_to_whoever_keeps_it_first() -> None:
    people = [
        holder("gita", Role.GOVERNOR),
        holder("hal", Role.HEADTEACHER),
        holder("zoe", Role.BURSAR),
        holder("ann", Role.BURSAR),
        holder("cora", Role.COORDINATOR, ALLIANCE, Kind.ALLIANCE),
        holder("asa", Role.AUDITOR, ALLIANCE, Kind.ALLIANCE),
        holder("sue", Role.SENIOR_LEADER, uuid.uuid4()),
    ]
    for order in (people, people[::-1]):
        assert {one.name for one in chosen(order)} == {"ann", "asa"}


def test_heads_go_out_from_six_in_england_and_on_mondays_to_all() -> None:
    assert not time_to_send(datetime(2026, 7, 1, 4, 59, tzinfo=UTC))
    assert time_to_send(datetime(2026, 7, 1, 5, 0, tzinfo=UTC))
    assert is_for_all(date(2026, 11, 30))
    assert not is_for_all(date(2026, 12, 1))


@pytest.mark.parametrize("text", [f"4211:{CODE}", f" 4,211 : {CODE.upper()} ", f"4211 {CODE}"])
def test_a_head_is_read_as_people_copy_it(text: str) -> None:
    assert given_head(text) == Head(4211, CODE)


@pytest.mark.parametrize(
    "text", ["4211", CODE, f"4211:{CODE}0", f"x:{CODE}", f"2147483648:{CODE}", "4211:" + "g" * 64]
)
def test_what_is_no_head_is_refused_with_what_to_enter(text: str) -> None:
    with pytest.raises(RuleBroken, match="number of the entry and its code") as refused:
        given_head(text)
    assert refused.value.field == "head"
