"""Needs: posted by bursars, approved by headteachers."""

from __future__ import annotations

from tests.scenarios import hands
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
        _answer_all(story, who, {row["Question"]: row[who] for row in table})
        tells(story.send(who, "Submit for approval"), "You submitted the need N-2027-")


def _answer_all(story: Story, who: str, answers: dict[str, str]) -> None:
    """Answer one page of questions after the other, until all answers stand on one page."""
    page = story.page(who)
    while page.heading != "Check your answers":
        asked = [one.words for one in hands.questions(page.form("Continue").element)]
        here = [words for words in answers if any(one.startswith(words) for one in asked)]
        before = page.path
        page = story.send(who, "Continue", {words: answers.pop(words) for words in here})
        assert page.path != before, page.errors()
    assert not answers, f"nobody asked: {sorted(answers)}"


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
