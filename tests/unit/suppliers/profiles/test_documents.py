"""What a document must say, and when its end is near."""

from datetime import UTC, date, datetime

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from suppliers.profiles.documents import rules
from suppliers.profiles.documents.rules import DocumentDetails, DocumentKind, DocumentStatus

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(("days", "due"), [(31, None), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)])
def test_a_reminder_is_due_at_30_and_at_7_days_and_stays_until_the_next(days: int, due: int | None) -> None:
    assert rules.threshold(date.fromordinal(TODAY.toordinal() + days), TODAY) == due


def test_nobody_is_woken_by_a_reminder() -> None:
    assert not rules.time_to_remind(datetime(2026, 7, 1, 5, 59, tzinfo=UTC))  # 06:59 in summer
    assert rules.time_to_remind(datetime(2026, 7, 1, 6, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (DocumentDetails(DocumentKind.ICO, date(2026, 11, 26)), "ends_on"),
        (DocumentDetails(DocumentKind.ICO, date(2226, 11, 26)), "ends_on"),
        (DocumentDetails(DocumentKind.ICO, TODAY, "9" * 61), "number"),
        (DocumentDetails(DocumentKind.PUBLIC_LIABILITY, TODAY), "cover"),
        (DocumentDetails(DocumentKind.PUBLIC_LIABILITY, TODAY, "", Money(0)), "cover"),
    ],
)
def test_what_cannot_be_right_is_named(details: DocumentDetails, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.check_details(details, TODAY)
    assert refused.value.field == field


def test_only_insurance_has_a_cover() -> None:
    kept = rules.check_details(DocumentDetails(DocumentKind.SAFEGUARDING, TODAY, " A  1 ", Money(1)), TODAY)
    assert (kept.number, kept.cover) == ("A 1", None)


def test_what_was_checked_is_not_refused_afterwards() -> None:
    with pytest.raises(RuleBroken):
        rules.move(DocumentStatus.CHECKED, DocumentStatus.REFUSED)
