"""The awards and contracts of a release: what is awarded to whom, what was signed, changed and ended.

Plain Python. Procurement Regulations 2024: regulation 26 (transparency), 27 (award), 32 (details), 40
(change) and 41 (end). The extension for the United Kingdom says where each fact stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marketplace.tenders.uk_notices.parts import (
    COMPANIES,
    Issue,
    contract_period,
    first,
    last,
    moment,
    notice_document,
    period,
    said,
    value,
)
from marketplace.tenders.uk_notices.rules import CONTRACT_NOTICES, NoticeKind, Particulars, main_category
from marketplace.tenders.uk_notices.subject import AwardSaid, ContractSaid, Subject, SupplierSaid


def suppliers(subject: Subject, issue: Issue) -> list[dict[str, Any]]:
    """The suppliers as parties of the release, each once."""
    if issue.kind is NoticeKind.TRANSPARENCY:
        return [_party(_named(issue.particulars))]
    if issue.kind is not NoticeKind.AWARD and issue.kind not in CONTRACT_NOTICES:
        return []
    known = {one.supplier.id: one.supplier for one in subject.awards}
    return [_party(one) for one in known.values()]


def awarded(subject: Subject, issue: Issue) -> dict[str, Any]:
    """The parts of a release that say what is awarded; none before there is an award."""
    if issue.kind is NoticeKind.TRANSPARENCY:
        return {"awards": [_direct(subject, issue)]}
    if issue.kind is NoticeKind.AWARD:
        return {"awards": [_award(one, subject, issue) for one in subject.awards]}
    if issue.kind in CONTRACT_NOTICES:
        found: dict[str, Any] = {"awards": [_award(one, subject, issue) for one in subject.awards]}
        if contracts := [_contract(one, subject, issue) for one in _told(subject.awards, issue.particulars)]:
            found["contracts"] = contracts
        return found
    return {}


def _named(given: Particulars) -> SupplierSaid:
    """The supplier of a direct award, of whom we know what the notice says."""
    return SupplierSaid("supplier-1", given.supplier, given.company_number)


def _id(supplier: SupplierSaid) -> str:
    return f"{COMPANIES}-{supplier.company_number}" if supplier.company_number else supplier.id


def _reference(supplier: SupplierSaid) -> dict[str, str]:
    return {"id": _id(supplier), "name": supplier.name}


def _party(supplier: SupplierSaid) -> dict[str, Any]:
    party: dict[str, Any] = {**_reference(supplier), "roles": ["supplier"]}
    if supplier.company_number:
        party["identifier"] = {
            "scheme": COMPANIES,
            "id": supplier.company_number,
            "legalName": supplier.name,
        }
    if supplier.address:
        party["address"] = {
            "streetAddress": ", ".join(supplier.address.splitlines()),
            "countryName": "United Kingdom",
        }
    if supplier.is_sme or supplier.is_vcse:
        party["details"] = said({"scale": "sme" if supplier.is_sme else "", "vcse": supplier.is_vcse or None})
    return party


def _direct(subject: Subject, issue: Issue) -> dict[str, Any]:
    return said(
        {
            "id": "1",
            "title": subject.title,
            "status": "pending",
            "value": value(subject.net, subject.gross),
            "suppliers": [_reference(_named(issue.particulars))],
            "contractPeriod": contract_period(subject),
            "aboveThreshold": subject.bound,
            "mainProcurementCategory": main_category(subject.cpv),
            "documents": [notice_document(subject, issue)],
        }
    )


def _award(award: AwardSaid, subject: Subject, issue: Issue) -> dict[str, Any]:
    """An award: pending until its contracts are made; with its standstill, if the notice provides for one."""
    own = issue.kind is NoticeKind.AWARD
    stands = issue.particulars.standstill or award.standstill
    return said(
        {
            "id": award.id,
            "title": award.title,
            "status": "active" if award.contracts else "pending",
            "date": moment(award.decided_at),
            "value": value(award.net, award.gross),
            "suppliers": [_reference(award.supplier)],
            "relatedLots": [str(number) for number in award.lots],
            "contractPeriod": contract_period(subject),
            "aboveThreshold": subject.bound,
            "mainProcurementCategory": main_category(subject.cpv),
            "standstillPeriod": {"startDate": first(stands[0]), "endDate": last(stands[1])}
            if stands
            else None,
            "assessmentSummariesDateSent": (
                moment(award.summaries_sent_at) if award.summaries_sent_at else ""
            ),
            "documents": [notice_document(subject, issue)] if own else [],
        }
    )


def _told(awards: Sequence[AwardSaid], given: Particulars) -> list[ContractSaid]:
    """The contracts that a notice is about: all, or the one it names."""
    contracts = [contract for award in awards for contract in award.contracts]
    return [one for one in contracts if not given.contract_id or one.id == given.contract_id]


def _contract(contract: ContractSaid, subject: Subject, issue: Issue) -> dict[str, Any]:
    given = issue.particulars
    ended = issue.kind is NoticeKind.CONTRACT_END
    return said(
        {
            "id": contract.id,
            "awardID": contract.award_id,
            "title": contract.title,
            "description": f"Contract of {contract.school}",
            "status": "terminated" if ended else "active",
            "period": period(
                contract.starts_on, given.ends_on if ended and given.ends_on else contract.ends_on
            ),
            "value": value(contract.net, contract.gross),
            "dateSigned": first(contract.signed_on),
            "aboveThreshold": subject.bound,
            "noAgreedMetricsRationale": given.no_metrics,
            "terminationRationaleClassifications": (
                [{"scheme": "local", "id": "termination", "description": given.reason}] if ended else []
            ),
            "proposedAmendments": [_change(contract, issue)] if issue.kind is NoticeKind.CHANGE else [],
            "documents": [notice_document(subject, issue)],
        }
    )


def _change(contract: ContractSaid, issue: Issue) -> dict[str, Any]:
    """What a contract is to become (section 75): its value and its last day."""
    given = issue.particulars
    return said(
        {
            "id": str(issue.number),
            "date": moment(issue.at),
            "rationale": given.reason,
            "releaseID": issue.release_id,
            "period": period(contract.starts_on, given.ends_on) if given.ends_on else None,
            "value": value(given.new_net, given.new_gross),
        }
    )
