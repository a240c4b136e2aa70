"""Price lines of a published tender change only with a later deadline, by two people, and are priced anew."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import events
from marketplace.core.chain import first_broken_link
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.mail import Message
from marketplace.tenders import actions as publishing
from marketplace.tenders import queries as tenders
from marketplace.tenders.amending import actions, queries
from marketplace.tenders.amending.lines import WantedLine
from marketplace.tenders.commitments import actions as commitments
from suppliers.quotes import actions as quotes
from suppliers.quotes.rules import Envelope, QuoteStatus
from tests import make

WHY = "Two more classes eat at Alder."
Change = Callable[[list[WantedLine]], list[WantedLine]]


def as_it_is(tender: make.Tender) -> list[WantedLine]:
    return [
        WantedLine(
            line.id, lot.id, line.item, line.unit, {one.school_id: one.quantity for one in line.volumes}
        )
        for lot in tender.lots
        for line in lot.lines
    ]


def propose(tender: make.Tender, wanted: list[WantedLine]) -> uuid.UUID:
    extension_id = new_id()
    actions.propose_extension(
        tender.alliance.coordinator,
        tender.id,
        tender.version,
        extension_id,
        closes_at=make.working_moment(60),
        reason=WHY,
        lines=wanted,
    )
    return extension_id


def with_more(tender: make.Tender, units: int = 33_000) -> list[WantedLine]:
    """The first school takes more of the first line."""
    first, *others = as_it_is(tender)
    volumes = {**first.volumes, tender.schools[0].id: Decimal(units)}
    return [replace(first, volumes=volumes), *others]


def test_volumes_change_with_a_later_deadline_that_two_people_want(session: Session) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    (line,) = as_it_is(tender)
    added = WantedLine(new_id(), line.lot_id, "Milk", "carton", {tender.schools[1].id: Decimal(500)})
    extension_id = propose(tender, [*with_more(tender), added])
    assert tender.lots[0].lines[0].total == Decimal(60_000)
    with pytest.raises(Forbidden):
        actions.approve_extension(tender.lead.headteacher, tender.id, extension_id)
    with pytest.raises(RuleBroken, match=f"{tender.schools[1].name} have not committed to the new volumes"):
        actions.approve_extension(tender.schools[1].headteacher, tender.id, extension_id)
    make.recommit(tender, extension_id, *tender.schools, tender.schools[0])
    assert tender.lots[0].lines[0].total == Decimal(60_000)
    actions.approve_extension(tender.schools[1].headteacher, tender.id, extension_id)
    meals, milk = tender.lots[0].lines
    assert (meals.id, meals.total, milk.item) == (line.id, Decimal(63_000), "Milk")
    assert (tender.row.schedule_version, tender.row.closes_at) == (2, make.working_moment(60))
    told = queries.changes_since_publication(session, tender.id)
    assert [one.what for changed in told for one in changed.changes] == [
        f"Lot 1, Primary meal: {tender.schools[0].name}",
        "Lot 1: price line added",
    ]
    assert first_broken_link(session) is None


def test_nothing_changes_before_the_schools_concerned_and_their_governors_agree(session: Session) -> None:
    alliance = make.alliance(schools=2)
    more, same = alliance.schools
    make.ladder(more)
    tender = make.joining_tender(alliance)
    make.commit(tender, more, same)
    make.confirm_commitment(tender, more)
    commitments.confirm_tender(alliance.coordinator, tender.id, tender.version)
    publishing.publish_tender(same.headteacher, tender.id, tender.version)
    extension_id = propose(tender, with_more(tender))
    asked = f"{more.name}: will you buy other volumes?"
    assert {one.body.splitlines()[0] for one in told(session, asked)} == {
        f"Dear Alder {one}," for one in ("Headteacher", "Bursar", "Governor")
    }
    with pytest.raises(RuleBroken, match="leaves your school’s volumes as they are"):
        make.recommit(tender, extension_id, same)
    with pytest.raises(RuleBroken, match="governing body has not confirmed the new volumes"):
        make.recommit(tender, extension_id, more)
    make.confirm_commitment(tender, more)
    assert not told(session, "Please decide: other volumes")
    make.recommit(tender, extension_id, more)
    assert told(session, "Please decide: other volumes")
    actions.refuse_extension(more.headteacher, tender.id, extension_id, "The classes go elsewhere.")
    with pytest.raises(RuleBroken):
        actions.approve_extension(same.headteacher, tender.id, extension_id)
    assert tender.lots[0].lines[0].total == Decimal(60_000)
    late = propose(tender, with_more(tender))
    make.confirm_commitment(tender, more)
    make.recommit(tender, late, more)
    make.close_tender(tender)
    with pytest.raises(RuleBroken, match="not open for quotes, so nothing"):
        actions.approve_extension(same.headteacher, tender.id, late)


def told(session: Session, subject: str) -> Sequence[Message]:
    session.rollback()
    return session.scalars(select(Message).where(Message.subject.startswith(subject))).all()


def test_a_quote_for_the_older_lines_is_told_to_submit_again_and_never_priced_on_the_new(
    session: Session,
) -> None:
    tender = make.published_tender(make.alliance(schools=2), criteria=make.PRICE_ONLY)
    stays, again, drafting = make.supplier("Stays Ltd"), make.supplier("Again Ltd"), make.supplier("Late Ltd")
    old = make.submitted_quote(tender, stays, "2.40")
    replaced = make.submitted_quote(tender, again, "2.30")
    draft_id = make.draft_quote(tender, drafting)
    extension_id = propose(tender, with_more(tender))
    make.recommit(tender, extension_id, tender.schools[0])
    actions.approve_extension(tender.schools[1].headteacher, tender.id, extension_id)
    while events.deliver_due():
        pass
    session.rollback()
    subject = f"Please read what changed: {tender.row.title}"
    bodies = session.scalars(select(Message.body).where(Message.subject == subject)).all()
    assert len(bodies) == 3
    assert all("30,000 becomes 33,000" in body for body in bodies)
    assert all("Please submit again, or it is excluded." in body for body in bodies)
    assert not session.scalars(select(Message).where(Message.subject.startswith("More time to quote"))).all()
    with pytest.raises(RuleBroken, match="price lines have changed since this draft was saved"):
        quotes.submit_quote(drafting.admin, draft_id, make.quote(draft_id).version, make.DECLARED)
    quotes.start_replacement(again.admin, replaced)
    new = make.submitted_quote(tender, again, "2.30")
    later = replace(tender, closes_at=make.working_moment(60))
    make.close_tender(later)
    make.open_envelope(later, Envelope.PRICE)
    assert make.quote(old).status is QuoteStatus.EXCLUDED
    assert "was not submitted again" in make.quote(old).exclusion_reason
    assert make.quote(old).prices == []
    assert [price.unit_price for price in make.quote(new).prices] == [Decimal("2.30")]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda lines: lines, "Nothing has changed yet"),
        (lambda lines: lines[1:], "Lot 1 would have no price line"),
        (lambda lines: [replace(lines[0], item=" ")], "enter the item and the unit"),
        (
            lambda lines: [replace(lines[0], volumes=dict(list(lines[0].volumes.items())[:1]))],
            "would buy nothing any more",
        ),
        (lambda lines: [replace(lines[0], volumes={new_id(): Decimal(1)})], "Only schools that buy"),
    ],
)
@pytest.mark.usefixtures("app")
def test_what_the_price_schedule_cannot_become_is_refused(change: Change, sentence: str) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    with pytest.raises(RuleBroken, match=sentence):
        propose(tender, change(as_it_is(tender)))
    assert tenders.schedule(make.fresh(), tender.id) == tender.lots
