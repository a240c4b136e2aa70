"""Scenarios that anybody can read, carried out through the pages that people use."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from flask import Flask

from tests.scenarios import document
from tests.scenarios.chapters import award, fund, invoices, judging, needs, quotes, schools, tender
from tests.scenarios.story import Story
from tests.scenarios.wording import Wordings

CHAPTERS = (schools, needs, tender, quotes, judging, award, invoices, fund)
CATERING = Wordings.of(*(chapter.STEPS for chapter in CHAPTERS))
JOINT_CATERING = Path(__file__).with_name("joint-catering.md")


@pytest.mark.long
def test_three_schools_buy_their_meals_together(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    carry_out(JOINT_CATERING, CATERING, Story(app))
    assert not [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]


def carry_out(path: Path, wordings: Wordings, story: Story) -> None:
    """Do all that a document says, in its order. A step that fails names its place in the document."""
    steps = document.read(path)
    understood = [(step, *wordings.understand(step)) for step in steps]
    unused = [one.text for one in wordings.known if one not in [wording for _, wording, _ in understood]]
    assert not unused, f"{path.name} says nothing like: {unused}"
    for step, wording, gaps in understood:
        given = {"table": step.table} if wording.wants_table else {}
        try:
            with story.minute():
                wording.carry_out(story, **gaps, **given)
        except Exception as failure:
            failure.add_note(f"{step.place}, {step.part}: {step.sentence}")
            raise
