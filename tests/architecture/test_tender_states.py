"""The page of the documentation that shows the states of a tender."""

from marketplace.tenders.rules import MOVES, TenderStatus
from tests.architecture.tender_states import PAGE, written


def test_the_page_of_tender_states_is_up_to_date() -> None:
    """After a change of the table of moves, `make states` writes the page anew."""
    assert PAGE.read_text("utf-8") == written()


def test_the_page_draws_each_move_of_the_table_and_no_other() -> None:
    drawn = {line.strip() for line in written().splitlines() if "-->" in line and "[*]" not in line}
    assert drawn == {f"{one} --> {other}" for one in TenderStatus for other in MOVES[one]}
