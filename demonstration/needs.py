"""Needs of the demonstration's schools, posted by their bursars and approved by their headteachers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from demonstration.calendar import Calendar
from demonstration.cast import Cast, DemonstrationSchool
from demonstration.purchases import (
    ALDHELM,
    FERNLEIGH,
    HARROW,
    KINGFISHER,
    MANOR,
    OAKMERE,
    Purchase,
)
from marketplace.contracts import categories
from marketplace.contracts.categories import CategoryField, FieldType
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.rows import Rows
from marketplace.needs import actions
from marketplace.needs.answers import Answer
from marketplace.needs.models import Need
from marketplace.needs.rules import Considered, Joint, NeedContent

SAID: Final[Mapping[str, str]] = {
    "access": "From 15:45 to 18:30 in term time; key from the site manager",
    "interfaces": "The school's finance package, by monthly journal file",
    "hazardous": "One sharps bin from the medical room, each half-term",
    "tests": "Fixed wiring in 2022, emergency lights last spring",
    "line_today": "One fibre line, 200 Mbit/s, contract ends in the summer",
    "postcode": "ZZ1 1AM",
    "mpan": "12 345 678 901 23",
    "mprn": "1234567890",
    "vat_registration": "GB 123 4567 89",
}
LISTED: Final[Mapping[str, tuple[tuple[Answer, ...], ...]]] = {
    "floors": (("Ground floor: hall and kitchen", Decimal(640)), ("First floor: classrooms", Decimal(980))),
    "frequency": (("Classrooms and toilets", "Daily"), ("Hall", "Three times a week")),
    "pay_dates": (("Everybody", "The 25th, or the working day before"),),
    "bins": (("general", 1_100, 6), ("paper", 1_100, 2)),
    "lifts": (("general", Decimal(5), Decimal(1)), ("paper", Decimal(1), Decimal(0))),
    "claims": ((date(2024, 1, 22), "Storm damage to a roof", Money(6_200_00), Money(0)),),
    "vehicles": (("ZZ19 ABC", "2019", 17),),
    "equipment": (("Combination oven", 6, "school"), ("Dishwasher", 3, "caterer")),
    "devices": (
        ("Staff room copier", "2021", "leased", date(2027, 8, 31), "Office Leasing"),
        ("Reprographics", "2018", "owned", None, None),
    ),
    "grass": (("Fields, cut every fortnight from March to October", Decimal(14_000)),),
    "pitches": (("Football", 1, "Every week in season"), ("Athletics track", 1, "Each summer")),
    "beds": (("hedges", Decimal(180)), ("beds", Decimal(24))),
    "days": (("teacher", Decimal(60)), ("assistant", Decimal(25))),
    "rates": (("teacher", Money(235_00)),),
    "assets": (("Fire alarm", 1), ("Emergency lights", 34), ("Electrical items", 58), ("Water outlets", 3)),
    "intervals": (("Fire alarm", "Every six months"), ("Emergency lights, electrical items", "Every year")),
    "last_tested": (("Fire alarm", date(2026, 5, 12)), ("Emergency lights", date(2026, 3, 4))),
}
"""The rows of tables, each in the order of its columns; a table that is not here says that there are none."""
COUNTED: Final[Mapping[str, Answer]] = {
    "area": Decimal(1_840),
    "contract_notice": 90,
    "exit_charges": Money(0),
    "devices": 310,
    "sites": 1,
    "income": Money(1_450_000_00),
    "subsidiaries": 0,
    "pay_runs": 12,
    "payees_average": 44,
    "payees_peak": 52,
    "several_contracts": 6,
    "parallel_runs": 2,
    "service_days": 190,
    "meal_price": Money(2_65),
    "infant_meals": 88,
    "free_meals": 36,
    "paid_meals": 61,
    "contents_sum": Money(310_000_00),
    "excess": Money(500_00),
    "upload": Decimal(200),
    "download": Decimal(200),
    "mono_pages": 310_000,
    "colour_pages": 85_000,
    "least_pages": 250_000,
    "training_days": 2,
    "history_years": 5,
    "visits": 16,
    "gritting_callouts": 6,
    "pupils": 210,
    "free_meal_funding": Money(2_61),
}
PLAUSIBLE: Final[Mapping[FieldType, Answer]] = {
    FieldType.WHOLE_NUMBER: 12,
    FieldType.NUMBER: Decimal(38),
    FieldType.MONEY: Money(1_250_000_00),
    FieldType.DATE: date(2025, 8, 31),
    FieldType.TEXT: "As today",
    FieldType.LONG_TEXT: "As today, on the same days",
    FieldType.YES_NO: True,
}


def post_all(cast: Cast, purchase: Purchase, offset: int) -> list[uuid.UUID]:
    """Each school's need for a purchase, posted, submitted and approved; their ids."""
    return [_approved(cast.calendar, cast.schools[urn], purchase, urn, offset) for urn in purchase.spend]


