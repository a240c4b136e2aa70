"""Who was named to hold a school's seat on the Strategic Board, and by whom."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Membership, Person
from marketplace.core.db import Base
from marketplace.core.ids import new_id


class SeatNaming(Base):
    """A headteacher named who holds the school's seat. The newest of a membership counts; none is changed."""

    __tablename__ = "seat_naming"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("membership.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    named_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime]

    membership: Mapped[Membership] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=person_id)
    namer: Mapped[Person] = relationship(foreign_keys=named_by)
