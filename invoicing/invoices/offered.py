"""The place into which later stages say how else an invoice can be paid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from invoicing.invoices.models import Invoice
from marketplace.core.policy import Actor


@dataclass(frozen=True, slots=True)
class WayToPay:
    """A link beside the bank transfer: what it does, where it leads, and what to know before."""

    text: str
    href: str
    about: str


Offer = Callable[[Session, Actor, Invoice], WayToPay | None]
_offers: list[Offer] = []


def offer_way_to_pay(offer: Offer) -> None:
    """Ask this on every invoice's page. Called by the composition root."""
    if offer not in _offers:
        _offers.append(offer)


def ways_to_pay(session: Session, actor: Actor, invoice: Invoice) -> list[WayToPay]:
    """How this reader can pay this invoice, beside a bank transfer."""
    return [way for offer in _offers if (way := offer(session, actor, invoice)) is not None]
