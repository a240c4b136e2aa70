"""The contract register."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text, types
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import School
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.money import Money


class MonthCounts(types.TypeDecorator[tuple[int, ...]]):
    """Some numbers of months in their order, stored as a JSON list."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, _: Dialect) -> list[int] | None:
        return None if value is None else list(value)

    def process_result_value(self, value: list[int] | None, _: Dialect) -> tuple[int, ...] | None:
        return None if value is None else tuple(value)


class Contract(Base):
    """A contract of one school. Annual value in pence before VAT; the term includes both dates.

    `ends_on` is the end as it was agreed. `runs_until` is the end as things stand: later once the contract
    has renewed itself. `last_notice_on` is the last safe notice date for that end. Both follow from the
    rest and the day; they are kept, and moved on by the clock, so that lists can sort by them.
    """

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("annual_value >= 0", name="value_not_negative"),
        CheckConstraint("notice_days >= 0 AND notice_months >= 0", name="notice_not_negative"),
        CheckConstraint("renewal_months >= 0", name="renewal_not_negative"),
        CheckConstraint("runs_until >= ends_on", name="runs_to_its_end"),
        UniqueConstraint("school_id", "award_id", "title"),
        Index(
            "uq_contract_reference",
            "school_id",
            "reference",
            unique=True,
            sqlite_where=text("reference <> ''"),
            postgresql_where=text("reference <> ''"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    reference: Mapped[str] = mapped_column(default="", server_default="")
    category: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    supplier_name: Mapped[str]
    supplier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    annual_value: Mapped[Money]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    notice_days: Mapped[int] = mapped_column(default=0)
    notice_months: Mapped[int] = mapped_column(default=0)
    renewal_months: Mapped[int] = mapped_column(default=0)
    extension_months: Mapped[tuple[int, ...]] = mapped_column(MonthCounts, default=())
    runs_until: Mapped[date] = mapped_column(index=True)
    last_notice_on: Mapped[date] = mapped_column(index=True)
    award_id: Mapped[uuid.UUID | None]
    tender_reference: Mapped[str] = mapped_column(default="")
    registered_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    school: Mapped[School] = relationship()
    documents: Mapped[list[ContractDocument]] = relationship(
        back_populates="contract", order_by="ContractDocument.name", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here


class ContractDocument(Base):
    """A file kept beside a contract, such as the signed contract itself."""

    __tablename__ = "contract_document"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    added_at: Mapped[datetime]

    contract: Mapped[Contract] = relationship(back_populates="documents")
