"""Who may leave a supplier."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Role

ROLES = (Role.SUPPLIER_ADMIN, Role.BIDDER)
IN_WORDS = {
    Role.SUPPLIER_ADMIN: "Administrator: changes the details, the people and the bank account, and quotes",
    Role.BIDDER: "Bidder: prepares and submits quotes",
}
LAST = (
    "You are the last administrator of this supplier. Make a colleague administrator first, so that somebody "
    "can look after it."
)


def check_one_stays(administrators: Collection[uuid.UUID], leaving: uuid.UUID) -> None:
    """Raise RuleBroken when nobody would administer the supplier once this person does no more."""
    if set(administrators) == {leaving}:
        raise RuleBroken(LAST)
