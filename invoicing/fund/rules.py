"""What the Partnership Fund may do: who pays in how much, who may approve, and who bears a claim."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from invoicing.fund.contributing import SupportLevel
from marketplace.alliance.delegation.rules import ROLES, Approver
from marketplace.alliance.delegation.rules import may_approve as may_decide
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Role

APPROVALS_NEEDED = 2
LONGEST_YEAR_DAYS = 366
LARGEST_EVIDENCE = 10 * 1024 * 1024
EVIDENCE_ENDINGS = (
    ".pdf",
    ".png",
    ".jpg",
    ".jpeg",
    ".xlsx",
    ".docx",
)


class ContributionStatus(StrEnum):
    """How far a school's contribution is. Without its governing body's confirmation nothing is received.

    It lapses when the school leaves before its year begins, or before the governing body has confirmed it.
    """

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    RECEIVED = "received"
    LAPSED = "lapsed"

    @property
    def label(self) -> str:
        """The status as people read it."""
        return CONTRIBUTION_TAGS[self][0]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return CONTRIBUTION_TAGS[self][1]


class ClaimStatus(StrEnum):
    """How far a claim is. A claim can be refused until it is paid.

    Where the school has a delegation ladder, its own approver releases the claim to the other schools.
    """

    AT_SCHOOL = "at_school"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PAID = "paid"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The status as people read it."""
        return CLAIM_TAGS[self][0]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return CLAIM_TAGS[self][1]


class Purpose(StrEnum):
    """What the fund collects and spends money for."""

    SCHOOL_IMPROVEMENT = "school_improvement"
    STAFF_TRAINING = "staff_training"
    SHARED_STAFF = "shared_staff"
    SHARED_SYSTEMS = "shared_systems"
    PUPIL_ACTIVITIES = "pupil_activities"
    BUYING_TOGETHER = "buying_together"

    @property
    def label(self) -> str:
        """The purpose as people read it."""
        return PURPOSE_LABELS[self]


