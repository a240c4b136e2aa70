"""Accounts come into force by the clock."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db
from suppliers.profiles.bank import actions
from suppliers.profiles.bank.models import BankChange
from suppliers.profiles.bank.rules import ChangeStatus


def put_accounts_into_force() -> int:
    """Let approved accounts hold whose day has passed; looks first without writing."""
    session = db.session()
    waiting = select(BankChange.id).where(
        BankChange.status == ChangeStatus.APPROVED, BankChange.holds_from <= clock.now()
    )
    found = session.scalars(waiting.limit(1)).first()
    session.rollback()
    return actions.put_accounts_into_force() if found else 0
