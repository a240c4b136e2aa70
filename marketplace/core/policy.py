"""Who may do what: one table, read by the actions, the pages, the public list and the tests.

Permission to write is here, its lines in `permissions`. Permission to read is each stage's `visible_to`.
Separation of duties (two people, two schools) is a rule of the stage, not a role.
"""

from __future__ import annotations

import uuid

from marketplace.core.actors import ADMINISTRATOR, ANYONE, SYSTEM, Actor, Kind, Proof, Role, Seat
from marketplace.core.acts import Act
from marketplace.core.errors import Forbidden, ProofNeeded
from marketplace.core.permissions import POLICY
from marketplace.core.permissions.permission import Permission
from marketplace.core.permissions.proofs import NEEDS_PROOF

__all__ = [
    "ADMINISTRATOR",
    "ANYONE",
    "NEEDS_PROOF",
    "POLICY",
    "SYSTEM",
    "Act",
    "Actor",
    "Kind",
    "Permission",
    "Proof",
    "Role",
    "Seat",
    "allows",
    "require",
]


def allows(actor: Actor, act: Act, *organisation_ids: uuid.UUID) -> bool:
    """May the actor do this in any of these organisations? KeyError for an act without a permission."""
    roles = POLICY[act].roles
    if actor.acts is not None and act not in actor.acts:
        return False
    if Role.ANYONE in roles:
        return True
    held_everywhere = {seat.role for seat in actor.seats if seat.organisation_id.int == 0}
    if roles & held_everywhere:
        return True
    return any(seat.role in roles and seat.organisation_id in organisation_ids for seat in actor.seats)


def require(actor: Actor, act: Act, *organisation_ids: uuid.UUID) -> None:
    """Raise Forbidden unless the actor may do this in one of these organisations.

    Raises ProofNeeded when they may, but what they do is listed in NEEDS_PROOF and their last proof is old.
    """
    label = POLICY[act].label
    said = f"{label[0].lower()}{label[1:]}"
    if not allows(actor, act, *organisation_ids):
        if actor.acts is not None and act not in actor.acts:
            raise Forbidden(f"This token does not allow you to: {said}.")
        raise Forbidden(f"Your role does not allow you to: {said}.")
    if actor.proof is Proof.HALF and Role.ANYONE not in POLICY[act].roles:
        raise Forbidden("Set up a second factor first. Your role asks for one.")
    if actor.proof is Proof.OLD and act in NEEDS_PROOF:
        raise ProofNeeded(said)
