"""Questions about what a tender says of its lots. Load the tender as its reader first."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, selectinload

from marketplace.tenders.criteria.rules import has_quality
from marketplace.tenders.lots.division import Bundle, Division, flattened
from marketplace.tenders.lots.models import BundlePart, LotBounds, LotBundle, LotLimits, PriceTier
from marketplace.tenders.lots.rules import (
    SELECTIONS,
    WAYS_TO_DECIDE,
    Bounds,
    BundleDraft,
    Decided,
    LimitsDraft,
    LotTerms,
    TierBasis,
    TiersDraft,
)
from marketplace.tenders.models import Lot, Tender


@dataclass(frozen=True, slots=True)
class LotWords:
    """What is said about lots, in words; blank where nothing is. `tiers` and `bounds` are by lot number."""

    undivided_reason: str
    limits: tuple[str, ...]
    mechanism: str
    tiers: dict[int, str]
    bundles: tuple[str, ...]
    decided: Decided
    bounds: dict[int, str]

    @property
    def decided_in_words(self) -> str:
        """How the lots are won."""
        return WAYS_TO_DECIDE[self.decided][0]

    @property
    def apart(self) -> bool:
        """Is each lot won on its own?"""
        return self.decided is Decided.APART


def limits_of(session: Session, tender_id: uuid.UUID) -> LotLimits | None:
    """Why a tender is not divided, and its limits; None while nothing is said."""
    return session.get(LotLimits, tender_id)


def limits_draft(row: LotLimits | None) -> LimitsDraft:
    """The limits as a draft; none where nothing is said."""
    if row is None:
        return LimitsDraft()
    return LimitsDraft(row.most_quoted, row.most_awarded, row.selection, row.mechanism)


def terms_of(session: Session, tender: Tender) -> LotTerms:
    """All that a tender says about its lots, for `rules.missing`."""
    row = limits_of(session, tender.id)
    count = session.scalar(select(func.count()).select_from(Lot).where(Lot.tender_id == tender.id)) or 0
    of_lots = select(Lot.id).where(Lot.tender_id == tender.id)
    return LotTerms(
        count,
        row.undivided_reason if row else "",
        limits_draft(row),
        has_tiers=bool(session.scalar(select(exists().where(PriceTier.lot_id.in_(of_lots))))),
        has_bundles=bool(session.scalar(select(exists().where(LotBundle.tender_id == tender.id)))),
        decided=row.decided if row else Decided.TOGETHER,
        formula=tender.price_formula,
        has_quality=has_quality(criterion.kind for criterion in tender.criteria),
        bounds=tuple(bounds_of(session, tender.id).values()),
        whole=_whole(tender),
        by_whole_life=tender.indexation is not None or tender.discount_rate is not None,
    )


def _whole(tender: Tender) -> Bounds | None:
    if tender.ceiling is None or tender.optimum is None:
        return None
    return Bounds(tender.ceiling, tender.optimum)


def bounds_of(session: Session, tender_id: uuid.UUID) -> dict[uuid.UUID, Bounds]:
    """The ceilings and optimums of a tender's lots, of those that have them."""
    query = select(LotBounds).join(Lot, Lot.id == LotBounds.lot_id).where(Lot.tender_id == tender_id)
    return {row.lot_id: Bounds(row.ceiling, row.optimum) for row in session.scalars(query)}


def division_of(session: Session, tender_id: uuid.UUID) -> Division:
    """How a tender is divided; load the tender as its reader first. Four questions, however many lots."""
    row = limits_of(session, tender_id)
    lot_ids = session.scalars(select(Lot.id).where(Lot.tender_id == tender_id)).all()
    tiers = _tiers_by_lot(session, lot_ids)
    if row is None or row.decided is Decided.TOGETHER:
        return Division(limits=limits_draft(row), tiers=tiers)
    bundles = bundles_of(session, tender_id)
    parts = {str(bundle.id): bundle_draft(bundle).parts for bundle in bundles}
    return Division(
        row.decided,
        limits_draft(row),
        tiers,
        tuple(
            Bundle(
                bundle.id,
                bundle.title,
                frozenset(map(uuid.UUID, flattened(str(bundle.id), parts))),
                bundle.least_share,
            )
            for bundle in bundles
        ),
        bounds_of(session, tender_id),
    )


