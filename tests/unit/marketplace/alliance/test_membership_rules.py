from dataclasses import replace
from datetime import date, timedelta

import pytest

from marketplace.alliance.memberships import rules
from marketplace.alliance.memberships.rules import APPLICATION_MOVES, ApplicationStatus, Evidence, Wish
from marketplace.alliance.rules import MEMBERSHIP_MOVES, MembershipKind, MembershipStatus
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

TODAY = date(2026, 11, 27)
EVIDENCE = Evidence(date(2026, 8, 31), Money(412_000_00), Money(18_500_00), notice_to_improve=False)
WISH = Wish(MembershipKind.ASSOCIATE, 12, "To buy together.", EVIDENCE)


@pytest.mark.parametrize(
    ("joined_on", "months", "last"),
    [
        (date(2026, 9, 1), 12, date(2027, 8, 31)),
        (date(2026, 11, 27), 12, date(2027, 11, 26)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 3, 1), 12, date(2028, 2, 29)),
        (date(2026, 9, 1), 18, date(2028, 2, 29)),
    ],
)
def test_an_associate_belongs_for_whole_months(joined_on: date, months: int, last: date) -> None:
    assert rules.last_day(joined_on, MembershipKind.ASSOCIATE, months) == last


def test_a_full_member_has_no_end() -> None:
    assert rules.last_day(TODAY, MembershipKind.FULL, 12) is None


def test_an_end_is_near_from_sixty_days_before_until_the_last_day() -> None:
    ends_on = TODAY + timedelta(days=60)
    assert rules.is_near_its_end(ends_on, TODAY)
    assert not rules.is_near_its_end(ends_on, TODAY - timedelta(days=1))
    assert rules.is_near_its_end(ends_on, ends_on)
    assert not rules.is_near_its_end(ends_on, ends_on + timedelta(days=1))
    assert not rules.is_near_its_end(None, TODAY)


@pytest.mark.parametrize(
    ("wish", "field", "sentence"),
    [
        (replace(WISH, kind=MembershipKind.TRUST_PARTNERSHIP), "kind", "associate or full"),
        (replace(WISH, months=0), "months", "1 to 24 months; 12 is usual"),
        (replace(WISH, months=25), "months", "1 to 24 months"),
        (replace(WISH, reasons="  "), "reasons", "Say why"),
        (replace(WISH, evidence=replace(EVIDENCE, year_end=TODAY + timedelta(days=1))), "year_end", "ended"),
        (
            replace(WISH, evidence=replace(EVIDENCE, year_end=date(2024, 8, 31))),
            "year_end",
            "latest accounts",
        ),
        (replace(WISH, evidence=replace(EVIDENCE, reserves=Money(10**14))), "reserves", "at most"),
        (
            replace(WISH, evidence=replace(EVIDENCE, in_year_balance=Money(-(10**14)))),
            "in_year_balance",
            "at",
        ),
        (replace(WISH, evidence=replace(EVIDENCE, notice_to_improve=True)), "notice_explanation", "Say what"),
    ],
)
def test_an_application_without_evidence_is_refused_on_its_field(
    wish: Wish, field: str, sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence) as told:
        rules.check_wish(wish, TODAY)
    assert told.value.field == field


def test_figures_in_the_black_raise_no_concern_and_others_are_said_plainly() -> None:
    rules.check_wish(WISH, TODAY)
    assert not rules.concerns(EVIDENCE)
    worse = Evidence(
        date(2026, 8, 31),
        Money(25_000_00),
        Money(-10_000_00),
        notice_to_improve=True,
        notice_explanation="Plan",
    )
    assert rules.concerns(worse) == (
        "In that year the school spent £10,000.00 more than it received.",
        "At that rate its reserves last 2 years and a part of another.",
        "There is a notice to improve.",
    )
    assert rules.concerns(replace(EVIDENCE, reserves=Money(-1))) == ("The reserves are negative: -£0.01.",)


@pytest.mark.parametrize("present", list(ApplicationStatus))
@pytest.mark.parametrize("wanted", list(ApplicationStatus))
def test_an_application_is_settled_once(present: ApplicationStatus, wanted: ApplicationStatus) -> None:
    allowed = present is ApplicationStatus.SUBMITTED and wanted is not ApplicationStatus.SUBMITTED
    assert (wanted in APPLICATION_MOVES[present]) is allowed
    if not allowed:
        with pytest.raises(RuleBroken):
            rules.move(present, wanted)


def test_a_membership_that_has_ended_does_not_come_back() -> None:
    assert MEMBERSHIP_MOVES[MembershipStatus.LEFT] == frozenset()
    assert set(MEMBERSHIP_MOVES) == set(MembershipStatus)


@pytest.mark.parametrize(
    ("kind", "status", "sentence"),
    [
        (MembershipKind.FULL, MembershipStatus.ACTIVE, "full member already"),
        (MembershipKind.TRUST_PARTNERSHIP, MembershipStatus.ACTIVE, "Only an associate"),
        (MembershipKind.ASSOCIATE, MembershipStatus.LEFT, "has ended. The school can apply"),
    ],
)
def test_only_a_running_associate_is_converted(
    kind: MembershipKind, status: MembershipStatus, sentence: str
) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        rules.check_convertible(kind, status)
    rules.check_convertible(MembershipKind.ASSOCIATE, MembershipStatus.ACTIVE)
