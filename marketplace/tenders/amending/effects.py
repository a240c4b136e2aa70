"""A change of a published tender takes effect: everybody is told, and everybody reads it. Shared steps.

Above the threshold a change waits until its notice stands on Find a Tender (Procurement Regulations 2024,
regulation 5), as publication does; then `take_effect` is what happens.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.core import clock, events
from marketplace.core.ids import new_id
from marketplace.core.policy import Act, Actor
from marketplace.tenders.actions import mark_changed
from marketplace.tenders.amending import changing, lines, notices, queries, rules
from marketplace.tenders.amending.changing import Wanted
from marketplace.tenders.amending.models import AmendedPart, Amendment, Extension
from marketplace.tenders.amending.rules import Change, ExtensionStatus
from marketplace.tenders.models import Tender
from marketplace.tenders.packs.assembling import assemble


def move_deadline(session: Session, actor: Actor, extension: Extension, present: datetime) -> None:
    """Make an approved later deadline everybody’s, with the price lines that change with it."""
    tender = extension.tender
    wanted = lines.read(extension.lines) if extension.lines else []
    changes = changing.planned_lines(session, tender, wanted) if wanted else []
    extension.status = rules.move(extension.status, ExtensionStatus.APPROVED)
    tender.closes_at, tender.deadline_reason = extension.closes_at, extension.doubt_reason
    tender.deadline_version += 1
    extension.deadline_version = tender.deadline_version
    if changes:
        changing.put_lines_on(session, tender, wanted)
        tender.schedule_version += 1
    session.flush()
    pack = assemble(session, tender).number
    notices.deadline_moved(session, extension, changes)
    events.record(
        session,
        actor,
        Act.TENDER_APPROVE_EXTENSION,
        tender.id,
        organisation_id=extension.approved_for,
        extension_id=extension.id,
        closed_before_at=present.isoformat(),
        closes_at=extension.closes_at.isoformat(),
        deadline_version=tender.deadline_version,
        lines_changed=bool(changes),
        reason=extension.reason,
    )
    if changes:
        made = Amendment(
            id=new_id(),
            reason=extension.reason,
            made_by=extension.proposed_by,
            pack_number=pack,
            schedule_version=tender.schedule_version,
        )
        _keep(session, tender, made, changes)
        _record_amendment(session, actor, tender, made)


def amend(
    session: Session,
    actor: Actor,
    tender: Tender,
    *,
    amendment_id: uuid.UUID,
    made_by: uuid.UUID,
    reason: str,
    wanted: Wanted,
) -> None:
    """Let a published tender read as wanted, and tell the alliance’s people. Raises RuleBroken."""
    changes = changing.planned(tender, wanted)
    rules.check_changes(changes)
    changing.put_on(tender, wanted)
    mark_changed(tender)
    session.flush()
    pack = assemble(session, tender).number
    made = Amendment(id=amendment_id, reason=reason, made_by=made_by, pack_number=pack)
    _keep(session, tender, made, changes)
    notices.tender_amended(session, tender, made)
    _record_amendment(session, actor, tender, made)


def take_effect(session: Session, actor: Actor, tender: Tender) -> None:
    """Let what waited for Find a Tender take effect. Raises RuleBroken once the deadline has passed."""
    waiting = queries.waiting_for_find_a_tender(session, tender.id)
    if waiting is None:
        return
    present = rules.check_still_open(tender.status, tender.closes_at, clock.database_now(session))
    if waiting.extension is not None:
        rules.check_forwards(present, waiting.extension.closes_at)
        move_deadline(session, actor, waiting.extension, present)
    if (kept := waiting.amendment) is not None:
        wanted, reason, made_by = changing.read(kept.wanted), kept.reason, kept.made_by
        session.delete(kept)
        amend(session, actor, tender, amendment_id=kept.id, made_by=made_by, reason=reason, wanted=wanted)


def _keep(session: Session, tender: Tender, made: Amendment, changes: Sequence[Change]) -> None:
    made.tender_id, made.made_at = tender.id, clock.now()
    made.number = 1 + len(queries.amendments(session, tender.id))
    made.changes.extend(
        AmendedPart(number=number, what=one.what, before=one.before, after=one.after)
        for number, one in enumerate(changes, start=1)
    )
    session.add(made)
    session.flush()


def _record_amendment(session: Session, actor: Actor, tender: Tender, made: Amendment) -> None:
    events.record(
        session,
        actor,
        Act.TENDER_AMEND,
        tender.id,
        organisation_id=tender.alliance_id,
        amendment_id=made.id,
        reason=made.reason,
    )
