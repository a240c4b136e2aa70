"""Personal tokens."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.ids import new_id


class ApiToken(Base):
    """A token of a person. Only the SHA-256 of its secret is kept. Its moments are the machine's own clock's.

    `scopes` are those it was made with; what its owner may do is looked up at each request. `used_at` is of
    the first request on the last day of its use.
    """

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint("expires_at > made_at", name="expires_after_making"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
