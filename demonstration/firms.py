"""What the suppliers of the demonstration look after: people, documents, bank accounts, earlier answers."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta

from demonstration.cast import Bidder, Cast, sign_up
from demonstration.purchases import HARROW, MANOR
from marketplace.core import clock
from marketplace.core.documents import Upload
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Actor, Role
from suppliers.profiles.bank import actions as bank
from suppliers.profiles.bank import jobs as bank_jobs
from suppliers.profiles.bank.rules import Account
from suppliers.profiles.bid_library.actions import keep_answer
from suppliers.profiles.bid_library.rules import Answer
from suppliers.profiles.debarment import actions as debarment
from suppliers.profiles.debarment.rules import LookUp
from suppliers.profiles.documents import actions as documents
from suppliers.profiles.documents.rules import INSURANCES, DocumentDetails, DocumentKind

COVER = Money(5_000_000_00)
KEPT = Answer(
    "How do you recruit, check and train the people who work in schools?",
    "Everybody has an enhanced DBS check before the first shift, and we ring two references. The first two "
    "shifts are worked beside a colleague. Safeguarding is refreshed every September; who misses it does not "
    "work until they have caught up.",
)


def keep_house(cast: Cast) -> None:
    """Each supplier as far as its page shows something: sent, checked, refused, ending, proposed."""
    alpha, birch, corvus, dovecote = (cast.suppliers[key] for key in ("alpha", "birch", "corvus", "dovecote"))
    manor, harrow = cast.schools[MANOR], cast.schools[HARROW]
    with cast.calendar.on(-320):
        sign_up("Piers Mercer", alpha.id, Role.SUPPLIER_ADMIN)
        colleague = sign_up("Rosa Quill", alpha.id, Role.BIDDER)
    with cast.calendar.on(-190):
        liability = _send(alpha, DocumentKind.PUBLIC_LIABILITY, ends_in=210, number="PL-448-2071")
        ico = _send(alpha, DocumentKind.ICO, ends_in=330, number="ZA000001")
        _send(birch, DocumentKind.PUBLIC_LIABILITY, ends_in=400, number="BD-771")
        letter = _send(dovecote, DocumentKind.SAFEGUARDING, ends_in=365)
        cyber = _send(corvus, DocumentKind.CYBER_ESSENTIALS, ends_in=300, number="CE-10442")
    with cast.calendar.on(-180):
        _check(manor.bursar, alpha, liability, "Policy and sum confirmed with the insurer by telephone.")
        _check(harrow.finance_lead, alpha, ico, "Looked up on the Information Commissioner’s register.")
        _check(harrow.bursar, dovecote, letter, "Signed by its designated lead; I rang the office.")
        _check(
            manor.finance_lead,
            corvus,
            cyber,
            "It is made out to Corvus Holdings plc. Please send the one of Corvus Facilities plc.",
            accepted=False,
        )
        for bidder in (alpha, corvus):
            read = f"List of {clock.today() - timedelta(days=3):%d.%m.%Y}"
            look_up = LookUp(is_listed=False, reference=read, looked_on=clock.today())
            debarment.record_look_up(manor.bursar, bidder.id, new_id(), look_up)
    with cast.calendar.on(-150):
        documents.use_documents(manor.finance_lead, birch.id)
        _account(alpha, "00-00-10", "00990001")
    with cast.calendar.on(-149):
        bank.approve_account(colleague, alpha.id, 1)
    with cast.calendar.on(-147):
        bank_jobs.put_accounts_into_force()
    with cast.calendar.on(-1):
        _account(birch, "00-00-20", "00990002")
    for bidder in (alpha, dovecote):
        with cast.calendar.on(-60):
            keep_answer(bidder.actor, bidder.id, new_id(), KEPT)


def _send(bidder: Bidder, kind: DocumentKind, *, ends_in: int, number: str = "") -> uuid.UUID:
    document_id = new_id()
    ends_on = clock.today() + timedelta(days=ends_in)
    text = f"{kind.value.replace('_', ' ').capitalize()} of {bidder.name}. Invented, for the demonstration.\n"
    documents.add_document(
        bidder.actor,
        bidder.id,
        document_id,
        DocumentDetails(kind, ends_on, number, COVER if kind in INSURANCES else None),
        Upload(f"{kind.value.replace('_', '-')}.txt", io.BytesIO(text.encode())),
    )
    return document_id


def _check(checker: Actor, of: Bidder, document_id: uuid.UUID, note: str, *, accepted: bool = True) -> None:
    documents.check_document(checker, of.id, document_id, 1, accepted=accepted, note=note)


def _account(bidder: Bidder, sort_code: str, number: str) -> None:
    address = f"accounts.{number}@weald.example"
    bank.propose_account(bidder.actor, bidder.id, new_id(), Account(bidder.name, sort_code, number, address))
