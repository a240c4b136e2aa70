"""Sixty contracts are imported, a suggestion becomes a tender of eight schools, one leaves: seven publish.

They buy above the threshold, so conflicts are assessed and Find a Tender comes first.
"""

from __future__ import annotations

import csv
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from marketplace.alliance.delegation.rules import Approver, Band
from marketplace.contracts.models import Contract
from marketplace.core import clock, jobs
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.months import months_later
from marketplace.core.web import day
from marketplace.tenders.interests import actions as interests
from marketplace.tenders.uk_notices.tasks import ENTER
from tests import make
from tests.browser.conftest import PHONE
from tests.browser.journeys.conftest import Invite
from tests.browser.journeys.traveller import UUID, Traveller
from tests.make import School, Tender

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("built")]
TITLE = "Grounds maintenance in Holloway"
CATEGORY = "grounds"
MONTHS_AHEAD = 11
"""How far ahead today’s contracts end: late enough for a tender, soon enough to be suggested."""
SPEND = Money(9_000_00)
"""What each school pays a year. With VAT over three years seven of them are above £207,720, six below."""
LOTS = {
    "Grass and pitches": ("All grass", "mowing", 96),
    "Trees and hedges": ("All hedges", "cutting", 9),
    "Winter paths": ("All paths", "gritting", 60),
}
"""The item and unit of each lot, and how many the first school wants; each further school wants one more."""
SEALED = "at least 7 schools buy"
NOTICE = "S 000-770707"


@dataclass(frozen=True, slots=True)
class Cast:
    """The schools by what they do. The leaver is in until it leaves; the other seven stay."""

    alliance: make.Alliance
    lead: School
    conditional: School
    limited: School
    approving: School
    leaver: School

    @property
    def seven(self) -> list[School]:
        """The schools that stay."""
        return [school for school in self.alliance.schools if school is not self.leaver]

    @property
    def others(self) -> list[School]:
        """Those whose commitment is nothing special."""
        return [one for one in self.alliance.schools if one not in (self.conditional, self.limited)]


@pytest.mark.long
def test_sixty_contracts_a_suggestion_and_a_tender_of_seven_schools(invite: Invite, tmp_path: Path) -> None:
    alliance = make.alliance(schools=8, name="Holloway Schools Alliance")
    lead, conditional, limited, approving, *_, leaver = alliance.schools
    cast = Cast(alliance, lead, conditional, limited, approving, leaver)
    start = months_later(clock.today().replace(day=1), MONTHS_AHEAD)
    coordinator = invite(alliance.coordinator)

    import_register(coordinator, cast, start, tmp_path)
    approve_needs(cast, start)
    open_suggestion(coordinator, start)
    tender = draft_in_three_lots(coordinator, cast, tmp_path)
    commit_if_seven_buy(invite(conditional.headteacher, PHONE), conditional)
    commit_above_the_limit(invite(limited.headteacher), limited)
    make.commit(tender, *cast.others)
    foresee_who_would_drop_out(coordinator, limited)
    confirm_for_the_governing_body(invite(limited.governor, PHONE))
    settle_who_buys(coordinator, alliance.schools)
    expect_totals(coordinator, alliance.schools, "£259,200.00")
    leave_midway(invite(leaver.headteacher), cast)
    expect_totals(coordinator, cast.seven, "£226,800.00")
    coordinator.sees("The school left the alliance on")
    assess_interests(coordinator, cast, tender)
    approve(invite(approving.headteacher))
    stranger = invite()
    see_nothing_yet(stranger)
    open_with_the_reference(coordinator)
    read_as_anybody(stranger, cast)


def import_register(coordinator: Traveller, cast: Cast, start: date, folder: Path) -> None:
    """One workbook with the contracts of all schools; every row goes in, and the report says so."""
    register = folder / "register.xlsx"
    register.write_bytes(
        make.register_of_sixty([(one.name, one.urn) for one in cast.alliance.schools], start)
    )
    coordinator.go("/contracts", "Import a register from Excel or CSV")
    coordinator.page.locator("input[type=file]").set_input_files(register)
    coordinator.press("Import the register")
    coordinator.sees("You imported the register.")
    coordinator.sees("Every row was right.")
    added, changed, already_so, refused = coordinator.page.locator("dd").all_inner_texts()
    assert (added, changed, already_so, refused) == ("60", "0", "0", "0")


def approve_needs(cast: Cast, start: date) -> None:
    """Each school asks for what its registered contract gives it today; its headteacher approves."""
    session = db.session()
    session.rollback()
    registered = session.scalars(select(Contract).where(Contract.category == CATEGORY))
    ends = {contract.school_id: contract.ends_on for contract in registered}
    for school in cast.alliance.schools:
        make.approved_need(
            school,
            CATEGORY,
            current_annual_spend=SPEND,
            contract_ends_on=ends[school.id],
            wanted_from=start,
        )
    most = Money(20_000_00)
    make.ladder(cast.limited, Band(most, Approver.HEADTEACHER, 0), Band(None, Approver.GOVERNING_BODY, 0))


