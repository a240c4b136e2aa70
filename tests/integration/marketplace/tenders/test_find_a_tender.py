"""At or above the threshold nobody sees a tender before its notice stands on Find a Tender (regulation 5)."""

import json
import uuid
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.events import Delivery, Event, deliver_due
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import ANYONE, Act
from marketplace.tenders import actions
from marketplace.tenders import queries as tender_queries
from marketplace.tenders.amending import actions as amending
from marketplace.tenders.amending.changing import Wanted
from marketplace.tenders.amending.lines import WantedLine
from marketplace.tenders.commitments import actions as commitments
from marketplace.tenders.rules import TenderStatus
from marketplace.tenders.uk_notices import actions as notices
from marketplace.tenders.uk_notices import queries, schema
from marketplace.tenders.uk_notices.models import Notice
from marketplace.tenders.uk_notices.rules import NoticeKind, Particulars
from tests import make
from tests.make.tenders import Tender

pytestmark = pytest.mark.usefixtures("app")
A_LOT = Money(300_000_00)
MEALS = "School meals"


def big(alliance: make.Alliance, *, spend: Money = A_LOT) -> Tender:
    """A confirmed tender of two schools, by default far above the threshold of light touch services."""
    return make.confirmed_tender(
        alliance, baselines={school.id: spend for school in alliance.schools}, schools=alliance.schools
    )


def approve(tender: Tender) -> None:
    make.assess_interests(tender)
    actions.publish_tender(tender.schools[1].headteacher, tender.id, tender.version)


def reference(number: int = 12345) -> str:
    return f"{clock.today().year}/S 000-{number:06d}"


def enter(tender: Tender, text: str = "") -> None:
    coordinator = tender.alliance.coordinator
    notices.publish_with_reference(coordinator, tender.id, tender.version, text or reference(), clock.today())


@pytest.mark.parametrize("spend", [A_LOT, ZERO])
def test_an_approved_tender_is_seen_by_nobody_and_told_to_no_supplier(session: Session, spend: Money) -> None:
    """A value that is not known counts as above the threshold."""
    tender = big(make.alliance(schools=2), spend=spend)
    make.supplier(categories=["catering"])
    approve(tender)
    row = tender.row
    assert (row.status, row.published_at) == (TenderStatus.CONFIRMED, None)
    assert row.approved_at is not None
    with pytest.raises(NotFound):
        tender_queries.get_tender(session, ANYONE, tender.id)
    assert queries.notices_of(session, tender.id) == []
    session.rollback()
    told = select(Delivery.subscriber).where(Delivery.subscriber.regexp_match("^(profiles|quotes)"))
    assert session.scalars(told).all() == []
    deliver_due()
    to_supplier = select(Message).where(
        Message.recipient.contains("supplier"), Message.subject.contains(MEALS)
    )
    assert [(one.recipient, one.subject) for one in session.scalars(to_supplier)] == []


def test_the_coordinator_is_asked_for_the_reference(session: Session) -> None:
    tender = big(make.alliance(schools=2))
    approve(tender)
    subjects = session.scalars(select(Message.subject)).all()
    assert f"Approved, now for Find a Tender: {tender.row.title}" in subjects


def test_the_reference_opens_the_tender_and_stands_in_its_notice(session: Session) -> None:
    tender = big(make.alliance(schools=2))
    approve(tender)
    enter(tender)
    assert tender.row.status is TenderStatus.PUBLISHED
    assert tender.row.published_by == tender.schools[1].headteacher.person_id
    (notice,) = queries.notices_of(session, tender.id)
    assert notice.reference == reference()
    release = json.loads(notice.content)
    assert schema.problems(release) == []
    assert release["tender"]["aboveThreshold"] is True
    assert release["tender"]["documents"][0]["url"].endswith(f"/Notice/012345-{clock.today().year}")
    acts = session.scalars(select(Event.act).where(Event.subject_id == tender.id).order_by(Event.position))
    assert list(acts)[-4:] == [Act.TENDER_APPROVE, Act.NOTICE_ISSUE, Act.KEYS_MAKE, Act.TENDER_PUBLISH]


def test_the_reference_entered_twice_opens_once(session: Session) -> None:
    tender = big(make.alliance(schools=2))
    approve(tender)
    version = tender.version
    for _ in range(2):
        notices.publish_with_reference(
            tender.alliance.coordinator, tender.id, version, reference(), clock.today()
        )
    assert len(queries.notices_of(session, tender.id)) == 1


