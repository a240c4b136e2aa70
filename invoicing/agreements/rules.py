"""What schools may agree to sell one another, and when an agreement may be put to both heads.

Staff work in another school by agreement only, with their own terms, and their safeguarding checks are
recorded by level and date; the certificate itself is stored nowhere (principle 7 of the alliances' papers).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import RuleBroken
from marketplace.core.money import BASIS_POINTS, ZERO, Money
from marketplace.core.months import months_later

LONGEST_TITLE = 120
LONGEST_TEXT = 2_000
LONGEST_UNIT = 20
LONGEST_WORKER = 80
LONGEST_ORDER = 50
LONGEST_REASON = 200
LARGEST_RATE = Money(1_000_000_00)
MOST_PUPILS = 100_000
LATEST_START = timedelta(days=366)
EARLIEST_START = timedelta(days=31)
LONGEST_MONTHS = 60
MOST_EXTENSION_MONTHS = 24
MOST_NOTICE_MONTHS = 12
REMINDED_OF_REVIEW = timedelta(days=14)
REMINDED_OF_END = timedelta(days=60)
# Certificates of the Disclosure and Barring Service bear a number of twelve digits
NUMBER_OF_A_CERTIFICATE = re.compile(r"(?<!\d)(?:\d[ -]?){11}\d(?!\d)")


class Service(StrEnum):
    """What one school sells to another."""

    STAFF_DAYS = "staff_days"
    TECHNICIAN = "technician"
    MINIBUS = "minibus"
    CPD_PLACES = "cpd_places"
    HALL_HIRE = "hall_hire"
    TRUST_PARTNERSHIP = "trust_partnership"
    ASSOCIATE_FEE = "associate_fee"
    OTHER = "other"


class Supply(StrEnum):
    """Who works in the other school: VAT treats teaching and other staff apart (VATEDU53600)."""

    TEACHING = "teaching"
    OTHER_STAFF = "other_staff"
    NO_STAFF = "no_staff"


class Basis(StrEnum):
    """What the rate of an agreement is for."""

    FIXED = "fixed"
    PER_PUPIL = "per_pupil"
    PER_UNIT = "per_unit"
    AT_COST = "at_cost"
    SHARE = "share"


class Schedule(StrEnum):
    """How often what is owed is invoiced."""

    MONTHLY = "monthly"
    TERMLY = "termly"


class CheckLevel(StrEnum):
    """The levels of a check by the Disclosure and Barring Service."""

    BASIC = "basic"
    STANDARD = "standard"
    ENHANCED = "enhanced"
    ENHANCED_CHILDREN = "enhanced_children"


class AgreementStatus(StrEnum):
    """How far an agreement is."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    AGREED = "agreed"
    RUNNING = "running"
    ENDED = "ended"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        """The status as people read it."""
        return STATUS_TAGS[self][0]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return STATUS_TAGS[self][1]


