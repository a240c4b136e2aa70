"""Catalogues of added categories."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base
from marketplace.core.ids import new_id


class CategoryCatalogue(Base):
    """All categories that administrators have added, as they were after one import or removal.

    The one with the highest number counts; those before are kept. `content` has the entries as they were
    written in the file.
    """

    __tablename__ = "category_catalogue"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]]
    stored_at: Mapped[datetime]
