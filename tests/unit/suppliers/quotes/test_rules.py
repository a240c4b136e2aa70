import uuid
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.tenders.rules import TenderStatus, shown_status
from suppliers.quotes import rules
from suppliers.quotes.rules import Envelope, Opener, QuoteStatus, Stage

DEADLINE = datetime(2026, 10, 26, 12, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def test_a_quote_is_taken_until_the_last_millisecond_and_not_at_the_deadline() -> None:
    rules.check_deadline(TenderStatus.PUBLISHED, DEADLINE, DEADLINE - MILLISECOND)
    for moment in (DEADLINE, DEADLINE + MILLISECOND):
        with pytest.raises(RuleBroken, match="26 October 2026 at 12:00:00 GMT"):
            rules.check_deadline(TenderStatus.PUBLISHED, DEADLINE, moment)


@pytest.mark.parametrize("status", [one for one in TenderStatus if one is not TenderStatus.PUBLISHED])
def test_no_quote_is_taken_in_any_other_status(status: TenderStatus) -> None:
    with pytest.raises(RuleBroken):
        rules.check_deadline(status, DEADLINE, DEADLINE - timedelta(days=1))


@pytest.mark.parametrize(
    ("status", "closes_at"), [(TenderStatus.PUBLISHED, None), (TenderStatus.CONFIRMED, DEADLINE)]
)
def test_a_tender_without_a_deadline_or_unpublished_is_not_open_yet(
    status: TenderStatus, closes_at: datetime | None
) -> None:
    with pytest.raises(RuleBroken, match="not open for quotes yet"):
        rules.check_deadline(status, closes_at, DEADLINE - timedelta(days=1))


def test_past_its_deadline_a_tender_is_shown_as_closed_though_nothing_has_closed_it() -> None:
    for status in TenderStatus:
        assert shown_status(status, DEADLINE, DEADLINE - MILLISECOND) is status
        past = TenderStatus.CLOSED if status is TenderStatus.PUBLISHED else status
        assert shown_status(status, DEADLINE, DEADLINE) is past


def test_a_deadline_is_told_in_the_time_of_england() -> None:
    in_summer = datetime(2027, 6, 7, 11, 0, 5, tzinfo=UTC)
    assert rules.in_england(in_summer) == "7 June 2027 at 12:00:05 BST"


@pytest.mark.parametrize(
    ("envelope", "has_quality", "ready"),
    [
        (Envelope.QUALITY, True, TenderStatus.CLOSED),
        (Envelope.PRICE, True, TenderStatus.MODERATED),
        (Envelope.PRICE, False, TenderStatus.CLOSED),
    ],
)
@pytest.mark.parametrize("status", TenderStatus)
def test_an_envelope_is_opened_in_one_status_only(
    envelope: Envelope,
    has_quality: bool,  # noqa: FBT001  # a case of the test
    ready: TenderStatus,
    status: TenderStatus,
) -> None:
    def check() -> None:
        rules.check_may_open(envelope, status, DEADLINE, DEADLINE, has_quality=has_quality)

    if status is ready:
        check()
    else:
        with pytest.raises(RuleBroken):
            check()


@pytest.mark.parametrize(
    ("envelope", "status", "too_early", "said"),
    [
        (Envelope.PRICE, TenderStatus.CLOSED, True, "never before"),
        (Envelope.PRICE, TenderStatus.EVALUATING, True, "never before"),
        (Envelope.PRICE, TenderStatus.PRICES_OPENED, False, "opened once the quality scores are locked"),
        (Envelope.QUALITY, TenderStatus.EVALUATING, False, "opened once the tender has closed"),
    ],
)
def test_who_tries_too_early_is_told_apart_from_who_comes_too_late(
    envelope: Envelope,
    status: TenderStatus,
    too_early: bool,  # noqa: FBT001  # a case of the test
    said: str,
) -> None:
    with pytest.raises(RuleBroken, match=said) as refused:
        rules.check_may_open(envelope, status, DEADLINE, DEADLINE, has_quality=True)
    assert isinstance(refused.value, rules.TooEarly) is too_early


def test_nothing_is_opened_a_millisecond_before_the_deadline() -> None:
    with pytest.raises(RuleBroken, match="never before"):
        rules.check_may_open(
            Envelope.PRICE, TenderStatus.CLOSED, DEADLINE, DEADLINE - MILLISECOND, has_quality=False
        )


def test_a_tender_judged_on_price_alone_has_no_quality_envelope() -> None:
    with pytest.raises(RuleBroken, match="no quality"):
        rules.check_may_open(Envelope.QUALITY, TenderStatus.CLOSED, DEADLINE, DEADLINE, has_quality=False)


def test_the_second_opener_is_somebody_else_from_another_school() -> None:
    first = Opener(uuid.uuid4(), uuid.uuid4())
    rules.check_second(first, Opener(uuid.uuid4(), uuid.uuid4()))
    with pytest.raises(RuleBroken, match="You started"):
        rules.check_second(first, Opener(first.person_id, uuid.uuid4()))
    with pytest.raises(RuleBroken, match="your school"):
        rules.check_second(first, Opener(uuid.uuid4(), first.school_id))


def test_an_opening_is_completed_within_thirty_minutes() -> None:
    assert rules.start_is_live(DEADLINE, DEADLINE + timedelta(minutes=30) - MILLISECOND)
    assert not rules.start_is_live(DEADLINE, DEADLINE + timedelta(minutes=30))


def test_a_draft_for_an_older_price_schedule_is_not_submitted() -> None:
    rules.check_schedule(2, 2)
    with pytest.raises(RuleBroken, match="Go back to your prices"):
        rules.check_schedule(1, 2)


def test_a_supplier_is_not_told_that_it_is_excluded_before_the_letters_go_out() -> None:
    seen = {rules.stage_of(one) for one in (QuoteStatus.OPENED, QuoteStatus.COMPLIANT, QuoteStatus.EXCLUDED)}
    assert seen == {Stage.EVALUATED}


@pytest.mark.parametrize("status", [QuoteStatus.DRAFT, QuoteStatus.SUBMITTED, QuoteStatus.NOT_AWARDED])
def test_a_supplier_is_told_every_other_status_as_it_is(status: QuoteStatus) -> None:
    assert rules.stage_of(status).value == status.value


def test_a_quote_that_was_replaced_or_withdrawn_never_moves_again() -> None:
    assert not rules.MOVES[QuoteStatus.REPLACED]
    assert not rules.MOVES[QuoteStatus.WITHDRAWN]
    assert {QuoteStatus.REPLACED, QuoteStatus.WITHDRAWN}.isdisjoint(rules.STILL_IN)
    assert rules.move(QuoteStatus.SUBMITTED, QuoteStatus.REPLACED) is QuoteStatus.REPLACED
    with pytest.raises(RuleBroken):
        rules.move(QuoteStatus.REPLACED, QuoteStatus.SUBMITTED)
