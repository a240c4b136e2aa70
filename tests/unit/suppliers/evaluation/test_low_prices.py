"""A price that looks abnormally low is asked about, explained and concluded on; no machine excludes it."""

from datetime import date

import pytest

from marketplace.core.errors import RuleBroken
from suppliers.evaluation.low_prices import rules
from suppliers.evaluation.low_prices.rules import Asked, InquiryStatus

TODAY, LATER = date(2026, 11, 27), date(2026, 12, 4)


def test_the_usual_answer_has_five_working_days() -> None:
    assert rules.usual_answer_by(TODAY) == LATER
    assert rules.usual_answer_by(date(2026, 12, 22)) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("question", "answer_by", "field"),
    [(" ", LATER, "question"), ("Why?", None, "answer_by"), ("Why?", TODAY, "answer_by")],
)
def test_a_question_without_words_or_time_is_refused(
    question: str, answer_by: date | None, field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_asking(question, answer_by, TODAY)
    assert refused.value.field == field
    rules.check_asking("Why?", LATER, TODAY)


@pytest.mark.parametrize("status", [one for one in InquiryStatus if one is not InquiryStatus.ASKED])
def test_a_price_is_explained_once_and_before_the_panel_concludes(status: InquiryStatus) -> None:
    with pytest.raises(RuleBroken):
        rules.check_explaining(status, "We bake ourselves.")
    with pytest.raises(RuleBroken):
        rules.check_explaining(InquiryStatus.ASKED, " ")
    rules.check_explaining(InquiryStatus.ASKED, "We bake ourselves.")


def test_nothing_is_concluded_while_the_supplier_may_still_answer() -> None:
    asked, explained = InquiryStatus.ASKED, InquiryStatus.EXPLAINED
    accepted, excluded = InquiryStatus.ACCEPTED, InquiryStatus.EXCLUDED
    with pytest.raises(RuleBroken, match="until the end of 4 December 2026"):
        rules.check_concluding(asked, LATER, LATER, excluded, "No.")
    rules.check_concluding(asked, LATER, date(2026, 12, 5), excluded, "No answer came.")
    rules.check_concluding(explained, LATER, TODAY, excluded, "Wages below the legal minimum.")
    with pytest.raises(RuleBroken, match="until the end of 4 December 2026"):
        rules.check_concluding(asked, LATER, TODAY, accepted, "A slip of ours.")
    rules.check_concluding(asked, LATER, date(2026, 12, 5), accepted, "Its wages are published.")
    with pytest.raises(RuleBroken) as refused:
        rules.check_concluding(explained, LATER, TODAY, accepted, " ")
    assert refused.value.field == "reason"
    with pytest.raises(RuleBroken):
        rules.check_concluding(explained, LATER, TODAY, asked, "No.")


def test_what_to_do_about_a_low_price_that_would_win_is_said_until_the_panel_accepted_it() -> None:
    def said(status: InquiryStatus, today: date = TODAY) -> str:
        return rules.why_not_yet("Alpha", Asked(status, LATER), today)

    assert "Ask it to explain its price" in rules.why_not_yet("Alpha", None, TODAY)
    assert "until the end of 4 December 2026" in said(InquiryStatus.ASKED, LATER)
    assert said(InquiryStatus.ASKED, date(2026, 12, 5)).startswith("Alpha has not explained")
    assert said(InquiryStatus.EXPLAINED).startswith("Alpha has explained its abnormally low price. Record")
    assert said(InquiryStatus.ACCEPTED) == ""
    assert rules.LAW in said(InquiryStatus.ASKED)
