"""Rules for service credits, and claims by them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.contracts.models import Contract
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from suppliers.awards.credits.rules import CreditStatus


class CreditRule(Base):
    """A rule of a contract: what a supplier owes back when something happens. See `rules.CreditTerms`."""

    __tablename__ = "credit_rule"
    __table_args__ = (
        CheckConstraint("(each IS NULL) = (basis_points > 0)", name="sum_or_share"),
        CheckConstraint("basis_points BETWEEN 0 AND 10000", name="share_of_a_whole"),
        CheckConstraint("most_basis_points BETWEEN 0 AND 10000", name="most_of_a_whole"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    title: Mapped[str]
    trigger: Mapped[str]
    each: Mapped[Money | None]
    basis_points: Mapped[int]
    most_basis_points: Mapped[int]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]

    contract: Mapped[Contract] = relationship()


class CreditClaim(Base):
    """A service credit that a school claims by a rule, before VAT.

    `reply` is the supplier's; `settled_by_document` names the document on which it was deducted.
    """

    __tablename__ = "credit_claim"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("occurrences > 0", name="occurrences_positive"),
        CheckConstraint("(status = 'settled') = (settled_by_document <> '')", name="settled_by_a_document"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("credit_rule.id"), index=True)
    occurred_on: Mapped[date]
    occurrences: Mapped[int]
    amount: Mapped[Money]
    evidence: Mapped[str]
    status: Mapped[CreditStatus] = mapped_column(default=CreditStatus.CLAIMED, index=True)
    claimed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime]
    reply: Mapped[str] = mapped_column(default="")
    settled_by_document: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    rule: Mapped[CreditRule] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here
