"""What Weald says of itself under OWASP’s standard is whole, and is so."""

import re
from dataclasses import replace

from tests.architecture.asvs import PAGE, answered, counts, page, troubles


def test_every_requirement_is_answered_and_what_shows_it_is_there() -> None:
    answers = answered()
    assert counts(answers).total() == 183
    assert not [trouble for one in answers for trouble in troubles(one)]


def test_an_answer_that_claims_too_much_is_noticed() -> None:
    one = next(one for one in answered() if one.status == "met")
    for wrong in (
        replace(one, shown_by=()),
        replace(one, shown_by=("tests/architecture/test_asvs.py::test_that_nobody_wrote",)),
        replace(one, shown_by=("docs/security/nowhere.md",)),
        replace(one, status="mostly met"),
        replace(one, how="Yes."),
        replace(one, status="not met"),
    ):
        assert troubles(wrong)


def test_the_page_says_what_the_answers_say_and_counts_truly() -> None:
    """`make asvs` writes it anew."""
    text = PAGE.read_text("utf-8")
    assert text == page()
    said = re.search(
        r"Of (\d+) requirements of levels 1 and 2, (\d+) are met, (\d+) are not, and (\d+)", text
    )
    assert said
    rows = re.findall(r"^\| V[\d.]+ \|.*\| [12] \| \*\*([a-z ]+)\*\*", text, re.MULTILINE)
    told = [len(rows), *(rows.count(status) for status in ("met", "not met", "not applicable"))]
    assert list(map(int, said.groups())) == told
    assert rows.count("met") >= 165
