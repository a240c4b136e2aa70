"""Questions about notices. What was published is everybody's; a draft is its alliance's."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Organisation, School
from marketplace.core.money import Money
from marketplace.core.months import months_later
from marketplace.core.settings import Settings
from marketplace.tenders import queries, timetable
from marketplace.tenders.amending.models import Amendment
from marketplace.tenders.amending.queries import waiting_for_find_a_tender, with_waiting_changes
from marketplace.tenders.answers import published_answers
from marketplace.tenders.criteria.tree import leaves
from marketplace.tenders.formulas import to_two_places
from marketplace.tenders.lots.queries import bounds_of, limits_of
from marketplace.tenders.lots.queries import in_words as lots_in_words
from marketplace.tenders.methodology import formula_in_words
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.planning.rules import asked_until
from marketplace.tenders.rules import CommitmentStatus, TenderStatus
from marketplace.tenders.uk_notices import awarding, rules
from marketplace.tenders.uk_notices.foreseen import as_it_will_be
from marketplace.tenders.uk_notices.models import Notice
from marketplace.tenders.uk_notices.rules import NoticeKind, Published
from marketplace.tenders.uk_notices.subject import (
    Authority,
    CriterionSaid,
    DocumentSaid,
    EnquirySaid,
    Line,
    LotLimitsSaid,
    LotSaid,
    Subject,
    is_bound,
)


def settings() -> Settings:
    """The settings of this installation."""
    known: Settings = current_app.extensions["settings"]
    return known


def own_ocid(tender: Tender) -> str:
    """The open contracting id of a tender of ours: our prefix and an id that no other process has."""
    return f"{settings().ocds_prefix}-{tender.id}"


def ocid(session: Session, tender: Tender) -> str:
    """The open contracting id of a tender: the one it was published under, else the one it will be."""
    first = select(Notice.ocid).where(Notice.tender_id == tender.id).order_by(Notice.number).limit(1)
    return session.scalar(first) or own_ocid(tender)


def notices_of(session: Session, tender_id: uuid.UUID) -> list[Notice]:
    """What was published about a tender, oldest first."""
    return list(session.scalars(select(Notice).where(Notice.tender_id == tender_id).order_by(Notice.number)))


def tender_notice(session: Session, tender_id: uuid.UUID) -> Notice | None:
    """The notice with which a tender was opened to suppliers; None when it never was."""
    query = select(Notice).where(Notice.tender_id == tender_id, Notice.kind == NoticeKind.TENDER)
    return session.scalars(query.order_by(Notice.number).limit(1)).one_or_none()


def on_find_a_tender(session: Session, tender_id: uuid.UUID) -> Published | None:
    """Where the tender notice stands on Find a Tender, if it does."""
    notice = tender_notice(session, tender_id)
    if notice is None or notice.reference_on is None:
        return None
    return Published(notice.reference, notice.reference_on)


def tender_with_reference(session: Session, reference: str) -> str:
    """The tender whose notice has this Find a Tender reference, by our own; "" for none."""
    query = select(Tender.reference).join(Notice, Notice.tender_id == Tender.id)
    return session.scalars(query.where(Notice.reference == reference)).first() or ""


def update_wanted(session: Session, tender: Tender) -> bool:
    """Does a change wait for its notice, or has the tender changed since the last tender notice here?"""
    if tender.status is not TenderStatus.PUBLISHED or tender.closes_at is None:
        return False
    if waiting_for_find_a_tender(session, tender.id) is not None:
        return True
    told = [one for one in notices_of(session, tender.id) if one.kind is NoticeKind.TENDER]
    if not told:
        return False
    last = json.loads(told[-1].content)["tender"]["tenderPeriod"]["endDate"]
    if datetime.fromisoformat(last) != tender.closes_at:
        return True
    amended = select(Amendment.id).where(
        Amendment.tender_id == tender.id, Amendment.made_at > told[-1].issued_at
    )
    return session.scalar(amended.limit(1)) is not None


def updates_wanted(session: Session, alliance_ids: Collection[uuid.UUID]) -> list[Tender]:
    """Published tenders whose changed notice waits for its reference on Find a Tender."""
    moved = select(Tender).where(
        Tender.alliance_id.in_(alliance_ids),
        Tender.status == TenderStatus.PUBLISHED,
        or_(with_waiting_changes(), Tender.deadline_version > 1, Tender.id.in_(select(Amendment.tender_id))),
    )
    return [one for one in session.scalars(moved.order_by(Tender.closes_at)) if update_wanted(session, one)]


def has_notice(session: Session, tender_id: uuid.UUID, kind: NoticeKind) -> bool:
    """Was a notice of this kind published about a tender?"""
    query = select(Notice.id).where(Notice.tender_id == tender_id, Notice.kind == kind).limit(1)
    return session.scalar(query) is not None


def needs_reference(session: Session, tender: Tender, kind: NoticeKind) -> bool:
    """Must this notice stand on Find a Tender before it is published here? The last one as the first."""
    opened = tender_notice(session, tender.id)
    if kind in {NoticeKind.TERMINATION, NoticeKind.TENDER}:
        return opened is not None and bool(opened.reference)
    if opened is not None and opened.reference:
        return True
    if kind is NoticeKind.AWARD or kind in rules.CONTRACT_NOTICES:
        told = notices_of(session, tender.id)
        return any(one.kind is NoticeKind.AWARD and one.reference for one in told)
    return must_wait(session, tender)


def must_wait(session: Session, tender: Tender) -> bool:
    """Must the tender notice stand on Find a Tender before this tender is shown to anybody?"""
    return is_bound(queries.value_and_regime(session, tender)[1])


def terminations_wanted(session: Session, alliance_ids: Collection[uuid.UUID]) -> list[Tender]:
    """Tenders that ended without an award and whose termination notice is not published yet."""
    opened = select(Notice.tender_id).where(Notice.kind == NoticeKind.TENDER)
    told = select(Notice.tender_id).where(Notice.kind == NoticeKind.TERMINATION)
    query = select(Tender).where(
        Tender.alliance_id.in_(alliance_ids),
        Tender.status.in_(rules.ENDED),
        Tender.id.in_(opened),
        Tender.id.not_in(told),
    )
    return list(session.scalars(query.order_by(Tender.drafted_at, Tender.id)))


def subject(session: Session, tender: Tender) -> Subject:
    """All of a tender that its notices may say, as it will be once agreed changes have taken effect.

    Load the tender as its reader first.
    """
    base = settings().base_url.rstrip("/")
    page = f"{base}/opportunities/{tender.id}"
    gross, regime = queries.value_and_regime(session, tender)
    authorities = _authorities(session, tender)
    shown = gross is not None and rules.shows_value(regime, len(authorities))
    answers = published_answers(session, tender.id)
    told_at = max((one.issued_at for one in notices_of(session, tender.id)), default=None)
    said = Subject(
        reference=tender.reference,
        title=tender.title,
        description=tender.description,
        cpv=tender.cpv,
        alliance=session.get_one(Organisation, tender.alliance_id).name,
        status=tender.status,
        regime=regime,
        authorities=authorities,
        lots=_lots(session, tender),
        criteria=tuple(
            CriterionSaid(
                number,
                placed.criterion.kind,
                placed.name,
                placed.criterion.question,
                to_two_places(placed.marks),
            )
            for number, placed in enumerate(leaves(tender.criteria), start=1)
        ),
        documents=tuple(
            DocumentSaid(str(one.id), one.name, one.link or f"{base}/tenders/{tender.id}/documents/{one.id}")
            for one in tender.documents
            if one.link or tender.published_at is not None
        ),
        net=_net(tender) if shown else None,
        gross=gross if shown else None,
        opened_at=tender.published_at,
        closes_at=tender.closes_at,
        starts_on=tender.contract_starts_on,
        ends_on=tender.contract_ends_on,
        last_on=_last_day(tender),
        page=page,
        prior_ocid=tender.ocid,
        limits=_limits(session, tender),
        awards=awarding.awards_of(session, tender),
        judging=_judging(session, tender),
        has_enquiries=bool(answers),
        asked_until=asked_until(tender.published_at, tender.closes_at)
        if tender.published_at and tender.closes_at
        else None,
        enquiries=tuple(
            EnquirySaid(one.number, one.question, one.answer, one.answered_at)
            for one in answers
            if told_at is None or one.answered_at >= told_at
        ),
    )
    waiting = waiting_for_find_a_tender(session, tender.id)
    if waiting is None or tender.status is not TenderStatus.PUBLISHED:
        return said
    return as_it_will_be(session, tender, said, waiting, base)


def _net(tender: Tender) -> Money | None:
    """The estimated value before VAT, over the whole term with every option to run longer."""
    last_on = _last_day(tender)
    if tender.contract_starts_on is None or last_on is None:
        return None
    spend = Money.total(one.baseline for one in _buying(tender))
    return timetable.over_whole_term(spend, tender.contract_starts_on, last_on)


def _last_day(tender: Tender) -> date | None:
    """The contract's last day if every option to extend it is used."""
    if tender.contract_ends_on is None:
        return None
    return months_later(tender.contract_ends_on, tender.extension_months)


