"""Identifiers: UUIDv7 for rows, readable references for people, gapless counters for documents."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core import clock
from marketplace.core.db import Base


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): sorts by time of making, carries 74 random bits."""
    milliseconds = int(clock.now().timestamp() * 1000)
    value = (milliseconds << 80) | (0x7 << 76) | (secrets.randbits(12) << 64)
    value |= (0b10 << 62) | secrets.randbits(62)
    return uuid.UUID(int=value)


class Counter(Base):
    """The last number used in one series, moved in the transaction that uses it: no gap, no twin."""

    __tablename__ = "counter"

    series: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


def next_number(session: Session, series: str) -> int:
    """The next whole number of a series, from 1. Holds the series' row until the transaction ends."""
    counter = _held(session, series)
    counter.last += 1
    session.flush()
    return counter.last


def hold_series(session: Session, wanted: Iterable[str]) -> None:
    """Hold series from which numbers will be taken until the transaction ends, in one order for everybody."""
    for series in sorted(set(wanted)):
        _held(session, series)


def next_reference(session: Session, prefix: str, moment: datetime) -> str:
    """The next reference of a kind in a year, such as `T-2026-0042`."""
    year = moment.astimezone(clock.LONDON).year
    number = next_number(session, f"{prefix}-{year}")
    return f"{prefix}-{year}-{number:04d}"


def _held(session: Session, series: str) -> Counter:
    counter = session.get(Counter, series, with_for_update=True)
    if counter is None:
        _start(session, series)
        counter = session.get_one(Counter, series, with_for_update=True, populate_existing=True)
    return counter


def _start(session: Session, series: str) -> None:
    """Add the series' row unless a concurrent transaction just did."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(Counter).values(series=series, last=0).on_conflict_do_nothing())
