"""What the releases of every kind of notice are made of. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from marketplace.core.clock import LONDON
from marketplace.core.money import Money
from marketplace.tenders.timetable import term_months
from marketplace.tenders.uk_notices.rules import NOTICES, NoticeKind, Particulars, Published
from marketplace.tenders.uk_notices.schema import number
from marketplace.tenders.uk_notices.subject import Authority, Subject

FIRST_OF_DAY, LAST_OF_DAY = time(0, 0, 0), time(23, 59, 59)
SCHOOLS, COMPANIES = "GB-EDU", "GB-COH"
DOCUMENT_TYPES: Mapping[NoticeKind, str] = {
    NoticeKind.ENGAGEMENT: "marketEngagementNotice",
    NoticeKind.PLANNED: "plannedProcurementNotice",
    NoticeKind.TENDER: "tenderNotice",
    NoticeKind.TRANSPARENCY: "awardNotice",
    NoticeKind.AWARD: "awardNotice",
    NoticeKind.DETAILS: "contractNotice",
    NoticeKind.CHANGE: "implementationNotice",
    NoticeKind.CONTRACT_END: "contractTerminationNotice",
    NoticeKind.TERMINATION: "tenderCancellationNotice",
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


def said(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an object that say something: OCDS leaves out what is not known."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def value(net: Money | None, gross: Money | None) -> dict[str, Any] | None:
    """An amount before and with VAT; None for one that is not known or not shown."""
    if net is None or gross is None:
        return None
    return {"amount": number(net.pounds), "amountGross": number(gross.pounds), "currency": "GBP"}


def period(starts_on: date, ends_on: date, last_on: date | None = None) -> dict[str, Any]:
    """A term; `durationInMonths` is the longest it can be, as the United Kingdom extension defines it."""
    longest = last_on or ends_on
    found: dict[str, Any] = {
        "startDate": first(starts_on),
        "endDate": last(ends_on),
        "maxExtentDate": last(longest),
    }
    months = term_months(starts_on, longest)
    if months.denominator == 1:
        found["durationInMonths"] = int(months)
    return found


def contract_period(subject: Subject) -> dict[str, Any] | None:
    """The term of the tender's contracts, where it is known."""
    if subject.starts_on is None or subject.ends_on is None:
        return None
    return period(subject.starts_on, subject.ends_on, subject.last_on)


def notice_document(subject: Subject, issue: Issue) -> dict[str, Any]:
    """The document that stands for the notice itself."""
    words = NOTICES[issue.kind]
    return said(
        {
            "id": f"{issue.kind}-{issue.number}",
            "documentType": DOCUMENT_TYPES[issue.kind],
            "noticeType": str(issue.kind),
            "title": words.name,
            "description": f"{issue.kind}: {words.name}. " + (issue.particulars.reason or words.purpose),
            "url": issue.published.address if issue.published else subject.page,
            "datePublished": first(issue.published.on) if issue.published else moment(issue.at),
            "format": "text/html",
            "language": "en",
        }
    )


def party_id(school: Authority) -> str:
    """The id by which a release names a school."""
    return f"{SCHOOLS}-{school.urn}"


def moment(at: datetime) -> str:
    """A moment as a release says it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def first(day: date) -> str:
    """The beginning of a day in England."""
    return datetime.combine(day, FIRST_OF_DAY, LONDON).isoformat()


def last(day: date) -> str:
    """The end of a day in England."""
    return datetime.combine(day, LAST_OF_DAY, LONDON).isoformat()
