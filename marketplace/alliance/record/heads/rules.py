"""Who gets the head of the record, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from marketplace.core.actors import Kind, Role
from marketplace.core.clock import LONDON

NOT_BEFORE = time(6)
"""After the nightly verification, and before people begin to work."""
MONDAY = 0
HOLDERS: Mapping[Kind, tuple[Role, ...]] = {
    Kind.ALLIANCE: (Role.AUDITOR, Role.COORDINATOR),
    Kind.SCHOOL: (Role.BURSAR, Role.FINANCE_LEAD, Role.HEADTEACHER, Role.GOVERNOR),
    Kind.SUPPLIER: (Role.SUPPLIER_ADMIN, Role.BIDDER),
}
"""Whose mailbox keeps it for an organisation: somebody with the first of these roles that anybody holds."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who could keep the head for an organisation."""

    organisation_id: UUID
    organisation: str
    kind: Kind
    role: Role
    name: str
    email: str


def time_to_send(now: datetime) -> bool:
    """Is it the part of the day in which heads go out?"""
    return now.astimezone(LONDON).time() >= NOT_BEFORE


def is_for_all(day: date) -> bool:
    """Does every organisation get the head on this day? On others only those with new entries do."""
    return day.weekday() == MONDAY


def chosen(holders: Iterable[Holder]) -> list[Holder]:
    """One person for each organisation, whatever the order in which they come."""
    fitting = [one for one in holders if one.role in HOLDERS[one.kind]]
    first: dict[UUID, Holder] = {}
    for one in sorted(fitting, key=_order):
        first.setdefault(one.organisation_id, one)
    return list(first.values())


def _order(holder: Holder) -> tuple[str, int, str, str]:
    role = HOLDERS[holder.kind].index(holder.role)
    return holder.organisation, role, holder.name, holder.email
