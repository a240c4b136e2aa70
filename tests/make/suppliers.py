"""Suppliers, and the people who quote for them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from marketplace.core.ids import new_id
from marketplace.core.policy import ANYONE, Actor, Role
from suppliers.profiles import actions
from suppliers.profiles.rules import SupplierDetails
from tests.make.alliance import actor, person
from tests.make.kept import kept

PASSWORD = "heron-lantern-quarry"
NAMES = ("Ashdown Catering", "Millbrook Meals", "Kestrel School Food", "Larkfield Kitchens")
_serial = count(1)


@dataclass(frozen=True, slots=True)
class Supplier:
    """A supplier, its administrator, and the address that the administrator signs in with."""

    id: uuid.UUID
    name: str
    admin: Actor
    email: str

    def bidder(self) -> Actor:
        """A colleague who may quote, and nothing else."""
        return person(self.id, Role.BIDDER)


@kept
def supplier(
    name: str = "",
    *,
    categories: Sequence[str] = ("catering",),
    company_number: str = "",
    vat_number: str = "",
) -> Supplier:
    """A registered supplier."""
    number = next(_serial)
    called = name or f"{NAMES[number % len(NAMES)]} {number}"
    supplier_id, email = new_id(), f"supplier-{number}@example.com"
    person_id = actions.register_supplier(
        ANYONE,
        supplier_id,
        SupplierDetails(
            name=called,
            company_number=company_number,
            vat_number=vat_number,
            is_sme=True,
            address="1 Mill Lane\nBramshire\nBR1 2AB",
            categories=tuple(categories),
        ),
        person_name=f"Sam of {called}",
        email=email,
        password=PASSWORD,
    )
    return Supplier(supplier_id, called, actor(person_id), email)
