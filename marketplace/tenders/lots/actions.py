"""How it is said why a tender is one lot, how many lots a supplier may have, and which tiers and bundles are.

Each takes the tender's `version` as its author saw it, gives the tender a new one, and raises Stale
when somebody changed it meanwhile, RuleBroken when the tender is no longer a draft.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import delete
from sqlalchemy.orm import Session

from marketplace.core import events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor
from marketplace.tenders import queries as tenders
from marketplace.tenders.actions import mark_changed
from marketplace.tenders.drafting import rules as drafting
from marketplace.tenders.drafting.actions import editing
from marketplace.tenders.lots import queries, rules
from marketplace.tenders.lots.models import BundlePart, LotBounds, LotBundle, LotLimits, PriceTier
from marketplace.tenders.lots.rules import Bounds, BundleDraft, Decided, LimitsDraft, TiersDraft
from marketplace.tenders.models import Tender

PART = "lots"


def set_limits(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    *,
    undivided_reason: str = "",
    limits: LimitsDraft | None = None,
    decided: Decided = Decided.TOGETHER,
    bounds: Mapping[uuid.UUID, Bounds] | None = None,
) -> None:
    """Say why a tender is one lot; or how several are won, and how many of them one supplier may have.

    A reason is kept for one lot only, `bounds` by lot only for lots that are won on their own. Raises
    RuleBroken at the field that is wrong.
    """
    wanted = limits or LimitsDraft()
    with editing(actor, tender_id, version, PART) as (session, tender):
        count = len(tender.lots)
        rules.check_undivided(count, undivided_reason)
        rules.check_decided(count, decided)
        rules.check_limits(count, wanted)
        _set_bounds(session, tender, bounds or {} if decided is Decided.APART else {})
        row = queries.limits_of(session, tender_id)
        if row is None:
            row = LotLimits(tender_id=tender_id)
            session.add(row)
        row.undivided_reason = undivided_reason if count <= 1 else ""
        row.decided = decided
        row.most_quoted, row.most_awarded = wanted.most_quoted, wanted.most_awarded
        limited = wanted.most_awarded is not None
        row.selection = wanted.selection if limited else None
        row.mechanism = wanted.mechanism if limited else ""


def _set_bounds(session: Session, tender: Tender, bounds: Mapping[uuid.UUID, Bounds]) -> None:
    """Put these ceilings and optimums in the place of those that the lots had."""
    lots = {lot.id: lot for lot in tender.lots}
    session.execute(delete(LotBounds).where(LotBounds.lot_id.in_(lots)))
    for lot_id, one in bounds.items():
        if lot_id not in lots:
            raise NotFound
        rules.check_bounds(one, lots[lot_id].number)
        session.add(LotBounds(lot_id=lot_id, ceiling=one.ceiling, optimum=one.optimum))


def set_tiers(
    actor: Actor, tender_id: uuid.UUID, version: int, lot_id: uuid.UUID, tiers: TiersDraft | None
) -> None:
    """Say where lower prices of a lot begin; None for one price whatever is bought."""
    with editing(actor, tender_id, version, PART) as (session, _):
        lot = next((one for one in tenders.schedule(session, tender_id) if one.id == lot_id), None)
        if lot is None:
            raise NotFound
        if tiers is not None:
            rules.check_tiers(
                tiers,
                schools=len(lot.schools),
                volume=sum((line.total for line in lot.lines), Decimal(0)),
                units=[line.unit for line in lot.lines],
            )
        session.execute(delete(PriceTier).where(PriceTier.lot_id == lot_id))
        starts: Sequence[Decimal] = tiers.starts if tiers else ()
        session.add_all(
            PriceTier(lot_id=lot_id, starts_at=start, basis=tiers.basis) for start in starts if tiers
        )


def add_bundle(
    actor: Actor, tender_id: uuid.UUID, version: int, bundle_id: uuid.UUID, draft: BundleDraft
) -> None:
    """Let suppliers price some lots together. Raises RuleBroken for lots named twice or in a circle."""
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.TENDER_EDIT, tender.alliance_id)
        drafting.check_editable(tender.status)
        known = queries.bundles_of(session, tender_id)
        if any(one.id == bundle_id for one in known):
            return
        expect_version(tender, version)
        drafts = {str(one.id): queries.bundle_draft(one) for one in known} | {str(bundle_id): draft}
        lots = {str(lot.id) for lot in tender.lots}
        rules.check_bundles(drafts, lots)
        bundle = LotBundle(
            id=bundle_id, tender_id=tender_id, title=draft.title, least_share=draft.least_share
        )
        for position, part in enumerate(draft.parts):
            row = BundlePart(position=position)
            row.lot_id, row.inner_id = (uuid.UUID(part), None) if part in lots else (None, uuid.UUID(part))
            bundle.parts.append(row)
        session.add(bundle)
        mark_changed(tender)
        session.flush()
        events.record(
            session, actor, Act.TENDER_EDIT, tender.id, organisation_id=tender.alliance_id, part=PART
        )


def remove_bundle(actor: Actor, tender_id: uuid.UUID, version: int, bundle_id: uuid.UUID) -> None:
    """Take a bundle out of a draft, and out of the bundles that it is a part of."""
    with editing(actor, tender_id, version, PART) as (session, _):
        bundle = next((one for one in queries.bundles_of(session, tender_id) if one.id == bundle_id), None)
        if bundle is None:
            raise NotFound
        session.execute(delete(BundlePart).where(BundlePart.inner_id == bundle_id))
        session.delete(bundle)
        session.flush()
