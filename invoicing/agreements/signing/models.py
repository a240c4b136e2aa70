"""Longer terms of agreements, proposed by one school's head and agreed by the other's."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.agreements.models import Agreement
from invoicing.agreements.signing.rules import ExtensionStatus
from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id


class AgreementExtension(Base):
    """So many months more, to a new last day: signed by the head who proposes it, then by the other head."""

    __tablename__ = "agreement_extension"
    __table_args__ = (
        Index(
            "uq_agreement_extension_proposed",
            "agreement_id",
            unique=True,
            sqlite_where=text("status = 'proposed'"),
            postgresql_where=text("status = 'proposed'"),
        ),
        CheckConstraint("months > 0", name="months_positive"),
        CheckConstraint("(status = 'proposed') = (answered_by IS NULL)", name="answered_by_somebody"),
        CheckConstraint("status <> 'agreed' OR proposed_by <> answered_by", name="agreed_by_two_people"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id"), index=True)
    months: Mapped[int]
    ends_on: Mapped[date]
    status: Mapped[ExtensionStatus] = mapped_column(default=ExtensionStatus.PROPOSED)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]

    agreement: Mapped[Agreement] = relationship()
    school: Mapped[School] = relationship()
    proposer: Mapped[Person] = relationship(foreign_keys=proposed_by)
    answerer: Mapped[Person | None] = relationship(foreign_keys=answered_by)
