"""What a person is told by e-mail when the way in which they sign in was changed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.core import clock, mail


def tell(session: Session, person: Person, subject: str, happened: str, *, to: str | None = None) -> None:
    """Write to the person, or to an address that was theirs, what happened just now. A shared step.

    `happened` is a sentence; what to do about it when it was somebody else follows it.
    """
    mail.write(
        session,
        to or person.email,
        subject,
        "alliance_sign_in_changed.txt",
        person_name=person.name,
        happened=happened,
        at=clock.now(),
    )
