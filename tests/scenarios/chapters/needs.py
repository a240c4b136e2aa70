"""Needs: posted by bursars, approved by headteachers."""

from __future__ import annotations

from tests.scenarios.document import Row
from tests.scenarios.story import Story, shows, tells
from tests.scenarios.wording import Wordings

STEPS = Wordings()


@STEPS.step(
    "The bursars post what their schools need in the category {category}, and submit it for approval."
)
def post_needs(story: Story, category: str, table: tuple[Row, ...]) -> None:
    for who in list(table[0])[1:]:
        story.go(who, "Post a need")
        story.send(who, "Continue", {"What does the school need?": category})
        page = story.send(who, "Continue", {row["Question"]: row[who] for row in table})
        assert page.heading == "Check your answers", page.errors()
        tells(story.send(who, "Submit for approval"), "You submitted the need N-2027-")


@STEPS.step("{who} approves the need of {school}.")
def approve_need(story: Story, who: str, school: str) -> None:
    page = story.home(who)
    (task,) = (words for words in page.links() if words.startswith("Approve the need"))
    page = story.follow(who, task)
    assert school in page.words
    tells(story.send(who, "Approve the need"), "You approved the need N-2027-")


@STEPS.step("{who} sees the needs of all three schools, sorted by school.")
def see_needs(story: Story, who: str, table: tuple[Row, ...]) -> None:
    shows(story.go(who, "Needs", "School"), "Needs", table)
