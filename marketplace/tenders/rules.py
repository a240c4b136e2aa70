"""What a joint tender is, how it moves, and what must be true before each step."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from marketplace.core import moves
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.needs.rules import Joint, NeedStatus

FEWEST_SCHOOLS = 2
A_YEAR = " a year"


class TenderStatus(StrEnum):
    """How far a joint tender is."""

    DRAFT = "draft"
    JOINING = "joining"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    CLOSED = "closed"
    OPENED = "opened"
    EVALUATING = "evaluating"
    MODERATED = "moderated"
    PRICES_OPENED = "prices_opened"
    RECOMMENDED = "recommended"
    CONFIRMED_BY_SCHOOLS = "confirmed_by_schools"
    STANDSTILL = "standstill"
    AWARDED = "awarded"
    UNSUCCESSFUL = "unsuccessful"
    CANCELLED = "cancelled"


_S = TenderStatus
MOVES: dict[TenderStatus, frozenset[TenderStatus]] = {
    _S.DRAFT: frozenset({_S.JOINING, _S.CANCELLED}),
    _S.JOINING: frozenset({_S.CONFIRMED, _S.DRAFT, _S.CANCELLED}),
    _S.CONFIRMED: frozenset({_S.PUBLISHED, _S.JOINING, _S.DRAFT, _S.CANCELLED}),
    _S.PUBLISHED: frozenset({_S.CLOSED, _S.CANCELLED}),
    _S.CLOSED: frozenset({_S.OPENED, _S.PRICES_OPENED, _S.UNSUCCESSFUL, _S.CANCELLED}),
    _S.OPENED: frozenset({_S.EVALUATING, _S.CANCELLED}),
    _S.EVALUATING: frozenset({_S.MODERATED, _S.CANCELLED}),
    _S.MODERATED: frozenset({_S.PRICES_OPENED, _S.UNSUCCESSFUL, _S.CANCELLED}),
    _S.PRICES_OPENED: frozenset({_S.RECOMMENDED, _S.UNSUCCESSFUL, _S.CANCELLED}),
    _S.RECOMMENDED: frozenset({_S.CONFIRMED_BY_SCHOOLS, _S.PRICES_OPENED, _S.CANCELLED}),
    _S.CONFIRMED_BY_SCHOOLS: frozenset(
        {_S.STANDSTILL, _S.AWARDED, _S.PRICES_OPENED, _S.UNSUCCESSFUL, _S.CANCELLED}
    ),
    _S.STANDSTILL: frozenset({_S.AWARDED, _S.PRICES_OPENED, _S.UNSUCCESSFUL, _S.CANCELLED}),
    _S.AWARDED: frozenset(),
    _S.UNSUCCESSFUL: frozenset(),
    _S.CANCELLED: frozenset(),
}


def move(present: TenderStatus, wanted: TenderStatus) -> TenderStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(MOVES, present, wanted)


class CommitmentStatus(StrEnum):
    """A school's answer to the invitation to buy together."""

    INVITED = "invited"
    COMMITTED = "committed"
    DECLINED = "declined"


COMMITMENT_MOVES: dict[CommitmentStatus, frozenset[CommitmentStatus]] = {
    CommitmentStatus.INVITED: frozenset({CommitmentStatus.COMMITTED, CommitmentStatus.DECLINED}),
    CommitmentStatus.COMMITTED: frozenset({CommitmentStatus.INVITED, CommitmentStatus.DECLINED}),
    CommitmentStatus.DECLINED: frozenset({CommitmentStatus.INVITED}),
}


class CriterionKind(StrEnum):
    """What a criterion is: the price, a question that is scored, one that is passed or failed, or a group.

    A group has sub-criteria instead of a question.
    """

    PRICE = "price"
    QUALITY = "quality"
    PASS_FAIL = "pass_fail"  # noqa: S105  # a kind of question, no password
    GROUP = "group"


ANSWERED = frozenset({CriterionKind.QUALITY, CriterionKind.PASS_FAIL})
"""What suppliers answer in words, and the panel judges before prices are opened."""