def open_suggestion(coordinator: Traveller, start: date) -> None:
    """The register and the needs together say who could buy together, and when."""
    coordinator.go("/needs/suggestions", f"Grounds maintenance from {day(start)}")
    coordinator.sees("Last safe notice date")
    coordinator.sees("Waits 30 days, by its own need")
    coordinator.sees("£207,720")
    coordinator.follow("Draft a tender with 8 needs")


def draft_in_three_lots(coordinator: Traveller, cast: Cast, folder: Path) -> Tender:
    """The draft from the suggestion gets lots, dates, criteria and people; then eight schools are invited."""
    schools = cast.alliance.schools
    openers, evaluator = (cast.lead.bursar, cast.approving.bursar), cast.approving.finance_lead
    for opener in (*openers, cast.conditional.bursar):
        make.proven_opener(opener)
    closes_at = make.working_moment(40)
    coordinator.answer("Title", TITLE)
    coordinator.press("Draft the tender")
    parts: dict[str, dict[str, str]] = {
        "What it buys": {"Description": "Grass, hedges and winter paths, on one plan for all schools."},
        "Who buys": {"Lead school": cast.lead.name},
        "People who open and score": {
            "Opener 1": openers[0].name,
            "Opener 2": openers[1].name,
            "Opener 3": cast.conditional.bursar.name,
            "Evaluator 1": evaluator.name,
        },
        "Dates": {"Deadline for quotes": f"{closes_at:%-d %B %Y} at 12:00"},
    }
    for part, answers in parts.items():
        coordinator.follow(part)
        coordinator.fill(answers)
        coordinator.press("Save and continue")
    coordinator.follow("Lots and price lines")
    upload_lots(coordinator, folder)
    coordinator.follow("Continue")
    set_criteria(coordinator)
    coordinator.follow("Check and invite the schools")
    coordinator.press("Invite 8 schools")
    coordinator.sees("You invited the schools.")
    found = UUID.search(coordinator.page.url)
    assert found
    return Tender(
        uuid.UUID(found.group()), cast.alliance, schools, cast.lead, openers, (evaluator,), closes_at
    )


def upload_lots(coordinator: Traveller, folder: Path) -> None:
    """The price lines are filled in with a spreadsheet: three lots instead of the one proposed."""
    coordinator.page.get_by_text("Fill in many price lines with a spreadsheet").click()
    schedule = coordinator.save("Download the price lines as a CSV file", folder)
    heading, *_ = csv.reader(schedule.read_text("utf-8-sig").splitlines())
    names = heading[3:]
    with schedule.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        for lot, (item, unit, fewest) in LOTS.items():
            writer.writerow([lot, item, unit, *range(fewest, fewest + len(names))])
    coordinator.page.locator("input[type=file]").set_input_files(schedule)
    coordinator.press("Replace all price lines")
    coordinator.sees("You read 3 price lines from the file.")


def set_criteria(coordinator: Traveller) -> None:
    coordinator.follow("Criteria and weights", "Set the price")
    coordinator.answer("Weight of the price", "70")
    coordinator.page.get_by_label("Proportion of the lowest price").check()
    coordinator.press("Save and continue")
    coordinator.follow("Add a criterion")
    coordinator.answer("Name", "Wildlife")
    coordinator.answer("Weight", "30")
    coordinator.answer(
        "Question that suppliers answer", "How will you mow so that wildlife keeps its places?"
    )
    coordinator.press("Save and continue")
    coordinator.press("Save the weights and continue")


def commit_if_seven_buy(headteacher: Traveller, school: School) -> None:
    """A school is in only in company; nobody else can read its condition."""
    headteacher.go("/", f"Commit {school.name} to buying together, or decline: {TITLE}")
    headteacher.follow("Change volumes and conditions")
    headteacher.answer("The fewest schools that must buy, yours included", "7")
    headteacher.press("Save volumes and conditions")
    headteacher.sees(SEALED)
    headteacher.press(f"Commit {school.name}")
    headteacher.sees(f"You committed {school.name}")


def commit_above_the_limit(headteacher: Traveller, school: School) -> None:
    """Above the school’s limit a commitment does not count before the governing body confirms it."""
    headteacher.go("/", f"Commit {school.name} to buying together, or decline: {TITLE}")
    headteacher.press(f"Commit {school.name}")
    headteacher.sees("Its governing body has not confirmed the commitment.")


def foresee_who_would_drop_out(coordinator: Traveller, limited: School) -> None:
    """The forecast names the school that would drop out if it were settled now, and why."""
    coordinator.go("/tenders", TITLE, "Settle who buys")
    line = coordinator.page.get_by_role("row", name=limited.name)
    assert "Its governing body has not confirmed the commitment." in line.inner_text()


def confirm_for_the_governing_body(governor: Traveller) -> None:
    today = clock.today()
    governor.go("/", f"Record the governing body’s confirmation: {TITLE}")
    governor.answer("Minute reference", "FGB 12 item 4")
    governor.answer("Date of the meeting", f"{today.day} {today.month} {today.year}")
    governor.press("Confirm for the governing body")
    governor.sees("You recorded the governing body’s confirmation.")


