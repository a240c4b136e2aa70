"""A school's need becomes a joint tender, and two suppliers quote: by hand on a phone, and with Excel."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from marketplace.core import clock
from tests import make
from tests.browser.conftest import PHONE
from tests.browser.journeys.conftest import Invite
from tests.browser.journeys.traveller import Traveller

pytestmark = pytest.mark.browser
TITLE = "School meals for Alder and Beech"
NEED: list[dict[str, str]] = [
    {"Title": "Hot meals at Alder"},
    {
        "Volume": "28,500",
        "Where does the volume come from?": "Invoices or meter readings",
        "How firm is the volume?": "Firm: the school will buy it",
    },
    {
        "Paid meals a day": "70",
        "Free school meals a day": "35",
        "Universal infant free school meals a day": "45",
        "Service days a year": "190",
        "Pupils on roll": "210",
    },
    {"Kitchen": "Meals are cooked here"},
    {"Price of a paid meal today": "2.60"},
    {"How the contract is paid for": "Fixed price"},
    {"Nobody works on this today whom a new supplier would take over": "yes"},
    {},
    {"Supplier today (optional)": "Old Oak Catering"},
    {"Spend a year today, before VAT": "75,200", "Can the school recover the VAT on this?": "Yes, all of it"},
    {"Do people work on this today whom a new supplier would take over?": "No"},
    {"For how long?": "36"},
    {
        "Did you consider these?": "Yes, we looked and decided not to",
        "If you decided not to: why?": "Their kitchens are too far away.",
    },
    {"Is the school willing to buy together with others?": "Yes"},
]
DATES = {8: "When does today’s contract end?", 11: "From when is it wanted?"}
"""The page, counted from nought, on which a date is asked for."""
ANSWER = "Pupils taste every dish before it is served, and a cook from each kitchen plans the menu with them."
REGISTRATION = {
    "Name of the organisation": "Greenfield Kitchens Ltd",
    "Address": "4 Mill Yard\nBramley\nBR1 2AB",
    "What do you supply?": "Catering",
    "Your name": "Sam Green",
    "Your e-mail address": "sam.green@example.com",
    "Choose a password": "heron-lantern-quarry",
}
PLACES = ("Opener 1", "Opener 2", "Opener 3", "Evaluator 1")
DECLARATIONS = (
    "Our declarations are true today",
    "We agreed nothing in this quote",
    "I may speak for the supplier",
)


@pytest.mark.long
@pytest.mark.usefixtures("built")
def test_from_a_need_to_two_quotes(invite: Invite, tmp_path: Path) -> None:
    alliance = make.alliance(schools=2)
    alder, beech = alliance.schools
    make.approved_need(beech, volume=41_800)
    excel_user = make.supplier("Harbour Catering CIC")
    coordinator = invite(alliance.coordinator)

    post_need(invite(alder.bursar))
    approve_need(invite(alder.headteacher))
    people = (alder.bursar, beech.bursar, beech.governor, alder.finance_lead)
    draft_tender(coordinator, alder.name, [person.name for person in people])
    for opener in people[:3]:
        set_up_passphrase(invite(opener, PHONE))
    for school in alliance.schools:
        commit(invite(school.headteacher), school.name)
    coordinator.go("/tenders", TITLE, "Settle who buys")
    coordinator.press("Settle who buys and ask for approval")
    publish(invite(beech.headteacher))
    find_opportunity(invite())
    quote_by_hand(invite(size=PHONE))
    quote_with_excel(invite(excel_user.admin), tmp_path)


def post_need(bursar: Traveller) -> None:
    year = clock.today().year + 1
    bursar.go("/", "Post a need")
    bursar.answer("What does the school need?", "Catering")
    bursar.press("Continue")
    bursar.answer("Title", "")
    bursar.press("Continue")
    bursar.sees("There is a problem")
    days = iter((f"31 August {year}", f"1 September {year}"))
    for place, answers in enumerate(NEED):
        bursar.sees(f"page {place + 1} of {len(NEED)}")
        bursar.fill(answers)
        if place in DATES:
            bursar.answer(DATES[place], next(days))
        bursar.press("Continue")
    bursar.press("Submit for approval")
    bursar.sees("You submitted the need")


def approve_need(headteacher: Traveller) -> None:
    headteacher.go("/")
    headteacher.page.get_by_role("link", name="Approve the need").click()
    headteacher.look()
    headteacher.press("Approve the need")
    headteacher.sees("You approved the need")


def draft_tender(coordinator: Traveller, lead: str, people: list[str]) -> None:
    coordinator.go("/tenders", "Draft a joint tender", "Catering")
    coordinator.answer("Title", TITLE)
    for need in coordinator.page.get_by_role("checkbox").all():
        need.check()
    coordinator.press("Draft the tender")
    parts: dict[str, dict[str, str]] = {
        "What it buys": {"Description": "Hot meals at midday on 190 days a year."},
        "Who buys": {"Lead school": lead},
        "People who open and score": dict(zip(PLACES, people, strict=True)),
        "Dates": {"Deadline for quotes": f"{make.working_moment(30):%-d %B %Y} at 12:00"},
        "Shared cost": {"What the lead school recharges for its work, before VAT": "1,500"},
    }
    for part, answers in parts.items():
        coordinator.follow(part)
        coordinator.fill(answers)
        coordinator.press("Save and continue")
    coordinator.follow("Lots and price lines")
    coordinator.follow("Change the reason")
    coordinator.answer("Why it is not divided into lots", "One kitchen team at each school cooks every meal.")
    coordinator.press("Save and continue")
    coordinator.follow("Continue")
    set_criteria(coordinator)
    coordinator.follow("Check and invite the schools")
    coordinator.press("Invite 2 schools")
    coordinator.sees("You invited the schools.")


def set_criteria(coordinator: Traveller) -> None:
    coordinator.follow("Criteria and weights")
    coordinator.follow("Set the price")
    coordinator.answer("Weight of the price", "60")
    coordinator.page.get_by_label("Proportion of the lowest price").check()
    coordinator.press("Save and continue")
    coordinator.follow("Add a criterion")
    coordinator.answer("Name", "Menus")
    coordinator.page.get_by_label("Weight", exact=True).fill("39.99")
    coordinator.answer("Question that suppliers answer", "How will you plan menus that children like?")
    coordinator.press("Save and continue")
    coordinator.press("Save the weights and continue")
    coordinator.sees("The weights total 99.99. They must total 100: 0.01 is missing.")
    coordinator.page.get_by_label("Weight of 2 Menus, per cent").fill("40")
    coordinator.press("Save the weights and continue")


def set_up_passphrase(opener: Traveller) -> None:
    opener.go("/", "Set up your opening passphrase")
    opener.answer("Opening passphrase", make.PASSPHRASE)
    opener.answer("The same passphrase again", make.PASSPHRASE)
    opener.press("Set up this passphrase")
    opener.sees("Your key is known as")


def commit(headteacher: Traveller, school: str) -> None:
    headteacher.go("/", f"Commit {school} to buying together, or decline: {TITLE}")
    headteacher.press(f"Commit {school}")
    headteacher.sees(f"You committed {school}")


def publish(headteacher: Traveller) -> None:
    headteacher.go("/tenders", TITLE, "Read it and publish")
    headteacher.page.get_by_role("button", name="Publish to").click()
    headteacher.look()
    headteacher.sees(f"You published {TITLE}.")


def find_opportunity(stranger: Traveller) -> None:
    stranger.go("/", "Opportunities", TITLE)
    stranger.sees("Hot meals at midday on 190 days a year.")


def quote_by_hand(supplier: Traveller) -> None:
    supplier.go("/suppliers/register")
    supplier.fill(REGISTRATION)
    supplier.press("Register and sign in")
    supplier.sees("You registered Greenfield Kitchens Ltd.")
    supplier.go("/suppliers/own", "Make your declarations")
    for box in supplier.page.get_by_label("None of these applies").all():
        box.check()
    supplier.press("Make these declarations")
    supplier.sees("You made your declarations.")
    supplier.go("/", f"Quote for {TITLE}")
    supplier.page.get_by_label("Price for one").fill("2.48")
    supplier.page.get_by_label("Your answer to question 1").fill(ANSWER)
    supplier.press("Save and check before submitting")
    submit(supplier)


def quote_with_excel(supplier: Traveller, folder: Path) -> None:
    supplier.go("/", f"Quote for {TITLE}")
    schedule = supplier.save("download the price schedule", folder)
    workbook = openpyxl.load_workbook(schedule)
    workbook["Lot 1"].cell(6, 5).value = 2.395
    workbook.save(schedule)
    supplier.follow("upload it")
    supplier.page.locator("input[type=file]").set_input_files(schedule)
    supplier.press("Upload prices into the draft")
    supplier.sees("You uploaded 1 price.")
    supplier.page.get_by_label("Your answer to question 1").fill(ANSWER)
    supplier.press("Save and check before submitting")
    submit(supplier)


def submit(supplier: Traveller) -> None:
    for declaration in DECLARATIONS:
        supplier.page.get_by_label(declaration).check()
    supplier.page.get_by_role("button", name="Submit your quote of").click()
    supplier.look()
    supplier.sees("Receipt")
    with supplier.page.expect_download() as copy:
        supplier.press("Save your copy")
    assert "nonce" in copy.value.path().read_text("utf-8")
