"""Changes of e-mail addresses."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.ids import new_id


class EmailChange(Base):
    """A person wants to sign in with another address. Of the two links only hashes are kept.

    The one was sent to the new address and makes the change; the other was sent to the old one and stops it,
    or takes it back.
    """

    __tablename__ = "email_change"
    __table_args__ = (
        CheckConstraint("old_email = lower(old_email) AND new_email = lower(new_email)", name="lower"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    old_email: Mapped[str]
    new_email: Mapped[str]
    confirm_hash: Mapped[str] = mapped_column(unique=True)
    undo_hash: Mapped[str] = mapped_column(unique=True)
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
