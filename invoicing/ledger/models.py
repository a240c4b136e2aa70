"""The ledger: accounts, entries and their transfers. Rows are added and never changed or removed."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from invoicing.ledger.rules import AccountKind
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class Account(Base):
    """A place where money is counted, in one holder's books."""

    __tablename__ = "ledger_account"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[AccountKind]
    counterparty_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    purpose: Mapped[str]


class Entry(Base):
    """A group of transfers that belong together, made from one source. `posted_on` is the accounting date."""

    __tablename__ = "ledger_entry"
    __table_args__ = (CheckConstraint("legs > 0", name="legs_positive"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    posted_on: Mapped[date] = mapped_column(index=True)
    posted_at: Mapped[datetime]
    description: Mapped[str]
    source_id: Mapped[uuid.UUID] = mapped_column(index=True)
    legs: Mapped[int]

    transfers: Mapped[list[Transfer]] = relationship(back_populates="entry", order_by="Transfer.position")


class Transfer(Base):
    """One debit and one credit of the same positive number of pence: balanced by construction."""

    __tablename__ = "ledger_transfer"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        UniqueConstraint("entry_id", "position"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ledger_entry.id"))
    position: Mapped[int]
    debit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ledger_account.id"), index=True)
    credit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ledger_account.id"), index=True)
    amount: Mapped[Money]

    entry: Mapped[Entry] = relationship(back_populates="transfers")
    debit: Mapped[Account] = relationship(foreign_keys=debit_id)
    credit: Mapped[Account] = relationship(foreign_keys=credit_id)