def post_single(cast: Cast) -> None:
    """Needs that are in no tender: a draft, two that wait, one returned, two approved, one withdrawn."""
    post(
        cast.calendar,
        cast.schools[OAKMERE],
        "cleaning",
        -2,
        title="Cleaning of the new sensory rooms",
        spend=4_200,
        volume=620,
    )
    waiting = post(
        cast.calendar, cast.schools[MANOR], "waste", -4, title="Waste and recycling", spend=9_800, volume=640
    )
    submit(cast.calendar, cast.schools[MANOR], waiting, -3)
    other = post(
        cast.calendar,
        cast.schools[KINGFISHER],
        "gas",
        -5,
        title="Gas for the main building",
        spend=11_300,
        volume=214_000,
    )
    submit(cast.calendar, cast.schools[KINGFISHER], other, -3)
    returned = post(
        cast.calendar,
        cast.schools[HARROW],
        "statutory_testing",
        -9,
        title="Statutory testing",
        spend=3_400,
        volume=96,
    )
    submit(cast.calendar, cast.schools[HARROW], returned, -8)
    with cast.calendar.on(-6):
        reason = "Please add the lift and the boiler, and the dates of the last tests."
        head = cast.schools[HARROW].headteacher
        actions.return_need(head, returned, _version(returned), reason)
    for urn, spend, lifts in ((FERNLEIGH, 12_400, 780), (ALDHELM, 3_100, 156)):
        need = post(
            cast.calendar,
            cast.schools[urn],
            "waste",
            -12,
            title="Waste and recycling",
            spend=spend,
            volume=lifts,
        )
        submit(cast.calendar, cast.schools[urn], need, -11)
        _approve(cast.calendar, cast.schools[urn], need, -10)
    withdrawn = post(
        cast.calendar, cast.schools[ALDHELM], "gas", -30, title="Gas for the hall", spend=2_900, volume=58_000
    )
    with cast.calendar.on(-28):
        reason = "The hall moves to a heat pump in the spring."
        actions.withdraw_need(cast.schools[ALDHELM].bursar, withdrawn, _version(withdrawn), reason)


def _approved(
    calendar: Calendar, school: DemonstrationSchool, purchase: Purchase, urn: str, offset: int
) -> uuid.UUID:
    volume = int(purchase.need_volume(urn)) if urn in purchase.items[0].a_year else 1
    need_id = post(
        calendar,
        school,
        purchase.category,
        offset,
        title=purchase.title,
        spend=purchase.spend[urn],
        volume=volume,
    )
    submit(calendar, school, need_id, offset + 1)
    _approve(calendar, school, need_id, offset + 2)
    return need_id


def post(
    calendar: Calendar,
    school: DemonstrationSchool,
    category: str,
    offset: int,
    *,
    title: str,
    spend: int,
    volume: int,
) -> uuid.UUID:
    """A draft of a school's bursar in a category, complete; its id. Spend in pounds a year."""
    need_id = new_id()
    with calendar.on(offset):
        known = categories.category(category)
        content = NeedContent(
            title=title.split(" for ", maxsplit=1)[0],
            description="As good as today, with one person we can ring.",
            volume=Decimal(volume),
            current_supplier="Countywide Services",
            current_annual_spend=Money(spend * 100),
            contract_ends_on=calendar.last_of_month(6),
            wanted_from=calendar.first_of_month(7),
            term_months=36,
            extension_months=12,
            frameworks=Considered.DECIDED_NOT,
            frameworks_reason="We asked two of them; with the alliance we expect to pay less.",
            joint=Joint.YES,
            answers={question.key: _answer(question) for question in known.fields},
        )
        actions.post_need(school.bursar, need_id, school.id, category, content)
    return need_id


def submit(calendar: Calendar, school: DemonstrationSchool, need_id: uuid.UUID, offset: int) -> None:
    """The bursar submits a need."""
    with calendar.on(offset, hour=14):
        actions.submit_need(school.bursar, need_id, _version(need_id))


def _approve(calendar: Calendar, school: DemonstrationSchool, need_id: uuid.UUID, offset: int) -> None:
    with calendar.on(offset, hour=16):
        actions.approve_need(school.headteacher, need_id, _version(need_id))


def _answer(question: CategoryField) -> Answer:
    if question.type is FieldType.ONE_OF:
        return next(iter(question.options))
    if question.type is FieldType.ANY_OF:
        return list(question.options)[:2]
    if question.type is FieldType.TABLE:
        return _rows(question)
    said = SAID if question.type in {FieldType.TEXT, FieldType.LONG_TEXT} else COUNTED
    return said.get(question.key, PLAUSIBLE[question.type])


def _rows(question: CategoryField) -> Rows:
    if question.key not in LISTED:
        return Rows(none=True)
    keys = [column.key for column in question.columns]
    return Rows(tuple(dict(zip(keys, row, strict=True)) for row in LISTED[question.key]))


def _version(need_id: uuid.UUID) -> int:
    session = db.session()
    session.rollback()
    return session.get_one(Need, need_id).version
