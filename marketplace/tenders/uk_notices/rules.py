"""The notices of the Procurement Act 2023: which, when, and what each must say.

Plain Python. Sections are of the Act, regulations of the Procurement Regulations 2024.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from marketplace.core.clock import LONDON
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.needs.thresholds import Regime
from marketplace.tenders.rules import BEFORE_PUBLICATION, TenderStatus
from marketplace.tenders.uk_notices.subject import Subject, is_bound

WORKS, FIRST_SERVICES = "45", "50"
REFERENCE_DATA = Path(__file__).parents[1] / "reference"
FEWEST_BUYERS_TO_SHOW_VALUE = 2
REFERENCE = re.compile(r"(?P<year>20[0-9]{2})/S000-(?P<number>[0-9]{6})|(?P<n>[0-9]{6})-(?P<y>20[0-9]{2})")
COMPANY = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}[A-Z]")
_S = TenderStatus


class NoticeKind(StrEnum):
    """The notices, by the numbers that the Cabinet Office gave them."""

    ENGAGEMENT = "UK2"
    PLANNED = "UK3"
    TENDER = "UK4"
    TRANSPARENCY = "UK5"
    AWARD = "UK6"
    DETAILS = "UK7"
    CHANGE = "UK10"
    CONTRACT_END = "UK11"
    TERMINATION = "UK12"


@dataclass(frozen=True, slots=True)
class NoticeInWords:
    """What a notice is called, what it is for, and the law that asks for it."""

    name: str
    purpose: str
    law: str


NOTICES: Mapping[NoticeKind, NoticeInWords] = {
    NoticeKind.ENGAGEMENT: NoticeInWords(
        "Preliminary market engagement notice",
        "Invites suppliers to talk with the schools before the tender is written.",
        "Section 17; regulation 17",
    ),
    NoticeKind.PLANNED: NoticeInWords(
        "Planned procurement notice",
        "Tells suppliers that a tender is coming, so that they can prepare.",
        "Section 15; regulation 16",
    ),
    NoticeKind.TENDER: NoticeInWords(
        "Tender notice",
        "Invites suppliers to quote.",
        "Section 21; regulation 18",
    ),
    NoticeKind.TRANSPARENCY: NoticeInWords(
        "Transparency notice",
        "Says that a contract will be awarded without competition, to whom and why.",
        "Section 44; regulation 26",
    ),
    NoticeKind.AWARD: NoticeInWords(
        "Contract award notice",
        "Says to whom the schools intend to award contracts; a standstill counts from its publication.",
        "Section 50; regulation 27",
    ),
    NoticeKind.DETAILS: NoticeInWords(
        "Contract details notice",
        "Says that the contracts are made, with whom, for how long and for how much.",
        "Section 53; regulation 32",
    ),
    NoticeKind.CHANGE: NoticeInWords(
        "Contract change notice",
        "Says that a contract is to be changed, before it is.",
        "Section 75; regulation 40",
    ),
    NoticeKind.CONTRACT_END: NoticeInWords(
        "Contract termination notice",
        "Says that a contract has ended, because its term ran out or for another reason.",
        "Section 80; regulation 41",
    ),
    NoticeKind.TERMINATION: NoticeInWords(
        "Procurement termination notice",
        "Says that nothing will be awarded by this tender.",
        "Section 55; regulation 37",
    ),
}
ENDED = frozenset({_S.CANCELLED, _S.UNSUCCESSFUL})
OPENED = frozenset(TenderStatus) - BEFORE_PUBLICATION
WHEN: Mapping[NoticeKind, frozenset[TenderStatus]] = {
    NoticeKind.ENGAGEMENT: BEFORE_PUBLICATION,
    NoticeKind.PLANNED: BEFORE_PUBLICATION,
    NoticeKind.TENDER: OPENED,
    NoticeKind.TRANSPARENCY: frozenset({_S.DRAFT, _S.UNSUCCESSFUL}),
    NoticeKind.AWARD: frozenset({_S.CONFIRMED_BY_SCHOOLS}),
    NoticeKind.DETAILS: frozenset({_S.AWARDED}),
    NoticeKind.CHANGE: frozenset({_S.AWARDED}),
    NoticeKind.CONTRACT_END: frozenset({_S.AWARDED}),
    NoticeKind.TERMINATION: ENDED,
}
"""While a tender has which status a notice of it may be published.

