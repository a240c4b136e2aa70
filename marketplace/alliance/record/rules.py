"""Who reads the record of an organisation, and which of an event's facts are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marketplace.alliance.rules import ROLE_LABELS
from marketplace.core.actors import Kind, Role
from marketplace.core.errors import RuleBroken

READERS: Mapping[Kind, tuple[Role, ...]] = {
    Kind.ALLIANCE: (Role.COORDINATOR, Role.AUDITOR),
    Kind.SCHOOL: (Role.HEADTEACHER, Role.BURSAR, Role.FINANCE_LEAD, Role.GOVERNOR),
    Kind.SUPPLIER: (Role.SUPPLIER_ADMIN,),
}
"""Those who answer for an organisation's data. An auditor also reads the records of the member schools."""
MOST_EXPORTED = 50_000
TOLD: Mapping[str, str] = {
    "what": "{}",
    "number": "No. {}",
    "reference": "{}",
    "notice": "Notice: {}",
    "minute": "Minute {}",
    "invoice": "Of invoice {}",
    "supplier": "Supplier: {}",
    "opener": "Opener: {}",
    "openers": "Openers: {}",
    "roles": "Roles: {}",
    "role": "Role: {}",
    "changed": "Changed: {}",
    "last_day": "Last day: {}",
    "ends_on": "Until {}",
    "paid_on": "Paid on {}",
    "received_on": "Received on {}",
    "standstill_ends_on": "Standstill until the end of {}",
    "reason": "Reason: {}",
}
"""The facts of an event that its readers are told, in this order; no other leaves the record."""
SEARCHED = ("what", "number", "reference", "notice", "minute", "invoice", "supplier", "reason")
POINTING = ("tender_id", "contract_id", "about_id")
"""The facts that name, beside the event's subject, what it is about."""


def details(facts: Mapping[str, Any]) -> str:
    """What an event's facts say, in words: of those that are told, each that is a text or a list of texts."""
    return ". ".join(words.format(text) for name, words in TOLD.items() if (text := _text(facts.get(name))))


def _text(fact: Any) -> str:
    if isinstance(fact, str):
        return _in_words(fact)
    if isinstance(fact, list) and all(isinstance(one, str) for one in fact):
        return ", ".join(map(_in_words, fact))
    return ""


def _in_words(text: str) -> str:
    """A role by its label, a date as people write it, and a name of code with spaces."""
    if text in ROLES:
        return ROLES[text]
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text.replace("_", " ").rstrip(".")
    return f"{day.day} {day:%B %Y}"


ROLES = {str(role): label.lower() for role, label in ROLE_LABELS.items()}


def check_dates(since: date | None, until: date | None) -> None:
    """Raise RuleBroken for days in the wrong order."""
    if since and until and until < since:
        raise RuleBroken("The last day must not be before the first.", "until")


def check_export(count: int) -> None:
    """Raise RuleBroken when there is too much for one file."""
    if count > MOST_EXPORTED:
        raise RuleBroken(
            f"{count:,} entries are more than one file takes, which is {MOST_EXPORTED:,}. "
            "Choose a shorter time, and export again."
        )
