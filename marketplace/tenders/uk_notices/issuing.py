"""Publishing a notice: checked, given its place in the feed, and stored for good. Shared steps of actions."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.ids import new_id, next_number
from marketplace.tenders.models import Tender
from marketplace.tenders.uk_notices import queries, rules, schema
from marketplace.tenders.uk_notices.models import Notice
from marketplace.tenders.uk_notices.parts import Issue
from marketplace.tenders.uk_notices.release import release
from marketplace.tenders.uk_notices.rules import NO_PARTICULARS, NoticeKind, Particulars, Published

SERIES = "notice"


def draft(
    session: Session,
    tender: Tender,
    kind: NoticeKind,
    particulars: Particulars = NO_PARTICULARS,
    published: Published | None = None,
) -> tuple[Issue, dict[str, Any]]:
    """The next release of a tender, as it would be published now, whole or not."""
    earlier = queries.notices_of(session, tender.id)
    first, later = rules.TAGS[kind]
    tag = later if any(one.tag == first for one in earlier) else first
    amended = [one for one in earlier if one.kind is NoticeKind.TENDER] if tag != "tender" else []
    ocid = queries.ocid(session, tender)
    issue = Issue(
        kind=kind,
        ocid=ocid,
        number=len(earlier) + 1,
        at=clock.now(),
        tag=tag,
        particulars=particulars,
        published=published,
        amends=f"{ocid}-{amended[-1].number:04d}" if amended else "",
    )
    return issue, release(queries.subject(session, tender), issue)


def check(session: Session, tender: Tender, kind: NoticeKind) -> None:
    """Raise RuleBroken with the first thing that a notice of this tender still needs."""
    for refusal in rules.missing(kind, queries.subject(session, tender)):
        raise refusal


def issue(
    session: Session,
    tender: Tender,
    kind: NoticeKind,
    particulars: Particulars = NO_PARTICULARS,
    published: Published | None = None,
    *,
    notice_id: uuid.UUID | None = None,
) -> Notice:
    """Publish a notice of a locked tender.

    Raises RuleBroken when the tender does not say all that the notice must, or the release would not
    keep to OCDS 1.1 with its extensions; the field names the part of the tender to fill in.
    """
    check(session, tender, kind)
    made, content = draft(session, tender, kind, particulars, published)
    for problem in schema.problems(content):
        raise rules.broken(problem.path, problem.message)
    text = schema.to_json(content)
    notice = Notice(
        id=notice_id or new_id(),
        position=next_number(session, SERIES),
        tender_id=tender.id,
        number=made.number,
        kind=kind,
        ocid=made.ocid,
        tag=made.tag,
        issued_at=made.at,
        reference=published.reference if published else "",
        reference_on=published.on if published else None,
        content=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    session.add(notice)
    session.flush()
    return notice


def change_must_wait(session: Session, tender: Tender) -> bool:
    """Must a change of a published tender stand on Find a Tender before it takes effect? (Regulation 5.)"""
    opened = queries.tender_notice(session, tender.id)
    return opened is not None and bool(opened.reference)


def tender_changed(session: Session, tender: Tender, reason: str) -> None:
    """Publish the tender notice anew after a change to a published tender, with the reason.

    Only where it need not stand on Find a Tender first: else it is published with its reference, by which
    the change takes effect.
    """
    if queries.has_notice(session, tender.id, NoticeKind.TENDER):
        issue(session, tender, NoticeKind.TENDER, Particulars(reason=reason))


def tender_ended(session: Session, tender: Tender) -> None:
    """Say in public that a tender ended without an award, if it was published.

    Where the law wants that notice on Find a Tender first (regulation 5), this waits for its reference:
    the coordinator enters it with the notice.
    """
    opened = queries.tender_notice(session, tender.id)
    if opened is not None and not opened.reference:
        issue(session, tender, NoticeKind.TERMINATION, Particulars(reason=tender.end_reason))
