"""What the notices of a tender ask of people: on the home page and on the tender's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.queries import people_with_role
from marketplace.core import policy
from marketplace.core.policy import Act, Actor, Kind, Role
from marketplace.core.web import Task
from marketplace.tenders.amending.queries import waiting_for_find_a_tender
from marketplace.tenders.models import Tender
from marketplace.tenders.progress import NextStep, StepLink
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.uk_notices import duties, queries
from marketplace.tenders.uk_notices.rules import ENDED, NoticeKind

ENTER = "Publish the tender notice on Find a Tender and enter its reference"
UPDATE = "Publish the changed notice on Find a Tender and enter its reference"
OWED = {
    NoticeKind.DETAILS: "Publish the contract details notice",
    NoticeKind.CHANGE: "Publish the contract change notice, which comes before a change",
    NoticeKind.CONTRACT_END: "Publish the contract termination notice",
}
TERMINATE = "Publish the termination notice on Find a Tender and enter its reference"


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """For a coordinator: notices that the law wants on Find a Tender before they are published here."""
    alliances = actor.organisations(Kind.ALLIANCE, Role.COORDINATOR)
    if not alliances:
        return []
    approved = select(Tender).where(
        Tender.alliance_id.in_(alliances),
        Tender.status == TenderStatus.CONFIRMED,
        Tender.approved_at.is_not(None),
    )
    return [
        *(
            Task(f"{ENTER}: {tender.title}", _reference_page(tender), tender.reference)
            for tender in session.scalars(approved.order_by(Tender.approved_at, Tender.id))
        ),
        *(
            Task(f"{UPDATE}: {tender.title}", _notice_page(tender, NoticeKind.TENDER), tender.reference)
            for tender in queries.updates_wanted(session, alliances)
        ),
        *(
            Task(
                f"{TERMINATE}: {tender.title}", _notice_page(tender, NoticeKind.TERMINATION), tender.reference
            )
            for tender in queries.terminations_wanted(session, alliances)
        ),
        *(
            Task(
                f"{OWED[one.kind]}: {one.about}",
                _notice_page(one.tender, one.kind),
                one.tender.reference,
                one.due_on,
            )
            for one in duties.owed_by(session, alliances)
        ),
    ]


def offered_steps(session: Session, actor: Actor, tender: Tender) -> Sequence[StepLink]:
    """What the actor can do about a tender's notices now."""
    if not policy.allows(actor, Act.NOTICE_ISSUE, tender.alliance_id):
        return []
    return list(_steps(session, tender))


def _steps(session: Session, tender: Tender) -> Iterable[StepLink]:
    if waits_for_reference(tender):
        yield StepLink("Enter the Find a Tender reference", _reference_page(tender))
    elif tender.status in ENDED and tender in queries.terminations_wanted(session, [tender.alliance_id]):
        yield StepLink("Publish the termination notice", _notice_page(tender, NoticeKind.TERMINATION))
    elif queries.update_wanted(session, tender):
        yield StepLink("Publish the changed notice", _notice_page(tender, NoticeKind.TENDER))


def next_step(session: Session, tender: Tender) -> NextStep | None:
    """Who is awaited while an approved tender, or an agreed change of one, waits for Find a Tender."""
    if waits_for_reference(tender):
        text = "It is approved. The notice goes on Find a Tender first; with its reference the tender opens."
    elif tender.status is TenderStatus.PUBLISHED and waiting_for_find_a_tender(session, tender.id):
        text = (
            "A change is agreed. Its notice goes on Find a Tender first; with its reference the change holds."
        )
    else:
        return None
    coordinators = people_with_role(session, [tender.alliance_id], Role.COORDINATOR)
    return NextStep(text, tuple(person.name for person in coordinators))


def waits_for_reference(tender: Tender) -> bool:
    """Is a tender approved and not yet on Find a Tender?"""
    return tender.status is TenderStatus.CONFIRMED and tender.approved_at is not None


def _reference_page(tender: Tender) -> str:
    return url_for("notices.enter_reference", tender_id=tender.id)


def _notice_page(tender: Tender, kind: NoticeKind) -> str:
    return url_for("notices.issue_notice", tender_id=tender.id, code=kind.value)
