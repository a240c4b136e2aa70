"""What suppliers asked, as a release says it: never who. Plain Python.

`enquiries` is of the extension of that name; `hasEnquiries` and `enquiryPeriod` are of OCDS itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marketplace.tenders.uk_notices.subject import EnquirySaid, Subject


def said(subject: Subject) -> dict[str, Any]:
    """The part of `tender` about questions.

    Only those that no earlier release of the process has: whoever merges releases joins them by their ids.
    """
    period = {
        name: _moment(at)
        for name, at in (("startDate", subject.opened_at), ("endDate", subject.asked_until))
        if at is not None
    }
    return {
        "hasEnquiries": True if subject.has_enquiries else None,
        "enquiryPeriod": period if subject.asked_until else None,
        "enquiries": [_enquiry(one) for one in subject.enquiries],
    }


def _enquiry(one: EnquirySaid) -> dict[str, Any]:
    return {
        "id": str(one.number),
        "description": one.question,
        "answer": one.answer,
        "dateAnswered": _moment(one.answered_at),
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
