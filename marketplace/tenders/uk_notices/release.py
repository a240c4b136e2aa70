"""A notice as an OCDS 1.1 release, made of what a tender says in public and nothing else. Plain Python.

Which field means what: https://standard.open-contracting.org/1.1/en/schema/reference/. Find a Tender
puts the number of a notice into `noticeType` of the document that stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from marketplace.core.clock import LONDON
from marketplace.core.money import Money
from marketplace.needs.thresholds import Regime
from marketplace.tenders.rules import CriterionKind, TenderStatus
from marketplace.tenders.timetable import term_months
from marketplace.tenders.uk_notices import enquiries
from marketplace.tenders.uk_notices.rules import NOTICES, NoticeKind, Particulars, Published, main_category
from marketplace.tenders.uk_notices.schema import number
from marketplace.tenders.uk_notices.subject import Authority, DocumentSaid, LotSaid, Subject

FIRST_OF_DAY, LAST_OF_DAY = time(0, 0, 0), time(23, 59, 59)
SCHOOLS, LEARNING_PROVIDERS, COMPANIES = "GB-EDU", "GB-UKPRN", "GB-COH"
DOCUMENT_TYPES: Mapping[NoticeKind, str] = {
    NoticeKind.ENGAGEMENT: "marketEngagementNotice",
    NoticeKind.PLANNED: "plannedProcurementNotice",
    NoticeKind.TENDER: "tenderNotice",
    NoticeKind.TRANSPARENCY: "awardNotice",
    NoticeKind.TERMINATION: "tenderCancellationNotice",
}
STATUSES: Mapping[NoticeKind, str] = {
    NoticeKind.ENGAGEMENT: "planning",
    NoticeKind.PLANNED: "planned",
    NoticeKind.TENDER: "active",
}
ENDINGS: Mapping[TenderStatus, str] = {
    TenderStatus.CANCELLED: "cancelled",
    TenderStatus.UNSUCCESSFUL: "unsuccessful",
}


@dataclass(frozen=True, slots=True)
class Issue:
    """One release to come: of which process, the how manieth, when, with what tag."""

    kind: NoticeKind
    ocid: str
    number: int
    at: datetime
    tag: str
    particulars: Particulars
    published: Published | None = None
    amends: str = ""

    @property
    def release_id(self) -> str:
        """The release's id, unlike any other of its process."""
        return f"{self.ocid}-{self.number:04d}"


def release(subject: Subject, issue: Issue) -> dict[str, Any]:
    """The release that says this of a tender."""
    made: dict[str, Any] = {
        "ocid": issue.ocid,
        "id": issue.release_id,
        "date": _moment(issue.at),
        "tag": [issue.tag],
        "initiationType": "tender",
        "language": "en",
        "parties": _parties(subject, issue),
    }
    if subject.authorities:
        lead = subject.authorities[0]
        made["buyer"] = {"id": _party_id(lead), "name": lead.name}
    if issue.kind in {NoticeKind.ENGAGEMENT, NoticeKind.PLANNED}:
        made["planning"] = _planning(subject, issue)
    made["tender"] = _tender(subject, issue)
    if issue.kind is NoticeKind.TRANSPARENCY:
        made["awards"] = [_award(subject, issue)]
    if subject.prior_ocid:
        prior = {"id": "1", "relationship": ["prior"], "scheme": "ocid", "identifier": subject.prior_ocid}
        made["relatedProcesses"] = [prior]
    return made


def _parties(subject: Subject, issue: Issue) -> list[dict[str, Any]]:
    parties = [_authority(one, subject, leads=not place) for place, one in enumerate(subject.authorities)]
    if issue.kind is NoticeKind.TRANSPARENCY:
        supplier = _supplier(issue.particulars)
        if number := issue.particulars.company_number:
            supplier["identifier"] = {"scheme": COMPANIES, "id": number, "legalName": supplier["name"]}
        parties.append({**supplier, "roles": ["supplier"]})
    return parties


