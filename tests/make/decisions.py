"""Questions before the board, with votes, and confirmations of governing bodies."""

import uuid
from collections.abc import Sequence
from datetime import date

from marketplace.alliance.decisions import actions, confirming, deciding
from marketplace.alliance.decisions.models import Decision
from marketplace.alliance.decisions.rules import Choice, DecisionStatus, Subject
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.ids import new_id
from tests.make.alliance import Alliance, School

MINUTE = "The board resolved it after reading the papers."


def open_decision(
    alliance: Alliance, *, subject_id: uuid.UUID | None = None, vote_by: date | None = None
) -> uuid.UUID:
    """A question that waits for every seat's vote; its id."""
    decision_id = new_id()
    with transaction() as session:
        deciding.open_decision(
            session,
            alliance.coordinator,
            decision_id,
            alliance_id=alliance.id,
            subject=Subject.ADMISSION,
            subject_id=subject_id or new_id(),
            question="Shall Oakfield join as an associate?",
            carried="Oakfield becomes an associate for twelve months.",
            vote_by=vote_by,
        )
    return decision_id


def decision_row(decision_id: uuid.UUID) -> Decision:
    """The decision as it is stored now."""
    session = db.session()
    session.rollback()
    return session.get_one(Decision, decision_id)


def vote(decision_id: uuid.UUID, school: School, choice: Choice = Choice.FOR) -> None:
    """The answer of a school's headteacher."""
    said = "Our chair of governors works there." if choice is Choice.CONFLICT else ""
    actions.vote(school.headteacher, decision_id, school.id, choice, said)


def decide(alliance: Alliance, decision_id: uuid.UUID, *choices: Choice) -> None:
    """These answers of the first schools (all for it, if none is given), and the vote closed as it went."""
    given: Sequence[Choice] = choices or [Choice.FOR] * len(alliance.schools)
    for school, choice in zip(alliance.schools, given, strict=False):
        vote(decision_id, school, choice)
    carried = given.count(Choice.FOR) > given.count(Choice.AGAINST)
    outcome = DecisionStatus.CARRIED if carried else DecisionStatus.REJECTED
    actions.close_decision(alliance.coordinator, decision_id, outcome, MINUTE)


def confirmation(
    school: School,
    subject: Subject = Subject.CONVERSION,
    subject_id: uuid.UUID | None = None,
    *,
    expires_on: date | None = None,
) -> uuid.UUID:
    """What a school's governing body confirmed today; the subject's id."""
    about_id = subject_id or new_id()
    with transaction() as session:
        confirming.confirm(
            session,
            school.governor,
            new_id(),
            school_id=school.id,
            subject=subject,
            subject_id=about_id,
            minute_reference="FGB 7",
            minuted_on=clock.today(),
            expires_on=expires_on,
        )
    return about_id
