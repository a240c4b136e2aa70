"""What a stage downstream wants before suppliers can see a tender: the people and keys that open quotes.

A place that downstream fills (see docs/decisions/0011): imports point upstream only.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from marketplace.tenders.models import Tender

Step = Callable[[Session, Tender], None]
_checks: list[Step] = []
_preparations: list[Step] = []


def check_with(check: Step) -> None:
    """Have a check made before a tender is approved; it raises RuleBroken. For the composition root."""
    if check not in _checks:
        _checks.append(check)


def prepare_with(prepare: Step) -> None:
    """Have something made in the transaction that opens a tender to suppliers. For the composition root."""
    if prepare not in _preparations:
        _preparations.append(prepare)


def check(session: Session, tender: Tender) -> None:
    """Raise RuleBroken when a stage downstream is not ready for this tender's publication."""
    for one in _checks:
        one(session, tender)


def prepare(session: Session, tender: Tender) -> None:
    """Let the stages downstream make what they need. Raises RuleBroken."""
    for one in _preparations:
        one(session, tender)
