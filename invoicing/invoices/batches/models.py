"""Batches of drafts that are being issued, and how far each draft is."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from invoicing.invoices.batches.rules import ItemStatus
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money

WAITING = text("status = 'waiting'")


class InvoiceBatch(Base):
    """Drafts of one school that somebody had issued together; `worth` is what they came to when checked."""

    __tablename__ = "invoice_batch"
    __table_args__ = (CheckConstraint("size > 0", name="size_positive"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    size: Mapped[int]
    worth: Mapped[Money]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)


class BatchItem(Base):
    """A draft in a batch, with the version that was checked; one that was set aside says why.

    A draft waits in one batch at a time.
    """

    __tablename__ = "invoice_batch_item"
    __table_args__ = (
        Index("ix_invoice_batch_item_batch_id_status", "batch_id", "status"),
        Index(
            "ix_invoice_batch_item_waits_once",
            "invoice_id",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        CheckConstraint("(status = 'set_aside') = (reason <> '')", name="reason_of_set_aside"),
        CheckConstraint("(status = 'waiting') = (done_at IS NULL)", name="done_when_not_waiting"),
    )

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice_batch.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoice.id"), index=True)
    version: Mapped[int]
    status: Mapped[ItemStatus] = mapped_column(default=ItemStatus.WAITING)
    reason: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
