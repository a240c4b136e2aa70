"""A tender as a release package, for another system: what was published, else the draft."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor
from marketplace.tenders.models import Tender
from marketplace.tenders.queries import of_the_alliances_of
from marketplace.tenders.uk_notices import issuing, packages, queries, schema
from marketplace.tenders.uk_notices.packages import Envelope
from marketplace.tenders.uk_notices.rules import NoticeKind


def release_package(session: Session, actor: Actor, reference: str) -> dict[str, Any]:
    """The package of a tender of the actor's alliances, by its reference. Raises NotFound.

    A tender about which nothing was published is drafted as a planned procurement.
    """
    query = select(Tender).where(Tender.reference == reference, of_the_alliances_of(actor))
    tender = session.scalars(query).one_or_none()
    if tender is None:
        raise NotFound(f"There is no tender {reference}.")
    published = queries.notices_of(session, tender.id)
    texts = [notice.content for notice in published]
    if not texts:
        _, content = issuing.draft(session, tender, NoticeKind.PLANNED)
        texts = [schema.to_json(content)]
    base = queries.settings().base_url.rstrip("/")
    envelope = Envelope(
        address=f"{base}/tenders/{tender.id}",
        publisher=queries.settings().publisher,
        publisher_address=base,
        changed_at=max((notice.issued_at for notice in published), default=clock.now()),
    )
    return packages.release_package(envelope, texts)
