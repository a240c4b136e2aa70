"""What of a published tender changes until its deadline, and the pack of documents that comes of it."""

import hashlib
import io
import uuid
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.core import clock, events, mail
from marketplace.core.chain import first_broken_link
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.tenders.amending import actions, queries
from marketplace.tenders.amending.changing import Wanted
from marketplace.tenders.amending.rules import Kind
from marketplace.tenders.packs import queries as packs
from marketplace.tenders.uk_notices.queries import notices_of
from suppliers.quotes.rules import Envelope, QuoteStatus
from tests import make

WHY = "The kitchens at Alder cook for two more classes."
PLAN = b"%PDF-1.4\nA plan of the kitchens.\n%%EOF\n"


def as_it_is(tender: make.Tender) -> Wanted:
    row = tender.row
    return Wanted(row.description, {one.id: one.question for one in row.criteria if one.question})


def amend(tender: make.Tender, wanted: Wanted, reason: str = WHY) -> uuid.UUID:
    amendment_id = new_id()
    actions.amend_tender(
        tender.alliance.coordinator, tender.id, tender.version, amendment_id, reason=reason, wanted=wanted
    )
    return amendment_id


def zipped(session: Session, tender: make.Tender, number: int | None = None) -> zipfile.ZipFile:
    session.rollback()
    pack = packs.get_pack(session, tender.id, number) if number else packs.latest_pack(session, tender.id)
    assert pack
    content = packs.content(pack)
    assert hashlib.sha256(content).hexdigest() == pack.sha256
    assert packs.content(pack) == content
    return zipfile.ZipFile(io.BytesIO(content))


def test_a_pack_is_assembled_at_publication_with_everything_and_true_checksums(session: Session) -> None:
    alliance = make.alliance(schools=2)
    assert packs.latest_pack(session, make.draft_tender(alliance).id) is None
    tender = make.published_tender(alliance, title="School meals, again")
    archive = zipped(session, tender)
    names = set(archive.namelist())
    assert {"1 Specification.html", "2 Price schedule.csv", "3 Contract terms.html", "manifest.csv"} <= names
    assert {"4 Staff who may transfer (TUPE).html", "5 Safeguarding.html", "style.css"} <= names
    manifest = archive.read("manifest.csv").decode("utf-8-sig")
    for name in names - {"manifest.csv"}:
        assert hashlib.sha256(archive.read(name)).hexdigest() in manifest
    specification = archive.read("1 Specification.html").decode()
    assert "Hot meals at midday in term time." in specification
    assert "How will you plan menus that children eat?" in specification
    assert f"URN {tender.schools[0].urn}" in specification
    assert "Primary meal,meal,30000,30000,60000" in archive.read("2 Price schedule.csv").decode("utf-8-sig")


def test_words_and_documents_change_and_the_pack_keeps_its_versions(session: Session) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    menus = next(one for one in tender.row.criteria if one.title == "Menus")
    wanted = replace(
        as_it_is(tender),
        description="Hot and cold meals at midday in term time.",
        questions={menus.id: "How will you plan menus that every child eats?"},
        added_name="Plan.pdf",
        added=io.BytesIO(PLAN),
    )
    amend(tender, wanted)
    assert tender.row.description == "Hot and cold meals at midday in term time."
    (changed,) = queries.changes_since_publication(session, tender.id)
    assert changed.reason == WHY
    assert [one.what for one in changed.changes] == [
        "What the schools want to buy",
        "Question: Menus",
        "Document added",
    ]
    added = [piece.text for piece in changed.changes[0].pieces if piece.kind is Kind.ADDED]
    assert added == [" and cold"]
    before, after = zipped(session, tender, 1), zipped(session, tender, 2)
    assert "Documents of the schools/Plan.pdf" not in before.namelist()
    assert after.read("Documents of the schools/Plan.pdf") == PLAN
    assert "Hot meals" in before.read("1 Specification.html").decode()
    assert "1 Specification.html,2," in after.read("manifest.csv").decode("utf-8-sig")
    assert "5 Safeguarding.html,1," in after.read("manifest.csv").decode("utf-8-sig")

    (document,) = tender.row.documents
    amend(tender, replace(as_it_is(tender), removed=[document.id]), "It was the wrong plan.")
    assert "Documents of the schools/Plan.pdf" not in zipped(session, tender).namelist()
    assert zipped(session, tender, 2).read("Documents of the schools/Plan.pdf") == PLAN
    assert [one.what for one in queries.changes_since_publication(session, tender.id)[0].changes] == [
        "Document removed"
    ]
    assert first_broken_link(session) is None


