"""Questions about extensions of agreements, scoped to who asks."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from invoicing.agreements.models import Agreement
from invoicing.agreements.queries import visible_to
from invoicing.agreements.signing.models import AgreementExtension
from invoicing.agreements.signing.rules import ExtensionStatus
from marketplace.alliance.models import School
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor

WITH_NAMES = (
    joinedload(AgreementExtension.school).joinedload(School.organisation),
    joinedload(AgreementExtension.proposer),
    joinedload(AgreementExtension.answerer),
)


def get_extension(session: Session, actor: Actor, extension_id: uuid.UUID) -> AgreementExtension:
    """An extension of an agreement the actor may read. Raises NotFound."""
    query = (
        select(AgreementExtension)
        .join(Agreement)
        .where(AgreementExtension.id == extension_id, visible_to(actor))
        .options(*WITH_NAMES)
        .execution_options(populate_existing=True)
    )
    extension = session.scalars(query).one_or_none()
    if extension is None:
        raise NotFound
    return extension


def extensions(session: Session, agreement_id: uuid.UUID) -> list[AgreementExtension]:
    """What was proposed to make an agreement longer, the oldest first."""
    query = (
        select(AgreementExtension)
        .where(AgreementExtension.agreement_id == agreement_id)
        .options(*WITH_NAMES)
        .order_by(AgreementExtension.proposed_at, AgreementExtension.id)
    )
    return list(session.scalars(query))


def proposed_extension(session: Session, agreement_id: uuid.UUID) -> AgreementExtension | None:
    """The extension that waits for the other head, if there is one."""
    query = select(AgreementExtension).where(
        AgreementExtension.agreement_id == agreement_id,
        AgreementExtension.status == ExtensionStatus.PROPOSED,
    )
    return session.scalars(query).one_or_none()


def months_extended(session: Session, agreement_id: uuid.UUID) -> int:
    """By how many months an agreement has been extended so far."""
    query = select(func.sum(AgreementExtension.months)).where(
        AgreementExtension.agreement_id == agreement_id,
        AgreementExtension.status == ExtensionStatus.AGREED,
    )
    return session.scalar(query) or 0
