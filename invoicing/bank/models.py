"""Statements of schools' bank accounts and their lines. A line is kept for good; its status moves."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.bank.rules import Format, LineStatus
from invoicing.payments.models import Payment
from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money


class StatementColumns(Base):
    """Which column of a school's CSV statements says what, as somebody chose it; by heading.

    `account` is the account that it holds for: another one may be with another bank.
    """

    __tablename__ = "statement_columns"

    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    headings: Mapped[dict[str, Any]]
    chosen_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    chosen_at: Mapped[datetime]


class BankStatement(Base):
    """A file that somebody imported. Read, it has a first and a last day; before, it waits for its columns.

    `opening` and `closing` are the balances that it says; `added` and `known` count its lines that were
    new, and that were there already; `doubled` those that stood in the file twice, `left_out` those that
    the bank had not booked yet.
    """

    __tablename__ = "bank_statement"
    __table_args__ = (
        CheckConstraint("(first_on IS NULL) = (last_on IS NULL)", name="read_whole"),
        CheckConstraint("first_on <= last_on", name="first_before_last"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    format: Mapped[Format]
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    account: Mapped[str]
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    opening: Mapped[Money | None]
    closing: Mapped[Money | None]
    added: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    doubled: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    imported_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    imported_at: Mapped[datetime]

    school: Mapped[School] = relationship()
    importer: Mapped[Person] = relationship()
    lines: Mapped[list[BankLine]] = relationship(back_populates="statement", order_by="BankLine.position")


class BankLine(Base):
    """A movement on a school's account; money in is positive. Kept once, whichever files it stands in.

    Matched, it was paid by `payer_id`: its receipts say for which invoices, and `on_account` what was more,
    entered by `on_account_entry_id`.
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("school_id", "identity"),
        Index("ix_bank_line_school_id_status", "school_id", "status"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("(status = 'outgoing') = (amount < 0)", name="outgoing_is_negative"),
        CheckConstraint("(status = 'matched') = (payer_id IS NOT NULL)", name="matched_has_a_payer"),
        CheckConstraint("on_account >= 0 AND (on_account = 0 OR status = 'matched')", name="on_account"),
        CheckConstraint("(on_account > 0) = (on_account_entry_id IS NOT NULL)", name="on_account_in_ledger"),
        CheckConstraint("(status = 'set_aside') = (reason <> '')", name="set_aside_for_a_reason"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    statement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    position: Mapped[int]
    identity: Mapped[str]
    booked_on: Mapped[date]
    amount: Mapped[Money]
    payer: Mapped[str]
    reference: Mapped[str]
    bank_id: Mapped[str]
    status: Mapped[LineStatus]
    reason: Mapped[str] = mapped_column(default="")
    payer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    on_account: Mapped[Money] = mapped_column(default=ZERO)
    on_account_entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    statement: Mapped[BankStatement] = relationship(back_populates="lines")
    school: Mapped[School] = relationship(foreign_keys=school_id)
    paying_school: Mapped[School | None] = relationship(foreign_keys=payer_id)
    settler: Mapped[Person | None] = relationship()
    receipts: Mapped[list[Receipt]] = relationship(back_populates="line", order_by="Receipt.payment_id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class Receipt(Base):
    """A payment that came with a line of a statement.

    With `undoing_id` it was matched by mistake, and `undone_entry_id` turns its entry round.
    """

    __tablename__ = "bank_receipt"
    __table_args__ = (
        CheckConstraint("(undoing_id IS NULL) = (undone_entry_id IS NULL)", name="undone_in_ledger"),
    )

    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"), primary_key=True)
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bank_line.id"), index=True)
    undoing_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("match_undoing.id"))
    undone_entry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)

    payment: Mapped[Payment] = relationship()
    line: Mapped[BankLine] = relationship(back_populates="receipts")