class PriceFormula(StrEnum):
    """How prices and quality are judged together; frozen at publication.

    The first five turn prices into marks, to which those for quality are added: formulas.py. The last four
    set quality against price: value_formulas.py.
    """

    CEILING_OPTIMUM = "ceiling_optimum"
    PROPORTION_OF_LOWEST = "proportion_of_lowest"
    DEVIATION_FROM_LOWEST = "deviation_from_lowest"
    LINEAR_LOWEST_HIGHEST = "linear_lowest_highest"
    DEVIATION_FROM_MEAN = "deviation_from_mean"
    PRICE_PER_QUALITY = "price_per_quality"
    VALUE_INDEX = "value_index"
    WEIGHTED_VALUE_INDEX = "weighted_value_index"
    MONETISED = "monetised"


BY_VALUE = frozenset(
    {
        PriceFormula.PRICE_PER_QUALITY,
        PriceFormula.VALUE_INDEX,
        PriceFormula.WEIGHTED_VALUE_INDEX,
        PriceFormula.MONETISED,
    }
)
"""Formulas that set quality against price instead of adding marks for each."""
BY_MARKS = frozenset(PriceFormula) - BY_VALUE


class Split(StrEnum):
    """How a shared cost is divided between schools; agreed before quotes are opened."""

    PUPILS = "pupils"
    EQUAL = "equal"
    USE = "use"


class Seat(StrEnum):
    """What a person does for one tender."""

    OPENER = "opener"
    EVALUATOR = "evaluator"


STATUS_LABELS: Mapping[TenderStatus, str] = {
    _S.DRAFT: "Draft",
    _S.JOINING: "Schools are deciding",
    _S.CONFIRMED: "Waiting to be published",
    _S.PUBLISHED: "Open for quotes",
    _S.CLOSED: "Closed, waiting to be opened",
    _S.OPENED: "Quotes opened",
    _S.EVALUATING: "Being evaluated",
    _S.MODERATED: "Scores agreed",
    _S.PRICES_OPENED: "Prices opened",
    _S.RECOMMENDED: "Award recommended",
    _S.CONFIRMED_BY_SCHOOLS: "Award approved",
    _S.STANDSTILL: "Standstill",
    _S.AWARDED: "Awarded",
    _S.UNSUCCESSFUL: "Ended without an award",
    _S.CANCELLED: "Cancelled",
}
STATUS_COLOURS: Mapping[TenderStatus, str] = {
    _S.DRAFT: "grey",
    _S.JOINING: "yellow",
    _S.CONFIRMED: "yellow",
    _S.PUBLISHED: "green",
    _S.CLOSED: "yellow",
    _S.AWARDED: "green",
    _S.UNSUCCESSFUL: "red",
    _S.CANCELLED: "red",
}
COMMITMENT_LABELS: Mapping[CommitmentStatus, str] = {
    CommitmentStatus.INVITED: "Has not answered",
    CommitmentStatus.COMMITTED: "Committed",
    CommitmentStatus.DECLINED: "Declined",
}
SPLIT_LABELS: Mapping[Split, str] = {
    Split.PUPILS: "by pupils on roll",
    Split.EQUAL: "equally",
    Split.USE: "by what each school uses",
}
BEFORE_PUBLICATION = frozenset({_S.DRAFT, _S.JOINING, _S.CONFIRMED})
STILL_OPEN = frozenset(status for status in TenderStatus if _S.CANCELLED in MOVES[status])


def check_poolable(needs: Collection[tuple[uuid.UUID, str, NeedStatus, Joint]], category: str) -> None:
    """Needs that can be bought together: of several schools, one each, approved, and willing.

    Each need is its school, category, status and willingness. No needs at all are right too: the
    draft starts empty. Raises RuleBroken, field `needs`.
    """
    if not needs:
        return
    schools = [school_id for school_id, *_ in needs]
    if len(set(schools)) != len(schools):
        raise RuleBroken("Choose one need of each school.", "needs")
    if len(schools) < FEWEST_SCHOOLS:
        raise RuleBroken("Choose needs of at least two schools.", "needs")
    if {need_category for _, need_category, *_ in needs} != {category}:
        raise RuleBroken("Choose needs of one category.", "needs")
    if any(status is not NeedStatus.APPROVED for *_, status, _ in needs):
        raise RuleBroken("Choose approved needs that are in no other tender.", "needs")
    if any(joint is Joint.NO for *_, joint in needs):
        raise RuleBroken("Choose needs of schools that are willing to buy together.", "needs")


