"""Files of quotes: which locked files go with a quote, and what they are once its answers are open."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base


class AttachedFile(Base):
    """A locked file that goes with a quote: its hash, and nothing of what it is.

    The hashes are bound into the quality envelope, so that no file can be put in or taken out afterwards.
    """

    __tablename__ = "attached_file"

    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), primary_key=True)


class QuotedFile(Base):
    """What a file is and the key that unlocks it. Exists only once the quality envelope is open."""

    __tablename__ = "quoted_file"

    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), primary_key=True)
    name: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]
    key: Mapped[bytes]
