"""Mass assignment: a form takes its own fields. Every column there is, sent beside them, changes nothing."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import Boolean, Column, Enum, inspect, select
from sqlalchemy.orm import DeclarativeBase

from invoicing.fund.models import Claim
from marketplace.alliance.models import Person, RoleHolding, School
from marketplace.contracts.models import Contract
from marketplace.core.db import Base
from marketplace.tenders.models import Tender
from suppliers.profiles.models import Supplier
from tests import make
from tests.web.client import Client

MOVES_WITH_EVERY_CHANGE = {"version", "updated_at", "changed_at", "edited_at"}


def planted(column: Column[Any], other: uuid.UUID) -> str:
    """Something that a column would take, and that is not there yet."""
    kind = column.type
    python = getattr(kind, "python_type", str) if not isinstance(kind, Enum) else enum.Enum
    if isinstance(kind, Enum):
        return str(kind.enums[-1])
    if isinstance(kind, Boolean):
        return "y"
    if python is uuid.UUID or column.name.endswith("_id"):
        return str(other)
    if python is datetime:
        return "2031-01-02T03:04:05+00:00"
    if python is date:
        return "2031-01-02"
    return "31"


def every_column(other: uuid.UUID) -> dict[str, str]:
    """The name of each column and relationship of every table, with something to plant there."""
    found = {
        column.name: planted(column, other)
        for table in Base.metadata.sorted_tables
        for column in table.columns
    }
    for mapper in Base.registry.mappers:
        found.update({name: str(other) for name in inspect(mapper.class_).relationships.keys()})  # noqa: SIM118
    return found | {"is_admin": "y", "role": "administrator", "roles": "administrator", "seats": str(other)}


def rows(model: type[DeclarativeBase]) -> Iterator[dict[str, Any]]:
    """Every row of a table as it stands, without what moves with every change."""
    for row in make.fresh().scalars(select(model).order_by(*inspect(model).primary_key)):
        yield {
            column.key: getattr(row, column.key) or None  # blank or nothing: a form makes no difference
            for column in inspect(model).column_attrs
            if column.key not in MOVES_WITH_EVERY_CHANGE
        }


def test_abuse_13_columns_sent_beside_the_fields_of_a_form_change_nothing(app: Flask) -> None:
    alliance = make.alliance(schools=2)
    school, other = alliance.schools
    contract = make.contract(school).id
    tender = make.draft_tender(alliance)
    supplier = make.supplier()
    things: list[tuple[Any, str, type[DeclarativeBase]]] = [
        (school.bursar, f"/contracts/{contract}/edit", Contract),
        (school.headteacher, f"/schools/{school.id}/edit", School),
        (supplier.admin, f"/suppliers/{supplier.id}/edit", Supplier),
        (alliance.coordinator, f"/tenders/{tender.id}/edit/basics", Tender),
    ]
    extra = every_column(other.id)
    assert len(extra) > 500
    always: tuple[type[DeclarativeBase], ...] = (Person, RoleHolding, Claim)
    for actor, path, model in things:
        client = Client(app, actor.person_id)
        form = client.get(path).form()
        watched = (model, *always)
        before = [list(rows(one)) for one in watched]
        for name, value in extra.items():
            if name not in form.names:
                form.values[name] = value
        client.submit(form)
        after = [list(rows(one)) for one in watched]
        changed = [
            (name, was[name], now[name])
            for one, other_one in zip(before, after, strict=True)
            for was, now in zip(one, other_one, strict=True)
            for name in was
            if was[name] != now[name]
        ]
        assert not changed, path