def settle_who_buys(coordinator: Traveller, schools: Sequence[School]) -> None:
    """Now everybody stays."""
    coordinator.go("/tenders", TITLE, "Settle who buys")
    for school in schools:
        coordinator.sees(school.name)
    assert "Who would drop out" not in coordinator.page.inner_text("main")
    coordinator.press("Settle who buys and ask for approval")
    coordinator.sees("You settled who buys.")


def leave_midway(headteacher: Traveller, cast: Cast) -> None:
    """A headteacher reads what runs on, and leaves the alliance; so the school is out of the tender too."""
    headteacher.go("/memberships", cast.alliance.name, "Leave this alliance")
    headteacher.sees("Grounds and playing fields")
    line = headteacher.page.get_by_role("row").filter(has_text=TITLE)
    assert "Not published yet: the school drops out" in line.inner_text()
    headteacher.answer("Why does the school leave?", "We join a trust that has its own gardeners.")
    headteacher.answer(
        "We have read which contracts and commitments run on and what becomes of our share of the fund, and "
        "leave the alliance today",
        "yes",
    )
    headteacher.press("Leave the alliance today")
    headteacher.sees("Your school has left the alliance.")
    jobs.deliver()


def expect_totals(coordinator: Traveller, schools: Sequence[School], value: str) -> None:
    """The tender’s page counts these schools alone: their value, the law, the units of each lot."""
    coordinator.go("/tenders", TITLE)
    coordinator.sees(f"{value} with VAT")
    coordinator.sees("Above the threshold")
    coordinator.page.get_by_role("tab", name="What is bought").click()
    for number, (_, unit, fewest) in enumerate(LOTS.values(), start=1):
        table = coordinator.page.get_by_role("table", name=f"Lot {number}, units over the whole term")
        units = range(fewest, fewest + len(schools))
        expect(table.locator("tbody td")).to_have_text([unit, str(sum(units))])
        coordinator.page.get_by_text(f"Lot {number}, school by school").first.click()
        table = coordinator.page.get_by_role("table", name=f"Units of lot {number}, school by school")
        expect(table.locator("tbody td")).to_have_text(list(map(str, units)))


def assess_interests(coordinator: Traveller, cast: Cast, tender: Tender) -> None:
    """Above the threshold everybody behind it declares before it is published (sections 81 to 83)."""
    openers = (*tender.openers, cast.conditional.bursar)
    for person in (cast.lead.headteacher, *openers, *tender.evaluators):
        interests.declare_interest(person, tender.id, has_interest=False)
    declare_no_interest(coordinator)
    coordinator.follow("Conflicts of interest")
    coordinator.answer("Assessment", "Nobody behind this tender has an interest in who wins.")
    coordinator.press("Record the assessment")
    coordinator.sees("You recorded the conflicts assessment.")


def declare_no_interest(person: Traveller) -> None:
    person.go("/", f"Declare your interests: {TITLE}")
    person.answer("Have you, or has somebody close to you, an interest in who wins this tender?", "No")
    person.press("Declare")
    person.sees("You declared your interests for this tender.")


def approve(headteacher: Traveller) -> None:
    """A headteacher of another school approves; that opens nothing yet."""
    declare_no_interest(headteacher)
    headteacher.follow("Read it and publish")
    headteacher.press("Approve, for Find a Tender first")
    headteacher.sees("The notice goes on Find a Tender first; with its reference the tender opens.")


def see_nothing_yet(stranger: Traveller) -> None:
    """Before Find a Tender shows it, nobody finds it here (regulation 5)."""
    stranger.go("/", "Opportunities")
    assert TITLE not in stranger.page.inner_text("main")


def open_with_the_reference(coordinator: Traveller) -> None:
    """The coordinator has published the notice on Find a Tender, and enters where it stands there."""
    today = clock.today()
    coordinator.go("/", f"{ENTER}: {TITLE}")
    coordinator.fill(
        {
            "Reference of the notice": f"{today.year}/{NOTICE}",
            "Day on which Find a Tender published it": f"{today.day} {today.month} {today.year}",
        }
    )
    coordinator.page.get_by_role("button", name="Open the tender").click()
    coordinator.look()
    coordinator.sees(f"You published {TITLE}.")


def read_as_anybody(stranger: Traveller, cast: Cast) -> None:
    """Anybody finds the opportunity: seven schools, three lots, and no school’s condition."""
    stranger.go("/", "Opportunities", TITLE)
    buyers = stranger.page.get_by_role("table", name="Schools that buy")
    for school in cast.seven:
        stranger.sees(school.name)
    assert buyers.locator("tbody tr").count() == len(cast.seven)
    stranger.sees(NOTICE)
    for number, lot in enumerate(LOTS, start=1):
        stranger.sees(f"Lot {number}: {lot}")
    read = stranger.page.inner_text("main")
    assert cast.leaver.name not in read
    assert SEALED not in read
