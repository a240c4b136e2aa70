import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance import actions, queries
from marketplace.alliance.links import hash_of_token
from marketplace.alliance.models import PasswordLink, Person
from marketplace.alliance.sign_ins.actions import sign_in
from marketplace.core import clock, mail
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.policy import ADMINISTRATOR, Kind, Role
from tests import make

PASSWORD = "three words remembered"
EMAIL = "ann.lee@example.org"


def add(school: make.School, *roles: Role, email: str = EMAIL) -> uuid.UUID:
    """The headteacher adds Ann Lee with these roles."""
    return actions.add_person(school.headteacher, "Ann Lee", email, [(school.id, role) for role in roles])


def letters(session: Session, address: str = EMAIL) -> list[Message]:
    """What was written to an address, the newest first."""
    return mail.newest(session, address)


def token(message: Message) -> str:
    """The token of the link in a message."""
    found = re.search(r"/set-password/(\S+)", message.body)
    assert found
    return found[1]


@pytest.fixture
def school(app: object) -> make.School:  # noqa: ARG001  # it needs the database
    return make.alliance(schools=1).schools[0]


def test_abuse_25_nobody_makes_a_second_person_for_themselves_unseen(session: Session) -> None:
    """Whoever answers for people in the school hears of each role that one of them gave, and nobody else."""
    school, other = make.alliance(schools=2).schools
    add(school, Role.FINANCE_LEAD)
    told = session.scalars(select(Message).where(Message.subject == "Ann Lee was given a role")).all()
    governor, head = (session.get_one(Person, one.person_id) for one in (school.governor, school.headteacher))
    assert [letter.recipient for letter in told] == [governor.email]
    said = " ".join(told[0].body.split())
    assert f"{head.name} has let Ann Lee into Weald" in said
    assert f"- Finance lead of {school.name}" in said
    assert other.name not in said


def test_a_new_colleague_chooses_a_password_by_the_link_and_signs_in(
    session: Session, school: make.School
) -> None:
    person_id = add(school, Role.BURSAR, Role.FINANCE_LEAD)
    with pytest.raises(RuleBroken, match="do not match"):
        sign_in(EMAIL, "")
    (letter,) = letters(session)
    assert "Bursar of" in letter.body
    assert "Finance lead of" in letter.body
    actions.set_password(token(letter), PASSWORD)
    assert sign_in(EMAIL.upper(), PASSWORD).person_id == person_id
    assert make.actor(person_id).organisations(Kind.SCHOOL, Role.BURSAR) == {school.id}


def test_abuse_23_a_link_works_once(session: Session, school: make.School) -> None:
    add(school, Role.BURSAR)
    (letter,) = letters(session)
    actions.set_password(token(letter), PASSWORD)
    with pytest.raises(NotFound, match="used or is too old"):
        actions.set_password(token(letter), "another password")
    sign_in(EMAIL, PASSWORD)


def test_a_link_ends_after_seven_days(session: Session, school: make.School) -> None:
    add(school, Role.BURSAR)
    (letter,) = letters(session)
    with clock.travelling(clock.now() + timedelta(days=7)), pytest.raises(NotFound):
        actions.set_password(token(letter), PASSWORD)


def test_the_database_does_not_hold_the_token(session: Session, school: make.School) -> None:
    add(school, Role.BURSAR)
    (letter,) = letters(session)
    hashes = session.scalars(select(PasswordLink.token_hash)).all()
    assert token(letter) not in hashes
    assert hash_of_token(token(letter)) in hashes


def test_a_short_password_is_refused_and_the_link_still_works(session: Session, school: make.School) -> None:
    add(school, Role.BURSAR)
    (letter,) = letters(session)
    with pytest.raises(RuleBroken, match="at least 12"):
        actions.set_password(token(letter), "short")
    actions.set_password(token(letter), PASSWORD)


def test_a_forgotten_password_is_chosen_anew_and_every_older_link_ends(
    session: Session, school: make.School
) -> None:
    add(school, Role.BURSAR)
    (invitation,) = letters(session)
    with clock.travelling(clock.now() + timedelta(hours=1)):
        actions.ask_for_link(EMAIL)
        newest = letters(session)[0]
        actions.set_password(token(newest), PASSWORD)
        with pytest.raises(NotFound):
            actions.set_password(token(invitation), "another password")
    sign_in(EMAIL, PASSWORD)


