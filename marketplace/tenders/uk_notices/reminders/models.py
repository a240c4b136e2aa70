"""Reminders that were given."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.tenders.uk_notices.reminders.rules import Reminder
from marketplace.tenders.uk_notices.rules import NoticeKind


class NoticeReminder(Base):
    """One reminder of one notice; `contract` is blank for a notice about all contracts of a tender."""

    __tablename__ = "notice_reminder"

    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(primary_key=True)
    contract: Mapped[str] = mapped_column(primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    reminder: Mapped[Reminder] = mapped_column(primary_key=True)
    given_on: Mapped[date]
