"""Questions about later deadlines. Load the tender as its reader first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from marketplace.alliance.models import Organisation, RoleHolding
from marketplace.alliance.queries import names
from marketplace.core import clock, policy
from marketplace.core.errors import NotFound
from marketplace.core.policy import Act, Actor, Kind
from marketplace.core.web import Task, moment
from marketplace.tenders import queries, rules
from marketplace.tenders.amending import rules as amending
from marketplace.tenders.amending.models import AmendedPart, Amendment, Extension, WaitingAmendment
from marketplace.tenders.amending.rules import Change, ExtensionStatus, Piece
from marketplace.tenders.models import Tender
from marketplace.tenders.progress import StepLink
from marketplace.tenders.recommitting import queries as recommitments
from marketplace.tenders.rules import TenderStatus


def get_extension(
    session: Session, tender_id: uuid.UUID, extension_id: uuid.UUID, *, lock: bool = False
) -> Extension:
    """A later deadline of this tender. Raises NotFound."""
    query = select(Extension).where(Extension.id == extension_id, Extension.tender_id == tender_id)
    if lock:
        query = query.with_for_update(of=Extension)
    extension = session.scalars(query).one_or_none()
    if extension is None:
        raise NotFound
    return extension


def waiting_extension(session: Session, tender_id: uuid.UUID) -> Extension | None:
    """The later deadline that waits for approval or for Find a Tender, if there is one."""
    query = select(Extension).where(
        Extension.tender_id == tender_id, Extension.status.in_(amending.WAITING_STATUSES)
    )
    return session.scalars(query).one_or_none()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What takes effect once the notice of the change stands on Find a Tender."""

    extension: Extension | None
    amendment: WaitingAmendment | None

    @property
    def reason(self) -> str:
        """Why the tender changes, for the notice."""
        return " ".join(one.reason for one in (self.extension, self.amendment) if one is not None)

    @property
    def agreed_at(self) -> datetime:
        """When the last of it was agreed: no notice of it can be older."""
        agreed = self.extension.decided_at if self.extension else None
        made = self.amendment.made_at if self.amendment else None
        return max(one for one in (agreed, made) if one is not None)


def waiting_for_find_a_tender(session: Session, tender_id: uuid.UUID) -> Waiting | None:
    """The agreed changes of a tender that wait for their notice; None when there are none."""
    extension = waiting_extension(session, tender_id)
    if extension is not None and extension.status is not ExtensionStatus.AGREED:
        extension = None
    query = select(WaitingAmendment).where(WaitingAmendment.tender_id == tender_id)
    amendment = session.scalars(query).one_or_none()
    return Waiting(extension, amendment) if extension or amendment else None


def with_waiting_changes() -> ColumnElement[bool]:
    """Is this a tender of which agreed changes wait for Find a Tender?"""
    agreed = select(Extension.tender_id).where(Extension.status == ExtensionStatus.AGREED)
    return or_(Tender.id.in_(agreed), Tender.id.in_(select(WaitingAmendment.tender_id)))


def extensions(session: Session, tender_id: uuid.UUID) -> Sequence[Extension]:
    """All later deadlines of a tender, also refused ones, the newest first."""
    query = select(Extension).where(Extension.tender_id == tender_id).order_by(Extension.proposed_at.desc())
    return session.scalars(query).all()


def moved_deadlines(session: Session, tender_id: uuid.UUID) -> list[Extension]:
    """How the deadline moved, the first time first: for everybody to read."""
    return [one for one in reversed(extensions(session, tender_id)) if one.status is ExtensionStatus.APPROVED]


