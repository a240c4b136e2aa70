"""Schools and people: how an alliance begins."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from tests.make import register
from tests.scenarios import hands
from tests.scenarios.document import Row
from tests.scenarios.story import PASSWORD, Story, address_of, shows, tells
from tests.scenarios.wording import Wordings
from tests.web.client import Client

STEPS = Wordings()
COLUMNS = {
    "URN": "URN",
    "Name": "EstablishmentName",
    "Phase": "PhaseOfEducation (name)",
    "Pupils": "NumberOfPupils",
    "Postcode": "Postcode",
    "Easting": "Easting",
    "Northing": "Northing",
}


@STEPS.step("It is {moment:moment}.")
def let_time_pass(story: Story, moment: datetime) -> None:
    story.travel(moment)


@STEPS.step("The administrator imports these schools from the register.")
def import_schools(story: Story, table: tuple[Row, ...]) -> None:
    rows: list[dict[str, object]] = [{COLUMNS[name]: cell for name, cell in row.items()} for row in table]
    content = register(*rows)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "register.csv")
        file.write_bytes(content)
        printed = story.command("schools", "import", str(file))
    assert f"{len(table)} added, 0 updated" in printed
    story.urns = [row["URN"] for row in table]


@STEPS.step("The administrator founds the {alliance} and admits the three schools.")
def found_alliance(story: Story, alliance: str) -> None:
    story.command("alliance", "found", alliance)
    for urn in story.urns:
        story.command("alliance", "admit", alliance, urn)


@STEPS.step("The administrator adds these people, and each chooses a password by the link in an e-mail.")
def add_first_people(story: Story, table: tuple[Row, ...]) -> None:
    for row in table:
        options = {"name": row["Name"], "organisation": row["Organisation"], "role": row["Role"]}
        options |= {"email": address_of(row["Name"])}
        story.command("people", "add", *(f"--{name}={said}" for name, said in options.items()), typed="\n")
        choose_password(story, row["Name"])


@STEPS.step("The headteachers add their colleagues, and each chooses a password by the link in an e-mail.")
def add_colleagues(story: Story, table: tuple[Row, ...]) -> None:
    for row in table:
        who, name = row["Added by"], row["Name"]
        page = story.go(who, "People")
        (add,) = (words for words in page.links() if words.startswith("Add a colleague to "))
        story.follow(who, add)
        answers = {"Full name": name, "E-mail address": address_of(name), "Roles": row["Role"]}
        page = story.send(who, add.replace("Add a colleague", "Add"), answers)
        tells(page, f"You added {name}")
        choose_password(story, name)


def choose_password(story: Story, name: str) -> None:
    """Follow the link that was sent to somebody."""
    stranger = Client(story.app)
    link = story.link_sent_to(address_of(name), "/set-password/")
    form = stranger.get(link).form("Choose this password")
    page = stranger.submit(hands.fill(form, {"Password": PASSWORD, "The same password again": PASSWORD}))
    tells(page, "You have chosen your password")


@STEPS.step("The finance leads enter what invoices must say of their schools.")
def enter_details(story: Story, table: tuple[Row, ...]) -> None:
    for row in table:
        who = row["Who"]
        page = story.go(who, "Schools", row["School"])
        story.get(
            who, next(href for href in page.links().values() if href.partition("#")[0].endswith("/edit"))
        )
        answers = {
            "Address on documents": row["Address"].replace(", ", "\n"),
            "VAT registration number": row["VAT number"],
            "Name of the account": row["Account"],
            "Sort code": row["Sort code"],
            "Account number": row["Account number"],
        }
        tells(story.send(who, "Save the details", answers), "You changed the school’s details.")


@STEPS.step("{who} sees the schools of the alliance.")
def see_schools(story: Story, who: str, table: tuple[Row, ...]) -> None:
    shows(story.go(who, "Schools"), "Schools", table)
