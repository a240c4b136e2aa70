"""A passphrase is chosen, proved, changed, locked after five mistypes, and replaced when it is forgotten."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.events import Event, deliver_due
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.policy import Act, Actor
from marketplace.tenders import actions as tenders
from suppliers.quotes.keys import actions, jobs, queries
from suppliers.quotes.keys.models import OpeningKey
from tests import make

pytestmark = pytest.mark.usefixtures("app")
OTHER = "kettle orbit mossy harbour"


@pytest.fixture
def bursar() -> Actor:
    """Somebody who has an opening passphrase."""
    return make.proven_opener(make.alliance().schools[0].bursar)


def key_of(actor: Actor) -> OpeningKey:
    found = queries.key_of(make.fresh(), actor.person_id)
    assert found
    return found


def facts(session: Session, act: Act) -> list[dict[str, object]]:
    session.rollback()
    return list(session.scalars(select(Event.facts).where(Event.act == act).order_by(Event.position)))


def letters(session: Session, subject: str) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Message.body).where(Message.subject.startswith(subject))))


def mistype(actor: Actor, times: int) -> None:
    for _ in range(times):
        with pytest.raises(RuleBroken, match="not your opening passphrase"):
            actions.prove_passphrase(actor, "seven herons over the old bridge")


def test_a_passphrase_is_chosen_once_and_proved_by_being_typed(session: Session) -> None:
    bursar, key_id = make.alliance().schools[0].bursar, new_id()
    for _ in range(2):
        actions.choose_passphrase(bursar, key_id, make.PASSPHRASE)
    with pytest.raises(RuleBroken, match="already"):
        actions.choose_passphrase(bursar, new_id(), OTHER)
    before = key_of(bursar).proved_at
    actions.prove_passphrase(bursar, f"  {make.PASSPHRASE.replace(' ', '   ')} ")
    assert before
    assert key_of(bursar).proved_at > before  # type: ignore[operator]  # it was proved
    (letter,) = letters(session, "You set up")
    assert str(facts(session, Act.PASSPHRASE_CHOOSE)[0]["key"]) in letter


def test_the_log_in_password_and_weak_words_are_no_opening_passphrase() -> None:
    school = make.alliance().schools[0]
    person = make.person(school.id, *(seat.role for seat in school.bursar.seats), password=OTHER)
    for typed, said in (
        (OTHER, "password you sign in with"),
        ("bursar of the alder school", "easy to guess"),
    ):
        with pytest.raises(RuleBroken, match=said) as refused:
            actions.choose_passphrase(person, new_id(), typed)
        assert refused.value.field == "passphrase"


def test_only_people_of_schools_have_one() -> None:
    alliance = make.alliance()
    for other in (alliance.coordinator, make.supplier().admin):
        with pytest.raises(Forbidden):
            actions.choose_passphrase(other, new_id(), OTHER)
    with pytest.raises(RuleBroken, match="no opening passphrase yet"):
        actions.prove_passphrase(alliance.schools[0].governor, OTHER)


def test_five_mistypes_lock_it_for_fifteen_minutes_and_are_recorded(bursar: Actor, session: Session) -> None:
    now = clock.now()
    with clock.travelling(now):
        mistype(bursar, 4)
        with pytest.raises(RuleBroken, match="mistyped 5 times"):
            actions.prove_passphrase(bursar, "wrong again and again")
    just_before = clock.travelling(now + timedelta(minutes=15, milliseconds=-1))
    with just_before, pytest.raises(RuleBroken, match="cannot be tried before"):
        actions.prove_passphrase(bursar, make.PASSPHRASE)
    tries = facts(session, Act.PASSPHRASE_MISTYPE)
    assert [one.get("mistypes") for one in tries] == [1, 2, 3, 4, 5, None]
    assert tries[-1] == {"while_locked": True}
    assert len(letters(session, "Your opening passphrase is locked")) == 1
    with clock.travelling(now + timedelta(minutes=15)):
        mistype(bursar, 1)
        actions.prove_passphrase(bursar, make.PASSPHRASE)
        mistype(bursar, 4)
        actions.prove_passphrase(bursar, make.PASSPHRASE)


def test_many_guesses_at_once_are_no_way_around_the_lock(app: Flask, bursar: Actor) -> None:
    told: list[str] = []

    def guess() -> None:
        with app.app_context():
            try:
                actions.prove_passphrase(bursar, "a guess among many others")
            except RuleBroken as refused:
                told.append(refused.message)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([message for message in told if message.startswith("That is not")]) == 5
    assert len([message for message in told if "cannot be tried before" in message]) >= 7


def test_another_passphrase_locks_the_same_key(bursar: Actor, session: Session) -> None:
    before = key_of(bursar).public_key
    with pytest.raises(RuleBroken, match="not your opening passphrase"):
        actions.change_passphrase(bursar, OTHER, OTHER)
    actions.change_passphrase(bursar, make.PASSPHRASE, OTHER)
    assert key_of(bursar).public_key == before
    actions.prove_passphrase(bursar, OTHER)
    mistype(bursar, 1)
    with pytest.raises(RuleBroken, match="not your"):
        actions.prove_passphrase(bursar, make.PASSPHRASE)
    assert len(letters(session, "Your opening passphrase was changed")) == 1


def test_a_forgotten_passphrase_is_replaced_and_what_is_lost_is_said(session: Session) -> None:
    tender = make.published_tender(make.alliance())
    opener, old = tender.openers[0], key_of(tender.openers[0]).id
    key_id = new_id()
    for _ in range(2):
        actions.replace_passphrase(opener, key_id, OTHER)
    assert key_of(opener).id == key_id
    gone = session.get_one(OpeningKey, old)
    assert gone.locked is None
    assert gone.replaced_at is not None
    assert facts(session, Act.PASSPHRASE_REPLACE)[0]["tenders"] == [tender.row.reference]
    (told,) = letters(session, "You have a new opening passphrase")
    assert tender.row.title in told
    (coordinators,) = letters(session, "One opener fewer")
    assert tender.openers[1].name in coordinators
    actions.prove_passphrase(opener, OTHER)


# ------------------------------------------------------------------ asked in time
def test_named_openers_who_are_not_ready_are_asked_when_schools_are_invited(session: Session) -> None:
    tender = make.draft_tender(make.alliance(), closes_at=make.working_moment(90))
    with clock.travelling(clock.now() + timedelta(days=31)):
        make.proven_opener(tender.openers[0])
        tenders.invite_schools(tender.alliance.coordinator, tender.id, tender.version)
        deliver_due()
    asked = letters(session, "Please get ready to open")
    assert len(asked) == 2
    assert all("still know your opening passphrase" in letter for letter in asked)


def test_proofs_are_asked_by_e_mail_before_the_deadline_once_each_time(session: Session) -> None:
    tender = make.published_tender(make.alliance())
    with clock.travelling(tender.closes_at - timedelta(days=7)):
        jobs.watch_keys()
        assert jobs.watch_keys() == 0
        actions.prove_passphrase(tender.openers[0], make.PASSPHRASE)
    assert len(letters(session, "Do you still know")) == 3
    with clock.travelling(tender.closes_at - timedelta(days=3)):
        assert jobs.watch_keys() == 0
    with clock.travelling(tender.closes_at - timedelta(days=2)):
        assert jobs.watch_keys() == 3
    assert len(letters(session, "Do you still know")) == 6
