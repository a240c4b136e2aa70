"""The Partnership Fund: contributions that governing bodies agreed, a claim, the statement."""

from __future__ import annotations

import io
from datetime import date

from pypdf import PdfWriter

from tests.scenarios.chapters.invoices import words_of
from tests.scenarios.document import Row
from tests.scenarios.story import Story, facts, shows
from tests.scenarios.wording import Wordings
from tests.web.page import Page

STEPS = Wordings()
COORDINATOR = "Cora Winter"


def open_fund(story: Story, who: str) -> Page:
    """Go to the fund's page, past the list of funds if there are several."""
    page = story.go(who, "Partnership Fund")
    return story.follow(who, story.fund) if story.fund in page.links() else page


@STEPS.step('{who} opens the "{name}".')
def begin_fund(story: Story, who: str, name: str) -> None:
    story.go(who, "Partnership Fund", "Open a Partnership Fund")
    story.fund = name
    page = story.send(
        who, "Open the fund", {"Name of the fund": name, "When was it opened?": "21 April 2027"}
    )
    assert page.heading == name, page.errors()


@STEPS.step('{who} asks the schools for {total:money} for "{title}", and each is asked for its share.')
def ask(story: Story, who: str, total: str, title: str, table: tuple[Row, ...]) -> None:
    open_fund(story, who)
    story.follow(who, "Ask for contributions")
    schools = [row["School"] for row in table if row["School"] != "All schools"]
    page = story.send(
        who,
        "Check each school’s share",
        {
            "Title": title,
            "What is it for?": "Training and development of staff",
            "Total from all schools": total.strip("£"),
            "First day of the financial year": "1 September 2026",
            "Last day of the financial year": "31 August 2027",
            "Which schools take part?": "; ".join(schools),
        },
    )
    shows(page, "What each school is asked for", table)
    page = story.send(who, f"Ask {len(schools)} schools for {total}")
    assert page.heading == title, page.errors()
    story.round = title


@STEPS.step("Before the governing bodies have agreed, no contribution can be recorded.")
def nothing_received(story: Story) -> None:
    page = open_round(story, COORDINATOR)
    assert "Record receipt" not in page.links()
    governor = story.home("Gwen Parry")
    (task,) = (href for words, href in governor.links().items() if words.startswith("Confirm "))
    answer = story.browser(COORDINATOR).post(
        task.replace("/confirm", "/receive"),
        {"received_on-day": "21", "received_on-month": "4", "received_on-year": "2027"},
        status=422,
    )
    assert "has not confirmed this contribution" in answer.words


@STEPS.step("The governors confirm what their governing bodies agreed.")
def confirm(story: Story, table: tuple[Row, ...]) -> None:
    for row in table:
        who = row["Governor"]
        story.go(who, f"Confirm {row['School']}’s contribution of {row['Amount']}")
        answers = {name: row[name] for name in ("Minute reference", "Date of the meeting")}
        without = story.send(who, "Confirm for the governing body", answers, status=422)
        assert any("parents’ association" in said for said in without.errors().values())
        answers["All of it comes from the school’s own budget"] = "Yes"
        page = story.send(who, "Confirm for the governing body", answers)
        assert f"confirmed by {who}" in page.words


@STEPS.step("{who} records the contributions as they came in.")
def receive(story: Story, who: str, table: tuple[Row, ...]) -> None:
    for row in table:
        open_round(story, who)
        story.press_in(who, "Each school’s contribution", row["School"], "Next step")
        answers = {"When did it reach the fund’s bank account?": row["Came in on"]}
        story.send(who, "Record that it was received", answers)
    assert facts(open_round(story, who))["Received"] == facts(story.page(who))["Asked for in all"]


@STEPS.step('{who} claims {amount:money} for "{title}", with the bill as evidence.')
def make_claim(story: Story, who: str, amount: str, title: str) -> None:
    open_fund(story, who)
    story.follow(who, "Make a claim")
    answers = {
        "What is it for, in a few words?": title,
        "Purpose": "Training and development of staff",
        "Amount": amount.strip("£"),
    }
    page = story.attach(who, "Make the claim", "Evidence", name="bill.pdf", content=a_bill(), answers=answers)
    assert page.heading == title, page.errors()
    story.claim = title


@STEPS.step("{school} cannot approve its own claim: {who} is refused.")
def own_claim(story: Story, school: str, who: str) -> None:
    page = open_claim(story, who)
    assert "Approve this claim" not in page.links()
    answer = story.browser(who).post(f"{page.path}/approve", status=403)
    assert "Your school made this claim" in answer.words, school


@STEPS.step("{who} approves the claim of {amount:money}.")
def approve_claim(story: Story, who: str, amount: str) -> None:
    page = story.home(who)
    (task,) = (words for words in page.links() if words.startswith("Decide on"))
    story.follow(who, task, "Approve this claim")
    story.send(who, f"Approve {amount}")


@STEPS.step("{who} records that the claim was paid on {day:day}, and each school’s share bears its part.")
def pay_claim(story: Story, who: str, day: date, table: tuple[Row, ...]) -> None:
    open_claim(story, who)
    story.follow(who, "Record that it was paid")
    answers = {"When did it leave the fund’s bank account?": f"{day.day} {day:%B %Y}"}
    page = story.send(who, "Record that it was paid", answers)
    shows(page, "What each school’s share bore", table)


@STEPS.step("The statement of the fund from {start} to {end} adds up.")
def statement(story: Story, start: str, end: str, table: tuple[Row, ...]) -> None:
    page = open_statement(story, COORDINATOR)
    assert f"From {start} to {end}" in page.words
    shows(page, "Schools’ shares add up to the fund", table)
    said = words_of(story.download(COORDINATOR, "Download as PDF").data)
    for row in table:
        assert " ".join(row.values()) in said, f"{row} does not stand in: {said}"


@STEPS.step("The statement lists every movement.")
def movements(story: Story, table: tuple[Row, ...]) -> None:
    shows(open_statement(story, COORDINATOR), "Every movement", table)


@STEPS.step("{who} downloads Corn Hill’s own statement as PDF.")
def own_statement(story: Story, who: str, table: tuple[Row, ...]) -> None:
    open_fund(story, who)
    story.follow(who, table[0]["In the statement"])
    said = words_of(story.download(who, "Download as PDF").data)
    missing = [row["In the statement"] for row in table if row["In the statement"] not in said]
    assert not missing, f"{missing} do not stand in: {said}"


def open_round(story: Story, who: str) -> Page:
    """Go to the round of contributions."""
    open_fund(story, who)
    return story.follow(who, story.round)


def open_claim(story: Story, who: str) -> Page:
    """Go to the claim by the fund's page."""
    open_fund(story, who)
    return story.follow(who, story.claim)


def open_statement(story: Story, who: str) -> Page:
    """Go to the fund's statement for the academic year."""
    open_fund(story, who)
    return story.follow(who, "Statement of the fund")


def a_bill() -> bytes:
    """A PDF of one page."""
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()
