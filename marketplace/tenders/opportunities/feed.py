"""The open opportunities as an Atom feed, for whoever follows them with a reader of feeds."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from feedgen.feed import FeedGenerator
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core.web import day, moment
from marketplace.tenders.opportunities import queries
from marketplace.tenders.opportunities.queries import OpportunityRow
from marketplace.tenders.uk_notices.models import Notice

MOST_ENTRIES = 100
BEFORE_ANYTHING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the feed and its pages stand, as whole addresses; `publisher` is who publishes it."""

    feed: str
    index: str
    publisher: str

    def of(self, tender_id: uuid.UUID) -> str:
        """The page of one opportunity."""
        return f"{self.index}/{tender_id}"


def open_opportunities(session: Session, place: Place) -> bytes:
    """The tenders that take quotes now, the soonest deadline first, as an Atom document."""
    rows = queries.page_of(session, queries.search_open(), offset=0, size=MOST_ENTRIES)
    changed = _changed(session, [row.id for row in rows])
    feed = FeedGenerator()
    feed.id(place.index)
    feed.title("Weald: open opportunities")
    feed.subtitle("What schools are buying together now. Quoting is free.")
    feed.author(name=place.publisher)
    feed.language("en-GB")
    feed.link(href=place.feed, rel="self", type="application/atom+xml")
    feed.link(href=place.index, rel="alternate", type="text/html")
    feed.updated(max(changed.values(), default=BEFORE_ANYTHING))
    for row in rows:
        _add(feed, row, place, changed)
    return bytes(feed.atom_str())


def _add(
    feed: FeedGenerator, row: OpportunityRow, place: Place, changed: Mapping[uuid.UUID, datetime]
) -> None:
    entry = feed.add_entry(order="append")
    entry.id(f"urn:uuid:{row.id}")
    entry.title(row.title)
    entry.link(href=place.of(row.id), rel="alternate", type="text/html")
    entry.updated(changed.get(row.id, BEFORE_ANYTHING))
    entry.category(term=row.category)
    entry.summary(
        f"{row.summary} Quote by {moment(row.closes_at)}. {row.buyers} schools in {row.places}. "
        f"The contract starts on {day(row.contract_starts_on)} and runs for {row.length}. {row.reference}."
    )


def _changed(session: Session, tender_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When each tender's last notice was published."""
    last = func.max(Notice.issued_at)
    query = select(Notice.tender_id, last).where(Notice.tender_id.in_(tender_ids)).group_by(Notice.tender_id)
    return {row[0]: row[1] for row in session.execute(query)}
