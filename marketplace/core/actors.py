"""Who acts: roles, kinds of organisation, and a person with the seats they hold."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from marketplace.core.acts import Act


class Role(StrEnum):
    """What a person is in an organisation. One person may hold several, in several organisations."""

    BURSAR = "bursar"
    HEADTEACHER = "headteacher"
    SENIOR_LEADER = "senior_leader"
    GOVERNOR = "governor"
    FINANCE_LEAD = "finance_lead"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    SUPPLIER_ADMIN = "supplier_admin"
    BIDDER = "bidder"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"
    ANYONE = "anyone"


class Kind(StrEnum):
    """The kinds of organisation."""

    ALLIANCE = "alliance"
    SCHOOL = "school"
    SUPPLIER = "supplier"


@dataclass(frozen=True, slots=True)
class Seat:
    """One role that a person holds in one organisation."""

    organisation_id: uuid.UUID
    kind: Kind
    role: Role


class Proof(StrEnum):
    """How well a person has shown who they are. Only a browser's sign-in can be less than fresh."""

    FRESH = "fresh"
    OLD = "old"
    """Too long ago for what needs a new proof; see `permissions.proofs`."""
    HALF = "half"
    """A role of theirs asks for a second factor, and they have none yet."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is acting: a person with their seats, the system, or somebody not signed in.

    `alliance_ids` are the alliances this actor may read: those they sit in, and those of which
    their school is a member. `proof` says how well they have shown that they are this person.
    A person who acts by a token does nothing but `acts`, whatever their seats.
    """

    person_id: uuid.UUID | None
    name: str
    seats: frozenset[Seat] = frozenset()
    alliance_ids: frozenset[uuid.UUID] = field(default=frozenset())
    proof: Proof = field(default=Proof.FRESH, compare=False)
    token_id: uuid.UUID | None = None
    acts: frozenset[Act] | None = None

    @property
    def signed_in(self) -> bool:
        """Is this a person we know?"""
        return self.person_id is not None

    def organisations(self, kind: Kind, *roles: Role) -> frozenset[uuid.UUID]:
        """The organisations of a kind where this actor holds one of the roles (any role, if none given)."""
        return frozenset(
            seat.organisation_id
            for seat in self.seats
            if seat.kind is kind and (not roles or seat.role in roles)
        )

    def roles_at(self, organisation_id: uuid.UUID) -> frozenset[Role]:
        """The roles that this actor holds in one organisation."""
        return frozenset(seat.role for seat in self.seats if seat.organisation_id == organisation_id)

    @property
    def school_ids(self) -> frozenset[uuid.UUID]:
        """The schools this actor belongs to."""
        return self.organisations(Kind.SCHOOL)

    @property
    def supplier_ids(self) -> frozenset[uuid.UUID]:
        """The suppliers this actor belongs to."""
        return self.organisations(Kind.SUPPLIER)


SYSTEM = Actor(None, "Weald", frozenset({Seat(uuid.UUID(int=0), Kind.ALLIANCE, Role.SYSTEM)}))
ADMINISTRATOR = Actor(
    None, "Administrator", frozenset({Seat(uuid.UUID(int=0), Kind.ALLIANCE, Role.ADMINISTRATOR)})
)
ANYONE = Actor(None, "Somebody not signed in")