def _authority(school: Authority, subject: Subject, *, leads: bool) -> dict[str, Any]:
    """A school as every authority of a joint procurement is named (regulation 13)."""
    party: dict[str, Any] = {
        "id": _party_id(school),
        "name": school.name,
        "identifier": {"scheme": SCHOOLS, "id": school.urn, "legalName": school.name},
        "address": _said(
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


def _party_id(school: Authority) -> str:
    return f"{SCHOOLS}-{school.urn}"


def _supplier(said: Particulars) -> dict[str, Any]:
    known = f"{COMPANIES}-{said.company_number}" if said.company_number else "supplier-1"
    return {"id": known, "name": said.supplier}


def _planning(subject: Subject, issue: Issue) -> dict[str, Any]:
    planning: dict[str, Any] = {"documents": [_notice(subject, issue)]}
    if issue.kind is NoticeKind.ENGAGEMENT and issue.particulars.ends_on:
        planning["milestones"] = [
            {
                "id": "engagement",
                "title": "Last day to take part in the preliminary market engagement",
                "type": "engagement",
                "description": issue.particulars.how,
                "dueDate": _last(issue.particulars.ends_on),
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
        "value": _value(subject),
        "contractPeriod": _contract(subject),
        "items": _items(subject),
        "lots": [_lot(lot, subject, issue) for lot in subject.lots],
        "lotDetails": _lot_details(subject),
        "finalStatusDate": _moment(issue.at) if issue.kind is NoticeKind.TERMINATION else "",
        "documents": _documents(subject, issue),
        "amendments": _amendments(issue),
    }
    if issue.kind in {NoticeKind.TENDER, NoticeKind.TERMINATION}:
        tender |= _how_to_quote(subject)
    if issue.kind is NoticeKind.ENGAGEMENT:
        tender |= {"items": _items(replace(subject, lots=())), "lots": []}
    return _said(tender)


def _how_to_quote(subject: Subject) -> dict[str, Any]:
    return enquiries.said(subject) | {
        "awardCriteria": _criteria_code(subject),
        "awardCriteriaDetails": _criteria_words(subject),
        "submissionMethod": ["electronicSubmission"],
        "submissionMethodDetails": f"Quotes are given free of charge at {subject.page}",
        "tenderPeriod": _said(
            {
                "startDate": _moment(subject.opened_at) if subject.opened_at else "",
                "endDate": _moment(subject.closes_at) if subject.closes_at else "",
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
    return {"id": _party_id(lead), "name": lead.name} if lead else None


def _method(subject: Subject, *, direct: bool) -> str:
    if direct:
        return "Direct award"
    return "Open procedure" if subject.bound else "Below threshold - open competition"


def _rationale(said: Particulars) -> str:
    """Why there is no competition: the justification, where the law gives it, and the reasons."""
    return f"{said.ground} (Procurement Act 2023, {said.ground_law}). {said.reason}"


def _cpv(subject: Subject) -> dict[str, str] | None:
    return {"scheme": "CPV", "id": subject.cpv} if subject.cpv else None


def _value(subject: Subject) -> dict[str, Any] | None:
    if subject.net is None or subject.gross is None:
        return None
    return {"amount": _pounds(subject.net), "amountGross": _pounds(subject.gross), "currency": "GBP"}


def _contract(subject: Subject) -> dict[str, Any] | None:
    """The contract's term; `durationInMonths` is the longest it can be, as the extension defines it."""
    if subject.starts_on is None or subject.ends_on is None:
        return None
    last_on = subject.last_on or subject.ends_on
    period: dict[str, Any] = {
        "startDate": _first(subject.starts_on),
        "endDate": _last(subject.ends_on),
        "maxExtentDate": _last(last_on),
    }
    months = term_months(subject.starts_on, last_on)
    if months.denominator == 1:
        period["durationInMonths"] = int(months)
    return period


def _items(subject: Subject) -> list[dict[str, Any]]:
    """The price lines; before there are any, one item that says by its code what is bought."""
    if not any(lot.lines for lot in subject.lots):
        return [{"id": "1", "classification": cpv}] if (cpv := _cpv(subject)) else []
    return [
        _said(
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
    return _said(
        {
            "id": str(lot.number),
            "title": lot.title,
            "description": lot.description,
            "status": _status(subject, issue),
            "contractPeriod": _contract(subject),
            "value": _value(subject) if len(subject.lots) == 1 else None,
        }
    )


def _lot_details(subject: Subject) -> dict[str, Any]:
    limits = subject.limits
    return _said(
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
    """Each criterion with its weight, a line each, as suppliers are told before they quote."""
    return "\n".join(
        f"{one.title}: {one.counts_for}" + (f". {one.question}" if one.question else "")
        for one in subject.criteria
    )


def _documents(subject: Subject, issue: Issue) -> list[dict[str, Any]]:
    """The document that stands for a notice about the tender, then the tender's own."""
    of_tender = issue.kind in {NoticeKind.TENDER, NoticeKind.TERMINATION}
    own = [_document(one) for one in subject.documents]
    return [_notice(subject, issue), *own] if of_tender else own


def _notice(subject: Subject, issue: Issue) -> dict[str, Any]:
    words = NOTICES[issue.kind]
    return _said(
        {
            "id": f"{issue.kind}-{issue.number}",
            "documentType": DOCUMENT_TYPES[issue.kind],
            "noticeType": str(issue.kind),
            "title": words.name,
            "description": f"{issue.kind}: {words.name}. " + (issue.particulars.reason or words.purpose),
            "url": issue.published.address if issue.published else subject.page,
            "datePublished": _first(issue.published.on) if issue.published else _moment(issue.at),
            "format": "text/html",
            "language": "en",
        }
    )


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
        _said(
            {
                "id": str(issue.number),
                "date": _moment(issue.at),
                "rationale": issue.particulars.reason,
                "amendsReleaseID": issue.amends,
                "releaseID": issue.release_id,
            }
        )
    ]


def _award(subject: Subject, issue: Issue) -> dict[str, Any]:
    return _said(
        {
            "id": "1",
            "title": subject.title,
            "status": "pending",
            "value": _value(subject),
            "suppliers": [_supplier(issue.particulars)],
            "contractPeriod": _contract(subject),
            "aboveThreshold": subject.bound,
            "mainProcurementCategory": main_category(subject.cpv),
            "documents": [_notice(subject, issue)],
        }
    )


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an object that say something: OCDS leaves out what is not known."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def _pounds(amount: Money) -> Any:
    return number(amount.pounds)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _first(day: date) -> str:
    return datetime.combine(day, FIRST_OF_DAY, LONDON).isoformat()


def _last(day: date) -> str:
    return datetime.combine(day, LAST_OF_DAY, LONDON).isoformat()