STATUS_TAGS: Mapping[AgreementStatus, tuple[str, str]] = {
    AgreementStatus.DRAFT: ("Draft", "grey"),
    AgreementStatus.PROPOSED: ("Waits for both heads", "yellow"),
    AgreementStatus.AGREED: ("Agreed", "blue"),
    AgreementStatus.RUNNING: ("Runs", "green"),
    AgreementStatus.ENDED: ("Ended", "grey"),
    AgreementStatus.DISCARDED: ("Discarded", "red"),
}
MOVES: Mapping[AgreementStatus, frozenset[AgreementStatus]] = {
    AgreementStatus.DRAFT: frozenset({AgreementStatus.PROPOSED, AgreementStatus.DISCARDED}),
    AgreementStatus.PROPOSED: frozenset({AgreementStatus.AGREED, AgreementStatus.DRAFT}),
    AgreementStatus.AGREED: frozenset({AgreementStatus.RUNNING}),
    AgreementStatus.RUNNING: frozenset({AgreementStatus.ENDED}),
    AgreementStatus.ENDED: frozenset(),
    AgreementStatus.DISCARDED: frozenset(),
}
BINDING = frozenset({AgreementStatus.AGREED, AgreementStatus.RUNNING})
SERVICE_LABELS: Mapping[Service, str] = {
    Service.STAFF_DAYS: "Days of a member of staff",
    Service.TECHNICIAN: "A shared technician",
    Service.MINIBUS: "Use of a minibus",
    Service.CPD_PLACES: "Places on a course for staff",
    Service.HALL_HIRE: "Hire of a hall or other rooms",
    Service.TRUST_PARTNERSHIP: "Support in a trust partnership",
    Service.ASSOCIATE_FEE: "Fee of an associate member",
    Service.OTHER: "Something else",
}
SUPPLY_LABELS: Mapping[Supply, str] = {
    Supply.TEACHING: "Teachers or classroom assistants, to teach",
    Supply.OTHER_STAFF: "Other staff: administration, finance, IT, site, management",
    Supply.NO_STAFF: "Nobody: a vehicle, a room, places on a course or a fee",
}
SCHEDULE_LABELS: Mapping[Schedule, str] = {
    Schedule.MONTHLY: "Every month",
    Schedule.TERMLY: "Every term",
}
PERIOD_WORDS: Mapping[Schedule, str] = {Schedule.MONTHLY: "month", Schedule.TERMLY: "term"}
LEVEL_LABELS: Mapping[CheckLevel, str] = {
    CheckLevel.BASIC: "Basic",
    CheckLevel.STANDARD: "Standard",
    CheckLevel.ENHANCED: "Enhanced",
    CheckLevel.ENHANCED_CHILDREN: "Enhanced with children’s barred list",
}
OF_STAFF = frozenset({Service.STAFF_DAYS, Service.TECHNICIAN})
OF_MEMBERSHIP = frozenset({Service.TRUST_PARTNERSHIP, Service.ASSOCIATE_FEE})
WITH_RATE = frozenset({Basis.FIXED, Basis.PER_PUPIL, Basis.PER_UNIT})
BY_USE = frozenset({Basis.PER_UNIT, Basis.AT_COST, Basis.SHARE})


@dataclass(frozen=True, slots=True)
class Price:
    """What is charged. `rate` is in pence before VAT: a month or term, a pupil and month or term, or a unit.

    `pupils` are those that a rate a pupil counts, as agreed; `share` is in basis points of a cost.
    """

    basis: Basis
    rate: Money | None = None
    unit: str = ""
    pupils: int | None = None
    share: int | None = None

    def words(self, schedule: Schedule) -> str:
        """The price as people read it."""
        period = PERIOD_WORDS[schedule]
        match self.basis:
            case Basis.FIXED:
                return f"{self.rate} a {period}"
            case Basis.PER_PUPIL:
                return f"{self.rate} a pupil and {period}, for {self.pupils:,} pupils"
            case Basis.PER_UNIT:
                return f"{self.rate} a {self.unit}"
            case Basis.AT_COST:
                return "What it costs the seller"
            case Basis.SHARE:
                whole, part = divmod(self.share or 0, 100)
                return f"{whole}.{part:02d} % of the cost" if part else f"{whole} % of the cost"


@dataclass(frozen=True, slots=True)
class Terms:
    """What both schools agree on. `exemption_reason` says why what is no staff is exempt from VAT, if it is.

    `regulated` says whether anybody works with children in regulated activity; None: not answered yet.
    """

    service: Service
    title: str
    work: str
    supply: Supply
    regulated: bool | None
    price: Price
    schedule: Schedule
    starts_on: date
    ends_on: date
    extension_months: int = 0
    notice_months: int = 0
    exemption_reason: str = ""
    objectives: str = ""
    reviews: tuple[date, ...] = ()
    membership_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """That somebody who works in the other school was checked: at which level, and on which day."""

    worker: str
    level: CheckLevel
    on: date


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who has signed for which of the two schools."""

    seller_id: uuid.UUID
    buyer_id: uuid.UUID
    by_school: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Have both signed?"""
        return set(self.by_school) == {self.seller_id, self.buyer_id}


