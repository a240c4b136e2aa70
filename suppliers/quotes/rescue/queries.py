"""Questions about printed recovery keys."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from marketplace.alliance.board import queries as board
from marketplace.core.policy import Actor, Kind, Role
from suppliers.quotes.keys.rules import Paper


def keeping(session: Session, actor: Actor, alliance_id: uuid.UUID, paper: Paper) -> frozenset[uuid.UUID]:
    """The organisations for which the actor would keep this key of an alliance: none, and it is not theirs.

    The chair of the board is one of the headteachers whose schools have a seat on it.
    """
    if paper is Paper.AUDITOR:
        return actor.organisations(Kind.ALLIANCE, Role.AUDITOR) & {alliance_id}
    seated = {seat.school_id for seat in board.of_alliance(session, alliance_id)}
    return actor.organisations(Kind.SCHOOL, Role.HEADTEACHER) & seated