def check_need_free(status: NeedStatus, joint: Joint) -> None:
    """A need that a school can bring into a tender later. Raises RuleBroken, field `who`."""
    if status is not NeedStatus.APPROVED or joint is Joint.NO:
        raise RuleBroken("Choose an approved need that is in no other tender, of a willing school.", "who")


def unit_over_term(unit_a_year: str) -> str:
    """The unit of a line over the whole term, from that of a need, which counts a year.

    "meals a year" gives "meals"; what is no flow, such as pupils, is bought by the year: "pupils for a
    year".
    """
    if unit_a_year.endswith(A_YEAR):
        return unit_a_year.removesuffix(A_YEAR)
    return f"{unit_a_year} for a year"


def check_not_declined(status: CommitmentStatus) -> None:
    """A school that declined comes back only by a new invitation. Raises RuleBroken."""
    if status is CommitmentStatus.DECLINED:
        raise RuleBroken("Your school declined this tender. Ask the coordinator to invite it again.")


def settled_lead(proposed: uuid.UUID | None, committed: Collection[uuid.UUID]) -> uuid.UUID:
    """The lead school of a tender whose buyers are settled. Raises RuleBroken."""
    if not committed:
        raise RuleBroken("No school has committed yet. At least one must, before the buyers are settled.")
    if proposed is None or proposed not in committed:
        raise RuleBroken("Choose a lead school among those that committed.", "lead_school")
    return proposed


def check_reason(reason: str, what_for: str) -> None:
    """Raise RuleBroken when a reason is missing; `what_for` finishes "Enter why …"."""
    if not reason.strip():
        raise RuleBroken(f"Enter why {what_for}.", "reason")


def check_publisher(
    person_id: uuid.UUID | None,
    *,
    drafted_by: uuid.UUID | None,
    asked_by: uuid.UUID | None,
    headteacher_of: Collection[uuid.UUID],
    approving_schools: Collection[uuid.UUID],
) -> None:
    """Two people, two schools: who publishes neither drafted nor asked, and heads another school.

    Raises Forbidden. `approving_schools` are those of `approving_schools()`.
    """
    if person_id is None or person_id in {drafted_by, asked_by}:
        raise Forbidden("The person who prepared a tender cannot approve it. Ask a headteacher to.")
    if not set(headteacher_of) & set(approving_schools):
        raise Forbidden("A headteacher of a school in the tender, other than the lead school, approves it.")


def approving_schools(
    lead: uuid.UUID | None, buyers: Collection[uuid.UUID], members: Collection[uuid.UUID]
) -> frozenset[uuid.UUID]:
    """The schools whose headteacher may publish: the buyers but the lead school.

    Where the lead school buys alone, any other member of the alliance.
    """
    return frozenset(set(buyers) - {lead} or set(members) - {lead})


def check_approvable(status: TenderStatus, approved_at: datetime | None) -> None:
    """Raise RuleBroken unless a tender waits for approval."""
    move(status, TenderStatus.PUBLISHED)
    if approved_at is not None:
        raise RuleBroken(
            "This tender is approved already. It opens when the coordinator enters the reference of its "
            "notice on Find a Tender."
        )


def accepts_quotes(status: TenderStatus, closes_at: datetime | None, now: datetime) -> bool:
    """Is the tender open at this moment of the database's clock? The deadline itself is too late."""
    return status is TenderStatus.PUBLISHED and closes_at is not None and now < closes_at


def shown_status(status: TenderStatus, closes_at: datetime | None, now: datetime) -> TenderStatus:
    """The status as people are shown it: past its deadline a tender is closed, though no job has run yet."""
    if status is TenderStatus.PUBLISHED and not accepts_quotes(status, closes_at, now):
        return TenderStatus.CLOSED
    return status
