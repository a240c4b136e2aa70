"""The standstill counts from the award notice, lasts as the Act says, and a challenge pauses it."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.alliance.models import Person
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.policy import Actor
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.uk_notices import queries as notices
from marketplace.tenders.uk_notices import schema
from marketplace.tenders.uk_notices.rules import NoticeKind
from suppliers.awards import actions
from suppliers.awards import queries as awards
from suppliers.awards.letters.models import Letter
from suppliers.awards.models import Award
from suppliers.awards.standstill import actions as standstills
from suppliers.awards.standstill import queries
from suppliers.awards.standstill.models import Challenge
from suppliers.awards.standstill.rules import ChallengeBy, Challenged, Outcome
from tests import make
from tests.make import Contest

pytestmark = pytest.mark.usefixtures("app")
BROADBAND = "72400000"


def at(day: int, month: int, hour: int = 10, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def approved(**given: object) -> Contest:
    """A contest with an approved award above the threshold, begun in September 2026."""
    with clock.travelling(at(1, 9)):
        contest = make.recommended_contest(cpv=BROADBAND, **given)  # type: ignore[arg-type]
        make.approve_award(contest)
    return contest


def announced(day: int, month: int) -> Contest:
    """Told and announced on a day of 2026, with a mandatory standstill."""
    contest = approved()
    with clock.travelling(at(day, month)):
        make.tell_and_announce(contest)
    return contest


def status(contest: Contest) -> TenderStatus:
    return contest.tender.row.status


def confirm(contest: Contest) -> None:
    actions.confirm_award(contest.coordinator, contest.tender.id, contest.tender.version, related=False)


CLAIM = Challenged("Rival Ltd", ChallengeBy.CLAIM, "High Court, TCC", "HT-2026-000123", date(2026, 11, 26))


def record(contest: Contest, challenged: Challenged = CLAIM) -> Challenge:
    """Record a challenge; the row it made."""
    challenge_id = new_id()
    standstills.record_challenge(contest.coordinator, challenge_id, contest.tender.id, challenged)
    return make.fresh().get_one(Challenge, challenge_id)


def propose(contest: Contest, challenge: Challenge, outcome: Outcome) -> None:
    standstills.propose_outcome(
        contest.coordinator,
        contest.tender.id,
        challenge.id,
        challenge.version,
        outcome=outcome,
        reason="Order of 4 January.",
    )


@pytest.mark.parametrize(
    ("day", "month", "last_day"), [(23, 11, date(2026, 12, 3)), (18, 12, date(2026, 12, 31))]
)
def test_the_standstill_lasts_eight_working_days_from_the_award_notice(
    day: int, month: int, last_day: date
) -> None:
    contest = announced(day, month)
    assert status(contest) is TenderStatus.STANDSTILL
    assert contest.tender.row.standstill_ends_on == last_day
    with (
        clock.travelling(at(last_day.day, last_day.month, 23)),
        pytest.raises(RuleBroken, match="lasts until"),
    ):
        confirm(contest)
    next_day = last_day + timedelta(days=1)
    with clock.travelling(at(next_day.day, next_day.month, 0, next_day.year)):
        confirm(contest)
    assert status(contest) is TenderStatus.AWARDED


def test_the_award_notice_is_a_release_that_validates_with_its_reference_and_standstill() -> None:
    contest = announced(23, 11)
    (notice,) = [
        one for one in notices.notices_of(make.fresh(), contest.tender.id) if one.kind is NoticeKind.AWARD
    ]
    made = json.loads(notice.content)
    assert schema.problems(made) == []
    assert notice.reference.startswith("2026/S 000-")
    assert made["awards"][0]["standstillPeriod"]["endDate"] == "2026-12-03T23:59:59+00:00"
    assert made["awards"][0]["assessmentSummariesDateSent"] == "2026-11-23T10:00:00Z"


def test_bidders_are_told_before_the_notice_and_above_the_threshold_its_reference_is_needed() -> None:
    contest = approved()
    with clock.travelling(at(23, 11)):
        with pytest.raises(RuleBroken, match="assessment summary first"):
            make.announce_award(contest)
        with pytest.raises(RuleBroken, match="Send every bidder"):
            confirm(contest)
        make.tell_bidders(contest)
        version = contest.tender.version
        with pytest.raises(RuleBroken) as refused:
            standstills.announce_award(
                contest.coordinator, new_id(), contest.tender.id, version, with_standstill=False
            )
        assert refused.value.field == "reference"
        with pytest.raises(RuleBroken, match="award notice"):
            confirm(contest)
        make.announce_award(contest, with_standstill=False)
    assert contest.tender.row.standstill_ends_on == date(2026, 12, 3), "a mandatory one always begins"


def test_below_the_threshold_the_award_is_confirmed_without_a_standstill_unless_one_is_chosen() -> None:
    contest = make.recommended_contest()
    make.approve_award(contest)
    make.tell_bidders(contest)
    assert not queries.why_not_yet(
        make.fresh(), contest.tender.row, awards.live_awards(make.fresh(), contest.tender.id)
    )
    version = contest.tender.version
    standstills.announce_award(
        contest.coordinator, new_id(), contest.tender.id, version, with_standstill=True
    )
    assert status(contest) is TenderStatus.STANDSTILL
    with pytest.raises(RuleBroken, match="lasts until"):
        confirm(contest)


def test_a_challenge_pauses_the_standstill_and_two_people_resume_it_with_the_days_that_were_left() -> None:
    contest = announced(23, 11)
    with clock.travelling(at(26, 11)):
        challenge = record(contest)
    assert challenge.days_left == 5
    with clock.travelling(at(4, 1, year=2027)):
        with pytest.raises(RuleBroken, match="Rival Ltd challenges"):
            confirm(contest)
        head = contest.tender.schools[0].headteacher
        with pytest.raises(RuleBroken, match="proposes first"):
            standstills.settle_challenge(head, contest.tender.id, challenge.id, challenge.version)
        propose(contest, challenge, Outcome.RESUMED)
        proposed = make.fresh().get_one(Challenge, challenge.id)
        with pytest.raises(Forbidden):
            standstills.settle_challenge(
                contest.coordinator, contest.tender.id, challenge.id, proposed.version
            )
        standstills.settle_challenge(head, contest.tender.id, challenge.id, proposed.version)
        assert contest.tender.row.standstill_ends_on == date(2027, 1, 11)
        with pytest.raises(RuleBroken, match="11 January 2027"):
            confirm(contest)
    with clock.travelling(at(12, 1, year=2027)):
        confirm(contest)


def test_a_pause_that_two_people_end_leaves_the_last_day_as_it_was() -> None:
    contest = announced(23, 11)
    with clock.travelling(at(26, 11)):
        challenge = record(contest)
        propose(contest, challenge, Outcome.ENDED)
        proposed = make.fresh().get_one(Challenge, challenge.id)
        head = contest.tender.schools[1].governor
        standstills.settle_challenge(head, contest.tender.id, challenge.id, proposed.version)
    assert contest.tender.row.standstill_ends_on == date(2026, 12, 3)
    with clock.travelling(at(4, 12)):
        confirm(contest)


def settle(contest: Contest, challenge: Challenge, *people: Actor) -> None:
    for person in people:
        version = make.fresh().get_one(Challenge, challenge.id).version
        standstills.settle_challenge(person, contest.tender.id, challenge.id, version)


def test_two_people_of_two_schools_set_an_award_aside_and_another_takes_its_place() -> None:
    contest = announced(23, 11)
    first = awards.live_awards(make.fresh(), contest.tender.id)[0]
    one, other = contest.tender.schools[:2]
    with clock.travelling(at(26, 11)):
        challenge = record(contest)
        propose(contest, challenge, Outcome.AGAIN)
        with pytest.raises(Forbidden):
            settle(contest, challenge, contest.coordinator)
        settle(contest, challenge, one.headteacher)
        assert status(contest) is TenderStatus.STANDSTILL
        with pytest.raises(Forbidden, match="agreed to this already"):
            settle(contest, challenge, one.headteacher)
        with pytest.raises(Forbidden, match="Your school has agreed"):
            settle(contest, challenge, one.governor)
        with pytest.raises(RuleBroken, match="Rival Ltd challenges"):
            confirm(contest)
        settle(contest, challenge, other.headteacher)
        settle(contest, challenge, other.headteacher)

        session = make.fresh()
        assert status(contest) is TenderStatus.PRICES_OPENED
        assert contest.tender.row.standstill_ends_on is None
        assert not awards.live_awards(session, contest.tender.id)
        assert session.get_one(Award, first.id).rejection_reason.endswith("Order of 4 January.")
        assert not session.scalars(select(Contract).where(Contract.award_id == first.id)).all()
        told = select(Message).where(Message.subject.startswith("The award is set aside"))
        messages = session.scalars(told).all()
        bidders = {supplier.admin.person_id for supplier in contest.suppliers}
        mails = {session.get_one(Person, person_id).email for person_id in bidders if person_id}
        assert mails <= {message.recipient for message in messages}
        assert len({message.written_at for message in messages}) == 1

        make.recommend_award(contest, contest.quotes[0], "The scores hold; the first quote is excluded.")
        make.approve_award(contest)
        with pytest.raises(RuleBroken, match="Send every bidder"):
            confirm(contest)
        make.tell_and_announce(contest)
    assert status(contest) is TenderStatus.STANDSTILL
    (live,) = awards.live_awards(make.fresh(), contest.tender.id)
    assert live.id != first.id
    letters = make.fresh().scalars(select(Letter).where(Letter.quote_id == contest.quotes[0])).all()
    assert [letter.superseded_at is None for letter in sorted(letters, key=lambda one: one.id)] == [
        False,
        True,
    ]
    ends_on = contest.tender.row.standstill_ends_on
    assert ends_on
    with clock.travelling(at(ends_on.day + 1, ends_on.month)):
        confirm(contest)
    assert status(contest) is TenderStatus.AWARDED


def test_an_award_set_aside_for_good_ends_the_tender_and_frees_the_needs() -> None:
    contest = announced(23, 11)
    with clock.travelling(at(26, 11)):
        challenge = record(contest)
        propose(contest, challenge, Outcome.NO_AWARD)
        settle(contest, challenge, *(school.governor for school in contest.tender.schools[:2]))
    assert status(contest) is TenderStatus.UNSUCCESSFUL
    assert "Order of 4 January." in contest.tender.row.end_reason
    assert not awards.live_awards(make.fresh(), contest.tender.id)


def test_a_challenge_says_who_by_what_and_when() -> None:
    contest = announced(23, 11)
    with clock.travelling(at(26, 11)):
        for field, wrong in {
            "challenger": Challenged(" ", ChallengeBy.LETTER, "", "Letter", date(2026, 11, 26)),
            "court": Challenged("Rival", ChallengeBy.CLAIM, "", "HT-1", date(2026, 11, 26)),
            "reference": Challenged("Rival", ChallengeBy.LETTER, "", "", date(2026, 11, 26)),
            "received_on": Challenged("Rival", ChallengeBy.LETTER, "", "Letter", date(2026, 11, 27)),
        }.items():
            with pytest.raises(RuleBroken) as refused:
                record(contest, wrong)
            assert refused.value.field == field
