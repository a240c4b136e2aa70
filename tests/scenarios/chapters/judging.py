"""Quotes are opened by two, scored by each alone, agreed, locked and compared."""

from __future__ import annotations

import io

import openpyxl

from tests.scenarios.document import Row
from tests.scenarios.story import PASSPHRASE, Story, shows, tables, tells
from tests.scenarios.wording import Wordings
from tests.web.page import Page, text_of

STEPS = Wordings()
WITH_PASSPHRASE = {"Your opening passphrase": PASSPHRASE}


@STEPS.step("{who} starts opening the quotes.")
def start_opening(story: Story, who: str) -> None:
    story.go(who, f"Open the quotes for {story.title}")
    page = story.send(who, "Start the opening", WITH_PASSPHRASE)
    tells(page, "You started the opening.")
    assert "Complete the opening" not in page.texts("main button"), "one person cannot open alone"


@STEPS.step("{who} completes the opening, and {number:count} quotes are open.")
def complete_opening(story: Story, who: str, number: int) -> None:
    story.go(who, f"Open the quotes for {story.title}")
    page = story.send(who, "Complete the opening", WITH_PASSPHRASE)
    tells(page, "You opened the quotes.")
    assert len(tables(page)["Quotes"]) == number


@STEPS.step("{who} declares no conflict of interest with any of the {number:count} suppliers.")
def declare_conflicts(story: Story, who: str, number: int) -> None:
    story.go(who, f"Declare conflicts of interest: {story.title}")
    answers = {f"Do you have a conflict of interest with {name}?": "No" for name in story.suppliers}
    assert len(answers) == number
    story.send(who, "Declare", answers)


@STEPS.step("{who} scores the answers alone.")
def give_scores(story: Story, who: str, table: tuple[Row, ...]) -> None:
    story.go(who, f"Score {len(table)} answers: {story.title}")
    for supplier in dict.fromkeys(row["Supplier"] for row in table):
        story.follow(who, supplier)
        answers = {}
        for row in table:
            if row["Supplier"] == supplier:
                answers[f"Your score for “{row['Question']}”"] = row["Score"]
                answers[f"Your reason for “{row['Question']}”"] = row["Reason"]
        story.send(who, "Save my scores", answers)


@STEPS.step("Until everybody has scored, {who} sees no score.")
def sees_no_score(story: Story, who: str) -> None:
    page = open_moderation(story, who)
    assert "Given" not in page.words
    cells = [text_of(cell) for row in tables(page)["Scores"] for cell in list(row.values())[1:3]]
    assert set(cells) == {"Being scored"}


@STEPS.step("{who} records the scores that the panel agreed.")
def agree_scores(story: Story, who: str, table: tuple[Row, ...]) -> None:
    for row in table:
        page = open_moderation(story, who)
        column = next(words for words in columns(page) if words.startswith(row["Question"]))
        story.press_in(who, "Scores", row["Supplier"], column)
        asked = ("Agreed score", "Reason", "How the panel came to agree")
        if row["How the panel came to agree"]:
            page = story.send(
                who, "Record the agreed score", {name: row[name] for name in asked[:2]}, status=422
            )
            assert any("more than 2 apart" in said for said in page.errors().values())
        story.send(who, "Record the agreed score", {name: row[name] for name in asked})


@STEPS.step("{who} locks the scores.")
def lock_scores(story: Story, who: str) -> None:
    open_moderation(story, who)
    story.follow(who, "Lock the scores")
    story.send(who, "Lock the scores")


@STEPS.step("{who} compares the quotes.")
def compare_quotes(story: Story, who: str, table: tuple[Row, ...]) -> None:
    story.go(who, "Tenders", story.title)
    shows(story.follow(who, "Compare the quotes"), "Ranking", table)


@STEPS.step("The comparison shows what each school would pay.")
def compare_by_school(story: Story, table: tuple[Row, ...]) -> None:
    shows(comparison(story), "What each school would pay over the term", table)


@STEPS.step("The comparison shows each price line.")
def compare_by_line(story: Story, table: tuple[Row, ...]) -> None:
    shows(comparison(story), "Lot 1", table)


@STEPS.step(
    "The comparison can be downloaded as Excel and as CSV, with the totals {first:money}, {second:money} "
    "and {third:money}."
)
def download_comparison(story: Story, first: str, second: str, third: str) -> None:
    who = "Cora Winter"
    comparison(story)
    totals = {float(total.strip("£").replace(",", "")) for total in (first, second, third)}
    workbook = openpyxl.load_workbook(io.BytesIO(story.download(who, "Download as Excel").data))
    cells = {cell for sheet in workbook for row in sheet.iter_rows(values_only=True) for cell in row}
    assert totals <= {float(cell) for cell in cells if isinstance(cell, int | float)}
    text = story.download(who, "Download as CSV").text
    assert all(total.strip("£").replace(",", "") in text for total in (first, second, third))


def comparison(story: Story) -> Page:
    """The comparison as the coordinator sees it."""
    story.go("Cora Winter", "Tenders", story.title)
    return story.follow("Cora Winter", "Compare the quotes")


def open_moderation(story: Story, who: str) -> Page:
    """The page on which scores are agreed."""
    story.go(who, "Tenders", story.title)
    return story.follow(who, "See the scoring")


def columns(page: Page) -> list[str]:
    """What stands above the columns of the scores."""
    return list(tables(page)["Scores"][0])