def tiers_of(session: Session, lot_id: uuid.UUID) -> TiersDraft | None:
    """The tiers of a lot, lowest first; None for none."""
    return _tiers_by_lot(session, [lot_id]).get(lot_id)


def _tiers_by_lot(session: Session, lot_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, TiersDraft]:
    query = select(PriceTier).where(PriceTier.lot_id.in_(lot_ids)).order_by(PriceTier.starts_at)
    found: dict[uuid.UUID, TiersDraft] = {}
    for row in session.scalars(query):
        lower = found[row.lot_id].starts if row.lot_id in found else ()
        found[row.lot_id] = TiersDraft(row.basis, (*lower, row.starts_at))
    return found


def bundles_of(session: Session, tender_id: uuid.UUID) -> list[LotBundle]:
    """The bundles of a tender, oldest first."""
    query = select(LotBundle).where(LotBundle.tender_id == tender_id).order_by(LotBundle.id)
    return list(session.scalars(query.options(selectinload(LotBundle.parts))))


def bundle_draft(bundle: LotBundle) -> BundleDraft:
    """A bundle as a draft; its parts by their ids."""
    parts = tuple(str(part.lot_id or part.inner_id) for part in bundle.parts)
    return BundleDraft(bundle.title, parts, bundle.least_share)


def names_lot(session: Session, lot_id: uuid.UUID) -> str:
    """The title of a bundle that a lot is a part of; blank for none."""
    query = select(LotBundle.title).join(BundlePart, BundlePart.bundle_id == LotBundle.id)
    return session.scalars(query.where(BundlePart.lot_id == lot_id)).first() or ""


def in_words(session: Session, tender: Tender) -> LotWords:
    """What is said about the lots of a tender, for its pages."""
    row = limits_of(session, tender.id)
    limits = []
    if row and row.most_quoted:
        limits.append(f"A supplier may quote for at most {_lots(row.most_quoted)}.")
    if row and row.most_awarded:
        limits.append(f"A supplier may be awarded at most {_lots(row.most_awarded)}.")
    mechanism = f"{SELECTIONS[row.selection]}. {row.mechanism}" if row and row.selection else ""
    lots = session.scalars(select(Lot).where(Lot.tender_id == tender.id).order_by(Lot.number)).all()
    titles = {str(lot.id): f"lot {lot.number}" for lot in lots}
    tiers = _tiers_by_lot(session, [lot.id for lot in lots])
    bundles = bundles_of(session, tender.id)
    titles |= {str(bundle.id): f"“{bundle.title}”" for bundle in bundles}
    bounds = bounds_of(session, tender.id)
    return LotWords(
        row.undivided_reason if row else "",
        tuple(limits),
        mechanism,
        {lot.number: _tiers(tiers[lot.id]) for lot in lots if lot.id in tiers},
        tuple(
            f"{bundle.title}: {' and '.join(titles[part] for part in bundle_draft(bundle).parts)}, from "
            f"{bundle.least_share}% of the units of each lot"
            for bundle in bundles
        ),
        row.decided if row else Decided.TOGETHER,
        {
            lot.number: f"Ceiling {bounds[lot.id].ceiling}, optimum {bounds[lot.id].optimum}"
            for lot in lots
            if lot.id in bounds
        },
    )


def _lots(number: int) -> str:
    return "1 lot" if number == 1 else f"{number} lots"


def _tiers(tiers: TiersDraft) -> str:
    what = "schools" if tiers.basis is TierBasis.SCHOOLS else "units"
    starts = " and from ".join(_plain(start) for start in tiers.starts)
    return f"Lower prices from {starts} {what}"


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
