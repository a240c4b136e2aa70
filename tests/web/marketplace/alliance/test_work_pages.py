"""The pages on which schools see who has done how much, lead, and log hours."""

from collections.abc import Callable
from typing import Any

from marketplace.core import clock, web
from tests import make
from tests.web.client import Client

ClientFor = Callable[[Any], Client]


def test_from_an_activity_to_its_hours_page_by_page(client_for: ClientFor) -> None:
    alliance = make.alliance()
    coordinator = client_for(alliance.coordinator.person_id)
    form = coordinator.get("/shared-work/activities/add").form("Add the activity")
    shown = coordinator.submit(form.fill(kind="training_day", title="Day for teaching assistants, £5 each"))
    again = coordinator.submit(form)
    assert shown.path == again.path
    assert "Next to ask: Cedar Primary School" in shown.words
    ask = coordinator.get(shown.links()["Ask a school to lead"]).form("Ask the school")
    coordinator.submit(ask)
    head = client_for(alliance.schools[2].headteacher.person_id)
    task = "Say whether Cedar Primary School leads: Day for teaching assistants, £5 each"
    answer = head.get(head.get("/").links()[task]).form("Send the answer")
    refused = head.submit(answer.fill(answer="declined"), status=422)
    assert "Enter why your school declines." in refused.words
    led = head.submit(answer.fill(answer="accepted"))
    assert "Cedar Primary School leads: Day for teaching assistants, £5 each." in led.words
    log = head.get(led.links()["Log hours"]).form("Log the hours")
    wrong = head.submit(log.fill(stage="meetings", spent="1.1"), status=422)
    assert "Enter the hours to the quarter" in wrong.words
    logged = head.submit(log.fill(stage="meetings", spent="1.25"))
    assert "1 hour 15 minutes" in logged.words
    parity = head.get("/shared-work")
    assert "Next to lead: Beech Primary School" in parity.words
    head.submit(logged.form(f"Take back 1 hour 15 minutes of {web.day(clock.today())}"))
    assert "1 hour 15 minutes" not in head.get("/shared-work").words


def test_an_alliance_without_hours_is_told_what_will_stand_there(client_for: ClientFor) -> None:
    auditor = client_for(make.alliance(schools=1).auditor.person_id)
    assert "Nothing goes on" in auditor.get("/shared-work/activities").words
    assert "Nothing is done yet" in auditor.get("/shared-work/activities/done").words
    assert "Add an activity" not in auditor.get("/shared-work").words


def test_a_list_of_many_activities_asks_the_database_no_more_often(client_for: ClientFor) -> None:
    alliance = make.alliance(schools=2)
    reader = client_for(alliance.auditor.person_id)
    make.activity(alliance)
    reader.get("/shared-work/activities")
    few = len(reader.statements)
    for number in range(6):
        make.activity(alliance, f"Paper {number}")
    reader.get("/shared-work/activities")
    assert len(reader.statements) == few
