"""Imports of registers, kept with the rows that they refused."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.ids import new_id


class ContractImport(Base):
    """One import of a register: who, from which file, what came of it.

    `refusals` has the `headings` of the file in their order and the refused `rows`: each with its number,
    its cells as they were typed, and its problems (place, column, found, enter).
    """

    __tablename__ = "contract_import"
    __table_args__ = (
        CheckConstraint(
            "added >= 0 AND changed >= 0 AND unchanged >= 0 AND refused >= 0", name="counts_not_negative"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    file_name: Mapped[str]
    imported_at: Mapped[datetime]
    added: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    refused: Mapped[int]
    unread: Mapped[list[str]]
    refusals: Mapped[dict[str, Any]]
