"""What people can do about other volumes of a published tender."""

from __future__ import annotations

import uuid

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import clock, policy
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task, moment
from marketplace.tenders import queries as tenders
from marketplace.tenders.amending.models import Extension
from marketplace.tenders.amending.rules import ExtensionStatus
from marketplace.tenders.models import Tender
from marketplace.tenders.progress import StepLink
from marketplace.tenders.recommitting import queries
from marketplace.tenders.rules import TenderStatus


def offered_steps(session: Session, actor: Actor, tender: Tender) -> list[StepLink]:
    """From the tender's page: answer for a school that is asked for other volumes."""
    extension = queries.proposed(session, tender)
    if extension is None:
        return []
    return [
        StepLink(f"Say whether {name} buys other volumes", _address(extension, school_id))
        for school_id, name in queries.missing(session, extension).items()
        if policy.allows(actor, Act.COMMITMENT_RENEW, school_id)
    ]


def _address(extension: Extension, school_id: uuid.UUID) -> str:
    return url_for(
        "tenders.recommit_school",
        tender_id=extension.tender_id,
        extension_id=extension.id,
        school_id=school_id,
    )


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Schools of this reader that are asked to commit again to a published tender."""
    schools = actor.organisations(Kind.SCHOOL, *POLICY[Act.COMMITMENT_RENEW].roles)
    if not schools:
        return []
    query = (
        select(Extension)
        .join(Tender)
        .where(
            tenders.of_the_alliances_of(actor),
            Tender.status == TenderStatus.PUBLISHED,
            Tender.closes_at > clock.now(),
            Extension.status == ExtensionStatus.PROPOSED,
            Extension.lines.is_not(None),
        )
        .order_by(Extension.proposed_at)
    )
    return [
        Task(
            f"Say whether {name} buys other volumes: {extension.tender.title}",
            _address(extension, school_id),
            f"Answer before {moment(extension.closed_before_at)}, or nothing changes.",
            extension.closed_before_at.astimezone(clock.LONDON).date(),
        )
        for extension in session.scalars(query)
        if extension.lines
        for school_id, name in queries.missing(session, extension).items()
        if school_id in schools
    ]