def move(present: AgreementStatus, wanted: AgreementStatus) -> AgreementStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


def check_terms(terms: Terms, today: date) -> None:
    """Raise RuleBroken, naming the field, for terms that no agreement can have."""
    _check_text(terms.title, "title", "Say in a few words what is sold.", LONGEST_TITLE)
    _check_text(terms.work, "work", "Say what is done: the terms of the work.", LONGEST_TEXT)
    if terms.service in OF_STAFF and terms.supply is Supply.NO_STAFF:
        raise RuleBroken("Say what kind of staff works in the other school.", "supply")
    if terms.supply is Supply.TEACHING and terms.regulated is False:
        raise RuleBroken("Who teaches works with children in regulated activity: answer yes.", "regulated")
    if terms.supply is not Supply.NO_STAFF and terms.exemption_reason:
        raise RuleBroken(
            "Leave this blank: whether staff are exempt from VAT follows from what they do.",
            "exemption_reason",
        )
    check_no_certificate(terms.objectives, "objectives")
    check_price(terms.price)
    _check_term(terms, today)
    _check_reviews(terms)
    _check_membership(terms)


def _check_membership(terms: Terms) -> None:
    if terms.membership_id and terms.service not in OF_MEMBERSHIP:
        raise RuleBroken(
            "Only the support in a trust partnership and the fee of an associate belong to a membership. "
            "Leave this blank.",
            "membership_id",
        )
    if terms.service is Service.TRUST_PARTNERSHIP and not terms.objectives.strip():
        raise RuleBroken("Say what the partnership is to achieve.", "objectives")
    if terms.service is Service.TRUST_PARTNERSHIP and not terms.reviews:
        raise RuleBroken("Enter when the partnership is first reviewed.", "first_review")


def check_price(price: Price) -> None:
    """Raise RuleBroken, naming the field, for a price that says too little or makes no sense."""
    if price.basis in WITH_RATE and not ZERO < (price.rate or ZERO) <= LARGEST_RATE:
        raise RuleBroken(f"Enter the rate: more than £0.00, at most {LARGEST_RATE}.", "rate")
    if price.basis not in WITH_RATE and price.rate:
        raise RuleBroken("Leave the rate blank: what is charged follows from the cost.", "rate")
    if price.basis is Basis.PER_UNIT and not price.unit.strip():
        raise RuleBroken("Say what the rate is for: a day, an hour, a place, a mile.", "unit")
    if len(price.unit) > LONGEST_UNIT:
        raise RuleBroken(f"The unit must have {LONGEST_UNIT} characters or fewer.", "unit")
    if price.basis is Basis.PER_PUPIL and not 0 < (price.pupils or 0) <= MOST_PUPILS:
        raise RuleBroken("Enter for how many pupils: 1 or more.", "pupils")
    if price.basis is Basis.SHARE and not 0 < (price.share or 0) <= BASIS_POINTS:
        raise RuleBroken("Enter the share: more than 0 %, at most 100 %.", "share")


def _check_term(terms: Terms, today: date) -> None:
    if not today - EARLIEST_START <= terms.starts_on <= today + LATEST_START:
        raise RuleBroken(
            f"It must start within a year, and at most {EARLIEST_START.days} days ago.", "starts_on"
        )
    if terms.ends_on <= terms.starts_on:
        raise RuleBroken("The last day must be after the first.", "ends_on")
    if terms.ends_on <= today:
        raise RuleBroken("The last day must be in the future.", "ends_on")
    if terms.ends_on >= months_later(terms.starts_on, LONGEST_MONTHS):
        raise RuleBroken(f"It must end within {LONGEST_MONTHS} months; agree on a new one then.", "ends_on")
    if not 0 <= terms.extension_months <= MOST_EXTENSION_MONTHS:
        raise RuleBroken(f"It can be extended by at most {MOST_EXTENSION_MONTHS} months.", "extension_months")
    if not 0 <= terms.notice_months <= MOST_NOTICE_MONTHS:
        raise RuleBroken(f"The notice must be from 0 to {MOST_NOTICE_MONTHS} months.", "notice_months")


