"""The joint tender: drafted, committed to, approved and published."""

from __future__ import annotations

from tests.scenarios.document import Row
from tests.scenarios.story import PASSPHRASE, Story, facts, tells
from tests.scenarios.wording import Wordings
from tests.web.client import Client
from tests.web.page import Page

STEPS = Wordings()


def open_tender(story: Story, who: str) -> Page:
    """Go to the tender's own page by the list of tenders."""
    return story.go(who, "Tenders", story.title)


def open_part(story: Story, who: str, part: str) -> Page:
    """Go to a part of the draft by its task list."""
    open_tender(story, who)
    return story.follow(who, "Continue the draft", part)


@STEPS.step('{who} drafts the joint tender "{title}" in the category {category} from these needs.')
def draft_tender(story: Story, who: str, title: str, category: str, table: tuple[Row, ...]) -> None:
    story.go(who, "Tenders", "Draft a joint tender", category)
    needs = "; ".join(row["Need"] for row in table)
    page = story.send(who, "Draft the tender", {"Title": title, "Approved needs to bring together": needs})
    tells(page, "You drafted the tender.")
    story.title = title


@STEPS.step('{who} fills in the part "{part}".')
def fill_in_part(story: Story, who: str, part: str, table: tuple[Row, ...]) -> None:
    open_part(story, who, part)
    page = story.send(who, "Save and continue", {row["Question"]: row["Answer"] for row in table})
    tells(page, "You saved")


@STEPS.step("{who} changes the proposed price line and adds a second, with units over the whole term.")
def set_lines(story: Story, who: str, table: tuple[Row, ...]) -> None:
    proposed, second = table
    open_part(story, who, "Lots and price lines")
    story.follow(who, "Catering")
    tells(story.send(who, "Save and continue", proposed), "You saved the price line.")
    story.follow(who, "Add a price line to lot 1")
    tells(story.send(who, "Save and continue", second), "You added a price line.")


@STEPS.step('{who} says why it is not divided into lots: "{reason}"')
def say_why_one_lot(story: Story, who: str, reason: str) -> None:
    story.follow(who, "Change the reason")
    answers = {"Why it is not divided into lots": reason}
    tells(story.send(who, "Save and continue", answers), "You said why the tender is not divided into lots.")


@STEPS.step("{who} sets the weight of the price to {weight:number} and adds the quality criteria.")
def set_criteria(story: Story, who: str, weight: str, table: tuple[Row, ...]) -> None:
    open_part(story, who, "Criteria and weights")
    story.follow(who, "Set the price")
    price = {"Weight of the price": weight, "How quotes are judged": "Proportion of the lowest price"}
    tells(story.send(who, "Save and continue", price), "You saved the price and its formula.")
    for row in table:
        story.follow(who, "Add a criterion")
        tells(story.send(who, "Save and continue", row), "You added a criterion.")
    tells(story.send(who, "Save the weights and continue"), "You saved the weights.")


@STEPS.step("{who} sets up an opening passphrase.")
def set_up_passphrase(story: Story, who: str) -> None:
    story.go(who, "Set up your opening passphrase")
    answers = {"Opening passphrase": PASSPHRASE, "The same passphrase again": PASSPHRASE}
    tells(story.send(who, "Set up this passphrase", answers), "You set up your opening passphrase.")


@STEPS.step("{who} checks the tender and invites the {number:count} schools.")
def invite_schools(story: Story, who: str, number: int, table: tuple[Row, ...]) -> None:
    open_tender(story, who)
    page = story.follow(who, "Continue the draft", "Check and invite the schools")
    states(page, table)
    tells(story.send(who, f"Invite {number} schools"), "You invited the schools.")


@STEPS.step(
    "{who} commits {school}, which pays {a_year:money} a year, {whole_term:money} over the whole term."
)
def commit_school(story: Story, who: str, school: str, a_year: str, whole_term: str) -> None:
    page = story.go(who, f"Commit {school} to buying together, or decline: {story.title}")
    pays = facts(page)["What your school pays today"]
    assert pays == f"{a_year} a year, {whole_term} over the whole term"
    tells(story.send(who, f"Commit {school}"), f"You committed {school} to {story.title}.")


@STEPS.step("{who} settles who buys and asks for approval.")
def confirm_tender(story: Story, who: str) -> None:
    open_tender(story, who)
    story.follow(who, "Settle who buys")
    tells(story.send(who, "Settle who buys and ask for approval"), "You settled who buys.")


@STEPS.step("These people say that they have no interest in who wins.")
def declare_interests(story: Story, table: tuple[Row, ...]) -> None:
    for row in table:
        who = row["Person"]
        story.go(who, f"Declare your interests: {story.title}")
        asked = "Have you, or has somebody close to you, an interest in who wins this tender?"
        tells(story.send(who, "Declare", {asked: "No"}), "You declared your interests")


@STEPS.step('{who} assesses the conflicts of interest: "{text}"')
def assess_interests(story: Story, who: str, text: str) -> None:
    open_tender(story, who)
    story.follow(who, "Conflicts of interest")
    page = story.send(who, "Record the assessment", {"Assessment": text})
    tells(page, "You recorded the conflicts assessment.")


@STEPS.step("{who}, headteacher of the lead school, cannot publish the tender.")
def cannot_publish(story: Story, who: str) -> None:
    page = open_tender(story, who)
    assert "Read it and publish" not in page.links()
    story.browser(who).get(f"{page.path}/publish", status=403)


@STEPS.step("{who} approves the tender, whose notice must stand on Find a Tender first.")
def approve_tender(story: Story, who: str) -> None:
    open_tender(story, who)
    story.follow(who, "Read it and publish")
    tells(story.send(who, "Approve, for Find a Tender first"), "You approved the tender.")


@STEPS.step('Nobody finds "{title}" among the open opportunities.')
def find_no_opportunity(story: Story, title: str) -> None:
    assert title not in Client(story.app).get("/opportunities").links()


@STEPS.step("{who} enters the reference {reference} of {day} and opens the tender to 1 supplier.")
def enter_reference(story: Story, who: str, reference: str, day: str) -> None:
    page = story.go(who, f"Publish the tender notice on Find a Tender and enter its reference: {story.title}")
    assert story.title in page.words
    answers = {"Reference of the notice": reference, "Day on which Find a Tender published it": day}
    tells(story.send(who, "Open the tender to 1 supplier", answers), f"You published {story.title}.")


@STEPS.step("The open data says that the notice {notice} of three schools is worth {value:money} before VAT.")
def read_open_data(story: Story, notice: str, value: str) -> None:
    (release,) = Client(story.app).download("/api/v1/ocds/releases").get_json()["releases"]
    kind, _, reference = notice.partition(" ")
    document = release["tender"]["documents"][0]
    assert document["noticeType"] == kind
    assert document["url"].endswith(f"{reference[-6:]}-{reference[:4]}")
    assert len(release["parties"]) == 3
    assert f"£{release['tender']['value']['amount']:,}" == value.removesuffix(".00")


@STEPS.step('Anybody finds "{title}" among the open opportunities, with the deadline {deadline}.')
def find_opportunity(story: Story, title: str, deadline: str) -> None:
    stranger = Client(story.app)
    page = stranger.get("/opportunities")
    assert title in page.links()
    page = stranger.get(page.links()[title])
    assert facts(page)["Deadline for quotes"].startswith(deadline)


def states(page: Page, table: tuple[Row, ...]) -> None:
    """A summary on the page says this."""
    found = facts(page)
    wanted = {row["Fact"]: row["Says"] for row in table}
    assert {fact: found.get(fact) for fact in wanted} == wanted
