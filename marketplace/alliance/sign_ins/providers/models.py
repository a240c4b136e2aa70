"""Accounts at providers that people sign in with, and the visits to them that were used up."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person
from marketplace.alliance.sign_ins.providers.rules import ProviderName
from marketplace.core.db import Base
from marketplace.core.ids import new_id


class ProviderLink(Base):
    """An account at a provider with which a person signs in. Issuer and subject find it, and nothing else.

    `email` is the address that the provider named when it was connected, for its owner to know it by.
    """

    __tablename__ = "provider_link"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("person_id", "provider"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    provider: Mapped[ProviderName]
    issuer: Mapped[str]
    subject: Mapped[str]
    email: Mapped[str]
    linked_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class ProviderVisit(Base):
    """A visit to a provider that came to its end, so that nobody can end it twice."""

    __tablename__ = "provider_visit"

    state_hash: Mapped[str] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime]
