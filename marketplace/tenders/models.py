"""Joint tenders: what is bought, by whom, how quotes are judged, and when."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person, School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.tenders.rules import (
    CommitmentStatus,
    CriterionKind,
    PriceFormula,
    Seat,
    Split,
    TenderStatus,
)
from marketplace.tenders.timetable import Procedure


class Tender(Base):
    """A joint tender of an alliance.

    `ceiling` and `optimum` (pence, whole term) are the fixed points of the ceiling-optimum formula,
    `steepness` the figure of the distance from the lowest price, `worth_of_a_point` (pence) that of quality
    counted in money (see `formulas.Method`). `indexation` and `discount_rate` are per cent a year: with
    either, quotes are judged by their whole-life cost (see `whole_life`).
    `recovery_fee` (pence before VAT) is what the lead school recharges to the others for its work,
    divided by `split`. The contract's dates are both included; `extension_months` are all its options to
    run longer, together. `deadline_reason` says why a deadline out of hours or in a holiday is kept;
    `deadline_version` counts up with each extension, `schedule_version` when price lines or volumes change
    after publication. `kept_apart_reason` says why it is not valued
    together with tenders alike. `published_by` approved it, at `approved_at`; above
    the threshold it is published only when its notice stands on Find a Tender. `ocid` names the process
    that it was imported from, and `import_notes` lists what the file held that
    has no place here.
    """

    __tablename__ = "tender"
    __table_args__ = (
        CheckConstraint("contract_ends_on >= contract_starts_on", name="contract_ends_after_start"),
        CheckConstraint("recovery_fee >= 0", name="recovery_fee_not_negative"),
        CheckConstraint("extension_months >= 0", name="extension_months_not_negative"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    alliance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    lead_school_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("school.id"))
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(index=True)
    cpv: Mapped[str] = mapped_column(default="")
    status: Mapped[TenderStatus] = mapped_column(default=TenderStatus.DRAFT, index=True)
    closes_at: Mapped[datetime | None] = mapped_column(index=True)
    deadline_reason: Mapped[str] = mapped_column(default="")
    deadline_version: Mapped[int] = mapped_column(default=1)
    schedule_version: Mapped[int] = mapped_column(default=1, server_default="1")
    procedure: Mapped[Procedure] = mapped_column(default=Procedure.ELECTRONIC)
    kept_apart_reason: Mapped[str] = mapped_column(default="")
    contract_starts_on: Mapped[date | None]
    contract_ends_on: Mapped[date | None]
    extension_months: Mapped[int] = mapped_column(default=0)
    price_formula: Mapped[PriceFormula] = mapped_column(default=PriceFormula.CEILING_OPTIMUM)
    ceiling: Mapped[Money | None]
    optimum: Mapped[Money | None]
    steepness: Mapped[Decimal | None]
    worth_of_a_point: Mapped[Money | None]
    indexation: Mapped[Decimal | None]
    discount_rate: Mapped[Decimal | None]
    recovery_fee: Mapped[Money] = mapped_column(default=Money(0))
    split: Mapped[Split] = mapped_column(default=Split.PUPILS)
    drafted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    drafted_at: Mapped[datetime]
    publication_asked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    published_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    standstill_ends_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(default="")
    ocid: Mapped[str] = mapped_column(default="")
    import_notes: Mapped[list[str]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=1)

    lead_school: Mapped[School | None] = relationship()
    lots: Mapped[list[Lot]] = relationship(
        back_populates="tender", order_by="Lot.number", cascade="all, delete-orphan"
    )
    criteria: Mapped[list[Criterion]] = relationship(
        back_populates="tender", order_by="Criterion.number", cascade="all, delete-orphan"
    )
    commitments: Mapped[list[Commitment]] = relationship(
        back_populates="tender", cascade="all, delete-orphan"
    )
    documents: Mapped[list[TenderDocument]] = relationship(
        back_populates="tender", order_by="TenderDocument.name", cascade="all, delete-orphan"
    )
    panel: Mapped[list[PanelSeat]] = relationship(
        back_populates="tender", order_by="PanelSeat.id", cascade="all, delete-orphan"
    )
    steps: Mapped[list[TenderStep]] = relationship(
        back_populates="tender", order_by="TenderStep.reached_at", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class TenderStep(Base):
    """The moment a tender reached a status; more than one when it came back to it."""

    __tablename__ = "tender_step"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), index=True)
    status: Mapped[TenderStatus]
    reached_at: Mapped[datetime]

    tender: Mapped[Tender] = relationship(back_populates="steps")


class Lot(Base):
    """A part of a tender that is awarded as one."""

    __tablename__ = "lot"
    __table_args__ = (UniqueConstraint("tender_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"))
    number: Mapped[int]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")

    tender: Mapped[Tender] = relationship(back_populates="lots")
    lines: Mapped[list[PriceLine]] = relationship(
        back_populates="lot", order_by="PriceLine.number", cascade="all, delete-orphan"
    )


class PriceLine(Base):
    """An item of a lot's price schedule. Suppliers give one unit price before VAT, in pounds.

    `once`: paid at the start, and not in equal parts every year.
    """

    __tablename__ = "price_line"
    __table_args__ = (UniqueConstraint("lot_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"))
    number: Mapped[int]
    item: Mapped[str]
    unit: Mapped[str]
    once: Mapped[bool] = mapped_column(default=False, server_default=false())

    lot: Mapped[Lot] = relationship(back_populates="lines")
    volumes: Mapped[list[LineVolume]] = relationship(back_populates="line", cascade="all, delete-orphan")


class LineVolume(Base):
    """How many units of a line one school buys over the whole term."""

    __tablename__ = "line_volume"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("price_line.id"), primary_key=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), primary_key=True)
    quantity: Mapped[Decimal]

    line: Mapped[PriceLine] = relationship(back_populates="volumes")
    school: Mapped[School] = relationship()


class Commitment(Base):
    """A school's invitation to a joint tender and its answer.

    `baseline` is what the school pays today for the same, pence a year before VAT. Its conditions are
    sealed until prices are open: `price_at_most` pence a year before VAT, `saving_at_least` basis points
    of the baseline, `schools_at_least` schools that buy, this one counted.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        UniqueConstraint("tender_id", "school_id"),
        CheckConstraint("price_at_most > 0", name="price_at_most_positive"),
        CheckConstraint("saving_at_least BETWEEN 0 AND 9999", name="saving_at_least_below_all"),
        CheckConstraint("schools_at_least > 1", name="schools_at_least_two"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    need_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("need.id"))
    baseline: Mapped[Money] = mapped_column(default=Money(0))
    status: Mapped[CommitmentStatus] = mapped_column(default=CommitmentStatus.INVITED)
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    price_at_most: Mapped[Money | None]
    saving_at_least: Mapped[int | None]
    schools_at_least: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    tender: Mapped[Tender] = relationship(back_populates="commitments")
    school: Mapped[School] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class Criterion(Base):
    """What quotes are judged by; a group has criteria of its own, its parts. At most one is price.

    `weight` is per cent of the level it stands on, in at most two decimal places; 0 for what is passed
    or failed. Quality is scored 0 to `highest_score`, and `guidance` says what each mark means; a quote
    below `lowest_score` on the agreed score fails. Pass is 1 of 1.
    """

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("tender_id", "number"),
        CheckConstraint("weight BETWEEN 0 AND 1000000 AND weight % 100 = 0", name="weight_range"),
        Index(
            "uq_criterion_one_price",
            "tender_id",
            unique=True,
            sqlite_where=text("kind = 'price'"),
            postgresql_where=text("kind = 'price'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("criterion.id"), index=True)
    number: Mapped[int]
    kind: Mapped[CriterionKind]
    title: Mapped[str]
    question: Mapped[str] = mapped_column(default="")
    weight: Mapped[Decimal]
    word_limit: Mapped[int] = mapped_column(default=500)
    highest_score: Mapped[int] = mapped_column(default=5)
    lowest_score: Mapped[int] = mapped_column(default=0)
    guidance: Mapped[list[str]] = mapped_column(default=list)

    tender: Mapped[Tender] = relationship(back_populates="criteria")
    parent: Mapped[Criterion | None] = relationship(remote_side="Criterion.id")


class TenderDocument(Base):
    """A document of the tender: a stored file, or a link when it was imported."""

    __tablename__ = "tender_document"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), index=True)
    name: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    link: Mapped[str] = mapped_column(default="")

    tender: Mapped[Tender] = relationship(back_populates="documents")


class PanelSeat(Base):
    """A person named to open or to score the quotes of one tender, for a school."""

    __tablename__ = "panel_seat"
    __table_args__ = (UniqueConstraint("tender_id", "person_id", "seat"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"))
    seat: Mapped[Seat]

    tender: Mapped[Tender] = relationship(back_populates="panel")
    person: Mapped[Person] = relationship()
    school: Mapped[School] = relationship()
