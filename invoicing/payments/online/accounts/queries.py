"""Questions about schools' accounts at Stripe, scoped to their people."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from invoicing.payments.online.accounts.models import StripeAccount
from invoicing.payments.online.accounts.rules import AccountStatus
from invoicing.payments.online.queries import visible_at
from marketplace.core.errors import NotFound
from marketplace.core.policy import POLICY, Act, Actor, Kind


def proposing_schools(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools for which this actor may name an account at Stripe."""
    return actor.organisations(Kind.SCHOOL, *POLICY[Act.STRIPE_ACCOUNT_PROPOSE].roles)


def get_account(
    session: Session, actor: Actor, account_id: uuid.UUID, *, lock: bool = False
) -> StripeAccount:
    """An account of a school whose money the actor reads. Raises NotFound."""
    query = select(StripeAccount).where(
        StripeAccount.id == account_id, visible_at(actor, StripeAccount.school_id.expression)
    )
    if lock:
        query = query.with_for_update(of=StripeAccount)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def accounts(session: Session, actor: Actor) -> Sequence[StripeAccount]:
    """The accounts that are in use or proposed at the schools whose money the actor reads."""
    query = (
        select(StripeAccount)
        .where(
            visible_at(actor, StripeAccount.school_id.expression),
            StripeAccount.status.in_((AccountStatus.IN_USE, AccountStatus.PROPOSED)),
        )
        .options(joinedload(StripeAccount.school), joinedload(StripeAccount.proposer))
        .order_by(StripeAccount.proposed_at)
    )
    return session.scalars(query).all()


def of_school(session: Session, school_id: uuid.UUID, status: AccountStatus) -> StripeAccount | None:
    """The account of a school that is so far, locked."""
    query = (
        select(StripeAccount)
        .where(StripeAccount.school_id == school_id, StripeAccount.status == status)
        .with_for_update(of=StripeAccount)
    )
    return session.scalars(query).one_or_none()


def is_of_another(session: Session, school_id: uuid.UUID, account: str) -> bool:
    """Does another school take its payments on this account?"""
    query = select(StripeAccount.id).where(
        StripeAccount.account == account,
        StripeAccount.school_id != school_id,
        StripeAccount.status == AccountStatus.IN_USE,
    )
    return session.scalar(query) is not None
