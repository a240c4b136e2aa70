"""The place where the stage that awards says what was awarded, so that notices can tell of it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from marketplace.tenders.models import Tender
from marketplace.tenders.uk_notices.subject import AwardSaid

Teller = Callable[[Session, Tender], tuple[AwardSaid, ...]]
_tellers: list[Teller] = []


def tell_with(teller: Teller) -> None:
    """Let the stage that awards tell of a tender's approved awards. Called by the composition root."""
    if teller not in _tellers:
        _tellers.append(teller)


def awards_of(session: Session, tender: Tender) -> tuple[AwardSaid, ...]:
    """What two schools have approved to award by this tender; nothing before."""
    return tuple(award for teller in _tellers for award in teller(session, tender))