def _buying(tender: Tender) -> list[Commitment]:
    return [one for one in tender.commitments if one.status is not CommitmentStatus.DECLINED]


def _authorities(session: Session, tender: Tender) -> tuple[Authority, ...]:
    """The schools that buy, the lead school first, the others by name."""
    schools = queries.schools_by_id(session, [one.school_id for one in _buying(tender)])
    in_order = sorted(schools.values(), key=lambda one: (one.id != tender.lead_school_id, one.name, one.urn))
    return tuple(
        Authority(one.urn, one.name, _street(one), one.local_authority, one.postcode, one.ukprn or "")
        for one in in_order
    )


def _street(school: School) -> str:
    """A school's address without the postcode, which stands beside it."""
    lines = (line.strip() for line in school.address.replace(school.postcode, "").splitlines())
    return "\n".join(line.rstrip(",").rstrip() for line in lines if line)


def _limits(session: Session, tender: Tender) -> LotLimitsSaid:
    said = limits_of(session, tender.id)
    if said is None:
        return LotLimitsSaid()
    return LotLimitsSaid(
        said.undivided_reason if len(tender.lots) == 1 else "",
        said.most_quoted,
        said.most_awarded,
        lots_in_words(session, tender).mechanism,
    )


def _judging(session: Session, tender: Tender) -> str:
    """The formula in words, with the ceiling and the optimum of each lot where lots have their own."""
    bounds = bounds_of(session, tender.id)
    of_lots = (
        f"Lot {lot.number}: ceiling {bounds[lot.id].ceiling}, optimum {bounds[lot.id].optimum}."
        for lot in tender.lots
        if lot.id in bounds
    )
    return " ".join(filter(None, (formula_in_words(tender), *of_lots)))


