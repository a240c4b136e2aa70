"""Changing a published tender until its deadline: its words and documents, and the deadline, forwards."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor
from marketplace.tenders import queries as tenders
from marketplace.tenders import timetable
from marketplace.tenders.amending import changing, effects, notices, queries, rules
from marketplace.tenders.amending.changing import Wanted
from marketplace.tenders.amending.lines import WantedLine, stored
from marketplace.tenders.amending.models import Amendment, Extension, WaitingAmendment
from marketplace.tenders.amending.rules import ExtensionStatus
from marketplace.tenders.models import Tender
from marketplace.tenders.planning.queries import holidays_at
from marketplace.tenders.recommitting import notices as recommitment_notices
from marketplace.tenders.recommitting import queries as recommitments
from marketplace.tenders.recommitting.rules import check_all_committed
from marketplace.tenders.rules import check_reason
from marketplace.tenders.uk_notices import issuing


def propose_extension(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    extension_id: uuid.UUID,
    *,
    closes_at: datetime,
    reason: str,
    doubt_reason: str = "",
    lines: Sequence[WantedLine] | None = None,
) -> None:
    """Propose a later deadline for everybody; a headteacher of another school approves it.

    `lines` are how the price schedule should read with it: lines and volumes change only with more time to
    price them, and once each school whose volumes change has committed to the new ones. Raises RuleBroken
    (fields `closes_at`, `reason`) when the deadline has passed by the
    database's clock, when the new one is not later or not a good moment, and while another proposal waits.
    """
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.TENDER_EXTEND, tender.alliance_id)
        if session.get(Extension, extension_id) is not None:
            return
        expect_version(tender, version)
        present = rules.check_still_open(tender.status, tender.closes_at, clock.database_now(session))
        check_reason(reason, "the deadline moves")
        if queries.waiting_extension(session, tender_id) is not None:
            raise RuleBroken("A later deadline waits for approval already. Withdraw it before another.")
        rules.check_nothing_waits(waits=_waits(session, tender))
        if lines is not None:
            rules.check_changes(changing.planned_lines(session, tender, lines))
        kept = _check_moment(session, tender, present, closes_at, doubt_reason)
        assert actor.person_id
        extension = Extension(
            id=extension_id,
            tender_id=tender_id,
            status=ExtensionStatus.PROPOSED,
            closed_before_at=present,
            closes_at=closes_at,
            reason=reason,
            doubt_reason=kept,
            proposed_by=actor.person_id,
            proposed_at=clock.now(),
            lines=stored(lines) if lines is not None else None,
        )
        session.add(extension)
        session.flush()
        if recommitments.concerned(session, extension):
            recommitment_notices.schools_asked(session, extension)
        else:
            notices.extension_proposed(session, extension)
        events.record(
            session,
            actor,
            Act.TENDER_EXTEND,
            tender.id,
            organisation_id=tender.alliance_id,
            closes_at=closes_at.isoformat(),
            reason=reason,
        )


def approve_extension(
    actor: Actor, tender_id: uuid.UUID, extension_id: uuid.UUID, chosen: uuid.UUID | None = None
) -> None:
    """Approve a later deadline: from now on it is everybody's, and everybody is told.

    Where the tender stands on Find a Tender, the change stands there first (regulation 5): it is agreed, and
    takes effect with the reference of its notice. Raises Forbidden for who proposed it and for people of
    their schools, RuleBroken once the present deadline has passed by the database's clock, and while a
    school whose volumes change has not committed to them. Sent twice, it moves once.
    """
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        approving = tenders.approving_schools(session, tender)
        policy.require(actor, Act.TENDER_APPROVE_EXTENSION, *approving)
        extension = queries.get_extension(session, tender_id, extension_id, lock=True)
        free = rules.check_approver(
            actor.person_id,
            proposed_by=extension.proposed_by,
            headteacher_of=tenders.headteacher_of(actor),
            approving_schools=approving,
            schools_of_proposer=queries.schools_of(session, extension.proposed_by),
        )
        if extension.status in {ExtensionStatus.AGREED, ExtensionStatus.APPROVED}:
            return
        school_id = rules.choose_school(free, chosen)
        present = rules.check_still_open(tender.status, tender.closes_at, clock.database_now(session))
        check_all_committed(list(recommitments.missing(session, extension).values()))
        _check_moment(session, tender, present, extension.closes_at, extension.doubt_reason)
        extension.decided_by, extension.decided_at = actor.person_id, clock.now()
        extension.approved_for = school_id
        if not issuing.change_must_wait(session, tender):
            effects.move_deadline(session, actor, extension, present)
            issuing.tender_changed(session, tender, extension.reason)
            return
        extension.status = rules.move(extension.status, ExtensionStatus.AGREED)
        session.flush()
        notices.notice_wanted(session, tender)
        events.record(
            session,
            actor,
            Act.TENDER_HOLD_CHANGE,
            tender.id,
            organisation_id=school_id,
            closes_at=extension.closes_at.isoformat(),
            reason=extension.reason,
        )


def refuse_extension(actor: Actor, tender_id: uuid.UUID, extension_id: uuid.UUID, reason: str) -> None:
    """Refuse a later deadline as a headteacher who could approve it, or withdraw it; the deadline stays.

    The headteacher of a school whose volumes it would change can refuse it, too.
    """
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        extension = queries.get_extension(session, tender_id, extension_id, lock=True)
        policy.require(actor, Act.TENDER_REFUSE_EXTENSION, *queries.who_may_refuse(session, extension))
        if extension.status is ExtensionStatus.REFUSED:
            return
        check_reason(reason, "the deadline stays")
        extension.status = rules.move(extension.status, ExtensionStatus.REFUSED)
        extension.decided_by, extension.decided_at = actor.person_id, clock.now()
        extension.approved_for, extension.refusal_reason = None, reason
        session.flush()
        notices.extension_refused(session, extension)
        events.record(
            session,
            actor,
            Act.TENDER_REFUSE_EXTENSION,
            tender.id,
            organisation_id=tender.alliance_id,
            reason=reason,
        )


def amend_tender(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    amendment_id: uuid.UUID,
    *,
    reason: str,
    wanted: Wanted,
) -> None:
    """Change a published tender's words and documents until its deadline (s.31); everybody is told.

    Quotes that are in stay in. Weights and dates are no words; price lines and volumes change with a later
    deadline only (`propose_extension`). Where the tender stands on Find a Tender, the change stands there
    first and waits until then. Raises RuleBroken after the deadline by the database's clock, without a
    reason, when nothing would change, and (field `document`) for a file of a kind that is not allowed.
    """
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.TENDER_AMEND, tender.alliance_id)
        made = session.get(Amendment, amendment_id) or session.get(WaitingAmendment, amendment_id)
        if made is not None:
            return
        expect_version(tender, version)
        rules.check_still_open(tender.status, tender.closes_at, clock.database_now(session))
        check_reason(reason, "the tender changes")
        rules.check_nothing_waits(waits=_waits(session, tender))
        wanted = changing.with_file_stored(session, wanted)
        assert actor.person_id
        if not issuing.change_must_wait(session, tender):
            effects.amend(
                session,
                actor,
                tender,
                amendment_id=amendment_id,
                made_by=actor.person_id,
                reason=reason,
                wanted=wanted,
            )
            issuing.tender_changed(session, tender, reason)
            return
        rules.check_changes(changing.planned(tender, wanted))
        session.add(
            WaitingAmendment(
                id=amendment_id,
                tender_id=tender_id,
                wanted=changing.stored(wanted),
                reason=reason,
                made_by=actor.person_id,
                made_at=clock.now(),
            )
        )
        session.flush()
        events.record(
            session,
            actor,
            Act.TENDER_HOLD_CHANGE,
            tender.id,
            organisation_id=tender.alliance_id,
            reason=reason,
        )


def withdraw_amendment(actor: Actor, tender_id: uuid.UUID, amendment_id: uuid.UUID) -> None:
    """Take back a change of words that waits for Find a Tender. Taken back twice, nothing more happens."""
    with transaction() as session:
        tender = tenders.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.TENDER_HOLD_CHANGE, tender.alliance_id)
        waiting = session.get(WaitingAmendment, amendment_id)
        if waiting is None or waiting.tender_id != tender_id:
            return
        session.delete(waiting)
        session.flush()
        events.record(
            session,
            actor,
            Act.TENDER_HOLD_CHANGE,
            tender.id,
            organisation_id=tender.alliance_id,
            reason="Taken back.",
        )


def _waits(session: Session, tender: Tender) -> bool:
    return queries.waiting_for_find_a_tender(session, tender.id) is not None


def _check_moment(
    session: Session, tender: Tender, present: datetime, closes_at: datetime, doubt_reason: str
) -> str:
    """The reason that a new deadline needs, "" when it needs none. Raises RuleBroken for a wrong one."""
    rules.check_forwards(present, closes_at)
    away = holidays_at(session, tender, closes_at)
    timetable.check_deadline(closes_at, present, 0, on_holiday=away, reason=doubt_reason)
    if tender.contract_starts_on and tender.contract_ends_on:
        starts_on = tender.contract_starts_on
        if closes_at.astimezone(clock.LONDON).date() >= starts_on:
            raise RuleBroken(
                f"The contract starts on {starts_on.day} {starts_on:%B %Y}, and quotes must be evaluated "
                "before. Choose an earlier deadline.",
                "closes_at",
            )
    return doubt_reason if timetable.doubts_about(closes_at, away) else ""
