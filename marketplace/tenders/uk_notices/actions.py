"""What a coordinator does with the notices of a tender."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.clock import LONDON
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor
from marketplace.tenders.actions import check_timetable, open_to_suppliers
from marketplace.tenders.amending import effects
from marketplace.tenders.amending.queries import waiting_for_find_a_tender
from marketplace.tenders.models import Tender
from marketplace.tenders.queries import get_tender_of_alliance
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.uk_notices import issuing, queries, rules
from marketplace.tenders.uk_notices.models import Notice
from marketplace.tenders.uk_notices.rules import NoticeKind, Particulars, Published


def publish_with_reference(
    actor: Actor, tender_id: uuid.UUID, version: int, reference: str, published_on: date | None
) -> None:
    """Open an approved tender whose notice stands on Find a Tender (Procurement Regulations 2024, reg 5).

    The time that suppliers must have counts from the day on which Find a Tender published the notice.
    Raises RuleBroken when the tender is not approved, the reference cannot be or belongs to another
    notice, the notice is older than the approval, or the deadline is not far enough from it.
    """
    with transaction() as session:
        tender = _for_notices(session, actor, tender_id)
        if tender.status is TenderStatus.PUBLISHED and version < tender.version:
            return
        expect_version(tender, version)
        if tender.status is not TenderStatus.CONFIRMED or tender.approved_at is None:
            raise RuleBroken("This tender does not wait for its reference: a headteacher approves it first.")
        notice = new_reference(session, reference, published_on)
        rules.check_after_approval(notice.on, tender.approved_at)
        rules.check_still_open(tender.closes_at, clock.now())
        check_timetable(session, tender, _start_of(notice.on))
        events.record(
            session,
            actor,
            Act.NOTICE_ISSUE,
            tender.id,
            organisation_id=tender.alliance_id,
            notice=f"{NoticeKind.TENDER} on Find a Tender, {notice.reference}",
        )
        open_to_suppliers(session, actor, tender, notice)


def issue_notice(
    actor: Actor,
    notice_id: uuid.UUID,
    tender_id: uuid.UUID,
    version: int,
    *,
    kind: NoticeKind,
    particulars: Particulars,
    reference: str = "",
    published_on: date | None = None,
) -> None:
    """Publish a notice of a tender in the open data.

    The tender notice itself goes with publication; here it is published anew when the tender has changed. A
    change that waited for it takes effect with it.

    Above the threshold the notice's reference on Find a Tender is needed first (regulation 5); below it
    may be given. Raises RuleBroken, naming the field.
    """
    with transaction() as session:
        tender = _for_notices(session, actor, tender_id)
        if session.get(Notice, notice_id) is not None:
            return
        expect_version(tender, version)
        _check_now(session, tender, kind)
        rules.check_particulars(kind, particulars, clock.today())
        wanted = queries.needs_reference(session, tender, kind) or bool(reference.strip())
        notice = new_reference(session, reference, published_on) if wanted else None
        if kind is NoticeKind.TENDER:
            _let_changes_take_effect(session, actor, tender, notice)
        issuing.issue(session, tender, kind, particulars, notice, notice_id=notice_id)
        events.record(
            session,
            actor,
            Act.NOTICE_ISSUE,
            tender.id,
            organisation_id=tender.alliance_id,
            notice=f"{kind}, {rules.NOTICES[kind].name.lower()}",
        )


def _let_changes_take_effect(
    session: Session, actor: Actor, tender: Tender, notice: Published | None
) -> None:
    """What was agreed holds from now on: its notice stands on Find a Tender."""
    waiting = waiting_for_find_a_tender(session, tender.id)
    if waiting is not None and notice is not None:
        rules.check_after_change(notice.on, waiting.agreed_at)
        effects.take_effect(session, actor, tender)


def _for_notices(session: Session, actor: Actor, tender_id: uuid.UUID) -> Tender:
    tender = get_tender_of_alliance(session, actor, tender_id, lock=True)
    policy.require(actor, Act.NOTICE_ISSUE, tender.alliance_id)
    return tender


def _check_now(session: Session, tender: Tender, kind: NoticeKind) -> None:
    if kind is NoticeKind.AWARD:
        raise RuleBroken("The award notice is published with the announcement of the award.")
    if kind is NoticeKind.TENDER and not queries.update_wanted(session, tender):
        raise RuleBroken(
            "The tender notice is published together with the tender, and again when it has changed."
        )
    opened = queries.tender_notice(session, tender.id) is not None
    rules.check_when(kind, tender.status, opened=opened)
    if kind is NoticeKind.TERMINATION and queries.has_notice(session, tender.id, kind):
        raise RuleBroken("The termination notice of this tender is published already.")


def new_reference(session: Session, reference: str, published_on: date | None) -> Published:
    """A reference on Find a Tender that no other notice has. A shared step. Raises RuleBroken."""
    notice = rules.check_reference(reference, published_on, clock.today())
    if other := queries.tender_with_reference(session, notice.reference):
        raise RuleBroken(f"This reference belongs to a notice of {other}. Check it.", "reference")
    return notice


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)
