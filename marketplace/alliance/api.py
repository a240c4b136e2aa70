"""The program interface of the alliance: whose token it is, and how others name a school."""

from __future__ import annotations

import uuid
from datetime import datetime

from pydantic import Field

from marketplace.alliance import queries
from marketplace.alliance.models import School
from marketplace.alliance.tokens import queries as tokens
from marketplace.core import clock, web
from marketplace.core.api.bearers import bearer
from marketplace.core.api.operations import Api
from marketplace.core.api.schemas import Schema
from marketplace.core.api.scopes import Scope
from marketplace.core.db import db
from marketplace.core.policy import Kind, Role

me = Api("me_api", __name__, "Who asks", "/me")


class SchoolName(Schema):
    """A school as others name it."""

    id: uuid.UUID
    urn: str = Field(description="Its number in Get Information about Schools.")
    name: str

    @classmethod
    def of(cls, school: School) -> SchoolName:
        """A school's name and numbers."""
        return cls(id=school.id, urn=school.urn, name=school.name)


class Seat(Schema):
    """An organisation with the roles that the token's owner has in it."""

    id: uuid.UUID
    kind: Kind
    name: str
    roles: list[Role]


class Owner(Schema):
    """Whose token it is, what it may do, and until when."""

    id: uuid.UUID
    name: str
    organisations: list[Seat]
    token: str = Field(description="What the token is for, as its owner called it.")
    scopes: list[Scope]
    expires_at: datetime


@me.reads("")
def show_owner() -> Owner:
    """Whose token this is.

    With the organisations where its owner has a role: their ids are what other operations ask for.
    """
    actor, session = web.actor(), db.session()
    assert actor.person_id, "a token is a person's"
    names = queries.names(session, {seat.organisation_id for seat in actor.seats})
    kinds = {seat.organisation_id: seat.kind for seat in actor.seats}
    token = tokens.get_live(session, actor, bearer().token_id, clock.machine_now())
    return Owner(
        id=actor.person_id,
        name=actor.name,
        organisations=[
            Seat(id=one, kind=kinds[one], name=name, roles=sorted(actor.roles_at(one)))
            for one, name in sorted(names.items(), key=lambda pair: (pair[1], pair[0]))
        ],
        token=token.name,
        scopes=sorted(tokens.scopes_of(token)),
        expires_at=token.expires_at,
    )
