"""Each act that can move a tender, tried in each state: it moves along the table, or is refused."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.errors import Refusal
from marketplace.core.policy import SYSTEM
from marketplace.tenders import actions, queries
from marketplace.tenders.commitments import actions as commitments
from marketplace.tenders.commitments.rules import Conditions
from marketplace.tenders.models import Commitment, Tender
from marketplace.tenders.rules import MOVES, CommitmentStatus, TenderStatus
from suppliers.awards import actions as awards
from suppliers.evaluation import actions as evaluation
from tests import make

pytestmark = pytest.mark.usefixtures("app")


def shared(step: Callable[[Session, Tender], None], tender_id: uuid.UUID) -> None:
    """A shared step, in a transaction as an action downstream has it."""
    with transaction() as session:
        step(session, queries.get_tender(session, SYSTEM, tender_id, lock=True))


def acts(tender: make.Tender) -> dict[str, Callable[[], object]]:
    """Every act of a person or of the clock that asks for a move, by those who may do it."""
    coordinator, (lead, other, late) = tender.alliance.coordinator, tender.alliance.schools
    after = clock.today() + timedelta(days=400)
    return {
        "invite": lambda: actions.invite_schools(coordinator, tender.id, tender.version),
        "commit": lambda: commitments.commit_school(lead.bursar, tender.id, lead.id, tender.version),
        "decline": lambda: commitments.decline_tender(
            other.bursar, tender.id, other.id, tender.version, "No."
        ),
        "invite one more": lambda: commitments.invite_school(
            coordinator, tender.id, tender.version, late.id, baseline=make.YEARLY_BASELINE
        ),
        "answer anew": lambda: commitments.edit_commitment(
            lead.bursar, tender.id, lead.id, 1, volumes={}, conditions=Conditions()
        ),
        "confirm": lambda: commitments.confirm_tender(coordinator, tender.id, tender.version, lead.id),
        "publish": lambda: actions.publish_tender(other.headteacher, tender.id, tender.version),
        "return": lambda: actions.return_tender(coordinator, tender.id, tender.version, "Not yet."),
        "cancel": lambda: actions.cancel_tender(coordinator, tender.id, tender.version, "No money."),
        "close": lambda: actions.close_tender(tender.id),
        "lock the scores": lambda: evaluation.lock_scores(coordinator, tender.id, tender.version),
        "approve the award": lambda: awards.approve_award(other.governor, tender.id, tender.version),
        "send the award back": lambda: awards.reject_award(other.governor, tender.id, tender.version, "No."),
        "confirm the award": lambda: awards.confirm_award(
            coordinator, tender.id, tender.version, related=False
        ),
        "start the standstill": lambda: shared(
            lambda session, row: actions.start_standstill(session, row, after), tender.id
        ),
        "end": lambda: shared(
            lambda session, row: actions.end_unsuccessfully(session, row, "No quote fits."), tender.id
        ),
    }


def set_down(tender: make.Tender, state: TenderStatus) -> None:
    """Put the tender into a state with both its schools committed, and the late one out."""
    with transaction() as session:
        session.execute(update(Tender).where(Tender.id == tender.id).values(status=state))
        for school in tender.alliance.schools:
            status = CommitmentStatus.COMMITTED if school in tender.schools else CommitmentStatus.DECLINED
            answer = update(Commitment).where(Commitment.school_id == school.id)
            session.execute(answer.values(status=status))


def test_each_act_in_each_state_moves_along_the_table_or_is_refused(session: Session) -> None:
    """The tender is set down in each state by hand: how it came there does not matter here."""
    alliance = make.alliance(schools=3)
    tender = make.joining_tender(alliance, schools=alliance.schools[:2])
    seen: dict[str, set[TenderStatus]] = {name: set() for name in acts(tender)}
    for state, (name, act) in product(TenderStatus, acts(tender).items()):
        set_down(tender, state)
        try:
            act()
        except Refusal:
            assert tender.row.status is state, f"{name} was refused in {state} but moved the tender"
        else:
            reached = tender.row.status
            assert reached is state or reached in MOVES[state], f"{name} moved a tender {state} to {reached}"
            if reached is not state:
                seen[name].add(state)
    session.rollback()
    assert seen["cancel"] == {state for state in TenderStatus if TenderStatus.CANCELLED in MOVES[state]}
    assert seen["invite"] == {TenderStatus.DRAFT}
    assert seen["publish"] == {TenderStatus.CONFIRMED}
    assert seen["confirm"] == {TenderStatus.JOINING}
    assert seen["invite one more"] == {TenderStatus.CONFIRMED}
    assert seen["return"] == {TenderStatus.JOINING, TenderStatus.CONFIRMED}
