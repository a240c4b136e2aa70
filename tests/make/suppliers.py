"""Suppliers, and the people who quote for them."""

import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.documents import Upload
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import ANYONE, Actor, Role
from suppliers.profiles import actions
from suppliers.profiles.declarations.actions import make_declaration
from suppliers.profiles.declarations.queries import latest
from suppliers.profiles.declarations.rules import NONE, Declared
from suppliers.profiles.documents.actions import add_document, check_document
from suppliers.profiles.documents.rules import INSURANCES, DocumentDetails, DocumentKind
from suppliers.profiles.rules import SupplierDetails
from tests.make.alliance import actor, person
from tests.make.kept import kept, serials

PASSWORD = "heron-lantern-quarry"
NAMES = ("Ashdown Catering", "Millbrook Meals", "Kestrel School Food", "Larkfield Kitchens")
NOTHING_APPLIES = Declared(mandatory=(NONE,), discretionary=(NONE,))
_serial = serials()


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
    areas: Sequence[str] = (),
    company_number: str = "",
    vat_number: str = "",
    declared: bool = True,
) -> Supplier:
    """A registered supplier that has declared that no ground for exclusion applies to it."""
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
            areas=tuple(areas),
        ),
        person_name=f"Sam of {called}",
        email=email,
        password=PASSWORD,
    )
    made = Supplier(supplier_id, called, actor(person_id), email)
    if declared:
        declare(made)
    return made


def declare(by: Supplier, declared: Declared = NOTHING_APPLIES) -> None:
    """The supplier declares, or declares anew."""
    session = db.session()
    session.rollback()
    before = latest(session, by.id)
    make_declaration(by.admin, by.id, new_id(), before.number if before else 0, declared)


def document(
    by: Supplier, kind: DocumentKind = DocumentKind.ICO, *, ends_in: int = 200, content: bytes = b""
) -> uuid.UUID:
    """A document of a supplier that ends in so many days, not checked yet; its id."""
    document_id = new_id()
    details = DocumentDetails(
        kind,
        clock.today() + timedelta(days=ends_in),
        "Z1234567",
        Money(5_000_000_00) if kind in INSURANCES else None,
    )
    upload = Upload("proof.pdf", io.BytesIO(content or b"%PDF-1.4\n" + document_id.bytes + b"\n%%EOF\n"))
    add_document(by.admin, by.id, document_id, details, upload)
    return document_id


def checked_document(by: Supplier, checker: Actor, *, ends_in: int = 200) -> uuid.UUID:
    """A document that somebody of a school has checked for all; its id."""
    document_id = document(by, ends_in=ends_in)
    check_document(checker, by.id, document_id, 1, accepted=True, note="Number checked on the register.")
    return document_id
