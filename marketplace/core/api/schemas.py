"""What is sent and answered: strict types, in which money is whole pence and a quantity is text."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import current_app, request
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.core.fields import tidy
from marketplace.core.settings import Settings

MOST_AT_ONCE = 100
USUAL_AT_ONCE = 50
LARGEST_PENCE = 100_000_000_00
QUANTITY = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")

Item = TypeVar("Item")
Row = TypeVar("Row")


class Schema(BaseModel):
    """What is sent or answered as JSON: exact types, and no field that is not known."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Asked(BaseModel):
    """What an address asks for behind its question mark."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageAsked(Asked):
    """Which part of a long list."""

    after: uuid.UUID | None = Field(
        default=None, description="What comes after this place in the list; `next` of an answer has it."
    )
    limit: int = Field(default=USUAL_AT_ONCE, ge=1, le=MOST_AT_ONCE, description="How many at most.")


class Listing(Schema, Generic[Item]):
    """Part of a list, the oldest first: what is made later comes at its end."""

    items: list[Item]
    next: str | None = Field(description="The address of what comes after; null at the end of the list.")


def _one_line(text: str) -> str:
    return " ".join(tidy(text).split("\n"))


def _quantity(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not QUANTITY.fullmatch(value):
        raise ValueError('It must be a number as text, with at most four decimal places: "12.5".')
    return Decimal(value)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


Line = Annotated[str, AfterValidator(_one_line)]
"""One line of text, tidied as a form does it."""
Text = Annotated[str, AfterValidator(tidy)]
"""Text of several lines, tidied as a form does it."""
Pence = Annotated[int, Field(ge=0, le=LARGEST_PENCE)]
"""An amount of sterling in whole pence, as it is sent."""
Quantity = Annotated[
    Decimal,
    PlainValidator(_quantity),
    PlainSerializer(_plain, return_type=str),
    WithJsonSchema({"type": "string", "pattern": rf"^{QUANTITY.pattern}$", "examples": ["12.5"]}),
]
"""A number with at most four decimal places, as text, so that no program rounds it."""
Version = Annotated[
    int, Field(ge=1, le=2**31 - 1, description="The version that you read; 409 when it has moved on.")
]
Moment = Annotated[datetime, Field(description="A moment, in UTC.")]


def part_of(
    session: Session, query: Select[Any], by: InstrumentedAttribute[uuid.UUID], asked: PageAsked
) -> tuple[list[Any], str | None]:
    """The rows of a scoped query that were asked for, the oldest first, and the address of what comes after.

    An id is a UUIDv7, which sorts by the time of its making: a row that is added while somebody reads moves
    no other one to another page.
    """
    if asked.after is not None:
        query = query.where(by > asked.after)
    found = list(session.scalars(query.order_by(None).order_by(by).limit(asked.limit + 1)))
    shown = found[: asked.limit]
    if len(found) <= asked.limit:
        return shown, None
    settings: Settings = current_app.extensions["settings"]
    kept = {**request.args.to_dict(), "after": str(getattr(shown[-1], by.key))}
    return shown, f"{settings.base_url}{request.path}?{urlencode(kept)}"