def test_approving_twice_is_once_and_a_second_headteacher_is_told(session: Session) -> None:
    tender = big(make.alliance(schools=3))
    make.assess_interests(tender)
    version = tender.version
    for _ in range(2):
        actions.publish_tender(tender.schools[1].headteacher, tender.id, version)
    approved = select(func.count()).where(Event.act == Act.TENDER_APPROVE)
    assert session.scalar(approved) == 1
    with pytest.raises(RuleBroken, match="approved already"):
        actions.publish_tender(tender.schools[2].headteacher, tender.id, tender.version)


def test_a_tender_that_nobody_approved_cannot_be_opened_by_a_reference() -> None:
    tender = big(make.alliance(schools=2))
    with pytest.raises(RuleBroken, match="a headteacher approves it first"):
        enter(tender)


def test_only_the_coordinator_enters_the_reference() -> None:
    tender = big(make.alliance(schools=2))
    approve(tender)
    for person in (tender.schools[1].headteacher, tender.alliance.auditor, tender.lead.bursar):
        with pytest.raises(Forbidden):
            notices.publish_with_reference(person, tender.id, tender.version, reference(), clock.today())
    stranger = make.alliance(schools=1, name="Another Alliance").coordinator
    with pytest.raises(NotFound):
        notices.publish_with_reference(stranger, tender.id, tender.version, reference(), clock.today())
    with pytest.raises(Stale):
        notices.publish_with_reference(tender.alliance.coordinator, tender.id, 1, reference(), clock.today())


def test_one_reference_opens_one_tender() -> None:
    alliance = make.alliance(schools=2)
    first, second = big(alliance), big(alliance)
    for tender in (first, second):
        approve(tender)
    enter(first)
    with pytest.raises(RuleBroken, match=f"belongs to a notice of {first.row.reference}") as refused:
        enter(second)
    assert refused.value.field == "reference"


def test_the_notice_is_not_older_than_the_approval() -> None:
    tender = big(make.alliance(schools=2))
    approve(tender)
    yesterday = clock.today() - timedelta(days=1)
    if yesterday.year != clock.today().year:
        pytest.skip("The year turned last night; the rule itself has a unit test.")
    with pytest.raises(RuleBroken, match="cannot be older") as refused:
        notices.publish_with_reference(
            tender.alliance.coordinator, tender.id, tender.version, reference(), yesterday
        )
    assert refused.value.field == "published_on"


def test_the_time_for_suppliers_counts_from_the_day_on_find_a_tender() -> None:
    """Approved in time, but published too late for goods above the threshold: 25 days are needed."""
    alliance = make.alliance(schools=2)
    tender = make.confirmed_tender(
        alliance,
        baselines={school.id: A_LOT for school in alliance.schools},
        category="mfd",
        cpv="30190000",
        closes_at=make.working_moment(30),
    )
    approve(tender)
    with clock.travelling(tender.closes_at - timedelta(days=20)), pytest.raises(RuleBroken) as refused:
        enter(tender)
    assert "at least 25 days" in refused.value.message
    assert tender.row.status is TenderStatus.CONFIRMED


def test_a_deadline_that_passed_while_waiting_is_told() -> None:
    tender = big(make.alliance(schools=2))
    approve(tender)
    with clock.travelling(tender.closes_at + timedelta(minutes=1)), pytest.raises(RuleBroken) as refused:
        enter(tender)
    assert "has passed meanwhile" in refused.value.message


def test_a_tender_taken_back_to_draft_is_approved_anew() -> None:
    tender = big(make.alliance(schools=2))
    approve(tender)
    actions.return_tender(tender.alliance.coordinator, tender.id, tender.version, "Another deadline.")
    assert (tender.row.approved_at, tender.row.published_by) == (None, None)


def test_an_approval_is_void_when_a_school_leaves_meanwhile() -> None:
    tender = big(make.alliance(schools=3))
    approve(tender)
    leaving = tender.schools[2]
    commitments.decline_tender(
        leaving.headteacher, tender.id, leaving.id, tender.version, "Our governors changed their minds."
    )
    assert tender.row.status is TenderStatus.CONFIRMED
    assert tender.row.approved_at is None
    with pytest.raises(RuleBroken, match="a headteacher approves it first"):
        enter(tender)


def test_below_the_threshold_approval_opens_the_tender_as_before() -> None:
    tender = make.confirmed_tender(make.alliance(schools=2))
    approve(tender)
    assert tender.row.status is TenderStatus.PUBLISHED
    assert tender.row.approved_at is not None


