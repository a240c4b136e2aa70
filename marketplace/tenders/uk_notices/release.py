"""A notice as an OCDS 1.1 release, made of what a tender says in public and nothing else. Plain Python.

Which field means what: https://standard.open-contracting.org/1.1/en/schema/reference/. Find a Tender
puts the number of a notice into `noticeType` of the document that stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from marketplace.needs.thresholds import Regime
from marketplace.tenders.rules import CriterionKind, TenderStatus
from marketplace.tenders.uk_notices import enquiries
from marketplace.tenders.uk_notices.award_release import awarded, suppliers
from marketplace.tenders.uk_notices.parts import (
    SCHOOLS,
    Issue,
    contract_period,
    last,
    moment,
    notice_document,
    party_id,
    said,
    value,
)
from marketplace.tenders.uk_notices.rules import NoticeKind, Particulars, main_category
from marketplace.tenders.uk_notices.schema import number
from marketplace.tenders.uk_notices.subject import Authority, DocumentSaid, LotSaid, Subject

LEARNING_PROVIDERS = "GB-UKPRN"
STATUSES: Mapping[NoticeKind, str] = {
    NoticeKind.ENGAGEMENT: "planning",
    NoticeKind.PLANNED: "planned",
    NoticeKind.TENDER: "active",
    NoticeKind.AWARD: "complete",
    NoticeKind.DETAILS: "complete",
    NoticeKind.CHANGE: "complete",
    NoticeKind.CONTRACT_END: "complete",
}
ENDINGS: Mapping[TenderStatus, str] = {
    TenderStatus.CANCELLED: "cancelled",
    TenderStatus.UNSUCCESSFUL: "unsuccessful",
}


def release(subject: Subject, issue: Issue) -> dict[str, Any]:
    """The release that says this of a tender."""
    made: dict[str, Any] = {
        "ocid": issue.ocid,
        "id": issue.release_id,
        "date": moment(issue.at),
        "tag": [issue.tag],
        "initiationType": "tender",
        "language": "en",
        "parties": _parties(subject, issue),
    }
    if subject.authorities:
        lead = subject.authorities[0]
        made["buyer"] = {"id": party_id(lead), "name": lead.name}
    if issue.kind in {NoticeKind.ENGAGEMENT, NoticeKind.PLANNED}:
        made["planning"] = _planning(subject, issue)
    made["tender"] = _tender(subject, issue)
    made |= awarded(subject, issue)
    if subject.prior_ocid:
        prior = {"id": "1", "relationship": ["prior"], "scheme": "ocid", "identifier": subject.prior_ocid}
        made["relatedProcesses"] = [prior]
    return made


def _parties(subject: Subject, issue: Issue) -> list[dict[str, Any]]:
    parties = [_authority(one, subject, leads=not place) for place, one in enumerate(subject.authorities)]
    return parties + suppliers(subject, issue)


def _authority(school: Authority, subject: Subject, *, leads: bool) -> dict[str, Any]:
    """A school as every authority of a joint procurement is named (regulation 13)."""
    party: dict[str, Any] = {
        "id": party_id(school),
        "name": school.name,
        "identifier": {"scheme": SCHOOLS, "id": school.urn, "legalName": school.name},
        "address": said(
            {
                "streetAddress": ", ".join(school.address.splitlines()),
                "region": school.local_authority,
                "postalCode": school.postcode,
                "countryName": "United Kingdom",
            }
        ),
        "roles": ["buyer", "procuringEntity"] if leads else ["buyer"],
        "details": {
            "classifications": [
                {
                    "scheme": "UK_CA_TYPE",
                    "id": "publicAuthoritySubCentralGovernment",
                    "description": "Public authority - sub-central government",
                }
            ]
        },
    }
    if school.ukprn:
        party["additionalIdentifiers"] = [{"scheme": LEARNING_PROVIDERS, "id": school.ukprn}]
    if leads:
        party["contactPoint"] = {"name": subject.alliance, "url": subject.page}
    return party


def _planning(subject: Subject, issue: Issue) -> dict[str, Any]:
    planning: dict[str, Any] = {"documents": [notice_document(subject, issue)]}
    if issue.kind is NoticeKind.ENGAGEMENT and issue.particulars.ends_on:
        planning["milestones"] = [
            {
                "id": "engagement",
                "title": "Last day to take part in the preliminary market engagement",
                "type": "engagement",
                "description": issue.particulars.how,
                "dueDate": last(issue.particulars.ends_on),
                "status": "scheduled",
            }
        ]
    return planning


def _tender(subject: Subject, issue: Issue) -> dict[str, Any]:
    """What the notice says of the tender; how to quote only when quotes can come."""
    direct = issue.kind is NoticeKind.TRANSPARENCY
    tender: dict[str, Any] = {
        "id": subject.reference,
        "title": subject.title,
        "description": subject.description,
        "status": _status(subject, issue),
        "legalBasis": _legal_basis() if subject.bound else None,
        "aboveThreshold": subject.bound,
        "specialRegime": ["lightTouch"] if subject.regime is Regime.LIGHT_TOUCH else None,
        "procuringEntity": _procuring_entity(subject),
        "mainProcurementCategory": main_category(subject.cpv),
        "procurementMethod": "direct" if direct else "open",
        "procurementMethodDetails": _method(subject, direct=direct),
        "procurementMethodRationale": _rationale(issue.particulars) if direct else "",
        "value": value(subject.net, subject.gross),
        "contractPeriod": contract_period(subject),
        "items": _items(subject),
        "lots": [_lot(lot, subject, issue) for lot in subject.lots],
        "lotDetails": _lot_details(subject),
        "finalStatusDate": moment(issue.at) if issue.kind is NoticeKind.TERMINATION else "",
        "documents": _documents(subject, issue),
        "amendments": _amendments(issue),
    }
    if issue.kind in {NoticeKind.TENDER, NoticeKind.TERMINATION}:
        tender |= _how_to_quote(subject)
    if issue.kind is NoticeKind.ENGAGEMENT:
        tender |= {"items": _items(replace(subject, lots=())), "lots": []}
    return said(tender)


def _how_to_quote(subject: Subject) -> dict[str, Any]:
    return enquiries.said(subject) | {
        "awardCriteria": _criteria_code(subject),
        "awardCriteriaDetails": _criteria_words(subject),
        "submissionMethod": ["electronicSubmission"],
        "submissionMethodDetails": f"Quotes are given free of charge at {subject.page}",
        "tenderPeriod": said(
            {
                "startDate": moment(subject.opened_at) if subject.opened_at else "",
                "endDate": moment(subject.closes_at) if subject.closes_at else "",
            }
        ),
    }


def _status(subject: Subject, issue: Issue) -> str:
    if issue.kind is NoticeKind.TERMINATION:
        return ENDINGS[subject.status]
    return STATUSES.get(issue.kind, "")


def _legal_basis() -> dict[str, str]:
    return {"scheme": "UKPGA", "id": "2023/54", "uri": "https://www.legislation.gov.uk/ukpga/2023/54"}


def _procuring_entity(subject: Subject) -> dict[str, str] | None:
    lead = next(iter(subject.authorities), None)
    return {"id": party_id(lead), "name": lead.name} if lead else None


def _method(subject: Subject, *, direct: bool) -> str:
    if direct:
        return "Direct award"
    return "Open procedure" if subject.bound else "Below threshold - open competition"


def _rationale(given: Particulars) -> str:
    """Why there is no competition: the justification, where the law gives it, and the reasons."""
    return f"{given.ground} (Procurement Act 2023, {given.ground_law}). {given.reason}"


def _cpv(subject: Subject) -> dict[str, str] | None:
    return {"scheme": "CPV", "id": subject.cpv} if subject.cpv else None


def _items(subject: Subject) -> list[dict[str, Any]]:
    """The price lines; before there are any, one item that says by its code what is bought."""
    if not any(lot.lines for lot in subject.lots):
        return [{"id": "1", "classification": cpv}] if (cpv := _cpv(subject)) else []
    return [
        said(
            {
                "id": line.id,
                "description": line.item,
                "classification": _cpv(subject),
                "quantity": number(line.quantity),
                "unit": {"name": line.unit},
                "relatedLot": str(lot.number),
            }
        )
        for lot in subject.lots
        for line in lot.lines
    ]


def _lot(lot: LotSaid, subject: Subject, issue: Issue) -> dict[str, Any]:
    return said(
        {
            "id": str(lot.number),
            "title": lot.title,
            "description": lot.description,
            "status": _status(subject, issue),
            "contractPeriod": contract_period(subject),
            "value": value(subject.net, subject.gross) if len(subject.lots) == 1 else None,
        }
    )


def _lot_details(subject: Subject) -> dict[str, Any]:
    limits = subject.limits
    return said(
        {
            "noLotsDivisionRationale": limits.undivided_reason,
            "maximumLotsBidPerSupplier": limits.most_quoted,
            "maximumLotsAwardedPerSupplier": limits.most_awarded,
            "awardCriteriaDetails": limits.mechanism,
        }
    )


def _criteria_code(subject: Subject) -> str:
    weighed = {one.kind for one in subject.criteria} - {CriterionKind.PASS_FAIL}
    if not weighed:
        return ""
    return "priceOnly" if weighed == {CriterionKind.PRICE} else "ratedCriteria"


def _criteria_words(subject: Subject) -> str:
    """Each criterion with its weight, then the formula, a line each."""
    return "\n".join(subject.judged)


def _documents(subject: Subject, issue: Issue) -> list[dict[str, Any]]:
    """The document that stands for a notice about the tender, then the tender's own."""
    of_tender = issue.kind in {NoticeKind.TENDER, NoticeKind.TERMINATION}
    own = [_document(one) for one in subject.documents]
    return [notice_document(subject, issue), *own] if of_tender else own


def _document(document: DocumentSaid) -> dict[str, Any]:
    return {
        "id": document.id,
        "documentType": "biddingDocuments",
        "title": document.name,
        "url": document.address,
        "language": "en",
    }


def _amendments(issue: Issue) -> list[dict[str, Any]]:
    """What a later release changes about the one before it, and why."""
    if not issue.amends or issue.kind not in {NoticeKind.TENDER, NoticeKind.TERMINATION}:
        return []
    return [
        said(
            {
                "id": str(issue.number),
                "date": moment(issue.at),
                "rationale": issue.particulars.reason,
                "amendsReleaseID": issue.amends,
                "releaseID": issue.release_id,
            }
        )
    ]
