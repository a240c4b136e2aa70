import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.alliance.decisions import about, actions, confirming, queries, tasks
from marketplace.alliance.decisions.models import Confirmation, Decision, Vote
from marketplace.alliance.decisions.rules import Choice, DecisionStatus, Subject
from marketplace.alliance.memberships.actions import admit_school
from marketplace.alliance.models import Person
from marketplace.alliance.rules import MembershipKind
from marketplace.core import clock, mail
from marketplace.core.db import transaction
from marketplace.core.documents import Upload
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.events import Event
from marketplace.core.ids import new_id
from marketplace.core.policy import ADMINISTRATOR, Act, Role
from tests import make
from tests.make import decisions as making

pytestmark = pytest.mark.usefixtures("app")
FOR, AGAINST, CONFLICT = Choice.FOR, Choice.AGAINST, Choice.CONFLICT


def subjects(session: Session, address: str) -> list[str]:
    return [message.subject for message in mail.newest(session, address)]


def email_of(session: Session, person_id: uuid.UUID | None) -> str:
    return str(session.get_one(Person, person_id).email)


def test_every_seat_is_asked_and_the_outcome_is_recorded_and_told(session: Session) -> None:
    alliance = make.alliance(schools=3)
    subject_id = new_id()
    decision_id = making.open_decision(alliance, subject_id=subject_id)
    head = email_of(session, alliance.schools[2].headteacher.person_id)
    assert subjects(session, head)[0] == "Please vote: Shall Oakfield join as an associate?"
    making.vote(decision_id, alliance.schools[0])
    making.vote(decision_id, alliance.schools[1])
    coordinator = email_of(session, alliance.coordinator.person_id)
    assert subjects(session, coordinator)[0].startswith("The board has voted")
    actions.close_decision(alliance.coordinator, decision_id, DecisionStatus.CARRIED, making.MINUTE)
    row = making.decision_row(decision_id)
    assert (row.status, row.minute) == (DecisionStatus.CARRIED, making.MINUTE)
    event = session.scalars(select(Event).where(Event.act == Act.DECISION_CARRY)).one()
    assert about.subject_of(event) == (Subject.ADMISSION, subject_id)
    assert event.organisation_id == alliance.id
    assert subjects(session, head)[0] == "Carried: Shall Oakfield join as an associate?"


def test_the_same_vote_sent_twice_is_counted_once_and_another_is_refused(session: Session) -> None:
    alliance = make.alliance(schools=3)
    school = alliance.schools[0]
    decision_id = making.open_decision(alliance)
    making.vote(decision_id, school)
    making.vote(decision_id, school)
    with pytest.raises(RuleBroken, match="has answered already"):
        making.vote(decision_id, school, AGAINST)
    deputy = make.person(school.id, Role.HEADTEACHER, name="Co Head")
    with pytest.raises(RuleBroken, match=f"by {school.headteacher.name}"):
        actions.vote(deputy, decision_id, school.id, FOR)
    assert session.scalar(select(func.count()).select_from(Vote)) == 1
    tally = queries.tally(session, making.decision_row(decision_id))
    assert (tally.for_, tally.against, tally.missing) == (1, 0, 2)


def test_the_database_keeps_one_vote_a_seat(session: Session) -> None:
    alliance = make.alliance(schools=1)
    school = alliance.schools[0]
    decision_id = making.open_decision(alliance)
    making.vote(decision_id, school)
    twin = Vote(
        decision_id=decision_id,
        school_id=school.id,
        person_id=school.headteacher.person_id,
        choice=FOR,
        voted_at=clock.now(),
    )
    session.rollback()
    session.expunge_all()
    with pytest.raises(IntegrityError), transaction() as writing:
        writing.add(twin)
    assert session.scalar(select(func.count()).select_from(Vote)) == 1


