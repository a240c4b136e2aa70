"""Sign-ins and missed passwords."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.ids import new_id


class SignIn(Base):
    """A person in one browser, until it ends. Of what the browser keeps only hashes are stored.

    Its moments are those of the machine's own clock. `proven_at` is when the person last proved who they are;
    `lacks_factor` says that their role asks for a second factor and that they have none: until they have one
    this sign-in is good for nothing else.
    """

    __tablename__ = "sign_in"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    device_hash: Mapped[str]
    browser: Mapped[str]
    began_at: Mapped[datetime]
    proven_at: Mapped[datetime]
    lacks_factor: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]


class MissedPassword(Base):
    """A wrong password or code was tried. `key` tells the address and the device apart and names neither."""

    __tablename__ = "missed_password"
    __table_args__ = (Index("ix_missed_password_key_missed_at", "key", "missed_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str]
    missed_at: Mapped[datetime]
