"""Quotes. What a supplier wrote is an opaque sealed body until two people open its envelope."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.tenders.lots.division import FROM_THE_FIRST
from marketplace.tenders.models import Tender
from suppliers.profiles.models import Supplier
from suppliers.quotes.files.models import AttachedFile
from suppliers.quotes.rules import Envelope, QuoteStatus

LIVE = text("status NOT IN ('draft', 'replaced', 'withdrawn')")


class Quote(Base):
    """One version of a supplier's quote for a tender: a draft, or what was submitted.

    `commitment` is the SHA-256 over those of its envelopes: proof, after opening, that nothing changed.
    `schedule_version` is the tender's when its draft was last saved: a quote for an older price schedule is
    never priced on a newer one. `received_at` is the database's clock. `written_by` saved the draft last,
    and submitted it.
    `deadline_version` is the tender's at submission, to which the sealed envelopes are bound.
    A quote that was replaced or withdrawn keeps its sealed bodies as evidence; nobody ever opens them.
    """

    __tablename__ = "quote"
    __table_args__ = (
        Index(
            "uq_quote_one_live",
            "tender_id",
            "supplier_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index(
            "uq_quote_one_draft",
            "tender_id",
            "supplier_id",
            unique=True,
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str | None] = mapped_column(unique=True)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), index=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("supplier.id"), index=True)
    status: Mapped[QuoteStatus] = mapped_column(default=QuoteStatus.DRAFT, index=True)
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    deadline_version: Mapped[int | None]
    commitment: Mapped[str] = mapped_column(default="")
    schedule_version: Mapped[int] = mapped_column(default=1, server_default="1")
    exclusion_reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    tender: Mapped[Tender] = relationship()
    supplier: Mapped[Supplier] = relationship()
    bodies: Mapped[list[SealedBody]] = relationship(
        back_populates="quote", order_by="SealedBody.envelope.desc()"
    )
    prices: Mapped[list[QuotedPrice]] = relationship(back_populates="quote")
    answers: Mapped[list[QuotedAnswer]] = relationship(back_populates="quote")
    files: Mapped[list[AttachedFile]] = relationship(
        order_by=AttachedFile.sha256, cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class SealedBody(Base):
    """One envelope of one quote, encrypted: a draft's own copy, then what was sealed on submission.

    `commitment` is the SHA-256 that `sealing.seal` gave; blank in a draft. `failed_at` is set instead of
    `opened_at` when two people opened the envelope and it could not be read; `disclosed_at` when its
    supplier then put it right with its own copy.
    """

    __tablename__ = "sealed_body"

    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"), primary_key=True)
    envelope: Mapped[Envelope] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    commitment: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    disclosed_at: Mapped[datetime | None]

    quote: Mapped[Quote] = relationship(back_populates="bodies")


class QuotedPrice(Base):
    """A unit price in pounds before VAT. Exists only once the price envelope is open.

    It holds from `starts_at` schools or units on, as its lot's tiers say; 0 is from the first unit on.
    """

    __tablename__ = "quoted_price"
    __table_args__ = (
        CheckConstraint("unit_price >= 0", name="unit_price_not_negative"),
        CheckConstraint("starts_at >= 0", name="starts_at_not_negative"),
    )

    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"), primary_key=True)
    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("price_line.id"), primary_key=True)
    starts_at: Mapped[Decimal] = mapped_column(primary_key=True, default=FROM_THE_FIRST, server_default="0")
    unit_price: Mapped[Decimal]

    quote: Mapped[Quote] = relationship(back_populates="prices")


class QuotedLot(Base):
    """A lot that a quote is for, where each is won on its own. Exists only once its prices are open."""

    __tablename__ = "quoted_lot"

    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"), primary_key=True)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"), primary_key=True)


class QuotedDiscount(Base):
    """What a quote takes off the lots of a bundle, in per cent. Exists only once its prices are open."""

    __tablename__ = "quoted_discount"
    __table_args__ = (CheckConstraint("percent > 0 AND percent < 1000000", name="percent_in_range"),)

    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"), primary_key=True)
    bundle_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot_bundle.id"), primary_key=True)
    percent: Mapped[Decimal]


class QuotedAnswer(Base):
    """An answer to a quality question. Exists only once the quality envelope is open."""

    __tablename__ = "quoted_answer"

    quote_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quote.id"), primary_key=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    answer: Mapped[str]

    quote: Mapped[Quote] = relationship(back_populates="answers")


class Opening(Base):
    """Who opened an envelope of a tender: the first person starts, one of another school completes.

    `first_key_id` is the key whose halves the first person passed on to those who may complete. Holders of
    printed recovery keys open for no school (`by_recovery`).
    """

    __tablename__ = "opening"
    __table_args__ = (
        UniqueConstraint("tender_id", "envelope"),
        CheckConstraint("second_person_id <> first_person_id", name="two_people"),
        CheckConstraint("second_school_id <> first_school_id", name="two_schools"),
        CheckConstraint("by_recovery = (first_school_id IS NULL)", name="for_a_school"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"))
    envelope: Mapped[Envelope]
    first_person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    first_school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    by_recovery: Mapped[bool] = mapped_column(default=False, server_default=false())
    first_key_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("opening_key.id"))
    started_at: Mapped[datetime]
    second_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    second_school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    opened_at: Mapped[datetime | None]

    first_person: Mapped[Person] = relationship(foreign_keys=first_person_id)
    first_school: Mapped[School | None] = relationship(foreign_keys=first_school_id)
    second_person: Mapped[Person | None] = relationship(foreign_keys=second_person_id)
    second_school: Mapped[School | None] = relationship(foreign_keys=second_school_id)