def test_without_quorum_it_cannot_be_closed_as_carried() -> None:
    alliance = make.alliance(schools=3)
    decision_id = making.open_decision(alliance, vote_by=clock.today() - timedelta(days=1))
    making.vote(decision_id, alliance.schools[0])
    making.vote(decision_id, alliance.schools[1], CONFLICT)
    for outcome in (DecisionStatus.CARRIED, DecisionStatus.REJECTED):
        with pytest.raises(RuleBroken, match="no quorum: 1 of 3"):
            actions.close_decision(alliance.coordinator, decision_id, outcome, making.MINUTE)
    making.vote(decision_id, alliance.schools[2])
    actions.close_decision(alliance.coordinator, decision_id, DecisionStatus.CARRIED, making.MINUTE)
    assert making.decision_row(decision_id).status is DecisionStatus.CARRIED


def test_a_vote_that_comes_in_meanwhile_is_not_overlooked() -> None:
    alliance = make.alliance(schools=4)
    decision_id = making.open_decision(alliance, vote_by=clock.today() - timedelta(days=1))
    for school, choice in zip(alliance.schools, (FOR, FOR, AGAINST), strict=False):
        making.vote(decision_id, school, choice)
    making.vote(decision_id, alliance.schools[3], AGAINST)
    with pytest.raises(Stale):
        actions.close_decision(alliance.coordinator, decision_id, DecisionStatus.CARRIED, making.MINUTE)
    actions.close_decision(alliance.coordinator, decision_id, DecisionStatus.REJECTED, making.MINUTE)
    with pytest.raises(RuleBroken, match="rejected already"):
        making.vote(decision_id, alliance.schools[0], CONFLICT)


def test_only_the_headteacher_of_a_full_member_votes(session: Session) -> None:
    alliance = make.alliance(schools=2)
    decision_id = making.open_decision(alliance)
    school = alliance.schools[0]
    with pytest.raises(Forbidden):
        actions.vote(school.bursar, decision_id, school.id, FOR)
    with pytest.raises(Forbidden):
        actions.vote(school.headteacher, decision_id, alliance.schools[1].id, FOR)
    with pytest.raises(Forbidden):
        actions.vote(alliance.coordinator, decision_id, school.id, FOR)
    (associate_id,) = make.import_schools({})
    admit_school(ADMINISTRATOR, alliance.id, associate_id, MembershipKind.ASSOCIATE)
    associate = make.person(associate_id, Role.HEADTEACHER)
    with pytest.raises(Forbidden, match="Only full members"):
        actions.vote(associate, decision_id, associate_id, FOR)
    assert queries.tally(session, making.decision_row(decision_id)).seats == 2


def test_another_alliance_sees_neither_decision_nor_confirmation(session: Session) -> None:
    ours, theirs = make.alliance(schools=1), make.alliance(schools=1, name="Other Schools")
    decision_id = making.open_decision(ours)
    making.confirmation(ours.schools[0])
    confirmation_id = session.scalars(select(Confirmation.id)).one()
    for stranger in (theirs.coordinator, theirs.auditor, theirs.schools[0].headteacher):
        with pytest.raises(NotFound):
            queries.get_decision(session, stranger, decision_id)
        with pytest.raises(NotFound):
            queries.get_confirmation(session, stranger, confirmation_id)
        assert not session.scalars(queries.decisions(stranger, is_open=True)).all()
        assert not session.scalars(queries.confirmations(stranger)).all()
    with pytest.raises(NotFound):
        actions.vote(theirs.schools[0].headteacher, decision_id, theirs.schools[0].id, FOR)


def test_a_subject_has_one_open_decision_at_a_time(session: Session) -> None:
    alliance = make.alliance(schools=1)
    subject_id = new_id()
    first = making.open_decision(alliance, subject_id=subject_id)
    with pytest.raises(RuleBroken, match="deciding on this already"):
        making.open_decision(alliance, subject_id=subject_id)
    actions.withdraw_decision(alliance.coordinator, first, "The school asked us to wait.")
    making.open_decision(alliance, subject_id=subject_id)
    statuses = session.scalars(select(Decision.status).order_by(Decision.opened_at)).all()
    assert statuses == [DecisionStatus.WITHDRAWN, DecisionStatus.OPEN]


def test_an_alliance_without_full_members_cannot_decide() -> None:
    alliance = make.alliance(schools=0)
    with pytest.raises(RuleBroken, match="no full member yet"):
        making.open_decision(alliance)


