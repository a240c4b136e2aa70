"""What a notice says of changes that are agreed and take effect only once it stands on Find a Tender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy.orm import Session

from marketplace.tenders import queries
from marketplace.tenders.amending import changing, lines
from marketplace.tenders.amending.changing import Wanted
from marketplace.tenders.amending.lines import WantedLine
from marketplace.tenders.amending.queries import Waiting
from marketplace.tenders.criteria.tree import leaves
from marketplace.tenders.models import Tender
from marketplace.tenders.planning.rules import asked_until
from marketplace.tenders.uk_notices.subject import DocumentSaid, Line, LotSaid, Subject


def as_it_will_be(session: Session, tender: Tender, said: Subject, waiting: Waiting, base: str) -> Subject:
    """What a notice says once these changes have taken effect. `base` is the address of this Weald."""
    if waiting.extension is not None:
        closes_at = waiting.extension.closes_at
        until = asked_until(tender.published_at, closes_at) if tender.published_at else None
        said = replace(said, closes_at=closes_at, asked_until=until)
        if waiting.extension.lines:
            said = replace(said, lots=_lots(session, tender, said, lines.read(waiting.extension.lines)))
    if waiting.amendment is not None:
        wanted = changing.read(waiting.amendment.wanted)
        said = replace(
            said,
            description=wanted.description,
            criteria=tuple(
                replace(one, question=wanted.questions.get(placed.criterion.id, one.question))
                for one, placed in zip(said.criteria, leaves(tender.criteria), strict=True)
            ),
            documents=_documents(tender, said, wanted, base),
        )
    return said


def _lots(
    session: Session, tender: Tender, said: Subject, wanted: Sequence[WantedLine]
) -> tuple[LotSaid, ...]:
    return tuple(
        replace(
            lot,
            lines=tuple(
                Line(str(line.id), line.item, line.unit, sum(line.volumes.values(), Decimal(0)))
                for line in wanted
                if line.lot_id == present.id
            ),
        )
        for lot, present in zip(said.lots, queries.schedule(session, tender.id), strict=True)
    )


def _documents(tender: Tender, said: Subject, wanted: Wanted, base: str) -> tuple[DocumentSaid, ...]:
    kept = [one for one in said.documents if one.id not in {str(going) for going in wanted.removed}]
    if wanted.added_id is not None:
        address = f"{base}/tenders/{tender.id}/documents/{wanted.added_id}"
        kept.append(DocumentSaid(str(wanted.added_id), wanted.added_name, address))
    return tuple(kept)
