"""Authenticator apps and recovery codes."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.ids import new_id


class Authenticator(Base):
    """The app that shows a person codes (RFC 6238). Its secret is kept encrypted.

    `last_step` is the time step of the last code that was taken: neither it nor an earlier one counts again.
    """

    __tablename__ = "authenticator"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret: Mapped[bytes]
    last_step: Mapped[int]
    added_at: Mapped[datetime]


class RecoveryCode(Base):
    """A code on a sheet of paper that stands in for a lost factor once. Only its hash is kept.

    Those of one `sheet_id` were made together, the id being the one that the form made.
    """

    __tablename__ = "recovery_code"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    sheet_id: Mapped[uuid.UUID]
    code_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
