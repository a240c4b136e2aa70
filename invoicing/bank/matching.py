"""Which invoices a payment can be for, with the reasons, and how its money is laid on those chosen."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money

NAMED, SAME_AMOUNT, TOGETHER, LIKE_NAME = 8, 4, 3, 1
MOST_TOGETHER = 12
LEAST_IN_GROUP = 2
LEAST_NUMBER_LENGTH = 4
ORDINARY = frozenset(
    {
        "school",
        "schools",
        "primary",
        "secondary",
        "infant",
        "infants",
        "junior",
        "academy",
        "academies",
        "trust",
        "the",
        "and",
        "of",
        "ce",
        "ltd",
        "limited",
        "st",
        "saint",
        "nursery",
        "special",
        "high",
    }
)
"""Words that so many names have that they tell no school apart."""


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice with money still to come: from whom, how much, since and until when."""

    id: uuid.UUID
    number: str
    buyer_id: uuid.UUID
    buyer: str
    outstanding: Money
    issued_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An invoice that a payment may be for: the reasons in words; a higher weight fits better."""

    invoice: OpenInvoice
    weight: int
    reasons: tuple[str, ...]


def suggest(amount: Money, text: str, payer: str, invoices: Iterable[OpenInvoice]) -> list[Suggestion]:
    """Every invoice with a reason to be meant by a payment, the likeliest first.

    `text` is all that the statement says about it. Reasons: its number is named, its amount is the
    payment's, with others of one school it makes the payment, the payer is called like the school.
    """
    found = list(invoices)
    plain, words = _letters(text), _words(payer) | _words(text)
    together = _together(amount, found)
    suggestions = []
    for invoice in found:
        reasons = []
        if len(_letters(invoice.number)) >= LEAST_NUMBER_LENGTH and _letters(invoice.number) in plain:
            reasons.append((NAMED, "Its number is in the reference."))
        if invoice.outstanding == amount:
            reasons.append((SAME_AMOUNT, "What is still to be paid is exactly this amount."))
        elif invoice.id in together:
            reasons.append((TOGETHER, f"With others of {invoice.buyer} it comes to exactly this amount."))
        telling = _words(invoice.buyer) - ORDINARY
        if telling and telling <= words:
            reasons.append((LIKE_NAME, f"The statement names {invoice.buyer}."))
        if reasons:
            weight = sum(one for one, _ in reasons)
            suggestions.append(Suggestion(invoice, weight, tuple(words for _, words in reasons)))
    return sorted(suggestions, key=lambda one: (-one.weight, one.invoice.due_on, one.invoice.number))


def chosen_beforehand(suggestions: Sequence[Suggestion]) -> frozenset[uuid.UUID]:
    """What a page may propose: invoices that are named, or the only one that fits best. Else nobody guesses.

    A payment that fits several invoices equally well asks which.
    """
    named = [one for one in suggestions if one.weight >= NAMED]
    if named:
        return frozenset(one.invoice.id for one in named)
    best = [one for one in suggestions if one.weight == suggestions[0].weight] if suggestions else []
    if len(best) == 1 and best[0].weight > LIKE_NAME and best[0].weight != TOGETHER:
        return frozenset({best[0].invoice.id})
    if best and all(one.weight in {TOGETHER, TOGETHER + LIKE_NAME} for one in best):
        return frozenset(one.invoice.id for one in best) if _one_school(best) else frozenset()
    return frozenset()


def _one_school(suggestions: Collection[Suggestion]) -> bool:
    return len({one.invoice.buyer_id for one in suggestions}) == 1


def _together(amount: Money, invoices: Sequence[OpenInvoice]) -> frozenset[uuid.UUID]:
    """Invoices of one school that make an amount together, where there is exactly one such choice."""
    groups = []
    for buyer_id in dict.fromkeys(one.buyer_id for one in invoices):
        own = sorted((one for one in invoices if one.buyer_id == buyer_id), key=lambda one: one.due_on)
        own = own[:MOST_TOGETHER]
        for size in range(LEAST_IN_GROUP, len(own) + 1):
            groups += [
                group
                for group in combinations(own, size)
                if Money.total(one.outstanding for one in group) == amount
            ]
    return frozenset(one.id for one in groups[0]) if len(groups) == 1 else frozenset()


def _letters(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", text.casefold().replace("'", "").replace("’", "")))


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment is laid on one invoice."""

    invoice: OpenInvoice
    amount: Money

    @property
    def left(self) -> Money:
        """What is still to be paid of the invoice then."""
        return self.invoice.outstanding - self.amount


@dataclass(frozen=True, slots=True)
class Laid:
    """How a payment is laid on invoices: the parts, and what stays on account of the school that paid."""

    parts: tuple[Part, ...]
    on_account: Money


def lay(amount: Money, invoices: Collection[OpenInvoice], booked_on: date) -> Laid:
    """Lay a payment on the invoices chosen for it, the one due first in full before the next.

    Raises RuleBroken (field `invoices`): without any, for those of two schools, for one issued after the
    money came, and when the money is used up before the last is reached.
    """
    if not invoices:
        raise RuleBroken("Choose the invoice that this payment is for.", "invoices")
    if len({one.buyer_id for one in invoices}) > 1:
        raise RuleBroken(
            "One payment is one school’s: choose invoices of one school. What another school paid is a line "
            "of its own.",
            "invoices",
        )
    parts, left = [], amount
    for invoice in sorted(invoices, key=lambda one: (one.due_on, one.number)):
        if invoice.issued_on > booked_on:
            raise RuleBroken(
                f"Invoice {invoice.number} was issued after this money came. Leave it out: what is over "
                "stays on account of the school, and can be used for it.",
                "invoices",
            )
        if not left:
            raise RuleBroken(
                f"The payment is used up before invoice {invoice.number} is reached. Leave it out.",
                "invoices",
            )
        part = min(left, invoice.outstanding)
        parts.append(Part(invoice, part))
        left -= part
    return Laid(tuple(parts), max(ZERO, left))


def check_seen(laid: Laid, seen: Money) -> None:
    """Raise RuleBroken unless as much stays on account as the page said: else an invoice changed since."""
    if laid.on_account != seen:
        raise RuleBroken(
            f"What is still to be paid has changed since you opened this page: {laid.on_account} would stay "
            f"on account now, not {seen}. Look again before you record it.",
            "invoices",
        )
