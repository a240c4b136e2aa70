"""What a document is, how far it is, and when somebody is reminded of its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.clock import LONDON
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.core.policy import Role

THRESHOLDS = (30, 7)
"""How many days before a document ends its supplier, and the schools that use it, are reminded."""
NOT_BEFORE = time(7)
LONGEST_NOTE = 1_000
LONGEST_NUMBER = 60
MOST_DOCUMENTS = 40
LONGEST_TERM_YEARS = 20
CHECKERS = (Role.BURSAR, Role.HEADTEACHER, Role.FINANCE_LEAD)


class DocumentKind(StrEnum):
    """What a document proves."""

    PUBLIC_LIABILITY = "public_liability"
    EMPLOYERS_LIABILITY = "employers_liability"
    PROFESSIONAL_INDEMNITY = "professional_indemnity"
    ICO = "ico"
    CYBER_ESSENTIALS = "cyber_essentials"
    CYBER_ESSENTIALS_PLUS = "cyber_essentials_plus"
    SAFEGUARDING = "safeguarding"
    OTHER = "other"


_K = DocumentKind
KIND_LABELS: dict[DocumentKind, str] = {
    _K.PUBLIC_LIABILITY: "Public liability insurance",
    _K.EMPLOYERS_LIABILITY: "Employers’ liability insurance",
    _K.PROFESSIONAL_INDEMNITY: "Professional indemnity insurance",
    _K.ICO: "Registration with the Information Commissioner (ICO)",
    _K.CYBER_ESSENTIALS: "Cyber Essentials certificate",
    _K.CYBER_ESSENTIALS_PLUS: "Cyber Essentials Plus certificate",
    _K.SAFEGUARDING: "Safeguarding letter",
    _K.OTHER: "Another certificate",
}
INSURANCES = frozenset({_K.PUBLIC_LIABILITY, _K.EMPLOYERS_LIABILITY, _K.PROFESSIONAL_INDEMNITY})
"""What may not be demanded before the award (Procurement Act 2023, section 22(3))."""


class DocumentStatus(StrEnum):
    """How far a document is. That it has ended follows from the day."""

    WAITING = "waiting"
    CHECKED = "checked"
    REFUSED = "refused"
    RETIRED = "retired"


_S = DocumentStatus
MOVES: dict[DocumentStatus, frozenset[DocumentStatus]] = {
    _S.WAITING: frozenset({_S.CHECKED, _S.REFUSED, _S.RETIRED}),
    _S.CHECKED: frozenset({_S.RETIRED}),
    _S.REFUSED: frozenset({_S.RETIRED}),
    _S.RETIRED: frozenset(),
}
LIVE = frozenset({_S.WAITING, _S.CHECKED})


def move(present: DocumentStatus, wanted: DocumentStatus) -> DocumentStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


@dataclass(frozen=True, slots=True)
class DocumentDetails:
    """What a supplier says about a document. `cover` is pence a claim, for insurance only."""

    kind: DocumentKind
    ends_on: date
    number: str = ""
    cover: Money | None = None


def check_details(details: DocumentDetails, today: date) -> DocumentDetails:
    """The details as we keep them. Raises RuleBroken naming the field that is wrong."""
    if details.ends_on < today:
        raise RuleBroken(
            "This day is past. Send the document that is in force now, and the day on which it ends.",
            "ends_on",
        )
    if details.ends_on.year > today.year + LONGEST_TERM_YEARS:
        raise RuleBroken(f"Enter a day within {LONGEST_TERM_YEARS} years.", "ends_on")
    if len(details.number) > LONGEST_NUMBER:
        raise RuleBroken(f"Shorten the number to {LONGEST_NUMBER} characters or fewer.", "number")
    if details.kind in INSURANCES and not details.cover:
        raise RuleBroken("Enter how much the insurance pays for one claim, as the certificate says.", "cover")
    return DocumentDetails(
        details.kind,
        details.ends_on,
        " ".join(details.number.split()),
        details.cover if details.kind in INSURANCES else None,
    )


def check_note(note: str) -> str:
    """What a checker writes. Raises RuleBroken when it is blank or too long."""
    tidied = note.strip()
    if not tidied:
        raise RuleBroken("Say what you compared, or what is wrong with the document.", "note")
    if len(tidied) > LONGEST_NOTE:
        raise RuleBroken(f"Shorten this to {LONGEST_NOTE:,} characters or fewer.", "note")
    return tidied


def threshold(ends_on: date, today: date) -> int | None:
    """Which reminder is due: the threshold that was reached last; None too early, and once it has ended.

    It stays due until the next one is reached, so that a day on which nothing ran costs no reminder.
    """
    days = (ends_on - today).days
    if days < 0:
        return None
    return min((reached for reached in THRESHOLDS if days <= reached), default=None)


def time_to_remind(now: datetime) -> bool:
    """Is it late enough in the day in England for an e-mail to find somebody awake?"""
    return now.astimezone(LONDON).time() >= NOT_BEFORE
