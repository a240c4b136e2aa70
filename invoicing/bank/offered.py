"""The place into which later stages say what money that went out was spent on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from invoicing.bank.models import BankLine
from marketplace.core.money import Money


@dataclass(frozen=True, slots=True)
class Spent:
    """What a part of a line paid, and where that is shown."""

    text: str
    amount: Money
    href: str


Question = Callable[[Session, BankLine], list[Spent]]
_asked: list[Question] = []


def ask(question: Question) -> None:
    """Ask this on the page of every line on which money went out. Called by the composition root."""
    if question not in _asked:
        _asked.append(question)


def spent_on(session: Session, line: BankLine) -> list[Spent]:
    """What a line paid, as far as somebody has said."""
    return [spent for question in _asked for spent in question(session, line)]
