"""Organisations and the people who hold roles in them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.rules import MembershipKind, MembershipStatus
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from marketplace.core.policy import Kind, Role


class Organisation(Base):
    """An alliance, a school or a supplier: what people hold roles in."""

    __tablename__ = "organisation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[Kind] = mapped_column(index=True)
    name: Mapped[str]
    created_at: Mapped[datetime]


class School(Base):
    """A school as Get Information about Schools describes it. Easting and northing in metres (OSGB36).

    `ukprn` is its number in the UK Register of Learning Providers, where it is known.
    """

    __tablename__ = "school"
    __table_args__ = (
        CheckConstraint("length(urn) = 6", name="urn_length"),
        CheckConstraint("length(ukprn) = 8", name="ukprn_length"),
        CheckConstraint("pupils >= 0", name="pupils_not_negative"),
    )

    id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    urn: Mapped[str] = mapped_column(unique=True)
    ukprn: Mapped[str | None]
    phase: Mapped[str]
    type: Mapped[str]
    local_authority: Mapped[str]
    pupils: Mapped[int]
    address: Mapped[str] = mapped_column(default="")
    company_details: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str]
    easting: Mapped[int | None]
    northing: Mapped[int | None]
    vat_number: Mapped[str | None]
    account_name: Mapped[str] = mapped_column(default="")
    sort_code: Mapped[str] = mapped_column(default="")
    account_number: Mapped[str] = mapped_column(default="")
    finance_email: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads a plain dict here

    @property
    def name(self) -> str:
        """The school's name."""
        return self.organisation.name

    @property
    def identifiers(self) -> str:
        """The school's numbers, as a notice names it (Procurement Regulations 2024, regulation 13)."""
        return f"URN {self.urn}, UKPRN {self.ukprn}" if self.ukprn else f"URN {self.urn}"

    @property
    def bank_details(self) -> str:
        """The account to pay into, on three lines; blank until the school has given one."""
        if not self.account_number:
            return ""
        return (
            f"Account name: {self.account_name}\nSort code: {self.sort_code}\n"
            f"Account number: {self.account_number}"
        )


class Membership(Base):
    """A school's place in an alliance; a school may be in several, once at a time in each.

    `ends_on` is the last day of an associate's or a partner's membership; a full member has none.
    `left_on` is the day on which it ended in fact.
    """

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_active",
            "alliance_id",
            "school_id",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
        CheckConstraint("(kind = 'full') = (ends_on IS NULL)", name="full_has_no_end"),
        CheckConstraint("(status = 'left') = (left_on IS NOT NULL)", name="left_on_a_day"),
        CheckConstraint("ends_on >= joined_on", name="ends_after_joining"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    alliance_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    school_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("school.id"), index=True)
    kind: Mapped[MembershipKind]
    status: Mapped[MembershipStatus] = mapped_column(default=MembershipStatus.ACTIVE)
    joined_on: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(index=True)
    left_on: Mapped[date | None]
    reminded_at: Mapped[datetime | None]

    alliance: Mapped[Organisation] = relationship()
    school: Mapped[School] = relationship()


class Person(Base):
    """Somebody who signs in. The e-mail address is kept in lower case.

    Without a password hash nobody can sign in yet: the person was sent a link to choose a password.
    """

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    holdings: Mapped[list[RoleHolding]] = relationship(back_populates="person")


class RoleHolding(Base):
    """A role that a person holds in an organisation."""

    __tablename__ = "role_holding"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id", "role"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role]

    person: Mapped[Person] = relationship(back_populates="holdings")
    organisation: Mapped[Organisation] = relationship()


class PasswordLink(Base):
    """A link that was e-mailed to a person, to choose a password once. Only the token's hash is kept."""

    __tablename__ = "password_link"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
