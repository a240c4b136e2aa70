"""How a school commits to other volumes of a published tender."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.policy import Act, Actor
from marketplace.tenders import queries as tenders
from marketplace.tenders.amending.models import Extension
from marketplace.tenders.amending.queries import get_extension
from marketplace.tenders.amending.rules import ExtensionStatus, check_still_open
from marketplace.tenders.commitments import queries as commitments
from marketplace.tenders.commitments.rules import check_committer
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.recommitting import notices, queries, rules
from marketplace.tenders.recommitting.models import Recommitment


def recommit_school(
    actor: Actor, tender_id: uuid.UUID, extension_id: uuid.UUID, school_id: uuid.UUID
) -> None:
    """Commit a school to the volumes that a proposed change gives it, for when the change holds.

    Until then its commitment to the present volumes stands. Sent twice, it counts once. Raises Forbidden
    when the school's ladder leaves such a value to somebody else, RuleBroken after the present deadline
    by the database's clock, once the change was decided, and where the governing body must confirm first.
    """
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        commitment = _commitment(tender, school_id)
        policy.require(actor, Act.COMMITMENT_RENEW, school_id)
        extension = get_extension(session, tender_id, extension_id, lock=True)
        if session.get(Recommitment, (extension_id, school_id)) is not None:
            return
        if extension.status is not ExtensionStatus.PROPOSED:
            raise RuleBroken("This change was decided meanwhile. You do not need to do anything.")
        check_still_open(tender.status, tender.closes_at, clock.database_now(session))
        rules.check_concerned(school_id, queries.concerned(session, extension))
        check_committer(commitments.band(session, tender, commitment), actor.roles_at(school_id))
        if why := queries.unconfirmed(session, extension, commitment):
            raise RuleBroken(why)
        assert actor.person_id, "people commit schools"
        session.add(
            Recommitment(
                extension_id=extension_id,
                school_id=school_id,
                committed_by=actor.person_id,
                committed_at=clock.now(),
            )
        )
        session.flush()
        _tell(session, extension, commitment)
        events.record(session, actor, Act.COMMITMENT_RENEW, tender.id, organisation_id=school_id)


def _commitment(tender: Tender, school_id: uuid.UUID) -> Commitment:
    found = next((one for one in tender.commitments if one.school_id == school_id), None)
    if found is None:
        raise NotFound
    return found


def _tell(session: Session, extension: Extension, commitment: Commitment) -> None:
    notices.school_recommitted(session, extension, commitment)
    if not queries.missing(session, extension):
        notices.approval_asked(session, extension)