def _check_reviews(terms: Terms) -> None:
    for name, day in zip(("first_review", "second_review", "third_review"), terms.reviews, strict=False):
        if not terms.starts_on <= day <= terms.ends_on:
            raise RuleBroken("A review must be held between the first day and the last.", name)
    if list(terms.reviews) != sorted(set(terms.reviews)):
        raise RuleBroken("Enter the reviews in the order of their dates, each once.", "first_review")


def _check_text(text: str, name: str, missing: str, longest: int) -> None:
    if not text.strip():
        raise RuleBroken(missing, name)
    if len(text) > longest:
        raise RuleBroken(f"Use {longest:,} characters or fewer.", name)
    check_no_certificate(text, name)


def check_no_certificate(text: str, name: str) -> None:
    """Raise RuleBroken for a text with a number as certificates bear it: only level and date are kept."""
    if NUMBER_OF_A_CERTIFICATE.search(text):
        raise RuleBroken(
            "Take out the number of twelve digits. Of a safeguarding check only the level and the date "
            "are recorded, never the certificate or its number.",
            name,
        )


def check_check(checked: Checked, today: date) -> None:
    """Raise RuleBroken for a safeguarding check that cannot be right, or that says too much."""
    _check_text(checked.worker, "worker", "Say who works there, by name or by post.", LONGEST_WORKER)
    if checked.on > today:
        raise RuleBroken("The check must have been made by today.", "checked_on")


def check_safeguarded(
    terms: Terms, levels: Collection[CheckLevel], enough: Collection[CheckLevel], cited: str
) -> None:
    """Raise RuleBroken unless everybody who works with children was checked at a level that is enough."""
    if terms.regulated is None:
        raise RuleBroken("Say first whether anybody works with children: change the terms.")
    if not terms.regulated:
        return
    if not levels:
        raise RuleBroken(
            "Record the safeguarding check of whoever works with children first: its level and its date."
        )
    if not set(levels) <= set(enough):
        wanted = " or ".join(LEVEL_LABELS[level].lower() for level in sorted(enough))
        raise RuleBroken(
            f"Whoever works with children needs a check at this level: {wanted} ({cited}). "
            "One of those recorded is lower."
        )


def check_signature(signed: Signatures, school_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Raise RuleBroken unless this head may sign for this school: each for the own one, nobody for both."""
    if school_id not in {signed.seller_id, signed.buyer_id}:
        raise RuleBroken("Sign for one of the two schools of the agreement.")
    if school_id in signed.by_school:
        raise RuleBroken("Somebody has signed for this school already.")
    if person_id in signed.by_school.values():
        raise RuleBroken(
            "You have signed for the other school. Nobody signs for both: ask another head of this school."
        )


def check_reason(reason: str, missing: str) -> str:
    """A reason, tidied. Raises RuleBroken when there is none."""
    _check_text(reason, "reason", missing, LONGEST_TEXT)
    return reason.strip()


def check_review(held_on: date, notes: str, starts_on: date, today: date) -> str:
    """What a review found, tidied. Raises RuleBroken for a day before the agreement or in the future."""
    if not starts_on <= held_on <= today:
        raise RuleBroken("The review must have been held since the agreement began, by today.", "held_on")
    _check_text(notes, "notes", "Say what the review found.", LONGEST_TEXT)
    return notes.strip()


def reviews_in_order(days: Sequence[date | None]) -> tuple[date, ...]:
    """The review dates that were given, as they were given."""
    return tuple(day for day in days if day is not None)
