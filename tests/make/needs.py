"""Needs of schools, as far along as a test wants them."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from marketplace.contracts import categories
from marketplace.contracts.categories import CategoryField, FieldType
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.rows import Rows
from marketplace.needs import actions
from marketplace.needs.answers import Answer
from marketplace.needs.models import Need
from marketplace.needs.rules import Considered, Joint, NeedContent
from tests.make.alliance import School
from tests.make.kept import kept

PATTERNED: Final[Mapping[str, str]] = {
    "mpan": "12 345 678 901 23",
    "mprn": "1234567890",
    "vat_registration": "GB 123 4567 89",
}
USUAL: Final[Mapping[FieldType, Answer]] = {
    FieldType.WHOLE_NUMBER: 12,
    FieldType.NUMBER: Decimal("37.5"),
    FieldType.MONEY: Money(4_500_000_00),
    FieldType.DATE: date(2024, 8, 31),
    FieldType.TEXT: "Between 6 am and 8 am",
    FieldType.LONG_TEXT: "Hall: 240 m²\nCorridors: 180 m²",
    FieldType.YES_NO: True,
}


def content(category: str = "catering", **changes: Any) -> NeedContent:
    """A complete, plausible need in a category; `changes` are fields of NeedContent."""
    today = clock.today()
    whole = NeedContent(
        title=f"{categories.label(category)} for the school",
        description="As today, and better.",
        volume=Decimal(34_200),
        current_supplier="Bramshire Services Ltd",
        current_annual_spend=Money(92_340_00),
        contract_ends_on=today + timedelta(days=240),
        wanted_from=today + timedelta(days=241),
        term_months=36,
        frameworks=Considered.DECIDED_NOT,
        frameworks_reason="Their fees are higher than what we save.",
        joint=Joint.YES,
        answers={field.key: answer(field) for field in categories.category(category).fields},
    )
    return replace(whole, **changes)


def answer(field: CategoryField) -> Answer:
    """A right answer to a category's question."""
    if field.type is FieldType.ONE_OF:
        return next(iter(field.options))
    if field.type is FieldType.ANY_OF:
        return list(field.options)[:2]
    if field.type is FieldType.TABLE:
        return Rows(({column.key: answer(column) for column in field.columns},))
    return PATTERNED.get(field.key, USUAL[field.type])


def draft_need(school: School, category: str = "catering", **changes: Any) -> uuid.UUID:
    """A draft of the school's bursar; its id. `changes` are fields of NeedContent."""
    need_id = new_id()
    actions.post_need(school.bursar, need_id, school.id, category, content(category, **changes))
    return need_id


def submitted_need(school: School, category: str = "catering", **changes: Any) -> uuid.UUID:
    """A need that waits for the headteacher; its id."""
    need_id = draft_need(school, category, **changes)
    actions.submit_need(school.bursar, need_id, need(need_id).version)
    return need_id


@kept
def approved_need(school: School, category: str = "catering", **changes: Any) -> uuid.UUID:
    """A need that the headteacher approved; its id."""
    need_id = submitted_need(school, category, **changes)
    actions.approve_need(school.headteacher, need_id, need(need_id).version)
    return need_id


def need(need_id: uuid.UUID) -> Need:
    """The need as it is now."""
    session = db.session()
    session.rollback()
    return session.get_one(Need, need_id)
