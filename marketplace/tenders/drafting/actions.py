"""How a draft tender is filled in. With those of `tenders/actions.py` the only writers of this stage.

Each takes the tender's `version` as its author saw it, gives the tender a new one, and raises Stale
when somebody changed it meanwhile, RuleBroken when the tender is no longer a draft.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import IO

from sqlalchemy import delete
from sqlalchemy.orm import Session

from marketplace.core import clock, documents, events, policy, storage
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.moves import move
from marketplace.core.policy import Act, Actor
from marketplace.tenders import queries, timetable
from marketplace.tenders.actions import ask_openers, mark_changed, release_need
from marketplace.tenders.criteria.rules import has_quality
from marketplace.tenders.drafting import rules
from marketplace.tenders.drafting.models import SplitAgreement
from marketplace.tenders.drafting.queries import latest_number, panel_candidates
from marketplace.tenders.drafting.rules import LineDraft, LotDraft, PanelDraft
from marketplace.tenders.lots.models import LotBundle
from marketplace.tenders.lots.queries import names_lot
from marketplace.tenders.models import (
    Commitment,
    LineVolume,
    Lot,
    PanelSeat,
    PriceLine,
    Tender,
    TenderDocument,
)
from marketplace.tenders.planning.queries import holidays_at
from marketplace.tenders.rules import COMMITMENT_MOVES, CommitmentStatus, Split
from marketplace.tenders.timetable import Procedure


def edit_tender(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    *,
    title: str,
    description: str,
    category: str,
    cpv: str,
) -> None:
    """Change what the tender is called and what it buys."""
    with editing(actor, tender_id, version, "basics") as (_, tender):
        tender.title, tender.description = title, description
        tender.category, tender.cpv = category, cpv


def set_terms(actor: Actor, tender_id: uuid.UUID, version: int, *, recovery_fee: Money, split: Split) -> None:
    """Agree what the lead school recharges for its work (pence before VAT) and how it is divided.

    Each agreement is kept as a version with who agreed it and when. Raises RuleBroken from publication
    on: the rule is fixed before any quote is opened.
    """
    with transaction() as session:
        tender = queries.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.TENDER_EDIT, tender.alliance_id)
        rules.check_split_open(tender.status)
        rules.check_editable(tender.status)
        expect_version(tender, version)
        tender.recovery_fee, tender.split = recovery_fee, split
        session.add(
            SplitAgreement(
                tender_id=tender_id,
                number=latest_number(session, tender_id) + 1,
                recovery_fee=recovery_fee,
                split=split,
                agreed_by=actor.person_id,
                agreed_at=clock.now(),
            )
        )
        _record(session, actor, tender, "terms")


def set_timetable(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    *,
    closes_at: datetime,
    contract_starts_on: date,
    contract_ends_on: date,
    extension_months: int = 0,
    deadline_reason: str = "",
    procedure: Procedure = Procedure.ELECTRONIC,
) -> None:
    """Set the deadline for quotes, the contract's first and last day, and its options to run longer.

    `deadline_reason` says why a deadline out of hours or in a school's holiday is kept; suppliers read
    it. Raises RuleBroken (fields `closes_at`, `contract_starts_on`, `contract_ends_on`); the deadline is
    judged as if the tender were published now, and again when it is.
    """
    with editing(actor, tender_id, version, "timetable") as (session, tender):
        timetable.check_contract_dates(contract_starts_on, contract_ends_on, closes_at)
        tender.contract_starts_on, tender.contract_ends_on = contract_starts_on, contract_ends_on
        tender.extension_months, tender.procedure = extension_months, procedure
        _, regime = queries.value_and_regime(session, tender)
        away = holidays_at(session, tender, closes_at)
        timetable.check_deadline(
            closes_at,
            clock.now(),
            timetable.least_days(regime, procedure),
            on_holiday=away,
            reason=deadline_reason,
        )
        tender.closes_at = closes_at
        tender.deadline_reason = deadline_reason if timetable.doubts_about(closes_at, away) else ""


def set_buyers(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    *,
    baselines: Mapping[uuid.UUID, Money],
    lead_school_id: uuid.UUID | None,
) -> None:
    """Settle which schools are invited, what each pays today (pence a year before VAT), and who leads.

    A school that is left out loses its volumes, and its need is free again. One that declined before
    and is named again is invited again.
    """
    with editing(actor, tender_id, version, "buyers") as (session, tender):
        if set(baselines) - queries.member_ids(session, tender.alliance_id):
            raise NotFound
        if lead_school_id is not None and lead_school_id not in baselines:
            raise RuleBroken("The lead school must be one of the schools that buy.", "lead_school")
        present = {commitment.school_id: commitment for commitment in tender.commitments}
        for school_id, commitment in present.items():
            if school_id not in baselines and commitment.status is not CommitmentStatus.DECLINED:
                release_need(session, commitment)
                tender.commitments.remove(commitment)
                _remove_volumes(tender, school_id)
        for school_id, baseline in baselines.items():
            commitment = present.get(school_id) or Commitment(school_id=school_id)
            commitment.baseline, commitment.reason = baseline, ""
            if school_id not in present:
                tender.commitments.append(commitment)
            elif commitment.status is CommitmentStatus.DECLINED:
                commitment.status = move(COMMITMENT_MOVES, commitment.status, CommitmentStatus.INVITED)
        tender.lead_school_id = lead_school_id


def set_schedule(actor: Actor, tender_id: uuid.UUID, version: int, lots: Sequence[LotDraft]) -> None:
    """Replace all lots, price lines and volumes at once, as from a spreadsheet."""
    with editing(actor, tender_id, version, "lots") as (session, tender):
        replace_schedule(session, tender, lots)


def replace_schedule(session: Session, tender: Tender, lots: Sequence[LotDraft]) -> None:
    """The lots of a draft instead of those it has, without bundles. A shared step; raises RuleBroken.

    A line that was paid once still is, if it keeps its name in a lot of the same name.
    """
    once = {(lot.title, line.item) for lot in tender.lots for line in lot.lines if line.once}
    session.execute(delete(LotBundle).where(LotBundle.tender_id == tender.id))
    tender.lots.clear()
    session.flush()
    for number, lot in enumerate(lots, start=1):
        row = Lot(id=new_id(), number=number, title=lot.title, description=lot.description)
        tender.lots.append(row)
        for place, draft in enumerate(lot.lines, start=1):
            _check_line(tender, draft)
            line = _fill(PriceLine(id=new_id(), number=place), draft)
            line.once = draft.once or (lot.title, draft.item) in once
            row.lines.append(line)
    session.flush()


def add_lot(
    actor: Actor, tender_id: uuid.UUID, version: int, lot_id: uuid.UUID, *, title: str, description: str
) -> None:
    """Add a lot at the end."""
    with transaction() as session:
        tender = _draft(session, actor, tender_id)
        if any(lot.id == lot_id for lot in tender.lots):
            return
        expect_version(tender, version)
        number = 1 + max((lot.number for lot in tender.lots), default=0)
        tender.lots.append(Lot(id=lot_id, number=number, title=title, description=description))
        _record(session, actor, tender, "lots")


def edit_lot(
    actor: Actor, tender_id: uuid.UUID, version: int, lot_id: uuid.UUID, *, title: str, description: str
) -> None:
    """Change what a lot is called and what it holds."""
    with editing(actor, tender_id, version, "lots") as (_, tender):
        lot = _lot(tender, lot_id)
        lot.title, lot.description = title, description


def remove_lot(actor: Actor, tender_id: uuid.UUID, version: int, lot_id: uuid.UUID) -> None:
    """Take a lot and its lines out of a draft."""
    with editing(actor, tender_id, version, "lots") as (session, tender):
        lot = _lot(tender, lot_id)
        if bundle := names_lot(session, lot_id):
            raise RuleBroken(f"Lot {lot.number} is a part of the bundle “{bundle}”. Remove the bundle first.")
        tender.lots.remove(lot)


def add_line(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    lot_id: uuid.UUID,
    *,
    line_id: uuid.UUID,
    draft: LineDraft,
) -> None:
    """Add a price line, with its volumes by school, at the end of a lot.

    Raises RuleBroken (field `volumes`) when no school, or one that does not buy, has a volume.
    """
    with transaction() as session:
        tender = _draft(session, actor, tender_id)
        lot = _lot(tender, lot_id)
        if any(line.id == line_id for line in lot.lines):
            return
        expect_version(tender, version)
        _check_line(tender, draft)
        number = 1 + max((line.number for line in lot.lines), default=0)
        lot.lines.append(_fill(PriceLine(id=line_id, number=number), draft))
        _record(session, actor, tender, "lots")


def edit_line(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    lot_id: uuid.UUID,
    *,
    line_id: uuid.UUID,
    draft: LineDraft,
) -> None:
    """Change a price line and its volumes; see `add_line`."""
    with editing(actor, tender_id, version, "lots") as (session, tender):
        line = _line(_lot(tender, lot_id), line_id)
        _check_line(tender, draft)
        line.volumes.clear()
        session.flush()
        _fill(line, draft)


def remove_line(
    actor: Actor, tender_id: uuid.UUID, version: int, lot_id: uuid.UUID, line_id: uuid.UUID
) -> None:
    """Take a price line out of a draft."""
    with editing(actor, tender_id, version, "lots") as (_, tender):
        lot = _lot(tender, lot_id)
        lot.lines.remove(_line(lot, line_id))


def set_panel(actor: Actor, tender_id: uuid.UUID, version: int, seats: Collection[PanelDraft]) -> None:
    """Name who opens and who scores the quotes, at any time before publication.

    Raises RuleBroken unless there are three openers of two schools, and an evaluator where quality
    counts; NotFound for somebody who has no role in that school of the alliance.
    """
    with transaction() as session:
        tender = queries.get_tender_of_alliance(session, actor, tender_id, lock=True)
        policy.require(actor, Act.TENDER_EDIT, tender.alliance_id)
        rules.check_panel_open(tender.status)
        expect_version(tender, version)
        rules.check_panel(seats, quality=has_quality(one.kind for one in tender.criteria))
        known = {(one.person_id, one.school_id) for one in panel_candidates(session, tender)}
        if any((seat.person_id, seat.school_id) not in known for seat in seats):
            raise NotFound
        tender.panel.clear()
        session.flush()
        for seat in seats:
            tender.panel.append(PanelSeat(person_id=seat.person_id, school_id=seat.school_id, seat=seat.seat))
        ask_openers(session, tender)
        _record(session, actor, tender, "people")


def add_document(
    actor: Actor,
    tender_id: uuid.UUID,
    version: int,
    document_id: uuid.UUID,
    *,
    name: str,
    content: IO[bytes],
) -> None:
    """Add a file that suppliers can download. Raises RuleBroken (field `document`) for a kind not allowed."""
    with transaction() as session:
        tender = _draft(session, actor, tender_id)
        if any(document.id == document_id for document in tender.documents):
            return
        expect_version(tender, version)
        media_type = documents.check_document(name, content)
        stored = storage.store(session, content, media_type, field="document")
        tender.documents.append(
            TenderDocument(id=document_id, name=documents.plain_name(name), sha256=stored.sha256)
        )
        _record(session, actor, tender, "documents")


def remove_document(actor: Actor, tender_id: uuid.UUID, version: int, document_id: uuid.UUID) -> None:
    """Take a document off a draft; the stored file itself stays in the store."""
    with editing(actor, tender_id, version, "documents") as (_, tender):
        document = next((one for one in tender.documents if one.id == document_id), None)
        if document is None:
            raise NotFound
        tender.documents.remove(document)


@contextmanager
def editing(actor: Actor, tender_id: uuid.UUID, version: int, part: str) -> Iterator[tuple[Session, Tender]]:
    """One change to a draft: load and lock, may they, is it a draft still as they saw it; then record it."""
    with transaction() as session:
        tender = _draft(session, actor, tender_id)
        expect_version(tender, version)
        yield session, tender
        _record(session, actor, tender, part)


def _draft(session: Session, actor: Actor, tender_id: uuid.UUID) -> Tender:
    """A draft that the actor may change, locked."""
    tender = queries.get_tender_of_alliance(session, actor, tender_id, lock=True)
    policy.require(actor, Act.TENDER_EDIT, tender.alliance_id)
    rules.check_editable(tender.status)
    return tender


def _record(session: Session, actor: Actor, tender: Tender, part: str) -> None:
    mark_changed(tender)
    session.flush()
    events.record(session, actor, Act.TENDER_EDIT, tender.id, organisation_id=tender.alliance_id, part=part)


def _lot(tender: Tender, lot_id: uuid.UUID) -> Lot:
    lot = next((one for one in tender.lots if one.id == lot_id), None)
    if lot is None:
        raise NotFound
    return lot


def _line(lot: Lot, line_id: uuid.UUID) -> PriceLine:
    line = next((one for one in lot.lines if one.id == line_id), None)
    if line is None:
        raise NotFound
    return line


def _check_line(tender: Tender, draft: LineDraft) -> None:
    buying = {one.school_id for one in tender.commitments if one.status is not CommitmentStatus.DECLINED}
    rules.check_volumes(draft, buying)


def _fill(line: PriceLine, draft: LineDraft) -> PriceLine:
    line.item, line.unit, line.once = draft.item, draft.unit, draft.once
    line.volumes.extend(
        LineVolume(school_id=school_id, quantity=quantity) for school_id, quantity in draft.volumes.items()
    )
    return line


def _remove_volumes(tender: Tender, school_id: uuid.UUID) -> None:
    for lot in tender.lots:
        for line in lot.lines:
            line.volumes = [volume for volume in line.volumes if volume.school_id != school_id]
