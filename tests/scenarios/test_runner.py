"""What the runner of scenarios promises: no sentence, table or sum passes unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios import document, sums
from tests.scenarios.document import Row, Step, Unreadable
from tests.scenarios.story import Story
from tests.scenarios.wording import Wordings


def written(folder: Path, *lines: str) -> Path:
    path = folder / "story.md"
    path.write_text("\n".join(lines), "utf-8")
    return path


def only(folder: Path, *lines: str) -> Step:
    (step,) = document.read(written(folder, *lines))
    return step


def known() -> Wordings:
    wordings = Wordings()

    @wordings.step("{who} pays {amount:money}.")
    def pay(_story: Story, who: str, amount: str) -> None:
        raise NotImplementedError(who, amount)

    @wordings.step("{who} pays in parts.")
    def pay_in_parts(_story: Story, who: str, table: tuple[Row, ...]) -> None:
        raise NotImplementedError(who, table)

    return wordings


def test_a_step_has_its_place_its_part_and_its_table(tmp_path: Path) -> None:
    step = only(
        tmp_path,
        "# All",
        "## Paying",
        "- **Ann** pays",
        "  in parts.",
        "",
        "| A | B |",
        "|---|--:|",
        "| 1 | 2 |",
    )
    assert step == Step("story.md:3", "Paying", "Ann pays in parts.", ({"A": "1", "B": "2"},))


def test_a_sentence_outside_of_any_step_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"story\.md:2: no heading, step or quotation: Ann pays"):
        document.read(written(tmp_path, "# All", "Ann pays £5.00."))


def test_a_table_without_a_step_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"story\.md:3: this table belongs to no step"):
        document.read(written(tmp_path, "# All", "", "| A |", "|---|", "| 1 |"))


def test_a_second_table_below_a_step_is_refused(tmp_path: Path) -> None:
    lines = ("- Ann pays in parts.", "", "| A |", "|---|", "| 1 |", "", "| B |", "|---|", "| 2 |")
    with pytest.raises(Unreadable, match=r"story\.md:7: this table belongs to no step"):
        document.read(written(tmp_path, *lines))


def test_a_row_with_a_cell_too_few_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"story\.md:4: 1 cells under 2 headings"):
        document.read(written(tmp_path, "- Ann pays.", "| A | B |", "|---|---|", "| 1 |"))


def test_a_sum_that_does_not_come_out_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"story\.md:2: £1,500 × 210 ÷ 662 is 475\.83, not £475\.84"):
        document.read(written(tmp_path, "# All", "> Ann: £1,500 × 210 ÷ 662 = £475.84 by hand"))


def test_an_equals_sign_without_a_sum_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="there is no sum around this ="):
        document.read(written(tmp_path, "> pupils = 662"))


@pytest.mark.parametrize(
    "line",
    [
        "1 + 2 × 3 − 4 ÷ 2 = 5, and 10 − 3 − 2 = 5",
        "£2 − £5.50 = −£3.50",
        "£713.75 × 20% = £142.75",
        "1 ÷ 3 = 0.33 and 2 ÷ 3 = 0.67 and 1 ÷ 8 × 100 = 12.5%",
    ],
)
def test_sums_are_worked_out_as_people_do(line: str) -> None:
    assert not list(sums.wrong(line))


def test_a_step_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"story\.md:1: nobody knows how to do this: Ann dances\."):
        known().understand(only(tmp_path, "- Ann dances."))


def test_a_step_that_can_be_read_in_two_ways_is_refused(tmp_path: Path) -> None:
    wordings = known()
    wordings.step("Ann {does}.")(lambda _story, **_gaps: None)
    with pytest.raises(Unreadable, match="this can be read in 2 ways"):
        wordings.understand(only(tmp_path, "- Ann pays £5.00."))


def test_a_table_that_nobody_would_look_at_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="has a table that nobody would look at"):
        known().understand(only(tmp_path, "- Ann pays £5.00.", "| A |", "|---|", "| 1 |"))


def test_a_step_that_needs_a_table_and_has_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="this has no table"):
        known().understand(only(tmp_path, "- Ann pays in parts."))


def test_what_stands_in_the_gaps_is_read_as_what_it_is(tmp_path: Path) -> None:
    _, gaps = known().understand(only(tmp_path, "- Ann Bell pays £1,500.00."))
    assert gaps == {"who": "Ann Bell", "amount": "£1,500.00"}
