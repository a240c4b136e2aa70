"""Questions about logos."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from invoicing.invoices.logos.models import SchoolLogo
from marketplace.core import storage


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo as a document carries it: the picture itself as an address, and what it shows in words."""

    address: str
    words: str


def logo_of(session: Session, school_id: uuid.UUID) -> Logo | None:
    """The logo that a school's documents get at present, if it has one."""
    kept = session.get(SchoolLogo, school_id)
    if kept is None or kept.sha256 is None:
        return None
    picture = base64.b64encode(storage.read(kept.sha256)).decode("ascii")
    return Logo(f"data:image/png;base64,{picture}", kept.words)
