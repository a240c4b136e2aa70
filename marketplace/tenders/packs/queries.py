"""Questions about packs. Ask for the opportunity, or load the tender, as its reader first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import storage
from marketplace.core.errors import NotFound
from marketplace.tenders.packs import rules
from marketplace.tenders.packs.models import Pack
from marketplace.tenders.packs.rules import Content, Listed


def packs(session: Session, tender_id: uuid.UUID) -> Sequence[Pack]:
    """All packs of a tender, the newest first."""
    return session.scalars(select(Pack).where(Pack.tender_id == tender_id).order_by(Pack.number.desc())).all()


def latest_pack(session: Session, tender_id: uuid.UUID) -> Pack | None:
    """What suppliers download now; None before publication."""
    query = select(Pack).where(Pack.tender_id == tender_id).order_by(Pack.number.desc()).limit(1)
    return session.scalars(query).one_or_none()


def get_pack(session: Session, tender_id: uuid.UUID, number: int) -> Pack:
    """A pack by its number. Raises NotFound."""
    query = select(Pack).where(Pack.tender_id == tender_id, Pack.number == number)
    pack = session.scalars(query).one_or_none()
    if pack is None:
        raise NotFound
    return pack


def listed(pack: Pack) -> list[Listed]:
    """The documents of a pack as its manifest lists them."""
    return [Listed(one.name, Content(one.sha256, one.size), one.version, one.dated_on) for one in pack.files]


def content(pack: Pack) -> bytes:
    """The ZIP of a pack, the same bytes whenever it is asked for. NotFound for a damaged store."""
    documents = {one.name: storage.read(one.sha256) for one in pack.files}
    return rules.zipped(documents | {rules.MANIFEST: rules.manifest(listed(pack))})
