"""What leaving an alliance means for a school's money in the Partnership Fund: its settlement, computed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from invoicing.fund import books
from invoicing.fund.models import Claim, Contribution, ContributionRound, Fund
from invoicing.fund.rules import ClaimStatus, ContributionStatus
from marketplace.alliance.memberships.leaving import Consequence, Line
from marketplace.core.money import ZERO


def settlement(session: Session, school_id: uuid.UUID, alliance_id: uuid.UUID) -> Consequence | None:
    """What the fund holds for a school, and what is under way between the two."""
    fund = session.scalars(select(Fund).where(Fund.alliance_id == alliance_id)).one_or_none()
    if fund is None:
        return None
    share = books.read_books(session, fund).shares.get(school_id, ZERO)
    lines = (*_contributions(session, fund, school_id), *_claims(session, fund, school_id))
    if not share and not lines:
        return Consequence(
            fund.name, "The fund holds nothing for the school, and nothing is under way.", share=ZERO
        )
    return Consequence(
        fund.name,
        f"The fund holds {share} for the school. That is the school’s, and the coordinator settles it by "
        "statement. No other school’s debt is ever paid from it.",
        lines,
        share,
    )


def _contributions(session: Session, fund: Fund, school_id: uuid.UUID) -> Iterator[Line]:
    query = (
        select(Contribution)
        .join(ContributionRound)
        .where(
            ContributionRound.fund_id == fund.id,
            Contribution.school_id == school_id,
            Contribution.status != ContributionStatus.RECEIVED,
        )
        .options(joinedload(Contribution.round))
        .order_by(ContributionRound.reference)
    )
    for one in session.scalars(query):
        yield Line(f"{one.round.reference}: {one.round.title}", f"{one.amount}, {one.status.label.lower()}")


def _claims(session: Session, fund: Fund, school_id: uuid.UUID) -> Iterator[Line]:
    query = (
        select(Claim)
        .where(
            Claim.fund_id == fund.id,
            Claim.school_id == school_id,
            Claim.status.in_((ClaimStatus.AT_SCHOOL, ClaimStatus.SUBMITTED, ClaimStatus.APPROVED)),
        )
        .order_by(Claim.reference)
    )
    for one in session.scalars(query):
        yield Line(f"{one.reference}: {one.title}", f"{one.amount}, {one.status.label.lower()}")
