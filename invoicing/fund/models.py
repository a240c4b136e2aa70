"""The Partnership Fund, the rounds of contributions to it, and the claims on it."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.fund.contributing import SupportLevel
from invoicing.fund.rules import ClaimStatus, ContributionStatus, Purpose
from marketplace.alliance.decisions.models import Confirmation
from marketplace.alliance.delegation.rules import Approver
from marketplace.alliance.models import Organisation, Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class Fund(Base):
    """An alliance's Partnership Fund: one each. Its row is locked by whatever moves its money.

    `host` is the school that keeps its money and sends the invoices of contributions, where there is one.
    """

    __tablename__ = "fund"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    alliance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), unique=True)
    name: Mapped[str]
    opened_on: Mapped[date]
    opened_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    host_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))

    host: Mapped[School | None] = relationship()
    alliance: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


class ContributionRound(Base):
    """A total that schools are asked for, in one financial year, for one purpose. `total` in pence.

    `rate` is what a pupil with standard support counts for in a whole year, where the coordinator set that.
    """

    __tablename__ = "contribution_round"
    __table_args__ = (
        CheckConstraint("total > 0", name="total_positive"),
        CheckConstraint("year_end > year_start", name="year_in_order"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"), index=True)
    title: Mapped[str]
    total: Mapped[Money]
    rate: Mapped[Money | None]
    year_start: Mapped[date]
    year_end: Mapped[date]
    purpose: Mapped[Purpose]
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]

    fund: Mapped[Fund] = relationship()
    proposer: Mapped[Person] = relationship()
    contributions: Mapped[list[Contribution]] = relationship(back_populates="round")


class Contribution(Base):
    """One school's part of a round: pupils × support level × rate × days. `amount` in pence.

    `pupils` are those on roll when it was proposed. `days` of the `of_days` of the year it was asked for;
    rounds from before parts of a year were asked for have neither.

    `reduced_to` is what is left of it, by days, for a school that left during the year. `confirmation` is
    the governing body's latest; whether it counts today, it says itself.
    """

    __tablename__ = "contribution"
    __table_args__ = (
        UniqueConstraint("round_id", "school_id"),
        CheckConstraint("pupils > 0", name="pupils_positive"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "status = 'lapsed' OR (status = 'proposed') = (confirmation_id IS NULL)",
            name="confirmed_by_governing_body",
        ),
        CheckConstraint(
            "(days IS NULL) = (of_days IS NULL) AND (days IS NULL OR days BETWEEN 1 AND of_days)",
            name="days_of_a_year",
        ),
        CheckConstraint("reduced_to > 0 AND reduced_to < amount", name="reduced_by_days"),
        CheckConstraint(
            "(status = 'received') = (entry_id IS NOT NULL) AND (entry_id IS NULL) = (received_on IS NULL)",
            name="received_in_ledger",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contribution_round.id"))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    pupils: Mapped[int]
    level: Mapped[SupportLevel] = mapped_column(server_default=SupportLevel.STANDARD.value)
    days: Mapped[int | None]
    of_days: Mapped[int | None]
    amount: Mapped[Money]
    reduced_to: Mapped[Money | None]
    status: Mapped[ContributionStatus] = mapped_column(default=ContributionStatus.PROPOSED, index=True)
    confirmation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("confirmation.id"), unique=True)
    received_on: Mapped[date | None]
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)

    round: Mapped[ContributionRound] = relationship(back_populates="contributions")
    school: Mapped[School] = relationship()
    confirmation: Mapped[Confirmation | None] = relationship()

    @property
    def part_of_year(self) -> bool:
        """Was the school asked for a part of the year only, because it joined or ends during it?"""
        return self.days is not None and self.days != self.of_days

    @property
    def due(self) -> Money:
        """What the school pays: the amount, or the part of it by days for a school that left."""
        return self.amount if self.reduced_to is None else self.reduced_to


class Claim(Base):
    """What a school asks the fund to pay for, with its evidence. `amount` in pence.

    `approver` is who releases it to the other schools by the ladder that its school had when it was made;
    without a ladder nobody needs to.
    """

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("id", "school_id"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "(status = 'paid') = (entry_id IS NOT NULL) AND (entry_id IS NULL) = (paid_on IS NULL)",
            name="paid_in_ledger",
        ),
        CheckConstraint(
            "(status = 'refused') = (refusal_reason <> '')"
            " AND (refusal_reason = '') = (refused_by IS NULL)"
            " AND (refused_by IS NULL) = (refused_at IS NULL)",
            name="refused_with_reason",
        ),
        CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", name="released_by_somebody"),
        CheckConstraint(
            "approver IS NULL OR released_by IS NOT NULL OR status IN ('at_school', 'refused')",
            name="released_first",
        ),
        CheckConstraint("status <> 'at_school' OR approver IS NOT NULL", name="at_school_by_ladder"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fund.id"), index=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    title: Mapped[str]
    purpose: Mapped[Purpose]
    amount: Mapped[Money]
    evidence_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    evidence_name: Mapped[str]
    status: Mapped[ClaimStatus] = mapped_column(default=ClaimStatus.SUBMITTED, index=True)
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    refused_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    refused_at: Mapped[datetime | None]
    refusal_reason: Mapped[str] = mapped_column(default="")
    paid_on: Mapped[date | None]
    entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    approver: Mapped[Approver | None]
    released_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime | None]

    fund: Mapped[Fund] = relationship()
    school: Mapped[School] = relationship()
    maker: Mapped[Person] = relationship(foreign_keys=made_by)
    releaser: Mapped[Person | None] = relationship(foreign_keys=released_by)
    refuser: Mapped[Person | None] = relationship(foreign_keys=refused_by)
    approvals: Mapped[list[ClaimApproval]] = relationship(
        back_populates="claim", order_by="ClaimApproval.position"
    )


class ClaimApproval(Base):
    """One of a claim's two approvals: by two people, for two schools, neither of them the claimant's."""

    __tablename__ = "claim_approval"
    __table_args__ = (
        ForeignKeyConstraint(["claim_id", "claimant_id"], ["claim.id", "claim.school_id"]),
        UniqueConstraint("claim_id", "position"),
        UniqueConstraint("claim_id", "person_id"),
        UniqueConstraint("claim_id", "school_id"),
        CheckConstraint("position IN (1, 2)", name="two_approvals"),
        CheckConstraint("school_id <> claimant_id", name="another_school"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[uuid.UUID]
    claimant_id: Mapped[uuid.UUID]
    position: Mapped[int]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    approved_at: Mapped[datetime]

    claim: Mapped[Claim] = relationship(back_populates="approvals")
    person: Mapped[Person] = relationship()
    school: Mapped[School] = relationship()
