"""The award: recommended, approved by two schools, waited for, confirmed."""

from __future__ import annotations

from tests.scenarios.document import Row
from tests.scenarios.story import Story, facts, shows, tells
from tests.scenarios.wording import Wordings
from tests.web.page import Page

STEPS = Wordings()


def open_award(story: Story, who: str) -> Page:
    """Go to the award by the list of awards."""
    return story.go(who, "Awards", story.title)


@STEPS.step('{who} recommends {supplier} "{reasons}".')
def recommend_award(story: Story, who: str, supplier: str, reasons: str) -> None:
    story.go(who, "Tenders", story.title)
    story.follow(who, "Compare the quotes", "Recommend an award")
    page = story.send(who, "Recommend to the schools", {"Quote": supplier, "Reasons": reasons})
    tells(page, "You recommended the award.")
    assert facts(page)["Supplier"] == supplier


@STEPS.step("{who} approves the award for {school}.")
def approve_award(story: Story, who: str, school: str) -> None:
    page = story.home(who)
    (task,) = (words for words in page.links() if words.startswith("Approve the award"))
    story.follow(who, task, "Approve the award")
    page = story.send(who, "Approve the award")
    tells(page, "You approved the award.")
    assert f"{who}, {school}" in page.words


@STEPS.step("{school} cannot approve twice: {who} is refused.")
def cannot_approve(story: Story, school: str, who: str) -> None:
    page = open_award(story, who)
    assert "Approve the award" not in page.links()
    answer = story.browser(who).post(f"{page.path}/approve", status=403)
    assert "Your school has approved this award already." in answer.words, school


@STEPS.step("{who} reads the {number:count} letters to the bidders and sends all of them.")
def tell_bidders(story: Story, who: str, number: int) -> None:
    page = story.go(who, f"Read the letters to the bidders and send them: {story.title}")
    page = story.send(who, f"I have read all {number} drafts")
    page = story.send(who, f"Send all {number} letters now")
    tells(page, "You sent every bidder its result, all at the same moment.")


@STEPS.step("{who} announces the award with a standstill, by the notice {reference} of {day}.")
def announce_award(story: Story, who: str, reference: str, day: str) -> None:
    page = story.go(who, f"Publish the award notice and enter its reference: {story.title}")
    assert "the law leaves the standstill to you" in page.words
    answers = {
        "Reference of the notice": reference,
        "Day on which Find a Tender published it": day,
        "Does a standstill begin with the notice?": "Yes",
    }
    tells(story.send(who, "Announce the award to every bidder", answers), "You announced the award.")


@STEPS.step("The award is worth {value:money} with VAT, and its standstill lasts until {day}.")
def worth(story: Story, value: str, day: str) -> None:
    page = open_award(story, "Cora Winter")
    assert facts(page)["Value with VAT"].startswith(f"{value}, at or above the threshold")
    assert f"the end of {day}" in page.words


@STEPS.step("Each school saves by the award.")
def each_saves(story: Story, table: tuple[Row, ...]) -> None:
    shows(open_award(story, "Cora Winter"), "What each school pays over the term, before VAT", table)


@STEPS.step("{who} cannot confirm the award yet.")
def cannot_confirm(story: Story, who: str) -> None:
    page = open_award(story, who)
    assert "Confirm the award" not in page.links()
    answer = story.browser(who).post(f"{page.path}/confirm", status=422)
    assert "The standstill lasts until the end of 24 March 2027." in answer.words


@STEPS.step("{who} confirms the award.")
def confirm_award(story: Story, who: str) -> None:
    story.go(who, f"Confirm the award: {story.title}")
    answers = {"Is a winner a related party of a school that buys?": "No"}
    tells(story.send(who, "Confirm the award", answers), "You confirmed the award.")


@STEPS.step("Each school finds its contract with {supplier} in its register.")
def find_contracts(story: Story, supplier: str, table: tuple[Row, ...]) -> None:
    for row in table:
        page = story.go(row["Seen by"], "Contracts")
        wanted = {"School": row["School"], "Supplier": supplier, "Value a year": row["Value a year"]}
        shows(page, "Contracts", [wanted])
        page = story.follow(row["Seen by"], story.title)
        found = facts(page)
        assert found["First day"] == row["First day"]
        assert found["Last day"].startswith(row["Last day"])
