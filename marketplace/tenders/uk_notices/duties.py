"""Which notices about contracts are owed now, by what was awarded and by the register as it stands."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.needs import thresholds
from marketplace.needs.thresholds import Regime
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.uk_notices import periods, queries
from marketplace.tenders.uk_notices.models import Notice
from marketplace.tenders.uk_notices.rules import NoticeKind, main_category
from marketplace.tenders.uk_notices.subject import ContractSaid, Subject


@dataclass(frozen=True, slots=True)
class Owed:
    """A notice that is owed: about which contract (blank for all of a tender), and until when."""

    tender: Tender
    kind: NoticeKind
    contract_id: str
    about: str
    due_on: date


def owed_by(session: Session, alliance_ids: Collection[uuid.UUID]) -> list[Owed]:
    """What these alliances owe about contracts of public tenders, the most urgent first."""
    public = select(Notice.tender_id).where(
        Notice.kind.in_([NoticeKind.TENDER, NoticeKind.AWARD]), Notice.reference != ""
    )
    awarded = select(Tender).where(
        Tender.alliance_id.in_(alliance_ids), Tender.status == TenderStatus.AWARDED, Tender.id.in_(public)
    )
    found = [one for tender in session.scalars(awarded) for one in _owed(session, tender)]
    return sorted(found, key=lambda one: (one.due_on, one.tender.reference, one.kind, one.contract_id))


def _owed(session: Session, tender: Tender) -> Iterable[Owed]:
    subject = queries.subject(session, tender)
    if not subject.bound:
        # its notice stands on Find a Tender, so it is a public contract, whatever its estimate was
        light = thresholds.is_light_touch(tender.cpv)
        subject = replace(subject, regime=Regime.LIGHT_TOUCH if light else Regime.ABOVE)
    contracts = [contract for award in subject.awards for contract in award.contracts]
    told = queries.notices_of(session, tender.id)
    if contracts and not any(one.kind is NoticeKind.DETAILS for one in told):
        signed = min(contract.signed_on for contract in contracts)
        if due_on := periods.last_day(NoticeKind.DETAILS, subject.regime, signed):
            yield Owed(tender, NoticeKind.DETAILS, "", tender.title, due_on)
    for contract in contracts:
        about = f"{contract.school}: {contract.title}"
        if _has_ended(contract, told):
            if due_on := periods.last_day(NoticeKind.CONTRACT_END, subject.regime, contract.present_ends_on):
                yield Owed(tender, NoticeKind.CONTRACT_END, contract.id, about, due_on)
        elif _has_changed(contract, subject, told):
            yield Owed(tender, NoticeKind.CHANGE, contract.id, about, clock.today())


def _has_ended(contract: ContractSaid, told: Sequence[Notice]) -> bool:
    ended = contract.present_ends_on < clock.today()
    return ended and contract.id not in _named(told, NoticeKind.CONTRACT_END)


def _has_changed(contract: ContractSaid, subject: Subject, told: Sequence[Notice]) -> bool:
    """Was a contract changed in the register by more than may be without a notice, and no notice told of it?

    A light touch contract needs none (section 75(6)).
    """
    if subject.light_touch:
        return False
    longest = (contract.starts_on, subject.last_on or contract.ends_on)
    kind = main_category(subject.cpv)
    changed = periods.value_needs_notice(
        contract.net, contract.present_net, kind, contract.signed_on
    ) or periods.term_needs_notice(longest, contract.present_ends_on, contract.ends_on)
    return changed and contract.id not in _named(told, NoticeKind.CHANGE)


def _named(told: Sequence[Notice], kind: NoticeKind) -> set[str]:
    """The contracts that notices of a kind have told of."""
    return {
        contract["id"]
        for notice in told
        if notice.kind is kind
        for contract in json.loads(notice.content).get("contracts", [])
    }