CONTRIBUTION_MOVES: dict[ContributionStatus, frozenset[ContributionStatus]] = {
    ContributionStatus.PROPOSED: frozenset({ContributionStatus.CONFIRMED, ContributionStatus.LAPSED}),
    ContributionStatus.CONFIRMED: frozenset({ContributionStatus.RECEIVED, ContributionStatus.LAPSED}),
    ContributionStatus.RECEIVED: frozenset(),
    ContributionStatus.LAPSED: frozenset(),
}
CLAIM_MOVES: dict[ClaimStatus, frozenset[ClaimStatus]] = {
    ClaimStatus.AT_SCHOOL: frozenset({ClaimStatus.SUBMITTED, ClaimStatus.REFUSED}),
    ClaimStatus.SUBMITTED: frozenset({ClaimStatus.APPROVED, ClaimStatus.REFUSED}),
    ClaimStatus.APPROVED: frozenset({ClaimStatus.PAID, ClaimStatus.REFUSED}),
    ClaimStatus.PAID: frozenset(),
    ClaimStatus.REFUSED: frozenset(),
}
CONTRIBUTION_TAGS: Mapping[ContributionStatus, tuple[str, str]] = {
    ContributionStatus.PROPOSED: ("Waiting for the governing body", "yellow"),
    ContributionStatus.CONFIRMED: ("Confirmed, not yet received", "blue"),
    ContributionStatus.RECEIVED: ("Received", "green"),
    ContributionStatus.LAPSED: ("Not asked for: the school has left", "grey"),
}
CLAIM_TAGS: Mapping[ClaimStatus, tuple[str, str]] = {
    ClaimStatus.AT_SCHOOL: ("Waiting in its own school", "grey"),
    ClaimStatus.SUBMITTED: ("Waiting for approval", "yellow"),
    ClaimStatus.APPROVED: ("Approved, not yet paid", "blue"),
    ClaimStatus.PAID: ("Paid", "green"),
    ClaimStatus.REFUSED: ("Refused", "red"),
}
PURPOSE_LABELS: Mapping[Purpose, str] = {
    Purpose.SCHOOL_IMPROVEMENT: "School improvement",
    Purpose.STAFF_TRAINING: "Training and development of staff",
    Purpose.SHARED_STAFF: "Shared staff",
    Purpose.SHARED_SYSTEMS: "Shared services and systems",
    Purpose.PUPIL_ACTIVITIES: "Activities for pupils",
    Purpose.BUYING_TOGETHER: "Buying together",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A round of contributions as a coordinator wishes it: for whom and for what, by a total or a rate.

    Both in pence; the rate is for a pupil with standard support and a whole year. `levels` names the
    schools for which other support than the standard is planned.
    """

    title: str
    total: Money | None
    year_start: date
    year_end: date
    purpose: Purpose
    school_ids: frozenset[uuid.UUID]
    rate: Money | None = None
    levels: Mapping[uuid.UUID, SupportLevel] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wish:
    """A claim as a school wishes it, in pence."""

    school_id: uuid.UUID
    title: str
    purpose: Purpose
    amount: Money


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approves a claim, for which school; nobody in particular while nobody is signed in."""

    person_id: uuid.UUID | None
    school_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Case:
    """What decides whether somebody may approve a claim: whose it is, who made it, who has approved."""

    claimant_id: uuid.UUID
    made_by: uuid.UUID
    approvals: tuple[Approval, ...] = ()


def fingerprint(proposal: Proposal, shares: Mapping[uuid.UUID, Money]) -> str:
    """A short text that changes when anything about a proposal does, or about what a school is asked for."""
    said = [
        proposal.title,
        f"{proposal.total} {proposal.rate}",
        f"{proposal.year_start} {proposal.year_end}",
        proposal.purpose,
        *sorted(f"{school_id.hex} {share}" for school_id, share in shares.items()),
        *sorted(f"{school_id.hex} {level}" for school_id, level in proposal.levels.items()),
    ]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def check_year(start: date, end: date) -> None:
    """Raise RuleBroken unless these are the first and last day of a financial year of at most a year."""
    if end <= start:
        raise RuleBroken("The year must end after it starts.", "year_end")
    if (end - start).days >= LONGEST_YEAR_DAYS:
        raise RuleBroken("The financial year must not be longer than twelve months.", "year_end")


def check_not_in_future(day: date, today: date, field: str) -> None:
    """Raise RuleBroken for a day that has not come yet."""
    if day > today:
        raise RuleBroken("The date must be today or in the past.", field)


def check_source(*, own_budget: bool) -> None:
    """Raise RuleBroken for money that a parents' association raised: it stays its school's (principle 6)."""
    if not own_budget:
        raise RuleBroken(
            "Money raised by a parents’ association cannot be contributed. Tick the box if all of it comes "
            "from the school’s own budget.",
            "own_budget",
        )


def check_received_on(received_on: date, minuted_on: date, today: date) -> None:
    """Raise RuleBroken unless the money came after the governing body's minute and by today."""
    check_not_in_future(received_on, today, "received_on")
    if received_on < minuted_on:
        raise RuleBroken(
            f"The governing body confirmed this on {_in_words(minuted_on)}. The money cannot have been "
            "received before that.",
            "received_on",
        )


def check_paid_on(paid_on: date, approved_on: date, today: date) -> None:
    """Raise RuleBroken unless the claim was paid after its second approval and by today."""
    check_not_in_future(paid_on, today, "paid_on")
    if paid_on < approved_on:
        raise RuleBroken(
            f"The second approval was given on {_in_words(approved_on)}. It cannot be paid before that.",
            "paid_on",
        )


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def check_awaits_receipt(status: ContributionStatus, school: str) -> None:
    """Raise RuleBroken for money that a governing body has not agreed to, or that came in before."""
    if status is ContributionStatus.RECEIVED:
        raise RuleBroken(f"The contribution of {school} has been recorded already.")
    if status is ContributionStatus.LAPSED:
        raise RuleBroken(f"{school} has left, and is not asked for this contribution any more.")
    if status is ContributionStatus.PROPOSED:
        raise RuleBroken(
            f"The governing body of {school} has not confirmed this contribution, so it cannot be received."
        )


def check_awaits_approval(status: ClaimStatus) -> None:
    """Raise RuleBroken when a claim has both approvals already, or was refused."""
    if status is ClaimStatus.REFUSED:
        raise RuleBroken("This claim has been refused, so it cannot be approved.")
    if status is ClaimStatus.AT_SCHOOL:
        raise RuleBroken("Its own school has not approved this claim yet. Other schools decide after that.")
    if status is not ClaimStatus.SUBMITTED:
        raise RuleBroken("Two people have approved this claim already. It needs no further approval.")


def check_approver(case: Case, approval: Approval, own_schools: Collection[uuid.UUID]) -> None:
    """Raise Forbidden or RuleBroken unless this approval may be added.

    Two people from two schools, neither of them the claimant's (principle 3). Whoever
    belongs to the claimant's school as well as to another is not independent of it.
    """
    check_outsider(case.claimant_id, {*own_schools, approval.school_id})
    if approval.person_id in {case.made_by, *(given.person_id for given in case.approvals)}:
        raise RuleBroken("You have had your say on this claim. Somebody else must approve it too.")
    if approval.school_id in {given.school_id for given in case.approvals}:
        raise RuleBroken(
            "Somebody from your school has approved this claim already. The second approval must come from "
            "another school."
        )


def may_approve(case: Case, approval: Approval, own_schools: Collection[uuid.UUID]) -> bool:
    """May this approval be added? See `check_approver`."""
    try:
        check_approver(case, approval, own_schools)
    except (Forbidden, RuleBroken):
        return False
    return True


def check_outsider(claimant_id: uuid.UUID, own_schools: Collection[uuid.UUID]) -> None:
    """Raise Forbidden when a claim is decided by somebody of the school that makes it."""
    if claimant_id in own_schools:
        raise Forbidden("Your school made this claim, so people from other schools must decide on it.")


def check_releaser(approver: Approver, roles: Collection[Role], *, is_maker: bool, others: bool) -> None:
    """Refuse a decision on one's own school's claim by somebody for whom its ladder does not ask.

    Raises Forbidden for the wrong role, RuleBroken for one's own claim.
    """
    if not set(ROLES[approver]) & set(roles):
        raise Forbidden("By its amount, this claim is first decided on by a headteacher of the school.")
    if not may_decide(approver, roles, is_author=is_maker, others=others):
        raise RuleBroken("You made this claim yourself, so somebody else of your school decides on it first.")


def check_awaits_payment(status: ClaimStatus, case: Case) -> None:
    """Raise RuleBroken unless two people from two other schools have approved and nothing was paid yet."""
    if status is ClaimStatus.PAID:
        raise RuleBroken("This claim has been paid already.")
    if status is ClaimStatus.REFUSED:
        raise RuleBroken("This claim has been refused, so it cannot be paid.")
    people = {given.person_id for given in case.approvals} - {case.made_by}
    schools = {given.school_id for given in case.approvals} - {case.claimant_id}
    if min(len(people), len(schools)) < APPROVALS_NEEDED:
        raise RuleBroken("Two people from two other schools must approve this claim before it is paid.")


def due_by_days(
    amount: Money, year: tuple[date, date], belonging: tuple[date, date], asked_days: int | None = None
) -> tuple[Money, int, int]:
    """What a school that left owes of a contribution for a year: the part for its days, to the penny.

    Returns that with the days it belonged and the days that it was asked for. Both periods include their
    last day. A school that joined during the year was asked for the rest of it; one whose membership was to
    end in it, for `asked_days`.
    """
    start, end = max(year[0], belonging[0]), year[1]
    asked = max((end - start).days + 1, 0) if asked_days is None else asked_days
    belonged = min(max((belonging[1] - start).days + 1, 0), asked)
    if not asked:
        return ZERO, 0, 0
    return amount.split([belonged, asked - belonged])[0], belonged, asked
