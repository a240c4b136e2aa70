"""The lists of the examiner's pack: what stands in each, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from invoicing.fund.grants.models import Grant
from invoicing.fund.models import Claim, Contribution
from marketplace.alliance.decisions.models import Confirmation
from marketplace.core import clock
from marketplace.core.csv_files import Cell

Rows = Iterator[Sequence[Cell]]

CONTRIBUTIONS = (
    "Round",
    "Title",
    "Purpose",
    "School",
    "Pupils",
    "Support, per cent",
    "Days",
    "Of days",
    "Asked for",
    "Due",
    "Status",
    "Minute",
    "Minuted on",
    "Recorded by",
    "Document",
    "Received on",
)


CLAIMS = (
    "Claim",
    "Title",
    "Purpose",
    "School",
    "Amount",
    "Status",
    "Made on",
    "Made by",
    "First approval",
    "Second approval",
    "Refused because",
    "Paid on",
    "Evidence",
)


GRANTS = (
    "Grant",
    "Title",
    "From",
    "Kind of giver",
    "Purpose",
    "Amount",
    "Received on",
    "Recorded by",
    "Letter",
)


def evidence(claim: Claim) -> str:
    """Where a claim's evidence lies in the pack."""
    return f"claims/{claim.reference} {claim.evidence_name}"


def letter(grant: Grant) -> str:
    """Where the letter of a giver lies."""
    return f"grants/{grant.reference} {grant.evidence_name}"


def minute(confirmation: Confirmation) -> str:
    """Where the document of a governing body's confirmation lies."""
    return f"minutes/{confirmation.id} {confirmation.document_name}"


def contribution_rows(contributions: Sequence[Contribution]) -> Rows:
    """What schools were asked for, and where it is minuted."""
    for one in contributions:
        said = one.confirmation
        yield (
            one.round.reference,
            one.round.title,
            one.round.purpose.label,
            one.school.name,
            one.pupils,
            one.level.percent,
            one.days,
            one.of_days,
            one.amount,
            one.due,
            one.status.label,
            said.minute_reference if said else "",
            said.minuted_on if said else None,
            said.recorder.name if said else "",
            minute(said) if said and said.document_sha256 else "",
            one.received_on,
        )


def claim_rows(claims: Sequence[Claim]) -> Rows:
    """What was claimed, and who approved it."""
    for one in claims:
        given = [
            f"{approval.person.name}, {approval.school.name}, {day(approval.approved_at)}"
            for approval in one.approvals
        ]
        yield (
            one.reference,
            one.title,
            one.purpose.label,
            one.school.name,
            one.amount,
            one.status.label,
            day(one.made_at),
            one.maker.name,
            *two(given),
            one.refusal_reason,
            one.paid_on,
            evidence(one),
        )


def two(given: list[str]) -> list[str]:
    """Two approvals, blank where one is missing."""
    return [*given, "", ""][:2]


def day(moment: datetime) -> str:
    """The day of a moment, as lists write it."""
    return f"{moment.astimezone(clock.LONDON):%Y-%m-%d}"


def grant_rows(grants: Sequence[Grant]) -> Rows:
    """What came from outside."""
    for one in grants:
        yield (
            one.reference,
            one.title,
            one.giver,
            one.kind.label,
            one.purpose.label,
            one.amount,
            one.received_on,
            one.recorder.name,
            letter(one),
        )
