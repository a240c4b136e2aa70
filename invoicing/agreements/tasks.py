"""What waits for a person about agreements, for their home page."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from invoicing.agreements import queries
from invoicing.agreements.models import Agreement
from invoicing.agreements.rules import AgreementStatus
from invoicing.agreements.signing.models import AgreementExtension
from invoicing.agreements.signing.rules import ExtensionStatus
from invoicing.agreements.usage import tasks as usage
from marketplace.core import clock
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Agreements and longer terms to sign, asked-for ones to prepare, reviews that are due."""
    return [
        *_to_prepare(session, actor),
        *_to_sign(session, actor),
        *_to_extend(session, actor),
        *_to_review(session, actor),
        *usage.waiting_for(session, actor),
    ]


def _to_prepare(session: Session, actor: Actor) -> Iterator[Task]:
    drafting = queries.drafting_schools(actor)
    if not drafting:
        return
    query = select(Agreement).where(
        Agreement.seller_id.in_(drafting),
        Agreement.status == AgreementStatus.DRAFT,
        or_(Agreement.asked, Agreement.returned_because != ""),
    )
    for one in session.scalars(query.options(*queries.WITH_SCHOOLS).order_by(Agreement.id)):
        verb = "Change and propose again" if one.returned_because else "Prepare"
        yield Task(
            f"{verb}: {one.title}",
            url_for("agreements.show", agreement_id=one.id),
            f"{one.reference}, for {one.buyer.name}",
            due=one.starts_on,
        )


def _to_sign(session: Session, actor: Actor) -> Iterator[Task]:
    heads = actor.organisations(Kind.SCHOOL, *POLICY[Act.AGREEMENT_AGREE].roles)
    if not heads:
        return
    query = select(Agreement).where(
        Agreement.status == AgreementStatus.PROPOSED,
        or_(
            and_(Agreement.seller_id.in_(heads), Agreement.seller_signed_by.is_(None)),
            and_(Agreement.buyer_id.in_(heads), Agreement.buyer_signed_by.is_(None)),
        ),
    )
    for one in session.scalars(query.options(*queries.WITH_SCHOOLS).order_by(Agreement.id)):
        other = one.buyer if one.seller_id in heads else one.seller
        yield Task(
            f"Sign the agreement with {other.name}",
            url_for("agreements.agree", agreement_id=one.id),
            f"{one.reference}, {one.title}",
            due=one.starts_on,
        )


def _to_extend(session: Session, actor: Actor) -> Iterator[Task]:
    heads = actor.organisations(Kind.SCHOOL, *POLICY[Act.EXTENSION_AGREE].roles)
    if not heads:
        return
    query = (
        select(AgreementExtension)
        .join(Agreement)
        .where(
            AgreementExtension.status == ExtensionStatus.PROPOSED,
            or_(
                and_(Agreement.seller_id.in_(heads), AgreementExtension.school_id == Agreement.buyer_id),
                and_(Agreement.buyer_id.in_(heads), AgreementExtension.school_id == Agreement.seller_id),
            ),
        )
        .options(joinedload(AgreementExtension.agreement))
        .order_by(AgreementExtension.id)
    )
    for extension in session.scalars(query):
        agreement = extension.agreement
        yield Task(
            f"Answer: a longer term of {agreement.reference}",
            url_for("agreements.answer_extension", extension_id=extension.id),
            agreement.title,
            due=agreement.ends_on,
        )


def _to_review(session: Session, actor: Actor) -> Iterator[Task]:
    schools = actor.organisations(Kind.SCHOOL, *POLICY[Act.AGREEMENT_REVIEW].roles)
    if not schools:
        return
    query = queries.due_reviews(clock.today()).where(
        or_(Agreement.seller_id.in_(schools), Agreement.buyer_id.in_(schools))
    )
    for review in session.scalars(query):
        yield Task(
            f"Review the agreement {review.agreement.reference}",
            url_for("agreements.record_review", review_id=review.id),
            review.agreement.title,
            due=review.due_on,
        )
