"""Terms, contracts and needs for tests of suggestions, and Hypothesis strategies of them."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.needs.rules import Joint, NeedStatus
from marketplace.needs.suggestions.pairing import Asked, Term

TODAY = date(2026, 11, 22)


def school_id(name: str) -> uuid.UUID:
    """The id of a school of a test, always the same for a name."""
    return uuid.uuid5(uuid.NAMESPACE_DNS, name)


def term(school: str, ends_on: date, **changes: Any) -> Term:
    """A school's contract of three years, insurance at £20,000 a year; `changes` are fields of Term."""
    fields: dict[str, Any] = {
        "id": uuid.uuid5(school_id(school), f"contract {ends_on}"),
        "school_id": school_id(school),
        "school": school,
        "category": "insurance",
        "starts_on": ends_on - timedelta(days=1095),
        "ends_on": ends_on,
        "annual": Money(20_000_00),
    }
    return Term(**{**fields, **changes})


def asked(school: str, contract_ends_on: date, **changes: Any) -> Asked:
    """An approved need of a school that is willing, wanted from the day after today's contract."""
    fields: dict[str, Any] = {
        "id": uuid.uuid5(school_id(school), f"need {contract_ends_on}"),
        "school_id": school_id(school),
        "school": school,
        "category": "insurance",
        "status": NeedStatus.APPROVED,
        "contract_ends_on": contract_ends_on,
        "wanted_from": contract_ends_on + timedelta(days=1),
        "term_months": 36,
        "volume": Decimal(400),
        "spend": Money(21_000_00),
        "joint": Joint.YES,
        "condition": "",
    }
    return Asked(**{**fields, **changes})


SCHOOLS = st.sampled_from(["Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Lime", "Oak"])
ENDS = st.dates(TODAY - timedelta(days=500), TODAY + timedelta(days=1400))
CATEGORIES = st.sampled_from(["insurance", "waste"])


@st.composite
def contracts(draw: st.DrawFn) -> Term:
    """Any contract that a register can hold."""
    return term(
        draw(SCHOOLS),
        draw(ENDS),
        id=draw(st.uuids()),
        category=draw(CATEGORIES),
        notice_days=draw(st.sampled_from([0, 30, 90])),
        notice_months=draw(st.sampled_from([0, 3, 6])),
        renewal_months=draw(st.sampled_from([0, 0, 12, 1])),
        extension_months=tuple(draw(st.lists(st.sampled_from([1, 6, 12]), max_size=2))),
        annual=Money(draw(st.integers(0, 90_000_00))),
    )


@st.composite
def needs(draw: st.DrawFn) -> Asked:
    """Any need that has been submitted."""
    ends_on = draw(ENDS)
    return asked(
        draw(SCHOOLS),
        ends_on,
        id=draw(st.uuids()),
        category=draw(CATEGORIES),
        status=draw(st.sampled_from([one for one in NeedStatus if one not in {"draft", "withdrawn"}])),
        wanted_from=ends_on + timedelta(days=draw(st.integers(-30, 60))),
        term_months=draw(st.sampled_from([12, 36, 60])),
        joint=draw(st.sampled_from(Joint)),
    )
