"""What a tender and those like it are worth. Load the tender as its reader first."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.contracts.categories import OTHER
from marketplace.core import clock
from marketplace.core.clock import LONDON
from marketplace.core.money import Money
from marketplace.core.months import months_later
from marketplace.needs import thresholds
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import CommitmentStatus, TenderStatus
from marketplace.tenders.timetable import estimated_value
from marketplace.tenders.watch import rules
from marketplace.tenders.watch.rules import Alike, Watch

CAME_TO_NOTHING = frozenset({TenderStatus.CANCELLED, TenderStatus.UNSUCCESSFUL})


def watch(session: Session, tender: Tender) -> Watch:
    """What a tender is worth today for the Act, with the others that count with it, and what binds it."""
    value, today = own_value(tender), clock.today()
    alike = _alike(session, tender)
    kept_apart = bool(tender.kept_apart_reason)
    counted = rules.counted(value, alike, kept_apart=kept_apart)
    worth = thresholds.worth([tender.cpv], counted, today)
    return Watch(
        value=value,
        counted=counted,
        threshold=worth.threshold,
        regime=worth.regime,
        alone=thresholds.regime(tender.cpv, value, today),
        alike=alike,
        kept_apart=kept_apart,
    )


def own_value(tender: Tender) -> Money | None:
    """Today's spend of its schools over the whole term with every option to run longer, VAT included.

    None when it is unknown, which counts as above the threshold (Procurement Act 2023, s.4 and Sch 3).
    """
    if tender.contract_starts_on is None or tender.contract_ends_on is None:
        return None
    spend = [one.baseline for one in tender.commitments if one.status is not CommitmentStatus.DECLINED]
    if not all(spend):
        return None
    last_day = months_later(tender.contract_ends_on, tender.extension_months)
    return estimated_value(spend, tender.contract_starts_on, last_day) or None


def _alike(session: Session, tender: Tender) -> tuple[Alike, ...]:
    """The alliance's other tenders of the category, drafted within a year of this one.

    Of those that came later only what was known when this one was published. The category "other" says
    nothing about what is bought, so nothing in it is alike.
    """
    if tender.category == OTHER:
        return ()
    drafted_on = tender.drafted_at.astimezone(LONDON).date()
    query = select(Tender).where(
        Tender.alliance_id == tender.alliance_id,
        Tender.category == tender.category,
        Tender.id != tender.id,
        Tender.status.not_in(CAME_TO_NOTHING),
        Tender.drafted_at <= (tender.published_at or clock.now()),
    )
    others = session.scalars(query.order_by(Tender.drafted_at).options(selectinload(Tender.commitments)))
    return tuple(
        Alike(one.id, one.reference, one.title, one.drafted_at, own_value(one))
        for one in others
        if _within_a_year(one.drafted_at.astimezone(LONDON).date(), drafted_on)
    )


def _within_a_year(one: date, other: date) -> bool:
    earlier, later = sorted((one, other))
    return later <= months_later(earlier, rules.MONTHS_ALIKE)
