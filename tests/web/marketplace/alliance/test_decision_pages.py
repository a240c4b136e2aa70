from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.decisions.models import Confirmation
from marketplace.alliance.decisions.rules import Choice, Subject
from marketplace.core import clock
from marketplace.core.policy import Role
from tests import make
from tests.make import board as boards
from tests.make import decisions as making
from tests.make import memberships as belonging
from tests.web.client import Client

ClientFor = Callable[[Any], Client]


def test_a_board_votes_and_the_coordinator_closes_with_the_minute(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=3)
    decision_id = making.open_decision(alliance)
    first, second, third = (client_for(school.headteacher.person_id) for school in alliance.schools)
    page = first.get("/")
    page = first.get(page.links()["Vote: Shall Oakfield join as an associate?"])
    assert page.heading == "Shall Oakfield join as an associate?"
    page = first.submit(page.form(), status=422)
    assert page.errors() == {"choice": "Choose how your school votes."}
    page = first.submit(page.form().fill(choice="conflict"), status=422)
    assert page.errors() == {"explanation": "Say what the conflict of interest is."}
    page = first.submit(page.form().fill(choice="conflict", explanation="My sister works there."))
    assert "You declared a conflict of interest." in page.words
    page = second.get(f"/decisions/{decision_id}/vote")
    page = second.submit(page.form().fill(choice="for"))
    assert "You voted for it." in page.words
    assert "Declare a conflict of interest" in page.links()
    coordinator = client_for(alliance.coordinator.person_id)
    page = coordinator.get(f"/decisions/{decision_id}/close")
    assert "cannot be closed yet" in page.words
    page = coordinator.post(page.path, {"seen": "carried", "minute": "Agreed."}, status=422)
    assert "There is no quorum: 1 of 3 seats have voted and 2 must." in page.words
    assert page.form().data(None)["minute"] == "Agreed."
    page = third.get(f"/decisions/{decision_id}/vote")
    third.submit(page.form().fill(choice="for", explanation="A good school."))
    page = coordinator.get("/")
    page = coordinator.get(
        page.links()["Close the vote and record its minute: Shall Oakfield join as an associate?"]
    )
    page = coordinator.submit(page.form(), status=422)
    assert page.errors() == {"minute": "Enter the board’s minute."}
    page = coordinator.submit(page.form().fill(minute="Resolved: agreed."))
    assert "The question is carried." in page.words
    assert "Resolved: agreed." in page.words
    assert "A good school." in page.words
    assert "Shall Oakfield join as an associate?" in coordinator.get("/decisions/closed").words
    assert "Nothing to decide" in coordinator.get("/decisions").words


def test_a_second_vote_is_refused_in_a_sentence_and_a_withdrawn_question_takes_none(
    client_for: ClientFor,
) -> None:
    alliance = make.alliance(schools=3)
    school = alliance.schools[0]
    decision_id = making.open_decision(alliance)
    head = client_for(school.headteacher.person_id)
    page = head.get(f"/decisions/{decision_id}/vote")
    making.vote(decision_id, school)
    page = head.submit(page.form().fill(choice="against"), status=422)
    assert "has answered already: “For”" in page.errors()["choice"]
    coordinator = client_for(alliance.coordinator.person_id)
    page = coordinator.get(f"/decisions/{decision_id}")
    page = coordinator.get(page.links()["Withdraw the question"])
    page = coordinator.submit(page.form(), status=422)
    assert page.errors() == {"reason": "Enter the reason."}
    page = coordinator.submit(page.form().fill(reason="The papers were wrong."))
    assert "The papers were wrong." in page.words
    assert head.get(f"/decisions/{decision_id}/vote").heading == "Shall Oakfield join as an associate?"
    head.post(f"/decisions/{decision_id}/close", status=403)


