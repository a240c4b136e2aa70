"""What was confirmed with each quote."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person
from marketplace.core.db import Base
from suppliers.profiles.declarations.models import Declaration


class QuoteDeclaration(Base):
    """The version of its supplier's declarations that a quote was submitted with, and what was added to it.

    It holds nothing of the quote itself, and is shown to nobody but the supplier before the quote is opened.
    """

    __tablename__ = "quote_declaration"

    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"), primary_key=True)
    declaration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("declaration.id"))
    conflict: Mapped[str]
    sub_contractors: Mapped[list[str]]
    confirmed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime]

    declaration: Mapped[Declaration] = relationship()
    person: Mapped[Person] = relationship()