def test_the_end_of_a_tender_on_find_a_tender_is_published_when_its_notice_is(session: Session) -> None:
    alliance = make.alliance(schools=2)
    tender = big(alliance)
    approve(tender)
    enter(tender)
    actions.cancel_tender(alliance.coordinator, tender.id, tender.version, "Two schools merge.")
    assert len(queries.notices_of(session, tender.id)) == 1
    assert queries.terminations_wanted(session, [alliance.id]) == [tender.row]
    said = Particulars(reason="Two schools merge.")
    with pytest.raises(RuleBroken, match="as Find a Tender shows it"):
        issue(tender, NoticeKind.TERMINATION, said)
    issue(tender, NoticeKind.TERMINATION, said, reference(777))
    last = queries.notices_of(session, tender.id)[-1]
    assert (last.kind, last.tag, last.reference) == ("UK12", "tenderCancellation", reference(777))
    session.rollback()
    assert queries.terminations_wanted(session, [alliance.id]) == []
    with pytest.raises(RuleBroken, match="published already"):
        issue(tender, NoticeKind.TERMINATION, said, reference(778))


def moved(tender: Tender, lines: Sequence[WantedLine] | None = None) -> None:
    """The deadline of a published tender moves by a week or so, for everybody."""
    extension_id, closes_at = new_id(), make.working_moment(60)
    amending.propose_extension(
        tender.alliance.coordinator,
        tender.id,
        tender.version,
        extension_id,
        closes_at=closes_at,
        reason="Two suppliers asked.",
        lines=lines,
    )
    if lines:
        make.recommit(tender, extension_id, tender.schools[0])
    amending.approve_extension(tender.schools[1].headteacher, tender.id, extension_id)


def test_a_later_deadline_is_published_as_a_change_of_the_notice(session: Session) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    moved(tender)
    first, last = queries.notices_of(session, tender.id)
    assert (first.tag, last.tag) == ("tender", "tenderUpdate")
    release = json.loads(last.content)
    assert schema.problems(release) == []
    assert release["tender"]["amendments"][0]["rationale"] == "Two suppliers asked."
    assert release["tender"]["tenderPeriod"]["endDate"].startswith(str(tender.row.closes_at)[:10])
    assert not queries.update_wanted(session, tender.row)


def test_above_the_threshold_a_later_deadline_goes_to_find_a_tender_first(session: Session) -> None:
    alliance = make.alliance(schools=2)
    tender = big(alliance)
    approve(tender)
    enter(tender)
    said = Particulars(reason="Two suppliers asked.")
    with pytest.raises(RuleBroken, match="again when it has changed"):
        issue(tender, NoticeKind.TENDER, said, reference(8))
    before, lines = tender.row.closes_at, tender.lots
    moved(tender, lines=more_meals(tender))
    assert (tender.row.closes_at, tender.row.deadline_version, tender.lots) == (before, 1, lines)
    assert len(queries.notices_of(session, tender.id)) == 1
    assert queries.updates_wanted(session, [alliance.id]) == [tender.row]
    draft = queries.subject(session, tender.row)
    assert draft.closes_at == make.working_moment(60)
    assert draft.lots[0].lines[0].quantity == 63_000
    with pytest.raises(RuleBroken, match="as Find a Tender shows it"):
        issue(tender, NoticeKind.TENDER, said)
    with pytest.raises(RuleBroken, match="waits for its notice on Find a Tender"):
        amend(tender, "Hot and cold meals.")
    issue(tender, NoticeKind.TENDER, said, reference(9))
    assert (tender.row.closes_at, tender.row.schedule_version) == (make.working_moment(60), 2)
    assert tender.lots[0].lines[0].total == 63_000
    notices_so_far = queries.notices_of(session, tender.id)
    assert [one.tag for one in notices_so_far] == ["tender", "tenderUpdate"]
    release = json.loads(notices_so_far[-1].content)
    assert release["tender"]["tenderPeriod"]["endDate"].startswith(str(make.working_moment(60))[:10])
    session.rollback()
    assert queries.updates_wanted(session, [alliance.id]) == []


