"""The place where stages downstream put their links on a contract's page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract
from marketplace.core.policy import Actor


@dataclass(frozen=True, slots=True)
class ContractLink:
    """A page on which whoever is looking can do or see something about a contract."""

    text: str
    href: str


Offer = Callable[[Session, Actor, Contract], Sequence[ContractLink]]
_offers: list[Offer] = []


def offer_links(offer: Offer) -> None:
    """Let a stage downstream put its links on a contract's page. Called by the composition root."""
    if offer not in _offers:
        _offers.append(offer)


def links_of(session: Session, actor: Actor, contract: Contract) -> list[ContractLink]:
    """What the stages downstream offer this actor about this contract."""
    return [link for offer in _offers for link in offer(session, actor, contract)]
