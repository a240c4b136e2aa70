"""A school applies to join; three headteachers answer, one with a conflict; it becomes an associate."""

from __future__ import annotations

import pytest

from marketplace.core import clock, jobs
from tests import make
from tests.browser.conftest import PHONE
from tests.browser.journeys.conftest import Invite
from tests.make import memberships as joining

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("built")]


def test_a_board_admits_an_associate(invite: Invite) -> None:
    alliance = make.alliance(schools=3, name="Brookvale Schools Alliance")
    school = joining.outsider(EstablishmentName="Larkfield Primary School")
    question = f"Shall {school.name} be admitted as an associate for 12 months?"

    applicant = invite(school.headteacher)
    applicant.go("/memberships", "Apply to join an alliance")
    applicant.fill(
        {
            "Which alliance does it want to join?": alliance.name,
            "How does it want to belong?": "Associate member",
            "Why does the school want to join?": "To buy catering together.",
            "Last day of the year of the latest accounts": f"31 8 {clock.today().year - 1}",
            "Reserves on that day": "96,400",
            "In-year balance": "-7,150",
            "Is there a notice to improve, or a notice of concern of the local authority?": "No",
        }
    )
    applicant.press("Send the application to the board")
    applicant.sees("You sent the application. The board has been asked to vote on it.")

    for place, said in enumerate(("For", "We have a conflict of interest", "For")):
        head = invite(alliance.schools[place].headteacher, PHONE)
        head.page.goto("/")
        head.follow(f"Vote: {question}")
        head.sees("In that year the school spent £7,150.00 more than it received.")
        head.answer("How does your school vote?", said)
        if said != "For":
            head.answer("Anything to add", "My husband is its chair of governors.")
        head.press("Record our vote")
        head.sees("You voted for it." if said == "For" else "You declared a conflict of interest.")

    coordinator = invite(alliance.coordinator)
    coordinator.page.goto("/")
    coordinator.follow(f"Close the vote and record its minute: {question}")
    coordinator.answer("Minute", "Resolved: admitted for a year, with a review in spring.")
    coordinator.press("Close it as carried")
    coordinator.sees("You closed the vote. The question is carried.")
    coordinator.sees("My husband is its chair of governors.")

    jobs.deliver()
    coordinator.go("/memberships", school.name)
    coordinator.sees("Associate member")
    bursar = invite(school.bursar)
    bursar.go("/schools")
    bursar.sees(alliance.schools[0].name)