def amendments(session: Session, tender_id: uuid.UUID) -> Sequence[Amendment]:
    """What was changed of a tender since its publication, the first time first."""
    query = select(Amendment).where(Amendment.tender_id == tender_id).order_by(Amendment.number)
    return session.scalars(query.options(selectinload(Amendment.changes))).all()


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One thing that changed, as a difference that can be read."""

    what: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """What happened to a published tender at one moment, for everybody to read."""

    at: datetime
    reason: str
    deadline: tuple[datetime, datetime] | None
    changes: tuple[ShownChange, ...]
    pack_number: int | None


def changes_since_publication(session: Session, tender_id: uuid.UUID) -> list[Changed]:
    """Amendments and moved deadlines together, the newest first."""
    found = [
        Changed(one.decided_at, one.reason, (one.closed_before_at, one.closes_at), (), None)
        for one in moved_deadlines(session, tender_id)
        if one.decided_at
    ]
    found += [
        Changed(one.made_at, one.reason, None, differences(one.changes), one.pack_number)
        for one in amendments(session, tender_id)
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def differences(changes: Sequence[AmendedPart | Change]) -> tuple[ShownChange, ...]:
    """Changes as differences that can be read."""
    return tuple(ShownChange(one.what, tuple(amending.difference(one.before, one.after))) for one in changes)


def schools_of(session: Session, person_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The schools where a person holds a role, whoever asks."""
    query = (
        select(RoleHolding.organisation_id)
        .join(Organisation, Organisation.id == RoleHolding.organisation_id)
        .where(RoleHolding.person_id == person_id, Organisation.kind == Kind.SCHOOL)
    )
    return frozenset(session.scalars(query))


def may_approve(session: Session, actor: Actor, extension: Extension) -> bool:
    """Is this somebody who may approve this later deadline? See `rules.check_approver`."""
    return bool(schools_to_approve_for(session, actor, extension))


def schools_to_approve_for(session: Session, actor: Actor, extension: Extension) -> dict[uuid.UUID, str]:
    """The schools for which this person may approve this later deadline, by name."""
    schools = queries.approving_schools(session, extension.tender)
    schools -= schools_of(session, extension.proposed_by)
    free = queries.headteacher_of(actor) & schools
    if actor.person_id == extension.proposed_by or not free:
        return {}
    return dict(sorted(names(session, free).items(), key=lambda pair: pair[1]))


def who_may_refuse(session: Session, extension: Extension) -> frozenset[uuid.UUID]:
    """The alliance, and the schools, of which somebody may leave the deadline and the lines as they are."""
    tender = extension.tender
    concerned = recommitments.concerned(session, extension)
    return frozenset({tender.alliance_id, *queries.approving_schools(session, tender), *concerned})


def offered_steps(session: Session, actor: Actor, tender: Tender) -> list[StepLink]:
    """From the tender's page: move the deadline, or approve that it moves."""
    now = clock.now()
    if not rules.accepts_quotes(tender.status, tender.closes_at, now):
        return []
    waiting = waiting_extension(session, tender.id)
    extends = policy.allows(actor, Act.TENDER_EXTEND, tender.alliance_id)
    links = []
    if policy.allows(actor, Act.TENDER_AMEND, tender.alliance_id):
        links += [StepLink("Change the words or documents", _page("amend_tender", tender))]
    if waiting is None:
        if extends:
            links += [
                StepLink("Move the deadline", _page("propose_extension", tender)),
                StepLink("Change price lines or volumes", _page("propose_lines", tender)),
            ]
        return links
    decides = waiting.status is ExtensionStatus.PROPOSED and may_approve(session, actor, waiting)
    if decides or extends:
        agreed = waiting.status is ExtensionStatus.AGREED
        text = "Decide about the later deadline" if decides else "See the later deadline you proposed"
        text = "See the later deadline that waits for Find a Tender" if agreed else text
        href = url_for("tenders.approve_extension", tender_id=tender.id, extension_id=waiting.id)
        links += [StepLink(text, href)]
    return links


def _page(endpoint: str, tender: Tender) -> str:
    return url_for(f"tenders.{endpoint}", tender_id=tender.id)


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Later deadlines that wait for this headteacher."""
    query = (
        select(Extension)
        .join(Tender)
        .where(
            queries.of_the_alliances_of(actor),
            Tender.status == TenderStatus.PUBLISHED,
            Tender.closes_at > clock.now(),
            Extension.status == ExtensionStatus.PROPOSED,
        )
        .order_by(Extension.proposed_at)
    )
    if not queries.headteacher_of(actor):
        return []
    return [
        Task(
            f"Decide about a later deadline for {one.tender.title}",
            url_for("tenders.approve_extension", tender_id=one.tender_id, extension_id=one.id),
            f"{one.proposer.name} proposes {moment(one.closes_at)}. Decide before "
            f"{moment(one.closed_before_at)}.",
            one.closed_before_at.astimezone(clock.LONDON).date(),
        )
        for one in session.scalars(query)
        if may_approve(session, actor, one) and not recommitments.missing(session, one)
    ]
