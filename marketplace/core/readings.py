"""Reading that matters is an event too: who downloaded which data, whose it was, and when.

A download that holds personal data or prices says so with `record_reading`, after it has read what it sends;
its view is marked with `reading`. It changes nothing but the record.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Flask

from marketplace.core import events, policy
from marketplace.core.db import transaction
from marketplace.core.policy import Act, Actor

View = TypeVar("View", bound=Callable[..., Any])


def reading(view: View) -> View:
    """Mark a view that records that it was read: of all that is got, only these write."""
    view.is_recorded = True  # type: ignore[attr-defined]  # a mark on the function, read by the tests
    return view


def is_recorded(app: Flask, endpoint: str) -> bool:
    """Does this endpoint record that it was read?"""
    return getattr(app.view_functions[endpoint], "is_recorded", False)


def record_reading(actor: Actor, subject_id: uuid.UUID, what: str, whose: Iterable[uuid.UUID | None]) -> None:
    """Put on record that somebody downloaded something: what, in words without a price.

    `whose` are the organisations whose data it was; they find it in their records.
    """
    first, *others = [*whose] or [None]
    with transaction() as session:
        policy.require(actor, Act.RECORD_READ)
        events.record(
            session, actor, Act.RECORD_READ, subject_id, organisation_id=first, also=others, what=what
        )