def _lots(session: Session, tender: Tender) -> tuple[LotSaid, ...]:
    return tuple(
        LotSaid(
            lot.number,
            lot.title,
            lot.description,
            tuple(Line(str(line.id), line.item, line.unit, line.total) for line in lot.lines),
        )
        for lot in queries.schedule(session, tender.id)
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices a reader asks for: those after a position, published in a span of time."""

    after: int = 0
    since: datetime | None = None
    before: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The span, as conditions on Notice."""
        found = []
        if self.since is not None:
            found.append(Notice.issued_at >= self.since)
        if self.before is not None:
            found.append(Notice.issued_at < self.before)
        return found


def published(session: Session, wanted: Wanted, size: int) -> list[Notice]:
    """The next so many notices in the order in which they became public.

    A position never changes and new ones only come at the end, so reading on from the last one seen
    misses nothing.
    """
    query = select(Notice).where(Notice.position > wanted.after, *wanted.conditions())
    return list(session.scalars(query.order_by(Notice.position).limit(size)))


def processes(session: Session, wanted: Wanted, size: int) -> list[tuple[str, int]]:
    """The next so many processes with a notice in the span: ocid and the position of its first notice."""
    first = func.min(Notice.position)
    in_span = select(Notice.ocid).where(*wanted.conditions())
    query = (
        select(Notice.ocid, first)
        .where(Notice.ocid.in_(in_span))
        .group_by(Notice.ocid)
        .having(first > wanted.after)
        .order_by(first)
        .limit(size)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def by_process(session: Session, ocids: Collection[str]) -> dict[str, list[Notice]]:
    """All notices of these processes, each oldest first, in the order of the ocids given."""
    found: dict[str, list[Notice]] = {ocid: [] for ocid in ocids}
    for notice in session.scalars(select(Notice).where(Notice.ocid.in_(ocids)).order_by(Notice.position)):
        found[notice.ocid].append(notice)
    return found