def test_above_the_threshold_changed_words_hold_with_the_reference_of_their_notice(session: Session) -> None:
    tender = big(make.alliance(schools=2))
    approve(tender)
    enter(tender)
    taken_back = amend(tender, "Cold meals.")
    amending.withdraw_amendment(tender.alliance.coordinator, tender.id, taken_back)
    amend(tender, "Hot and cold meals.")
    assert tender.row.description == "Hot meals at midday in term time."
    assert queries.subject(session, tender.row).description == "Hot and cold meals."
    with (
        clock.travelling(tender.closes_at),
        pytest.raises(RuleBroken, match="nothing can be changed"),
    ):
        issue(tender, NoticeKind.TENDER, Particulars(reason="Cold ones too."), reference(10))
    issue(tender, NoticeKind.TENDER, Particulars(reason="Cold ones too."), reference(11))
    assert tender.row.description == "Hot and cold meals."
    last = json.loads(queries.notices_of(session, tender.id)[-1].content)
    assert last["tender"]["description"] == "Hot and cold meals."
    acts = session.scalars(select(Event.act).where(Event.subject_id == tender.id).order_by(Event.position))
    assert list(acts)[-4:] == [
        Act.TENDER_HOLD_CHANGE,
        Act.TENDER_HOLD_CHANGE,
        Act.TENDER_AMEND,
        Act.NOTICE_ISSUE,
    ]


def amend(tender: Tender, description: str) -> uuid.UUID:
    amendment_id = new_id()
    amending.amend_tender(
        tender.alliance.coordinator,
        tender.id,
        tender.version,
        amendment_id,
        reason="Cold ones too.",
        wanted=Wanted(description),
    )
    return amendment_id


def more_meals(tender: Tender) -> list[WantedLine]:
    """The first school takes 3,000 meals more."""
    (lot,) = tender.lots
    (line,) = lot.lines
    volumes = {one.school_id: one.quantity for one in line.volumes}
    volumes[tender.schools[0].id] += 3_000
    return [WantedLine(line.id, lot.id, line.item, line.unit, volumes)]


def issue(tender: Tender, kind: NoticeKind, said: Particulars, number: str = "") -> None:
    notices.issue_notice(
        tender.alliance.coordinator,
        new_id(),
        tender.id,
        tender.version,
        kind=kind,
        particulars=said,
        reference=number,
        published_on=clock.today() if number else None,
    )


def test_before_a_tender_engagement_and_planned_procurement_are_announced(session: Session) -> None:
    alliance = make.alliance(schools=2)
    tender = make.draft_tender(alliance)
    in_a_month = clock.today() + timedelta(days=30)
    issue(tender, NoticeKind.ENGAGEMENT, Particulars(how="Come and see us.", ends_on=in_a_month))
    issue(tender, NoticeKind.PLANNED, Particulars())
    found = queries.notices_of(session, tender.id)
    assert [(one.kind.value, one.tag) for one in found] == [("UK2", "planning"), ("UK3", "planningUpdate")]
    assert all(schema.problems(json.loads(one.content)) == [] for one in found)
    with pytest.raises(RuleBroken, match="Say how"):
        issue(tender, NoticeKind.ENGAGEMENT, Particulars(ends_on=in_a_month))
    with pytest.raises(RuleBroken, match="together with the tender"):
        issue(tender, NoticeKind.TENDER, Particulars())
    with pytest.raises(RuleBroken, match="at this stage"):
        issue(tender, NoticeKind.TERMINATION, Particulars(reason="No."))


def test_above_the_threshold_a_plan_waits_for_its_reference_too(session: Session) -> None:
    alliance = make.alliance(schools=2)
    tender = make.draft_tender(alliance, baselines={school.id: A_LOT for school in alliance.schools})
    with pytest.raises(RuleBroken, match="as Find a Tender shows it"):
        issue(tender, NoticeKind.PLANNED, Particulars())
    issue(tender, NoticeKind.PLANNED, Particulars(), reference(5))
    assert [one.reference for one in queries.notices_of(session, tender.id)] == [reference(5)]


def test_a_direct_award_is_announced_with_its_justification(session: Session) -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    said = Particulars(
        reason="The hall is theirs.", supplier="Hall Ltd", ground="Single supplier", ground_law="Schedule 5"
    )
    issue(tender, NoticeKind.TRANSPARENCY, said)
    (notice,) = queries.notices_of(session, tender.id)
    assert (notice.tag, schema.problems(json.loads(notice.content))) == ("award", [])
    with pytest.raises(RuleBroken, match="justification"):
        issue(tender, NoticeKind.TRANSPARENCY, Particulars(reason="So.", supplier="Hall Ltd"))


def test_a_notice_sent_twice_is_published_once(session: Session) -> None:
    tender = make.draft_tender(make.alliance(schools=2))
    once = new_id()
    for _ in range(2):
        notices.issue_notice(
            tender.alliance.coordinator,
            once,
            tender.id,
            tender.version,
            kind=NoticeKind.PLANNED,
            particulars=Particulars(),
        )
    assert session.scalar(select(func.count()).select_from(Notice)) == 1
