"""Who is told by e-mail of a seat on the board. It is written in the action's own transaction."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from marketplace.alliance.board.models import SeatNaming
from marketplace.alliance.board.rules import Candidate
from marketplace.alliance.models import Membership
from marketplace.core import mail


def tell_named(
    session: Session, membership: Membership, naming: SeatNaming, before: Collection[Candidate]
) -> None:
    """Tell whoever holds the seat now, and whoever held it."""
    session.refresh(naming, ["person", "namer"])
    told = {one.email: one.name for one in before} | {naming.person.email: naming.person.name}
    for email, name in told.items():
        mail.write(
            session,
            email,
            f"The seat of {membership.school.name} on the Strategic Board",
            "board_named.txt",
            person_name=name,
            naming=naming,
            membership=membership,
        )