def test_what_is_published_follows_an_amendment_and_a_later_deadline(session: Session) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    amend(tender, replace(as_it_is(tender), description="Hot and cold meals."))
    extension_id = new_id()
    actions.propose_extension(
        tender.alliance.coordinator,
        tender.id,
        tender.version,
        extension_id,
        closes_at=make.working_moment(60),
        reason=WHY,
    )
    actions.approve_extension(tender.schools[1].headteacher, tender.id, extension_id)
    session.rollback()
    published = notices_of(session, tender.id)
    assert len(published) == 3
    assert "Hot and cold meals." in published[1].content
    assert make.working_moment(60).strftime("%Y-%m-%dT%H:%M") in published[2].content
    specification = zipped(session, tender).read("1 Specification.html").decode()
    assert f"{make.working_moment(60).day} {make.working_moment(60):%B %Y}" in specification


@pytest.mark.usefixtures("app")
def test_after_the_deadline_nothing_is_changed_any_more() -> None:
    tender = make.published_tender(make.alliance(schools=2))
    with (
        clock.travelling(tender.closes_at),
        pytest.raises(RuleBroken, match="After it nothing can"),
    ):
        amend(tender, replace(as_it_is(tender), description="Too late."))
    with clock.travelling(tender.closes_at - timedelta(milliseconds=1)):
        amend(tender, replace(as_it_is(tender), description="Just in time."))
    assert tender.row.description == "Just in time."


@pytest.mark.usefixtures("app")
def test_an_amendment_needs_a_reason_a_change_and_a_coordinator_and_is_made_once() -> None:
    tender = make.published_tender(make.alliance(schools=2))
    changed = replace(as_it_is(tender), description="Hot and cold meals.")
    with pytest.raises(RuleBroken, match="Nothing has changed"):
        amend(tender, as_it_is(tender))
    with pytest.raises(RuleBroken, match="Enter why"):
        amend(tender, changed, " ")
    with pytest.raises(RuleBroken, match="Describe"):
        amend(tender, replace(changed, description=" "))
    with pytest.raises(NotFound):
        amend(tender, replace(changed, questions={new_id(): "A question of another tender"}))
    with pytest.raises(NotFound):
        amend(tender, replace(changed, removed=[new_id()]))
    with pytest.raises(RuleBroken, match="not a complete PDF") as broken:
        amend(tender, replace(changed, added_name="Plan.pdf", added=io.BytesIO(b"no plan")))
    assert broken.value.field == "document"
    for person in (tender.schools[0].headteacher, tender.alliance.auditor):
        with pytest.raises(Forbidden):
            actions.amend_tender(person, tender.id, tender.version, new_id(), reason=WHY, wanted=changed)
    once, version = new_id(), tender.version
    for _ in range(2):
        actions.amend_tender(
            tender.alliance.coordinator, tender.id, version, once, reason=WHY, wanted=changed
        )
    with pytest.raises(Stale):
        actions.amend_tender(
            tender.alliance.coordinator, tender.id, version, new_id(), reason=WHY, wanted=changed
        )
    draft = make.draft_tender(tender.alliance)
    with pytest.raises(RuleBroken, match="not open for quotes"):
        amend(draft, replace(as_it_is(draft), description="A draft."))


def test_a_quote_that_is_in_stays_in_its_supplier_is_asked_to_check_it_and_it_still_opens(
    session: Session,
) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    with_quote, told = make.supplier(), make.supplier()
    quote_id = make.submitted_quote(tender, with_quote)
    amend(tender, replace(as_it_is(tender), description="Hot and cold meals."))
    while events.deliver_due():
        pass
    letters = mail.newest(session, f"Please read what changed: {tender.row.title}")
    bodies = [letter.body for letter in letters]
    assert sum("you can replace your quote" in body for body in bodies) == 1
    assert len(bodies) >= 2
    assert told.id != with_quote.id
    assert all(WHY in body for body in bodies)
    assert make.quote(quote_id).status is QuoteStatus.SUBMITTED
    make.close_tender(tender)
    make.open_envelope(tender, Envelope.QUALITY)
    assert make.quote(quote_id).answers
