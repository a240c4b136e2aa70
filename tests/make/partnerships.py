"""Trust partnerships."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from marketplace.alliance.partnerships import actions
from marketplace.alliance.partnerships.models import Partnership
from marketplace.alliance.partnerships.rules import Terms
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from tests.make.alliance import Alliance, School


def terms(**changes: Any) -> Terms:
    """Terms that board and partner could agree on; `changes` are fields of Terms."""
    today = clock.today()
    usual = Terms(
        starts_on=today,
        months=12,
        service_charge=Money(24_000_00),
        objectives="Attendance above 95 % by the summer.",
        reviews=(today + timedelta(days=100), today + timedelta(days=250)),
        credit=Money(10_000_00),
        credit_source="Grant of the Department, reference TP-1",
    )
    return replace(usual, **changes)


def proposed(alliance: Alliance, school: School, **changes: Any) -> uuid.UUID:
    """A partnership that waits for the board and the governing body; its id."""
    partnership_id = new_id()
    actions.propose_partnership(
        alliance.coordinator, partnership_id, alliance.id, school.urn, terms(**changes)
    )
    return partnership_id


def row(partnership_id: uuid.UUID) -> Partnership:
    """The partnership as it is stored now."""
    session = db.session()
    session.rollback()
    return session.get_one(Partnership, partnership_id)