def test_a_confirmation_that_expired_yesterday_counts_for_nothing(session: Session) -> None:
    school = make.alliance(schools=1).schools[0]
    today = clock.today()
    subject_id = making.confirmation(school, expires_on=today)

    def live(days: int) -> Confirmation | None:
        return queries.live_confirmation(
            session,
            school_id=school.id,
            subject=Subject.CONVERSION,
            subject_id=subject_id,
            today=today + timedelta(days=days),
        )

    assert live(0) is not None
    assert live(1) is None
    with clock.travelling(clock.now() + timedelta(days=1)), pytest.raises(RuleBroken, match="Ask a governor"):
        confirming.require_live(
            session,
            school_id=school.id,
            school=school.name,
            subject=Subject.CONVERSION,
            subject_id=subject_id,
        )


def test_a_confirmation_that_was_withdrawn_counts_for_nothing(session: Session) -> None:
    school = make.alliance(schools=1).schools[0]
    subject_id = making.confirmation(school)
    confirmation_id = session.scalars(select(Confirmation.id)).one()
    with pytest.raises(Forbidden):
        actions.withdraw_confirmation(school.headteacher, confirmation_id, "Wrong item.")
    actions.withdraw_confirmation(school.governor, confirmation_id, "Wrong item.")
    session.rollback()
    assert not queries.live_confirmation(
        session,
        school_id=school.id,
        subject=Subject.CONVERSION,
        subject_id=subject_id,
        today=clock.today(),
    )


@contextmanager
def asking(subject: Subject, found: about.About | None) -> Iterator[None]:
    """Describe everything of a subject in this way, for a while."""
    before = dict(about._describers)
    about.describe_with(subject, lambda *_: found)
    try:
        yield
    finally:
        about._describers.clear()
        about._describers.update(before)


def test_only_a_governor_confirms_and_only_what_is_asked_of_the_school(session: Session) -> None:
    school, other = make.alliance(schools=2).schools
    asked = about.About("Something to confirm", asks=frozenset({school.id}))
    confirmation_id, subject_id = new_id(), new_id()

    def record(person: make.School, actor_of: str = "governor", **document: object) -> None:
        actions.record_confirmation(
            getattr(person, actor_of),
            confirmation_id,
            Subject.CONVERSION,
            subject_id,
            person.id,
            minute_reference="FGB 7",
            minuted_on=clock.today(),
            **document,  # type: ignore[arg-type]
        )

    with asking(Subject.CONVERSION, asked):
        with pytest.raises(Forbidden):
            record(school, "headteacher")
        with pytest.raises(RuleBroken, match="Nobody asks your governing body"):
            record(other)
        with pytest.raises(RuleBroken, match="not a complete PDF"):
            record(school, document=Upload("minute.pdf", io.BytesIO(b"no PDF")))
        record(school, document=Upload("minute.txt", io.BytesIO(b"Item 7: agreed.")))
        record(school)
    with asking(Subject.CONVERSION, None), pytest.raises(NotFound):
        record(school)
    kept = session.scalars(select(Confirmation)).one()
    assert (kept.minute_reference, kept.document_name) == ("FGB 7", "minute.txt")


def test_what_waits_stands_on_the_home_pages_of_those_who_must_act(session: Session, app: object) -> None:
    alliance = make.alliance(schools=3)
    decision_id = making.open_decision(alliance)
    with app.test_request_context():  # type: ignore[attr-defined]
        head = alliance.schools[0].headteacher
        (task,) = tasks.waiting_for(session, head)
        assert task.text == "Vote: Shall Oakfield join as an associate?"
        assert not tasks.waiting_for(session, alliance.schools[0].governor)
        assert not tasks.waiting_for(session, alliance.coordinator)
        making.vote(decision_id, alliance.schools[0])
        assert not tasks.waiting_for(session, head)
        making.vote(decision_id, alliance.schools[1])
        (task,) = tasks.waiting_for(session, alliance.coordinator)
        assert task.text.startswith("Close the vote and record its minute")