def test_no_more_than_one_link_in_five_minutes_is_sent(session: Session, school: make.School) -> None:
    add(school, Role.BURSAR)
    actions.ask_for_link(EMAIL)
    assert len(letters(session)) == 1
    with clock.travelling(clock.now() + timedelta(minutes=6)):
        actions.ask_for_link(EMAIL)
        actions.ask_for_link(EMAIL)
    assert len(letters(session)) == 2


def test_asking_for_a_link_with_an_unknown_address_does_nothing(session: Session) -> None:
    actions.ask_for_link("nobody@example.org")
    assert not letters(session, "nobody@example.org")


def test_somebody_who_signs_in_already_is_given_the_role_and_told(
    session: Session, school: make.School
) -> None:
    person_id = add(school, Role.BURSAR)
    actions.set_password(token(letters(session)[0]), PASSWORD)
    assert add(school, Role.GOVERNOR) == person_id
    assert make.actor(person_id).organisations(Kind.SCHOOL, Role.GOVERNOR) == {school.id}
    newest = letters(session)[0]
    assert "set-password" not in newest.body
    assert "Governor of" in newest.body


def test_a_role_that_is_held_already_is_refused(school: make.School) -> None:
    add(school, Role.BURSAR)
    with pytest.raises(RuleBroken, match="holds these roles already"):
        add(school, Role.BURSAR)


def test_a_form_sent_twice_adds_one_person(session: Session, school: make.School) -> None:
    person_id = new_id()
    seats = [(school.id, Role.BURSAR)]
    for _ in range(2):
        actions.add_person(school.headteacher, "Ann Lee", EMAIL, seats, person_id=person_id)
    assert len(letters(session)) == 1


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.BIDDER, Role.ADMINISTRATOR, Role.SYSTEM])
def test_a_role_of_another_kind_of_organisation_is_refused(
    session: Session, school: make.School, role: Role
) -> None:
    with pytest.raises(RuleBroken, match="Nobody can be"):
        add(school, role)
    assert queries.person_by_email(session, EMAIL) is None


def test_nobody_adds_people_to_another_school_or_without_the_role(school: make.School) -> None:
    other = make.alliance(schools=1).schools[0]
    for person in (other.headteacher, school.bursar, school.governor, school.finance_lead):
        with pytest.raises(Forbidden):
            actions.add_person(person, "Ann Lee", EMAIL, [(school.id, Role.BURSAR)])


def test_somebody_must_be_given_a_role(school: make.School) -> None:
    with pytest.raises(RuleBroken, match="at least one role"):
        actions.add_person(school.headteacher, "Ann Lee", EMAIL, [])


@pytest.mark.parametrize("email", ["", "ann", "ann@localhost", "ann lee@example.org", "££@example.org\n"])
def test_a_wrong_address_is_refused(school: make.School, email: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        add(school, Role.BURSAR, email=email)
    assert refusal.value.field == "email"


def test_the_address_of_somebody_who_left_is_not_used_again(session: Session, school: make.School) -> None:
    person_id = add(school, Role.BURSAR)
    with transaction() as changing:
        changing.get_one(Person, person_id).active = False
    with pytest.raises(RuleBroken, match="uses this e-mail address"):
        add(school, Role.BURSAR)
    assert queries.actor_for(session, person_id) is None


def test_the_administrator_may_give_a_password_at_the_console(school: make.School) -> None:
    person_id = actions.add_person(
        ADMINISTRATOR, "Ann Lee", EMAIL, [(school.id, Role.BURSAR)], password=PASSWORD
    )
    assert sign_in(EMAIL, PASSWORD).person_id == person_id


def test_nobody_else_chooses_a_colleagues_password(school: make.School) -> None:
    with pytest.raises(Forbidden):
        actions.add_person(
            school.headteacher, "Ann Lee", EMAIL, [(school.id, Role.BURSAR)], password=PASSWORD
        )


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(school: make.School) -> None:
    actions.add_person(ADMINISTRATOR, "Ann Lee", EMAIL, [(school.id, Role.BURSAR)], password=PASSWORD)
    answers = set()
    for email, password in ((EMAIL, "wrong password"), ("nobody@example.org", PASSWORD)):
        with pytest.raises(RuleBroken) as refusal:
            sign_in(email, password)
        answers.add((refusal.value.message, refusal.value.field))
    assert len(answers) == 1
