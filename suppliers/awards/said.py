"""What notices say of a tender's awards: offered to the notices' place by the composition root."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.tenders import queries as tenders
from marketplace.tenders import timetable
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.uk_notices.subject import AwardSaid, ContractSaid, SupplierSaid
from suppliers.awards import queries, rules
from suppliers.awards.letters.queries import sent_at
from suppliers.awards.models import Award
from suppliers.awards.queries import ContractDue
from suppliers.awards.standstill.queries import standstill_of
from suppliers.profiles.models import Supplier
from suppliers.quotes.models import Quote

APPROVED = frozenset({TenderStatus.CONFIRMED_BY_SCHOOLS, TenderStatus.STANDSTILL, TenderStatus.AWARDED})


def awards_said(session: Session, tender: Tender) -> tuple[AwardSaid, ...]:
    """The approved awards of a tender, one for each winning quote, with their contracts once confirmed."""
    if tender.status not in APPROVED:
        return ()
    found = queries.live_awards(session, tender.id)
    begun = standstill_of(session, tender.id)
    stands = (begun.began_on, tender.standstill_ends_on) if begun and tender.standstill_ends_on else None
    numbers = {lot.id: lot.number for lot in tenders.schedule(session, tender.id)}
    told = sent_at(session, tender.id)
    due = {(one.school_id, one.award_id): one for one in queries.contracts_due(session, tender, found)}
    said = []
    for place, quote_id in enumerate(queries.winning_quotes(found), start=1):
        won = [award for award in found if award.quote_id == quote_id]
        net = Money.total(award.total for award in won)
        said.append(
            AwardSaid(
                id=str(place),
                title=tender.title,
                lots=tuple(sorted(numbers[award.lot_id] for award in won)),
                supplier=_supplier(session.get_one(Quote, quote_id).supplier),
                net=net,
                gross=rules.value_with_vat(net),
                decided_at=won[0].decided_at or clock.now(),
                summaries_sent_at=told,
                standstill=stands,
                contracts=_contracts(session, tender, won, due, str(place)),
            )
        )
    return tuple(said)


def _supplier(supplier: Supplier) -> SupplierSaid:
    return SupplierSaid(
        str(supplier.id),
        supplier.name,
        supplier.company_number or "",
        supplier.address,
        supplier.is_sme,
        supplier.is_vcse,
    )


def _contracts(
    session: Session,
    tender: Tender,
    won: Sequence[Award],
    awarded: Mapping[tuple[uuid.UUID, uuid.UUID], ContractDue],
    award_id: str,
) -> tuple[ContractSaid, ...]:
    """The contracts that schools got from an award, with what was awarded for the whole term."""
    query = (
        select(Contract)
        .where(Contract.award_id.in_([award.id for award in won]))
        .order_by(Contract.registered_at, Contract.id)
    )
    confirmed = next((award.confirmed_at for award in won if award.confirmed_at), None)
    return tuple(
        ContractSaid(
            id=str(contract.id),
            award_id=award_id,
            title=contract.title,
            school=contract.school.name,
            net=due.amount,
            gross=rules.value_with_vat(due.amount),
            signed_on=(confirmed or contract.registered_at).astimezone(clock.LONDON).date(),
            starts_on=tender.contract_starts_on or contract.starts_on,
            ends_on=tender.contract_ends_on or contract.ends_on,
            present_net=timetable.over_whole_term(
                contract.annual_value, contract.starts_on, contract.ends_on
            ),
            present_ends_on=contract.runs_until,
        )
        for contract in session.scalars(query)
        if contract.award_id and (due := awarded.get((contract.school_id, contract.award_id)))
    )
