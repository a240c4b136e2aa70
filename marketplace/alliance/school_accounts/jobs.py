"""Accounts come into force by the clock."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.alliance.school_accounts import actions
from marketplace.alliance.school_accounts.models import SchoolAccountChange
from marketplace.alliance.school_accounts.rules import ChangeStatus
from marketplace.core import clock, jobs
from marketplace.core.db import db


def listen() -> None:
    """Look each minute. Called by the composition root."""
    jobs.every_minute(put_school_accounts_into_force)


def put_school_accounts_into_force() -> int:
    """Let approved accounts hold whose day has passed; looks first without writing."""
    session = db.session()
    found = session.scalars(
        select(SchoolAccountChange.id)
        .where(
            SchoolAccountChange.status == ChangeStatus.APPROVED,
            SchoolAccountChange.holds_from <= clock.now(),
        )
        .limit(1)
    ).first()
    session.rollback()
    return actions.put_accounts_into_force() if found else 0