def test_confirmations_say_whether_they_count(client_for: ClientFor, session: Session) -> None:
    alliance = make.alliance(schools=2)
    school, other = alliance.schools
    governor = client_for(school.governor.person_id)
    assert "No confirmations yet" in governor.get("/decisions/confirmations").words
    making.confirmation(school)
    with clock.travelling(clock.now() - timedelta(days=2)):
        making.confirmation(school, expires_on=clock.today())
    page = governor.get("/decisions/confirmations")
    assert "Counts" in page.words
    assert "Ended" in page.words
    page = governor.get(page.links()["Withdraw"])
    assert "What was done on the strength of it stays done." in page.words
    page = governor.submit(page.form(), status=422)
    page = governor.submit(page.form().fill(reason="It was another item."))
    assert "From now on it counts for nothing." in page.words
    assert "It was another item." in page.words
    assert "FGB 7" in client_for(alliance.auditor.person_id).get("/decisions/confirmations").words
    assert "FGB 7" not in client_for(other.governor.person_id).get("/decisions/confirmations").words
    confirmation_id = session.scalars(select(Confirmation.id)).first()
    governor.get(f"/decisions/confirmations/{confirmation_id}/document", status=404)


@pytest.mark.parametrize("votes", [0, 3])
def test_the_list_asks_the_database_no_more_for_more_votes(client_for: ClientFor, votes: int) -> None:
    alliance = make.alliance(schools=3)
    for _ in range(3):
        decision_id = making.open_decision(alliance)
        for school in alliance.schools[:votes]:
            making.vote(decision_id, school, Choice.FOR)
    client = client_for(alliance.auditor.person_id)
    client.get("/decisions")
    assert len(client.statements) <= 16


def test_a_headteacher_names_a_senior_leader_for_the_seat_and_everybody_reads_who_holds_it(
    client_for: ClientFor,
) -> None:
    alliance = make.alliance(schools=2)
    school, other = alliance.schools
    head = client_for(school.headteacher.person_id)
    page = head.get("/decisions")
    page = head.get(page.links()["The board"])
    assert "As headteacher" in page.words
    page = head.get(page.links()[school.name])
    assert "Nobody has been named" in page.words
    page = head.get(page.links()["Change who holds the seat"])
    assert "Nobody else can hold it" in page.words
    page = head.get(page.links()["Add a senior leader"])
    form = page.form().fill(name="Dora Deputy", email="dora@example.org", roles="senior_leader")
    assert "You added Dora Deputy" in head.submit(form).words
    page = head.get(f"/board/{boards.seat(alliance, school).membership_id}/name")
    page = head.submit(page.form(), status=422)
    assert page.errors() == {"person": "Choose who shall hold the seat."}
    page = head.submit(page.form().fill(person=str(school.headteacher.person_id)), status=422)
    assert page.errors() == {
        "person": f"{school.headteacher.name} holds the seat already. Choose somebody else."
    }
    deputy = boards.person_called("Dora Deputy")
    page = head.submit(page.form().fill(person=str(deputy.person_id)))
    assert "You named Dora Deputy to hold the seat." in page.words
    assert "Named by" in page.words
    decision_id = making.open_decision(alliance)
    reader = client_for(other.bursar.person_id)
    assert "held by Dora Deputy" in reader.get(f"/decisions/{decision_id}").words
    assert "Change" not in reader.get("/board").links()
    reader.get(f"/board/{boards.seat(alliance, school).membership_id}/name", status=403)
    seated = client_for(deputy.person_id)
    page = seated.get("/")
    page = seated.get(page.links()["Vote: Shall Oakfield join as an associate?"])
    assert "You voted for it." in seated.submit(page.form().fill(choice="for")).words
    assert head.get(f"/decisions/{decision_id}/vote").path == f"/decisions/{decision_id}"


def test_whoever_has_a_role_in_the_applicants_school_is_offered_only_the_conflict(
    client_for: ClientFor,
) -> None:
    alliance = make.alliance(schools=1)
    school, applicant = alliance.schools[0], belonging.outsider()
    application_id = belonging.application(alliance, applicant)
    boards.also(school.headteacher, applicant.id, Role.GOVERNOR)
    decision = belonging.decision_on(Subject.ADMISSION, application_id)
    head = client_for(school.headteacher.person_id)
    page = head.get(f"/decisions/{decision.id}/vote")
    assert f"This is about {applicant.name}, where you hold a role yourself." in page.words
    form = page.form()
    assert form.data(None)["choice"] == "conflict"
    head.submit(form.fill(choice="conflict", explanation=""), status=422)
    page = head.submit(form.fill(explanation=f"I hold a role in {applicant.name} myself."))
    assert "You declared a conflict of interest." in page.words
