"""Keys: openers' and printed ones, the pair of each sealed envelope, and the halves of what unlocks it.

No row holds a passphrase, a clear half or a clear private key.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.alliance.models import Person
from marketplace.core.db import Base
from marketplace.core.ids import new_id
from suppliers.quotes.keys.rules import Paper
from suppliers.quotes.rules import Envelope

LIVE = "replaced_at IS NULL"


class OpeningKey(Base):
    """A key pair (X25519) of a person who opens, or of a printed recovery key of an alliance.

    A person's private key lies in `locked`, under their passphrase: Argon2id with `salt`, `memory_kib`,
    `passes` and `lanes` (see `locks`). It is erased when the key is replaced. A printed one is on paper
    only. `mistypes` counts since the passphrase was last right; `proved_at` is when it was.
    """

    __tablename__ = "opening_key"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (paper IS NULL)", name="of_a_person_or_printed"),
        CheckConstraint("(paper IS NULL) = (alliance_id IS NULL)", name="printed_for_an_alliance"),
        CheckConstraint(
            "(locked IS NULL) = (person_id IS NULL OR replaced_at IS NOT NULL)", name="locked_while_used"
        ),
        Index(
            "uq_opening_key_one_a_person",
            "person_id",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "uq_opening_key_one_a_paper",
            "alliance_id",
            "paper",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    alliance_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    paper: Mapped[Paper | None]
    public_key: Mapped[bytes]
    locked: Mapped[bytes | None]
    salt: Mapped[bytes | None]
    memory_kib: Mapped[int | None]
    passes: Mapped[int | None]
    lanes: Mapped[int | None]
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    mistypes: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
    maker: Mapped[Person] = relationship(foreign_keys=made_by)


class EnvelopeKey(Base):
    """The key pair to which one envelope of a tender's quotes is sealed, made when it is published.

    The private key lies in `wrapped`, under a key that exists only in halves.
    """

    __tablename__ = "envelope_key"
    __table_args__ = (UniqueConstraint("tender_id", "envelope"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"))
    envelope: Mapped[Envelope]
    public_key: Mapped[bytes]
    wrapped: Mapped[bytes]
    made_at: Mapped[datetime]

    pairs: Mapped[list[OpeningPair]] = relationship(
        back_populates="envelope_key", cascade="all, delete-orphan"
    )


class OpeningPair(Base):
    """Two keys that may open an envelope together: each holds the half that is sealed to it."""

    __tablename__ = "opening_pair"
    __table_args__ = (
        UniqueConstraint("envelope_key_id", "first_key_id", "second_key_id"),
        CheckConstraint("first_key_id <> second_key_id", name="two_keys"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    envelope_key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("envelope_key.id"))
    first_key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("opening_key.id"), index=True)
    first_half: Mapped[bytes]
    second_key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("opening_key.id"), index=True)
    second_half: Mapped[bytes]

    envelope_key: Mapped[EnvelopeKey] = relationship(back_populates="pairs")
    first_key: Mapped[OpeningKey] = relationship(foreign_keys=first_key_id)
    second_key: Mapped[OpeningKey] = relationship(foreign_keys=second_key_id)


class PassedHalf(Base):
    """The half of the opener who started, sealed anew to one who may complete; gone when that is over."""

    __tablename__ = "passed_half"

    pair_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("opening_pair.id"), primary_key=True)
    passed_at: Mapped[datetime]
    sealed: Mapped[bytes]

    pair: Mapped[OpeningPair] = relationship()


class ProofAsked(Base):
    """That an opener was asked by e-mail to prove the passphrase, so many days before a deadline."""

    __tablename__ = "proof_asked"

    tender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tender.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    days_before: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