A tender notice goes with publication, and an award notice with the announcement of the award.
"""
CONTRACT_NOTICES = frozenset({NoticeKind.DETAILS, NoticeKind.CHANGE, NoticeKind.CONTRACT_END})

TAGS: Mapping[NoticeKind, tuple[str, str]] = {
    NoticeKind.ENGAGEMENT: ("planning", "planningUpdate"),
    NoticeKind.PLANNED: ("planning", "planningUpdate"),
    NoticeKind.TENDER: ("tender", "tenderUpdate"),
    NoticeKind.TRANSPARENCY: ("award", "awardUpdate"),
    NoticeKind.AWARD: ("award", "awardUpdate"),
    NoticeKind.DETAILS: ("contract", "contractUpdate"),
    NoticeKind.CHANGE: ("contractAmendment", "contractAmendment"),
    NoticeKind.CONTRACT_END: ("contractTermination", "contractTermination"),
    NoticeKind.TERMINATION: ("tenderCancellation", "tenderCancellation"),
}
"""The tag of the first release of a process that says such a thing, and of each later one."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a notice says that the tender itself does not know; each kind needs its own part of it.

    An engagement notice needs `how` suppliers take part and until when; a transparency notice the
    `supplier`, the justification (`ground`, `ground_law`) and the `reason`; a termination notice the
    `reason`. Notices about contracts name one by `contract_id`, or none for all; a change says the new
    value or the new last day (`ends_on`), the end of a contract the day on which it ended. An award notice
    gives the `standstill` that begins with it.
    """

    reason: str = ""
    how: str = ""
    ends_on: date | None = None
    supplier: str = ""
    company_number: str = ""
    ground: str = ""
    ground_law: str = ""
    contract_id: str = ""
    new_net: Money | None = None
    new_gross: Money | None = None
    no_metrics: str = ""
    standstill: tuple[date, date] | None = None


NO_PARTICULARS = Particulars()


@dataclass(frozen=True, slots=True)
class Published:
    """A notice as Find a Tender published it: its reference and the day."""

    reference: str
    on: date

    @property
    def address(self) -> str:
        """Where anybody reads it."""
        year, number = self.reference[:4], self.reference[-6:]
        return f"https://www.find-tender.service.gov.uk/Notice/{number}-{year}"


def shows_value(regime: Regime, buyers: int) -> bool:
    """May the estimated value be published?

    Above the threshold the law asks for it. Below, the value of one school's purchase would say what
    that school pays today, which is nobody's business before quotes are opened.
    """
    return is_bound(regime) or buyers >= FEWEST_BUYERS_TO_SHOW_VALUE


def check_when(kind: NoticeKind, status: TenderStatus, *, opened: bool) -> None:
    """May a notice of this kind be published now? `opened`: was the tender ever open to suppliers?

    Raises RuleBroken.
    """
    words = NOTICES[kind].name.lower()
    if status not in WHEN[kind]:
        raise RuleBroken(f"A {words} cannot be published at this stage of a tender.")
    if kind is NoticeKind.TERMINATION and not opened:
        raise RuleBroken("This tender was never published, so there is nothing to terminate in public.")


def check_reference(text: str, published_on: date | None, today: date) -> Published:
    """The Find a Tender reference of a notice and the day it was published there. Raises RuleBroken.

    Both ways of writing it are taken: 2026/S 000-012345, as notices say, and 012345-2026, as their
    addresses do.
    """
    found = REFERENCE.fullmatch("".join(text.upper().split()))
    if found is None:
        raise RuleBroken(
            "Enter the notice’s reference as Find a Tender shows it, like 2026/S 000-012345.", "reference"
        )
    year = found["year"] or found["y"]
    if published_on is None:
        raise RuleBroken("Enter the day on which Find a Tender published the notice.", "published_on")
    if published_on > today:
        raise RuleBroken("The notice cannot have been published in the future.", "published_on")
    if int(year) != published_on.year:
        raise RuleBroken(
            f"The reference is of {year}, but the notice was published in {published_on.year}. Check both.",
            "reference",
        )
    return Published(f"{year}/S 000-{found['number'] or found['n']}", published_on)


def check_after_approval(published_on: date, approved_at: datetime) -> None:
    """Raise RuleBroken when a notice was published before the tender was approved."""
    approved_on = day_of(approved_at)
    if published_on < approved_on:
        raise RuleBroken(
            f"The tender was approved on {day_in_words(approved_on)}. Its notice cannot be older.",
            "published_on",
        )


def check_after_change(published_on: date, agreed_at: datetime) -> None:
    """Raise RuleBroken when a notice of a change was published before the change was agreed."""
    agreed_on = day_of(agreed_at)
    if published_on < agreed_on:
        raise RuleBroken(
            f"The change was agreed on {day_in_words(agreed_on)}. Its notice cannot be older.", "published_on"
        )


def check_still_open(closes_at: datetime | None, now: datetime) -> None:
    """Raise RuleBroken when the deadline passed while the tender waited for its notice."""
    if closes_at is not None and closes_at <= now:
        raise RuleBroken(
            "The deadline for quotes has passed meanwhile. Take the tender back to draft and set another."
        )


REASONED = frozenset(
    {
        NoticeKind.TRANSPARENCY,
        NoticeKind.TERMINATION,
        NoticeKind.TENDER,
        NoticeKind.CHANGE,
        NoticeKind.CONTRACT_END,
    }
)
"""Notices that say why; a tender notice does when it is published anew, because the tender changed."""


def check_particulars(kind: NoticeKind, said: Particulars, today: date) -> None:
    """Has the notice all that the tender itself cannot tell? Raises RuleBroken, naming the field."""
    if kind is NoticeKind.ENGAGEMENT:
        if not said.how.strip():
            raise RuleBroken("Say how suppliers can take part, and what you want to ask them.", "how")
        if said.ends_on is None:
            raise RuleBroken("Enter the last day on which suppliers can take part.", "ends_on")
        if said.ends_on < today:
            raise RuleBroken("The last day to take part has passed. Choose a later one.", "ends_on")
    if kind is NoticeKind.TRANSPARENCY:
        if not said.supplier.strip():
            raise RuleBroken("Enter the name of the supplier that is to get the contract.", "supplier")
        if said.company_number and not COMPANY.fullmatch(said.company_number):
            raise RuleBroken(
                "The company number has 8 characters, like 01234567 or SC123456.", "company_number"
            )
        if not said.ground:
            raise RuleBroken("Choose the justification that the law gives.", "ground")
    _check_about_contract(kind, said, today)
    if kind in REASONED and not said.reason.strip():
        raise RuleBroken("Enter the reasons. Anybody can read them.", "reason")


def _check_about_contract(kind: NoticeKind, said: Particulars, today: date) -> None:
    if kind is NoticeKind.CHANGE and said.new_net is None and said.ends_on is None:
        raise RuleBroken("Enter what changes: the new value, the new last day, or both.", "new_value")
    if kind is NoticeKind.CONTRACT_END:
        if said.ends_on is None:
            raise RuleBroken("Enter the day on which the contract ended.", "ends_on")
        if said.ends_on > today:
            raise RuleBroken(
                "The notice is published once the contract has ended. Enter a day that is not in the future.",
                "ends_on",
            )


def missing(kind: NoticeKind, subject: Subject) -> list[RuleBroken]:
    """What a tender still has to say before a notice of it can be published.

    The `field` of each names the part of the tender to fill in: basics, buyers, lots, criteria or
    timetable.
    """
    return list(_missing(kind, subject))


def _missing(kind: NoticeKind, subject: Subject) -> Iterable[RuleBroken]:
    name = NOTICES[kind].name.lower()
    if not subject.description:
        yield RuleBroken(f"The {name} needs a description of what the schools want to buy.", "basics")
    if not subject.cpv and subject.bound:
        yield RuleBroken(f"The {name} needs a CPV code.", "basics")
    if not subject.authorities:
        yield RuleBroken(f"The {name} names every school that buys. Choose them.", "buyers")
    if kind is NoticeKind.TENDER:
        yield from _missing_for_quotes(subject)
    if kind is NoticeKind.AWARD and not subject.awards:
        yield RuleBroken("Two schools approve an award before its notice can be drafted.")
    if kind in CONTRACT_NOTICES and not any(one.contracts for one in subject.awards):
        yield RuleBroken("Confirm the award first: there is no contract yet to tell of.")


def _missing_for_quotes(subject: Subject) -> Iterable[RuleBroken]:
    if not subject.lots:
        yield RuleBroken("The tender notice needs at least one lot.", "lots")
    if not subject.criteria:
        yield RuleBroken("The tender notice needs the criteria and their weights.", "criteria")
    if subject.closes_at is None:
        yield RuleBroken("The tender notice needs the deadline for quotes.", "timetable")
    if subject.starts_on is None or subject.ends_on is None:
        yield RuleBroken("The tender notice needs the contract’s first and last day.", "timetable")


PLACES: Sequence[tuple[str, str, str]] = (
    ("parties", "the schools that buy", "buyers"),
    ("buyer", "the lead school", "buyers"),
    ("tender.tenderPeriod", "the deadline for quotes", "timetable"),
    ("tender.contractPeriod", "the contract’s dates", "timetable"),
    ("tender.lots", "the lots", "lots"),
    ("tender.items", "the price lines", "lots"),
    ("tender.awardCriteria", "the criteria", "criteria"),
    ("tender.documents", "the documents", "documents"),
    ("tender.value", "what each school pays today", "buyers"),
    ("tender", "the title, description and CPV code", "basics"),
)
"""Where in a release which part of a tender stands: the start of the path, in words, and the part."""


def broken(path: str, message: str) -> RuleBroken:
    """What to fill in when a notice breaks the standard at a path of its release."""
    for start, words, part in PLACES:
        if path == start or path.startswith((f"{start}.", f"{start}Details")):
            return RuleBroken(f"Check {words}: the notice does not keep to the standard ({message}).", part)
    return RuleBroken(f"The notice does not keep to the standard at {path or 'its top'}: {message}.")


def main_category(cpv: str) -> str:
    """Works, goods or services, by the division of a CPV code; "" without one."""
    if not cpv:
        return ""
    if cpv.startswith(WORKS):
        return "works"
    return "services" if cpv[:2] >= FIRST_SERVICES else "goods"


def day_of(moment: datetime) -> date:
    """The day in England of a moment."""
    return moment.astimezone(LONDON).date()


def day_in_words(day: date) -> str:
    """A day as people write it: 3 December 2026."""
    return f"{day.day} {day:%B %Y}"


@dataclass(frozen=True, slots=True)
class Ground:
    """A justification of a direct award, and where the law gives it."""

    code: str
    words: str
    law: str


def grounds(on: date) -> list[Ground]:
    """The justifications of a direct award that hold on a day and can fit a school."""
    return [
        Ground(row["code"], row["words"], row["provision"]) for row in _grounds() if row["from"] <= str(on)
    ]


@cache
def _grounds() -> tuple[dict[str, str], ...]:
    with (REFERENCE_DATA / "direct_award.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
