"""What people can do about what is asked for, on the tender's page."""

from __future__ import annotations

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.core import policy
from marketplace.core.policy import Act, Actor
from marketplace.tenders.models import Tender
from marketplace.tenders.progress import StepLink
from marketplace.tenders.rules import CommitmentStatus
from marketplace.tenders.specification.queries import requirements
from marketplace.tenders.specification.rules import OPEN_TO_MARKS


def links(session: Session, actor: Actor, tender: Tender) -> list[StepLink]:
    """A link for each school in the tender for which this actor may say what it needs."""
    if tender.status not in OPEN_TO_MARKS or not requirements(session, tender.id):
        return []
    return [
        StepLink(
            f"Say what {one.school.name} needs",
            url_for("tenders.mark_requirements", tender_id=tender.id, school_id=one.school_id),
        )
        for one in tender.commitments
        if one.status is not CommitmentStatus.DECLINED
        and policy.allows(actor, Act.REQUIREMENT_MARK, one.school_id)
    ]
