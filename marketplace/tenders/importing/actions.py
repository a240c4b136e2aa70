"""Making a draft out of a tender that was written elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Organisation, School
from marketplace.alliance.queries import member_schools
from marketplace.contracts import categories
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.policy import Act, Actor, Kind
from marketplace.core.web import day, moment
from marketplace.tenders.actions import begin_tender
from marketplace.tenders.importing import ocds
from marketplace.tenders.importing.ocds import Found, Party
from marketplace.tenders.models import Commitment, Lot, Tender, TenderDocument


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file: the draft, what arrived in it, and what has no place here."""

    tender_id: uuid.UUID
    reference: str
    arrived: tuple[str, ...]
    left_out: tuple[str, ...]


def import_tender(actor: Actor, alliance_id: uuid.UUID, content: bytes, ocid: str = "") -> ImportReport:
    """Draft a joint tender from an OCDS 1.1 release package; `ocid` says which release where it has several.

    Buyers are matched to the alliance's schools by URN or name; the others are listed, and so is every
    value without a place here and a deadline that has passed. The list stays with the draft. Raises
    RuleBroken for a file that cannot be read and for a tender that was imported before.
    """
    with transaction() as session:
        policy.require(actor, Act.TENDER_IMPORT, alliance_id)
        alliance = session.get(Organisation, alliance_id)
        if alliance is None or alliance.kind is not Kind.ALLIANCE:
            raise NotFound("There is no such alliance.")
        found = ocds.read(content, ocid)
        _check_new(session, alliance_id, found.ocid)
        tender = begin_tender(
            session,
            actor,
            new_id(),
            alliance_id,
            title=found.title,
            category=categories.by_cpv(found.cpv) if found.cpv else categories.OTHER,
        )
        arrived, notes = _fill(tender, found, member_schools(session, alliance_id), clock.now())
        tender.import_notes = [*notes, *found.left_out]
        session.flush()
        events.record(
            session, actor, Act.TENDER_IMPORT, tender.id, organisation_id=alliance_id, ocid=found.ocid
        )
        return ImportReport(tender.id, tender.reference, tuple(arrived), tuple(tender.import_notes))


def _check_new(session: Session, alliance_id: uuid.UUID, ocid: str) -> None:
    known = select(Tender.reference).where(Tender.alliance_id == alliance_id, Tender.ocid == ocid)
    if ocid and (reference := session.scalars(known).first()):
        raise RuleBroken(f"This tender was imported before, as {reference}.")


def _fill(
    tender: Tender, found: Found, members: Sequence[School], now: datetime
) -> tuple[list[str], list[str]]:
    """Put what was found into a new draft; says what arrived and what could not be taken over."""
    arrived = [f"Title: {found.title}", f"Category: {categories.label(tender.category)}"]
    notes: list[str] = []
    tender.ocid, tender.description, tender.cpv = found.ocid, found.description, found.cpv
    if found.description:
        arrived.append(f"Description: {len(found.description.split())} words")
    if found.cpv:
        arrived.append(f"CPV code: {found.cpv}")
    _fill_dates(tender, found, now, arrived, notes)
    _fill_buyers(tender, found.buyers, members, arrived, notes)
    for number, lot in enumerate(found.lots, start=1):
        tender.lots.append(Lot(number=number, title=lot.title, description=lot.description))
        arrived.append(f"Lot {number}: {lot.title}")
    for document in found.documents:
        tender.documents.append(TenderDocument(id=new_id(), name=document.name, link=document.url))
        arrived.append(f"Document: {document.name} ({document.url})")
    return arrived, notes


def _fill_dates(tender: Tender, found: Found, now: datetime, arrived: list[str], notes: list[str]) -> None:
    if found.closes_at is not None and found.closes_at > now:
        tender.closes_at = found.closes_at
        arrived.append(f"Deadline for quotes: {moment(found.closes_at)}")
    elif found.closes_at is not None:
        notes.append(f"The deadline for quotes has passed: {moment(found.closes_at)}. Set a new one.")
    starts_on, ends_on = found.contract_starts_on, found.contract_ends_on
    if starts_on is None and ends_on is None:
        return
    if starts_on is None or ends_on is None or ends_on < starts_on:
        given = " to ".join(day(one) for one in (starts_on, ends_on) if one)
        notes.append(f"The contract’s dates are not complete or not in order: {given}.")
        return
    tender.contract_starts_on, tender.contract_ends_on = starts_on, ends_on
    arrived.append(f"Contract: {day(starts_on)} to {day(ends_on)}")


def _fill_buyers(
    tender: Tender,
    buyers: Sequence[Party],
    members: Sequence[School],
    arrived: list[str],
    notes: list[str],
) -> None:
    """Invite the buyers that are schools of the alliance; the first of them leads."""
    invited: set[uuid.UUID] = set()
    for buyer in buyers:
        school = _school(buyer, members)
        if school is None:
            notes.append(f"Buyer that is no school of this alliance: {buyer}. Admit it, then choose it.")
        elif school.id not in invited:
            invited.add(school.id)
            tender.commitments.append(Commitment(school_id=school.id))
            tender.lead_school_id = tender.lead_school_id or school.id
            arrived.append(f"Buyer: {school.name} (URN {school.urn})")


def _school(buyer: Party, members: Sequence[School]) -> School | None:
    """The school that a buyer is: by its URN, else by the one equal name."""
    if buyer.urn:
        return next((school for school in members if school.urn == buyer.urn), None)
    named = [school for school in members if _plain(school.name) == _plain(buyer.name)]
    return named[0] if len(named) == 1 else None


def _plain(name: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in name.casefold()).split())
