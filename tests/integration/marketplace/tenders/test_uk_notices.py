import hashlib
import json
import re
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from marketplace.alliance import actions as schools
from marketplace.alliance.rules import SchoolDetails
from marketplace.core.db import db
from marketplace.core.errors import RuleBroken
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.tenders import actions
from marketplace.tenders.commitments import actions as commitments
from marketplace.tenders.commitments.rules import Conditions
from marketplace.tenders.drafting import actions as drafting
from marketplace.tenders.formulas import FORMULAS
from marketplace.tenders.uk_notices import issuing, queries, schema
from marketplace.tenders.uk_notices.models import Notice
from marketplace.tenders.uk_notices.release import release
from marketplace.tenders.uk_notices.rules import NoticeKind
from tests import make
from tests.make.tenders import Tender

pytestmark = pytest.mark.usefixtures("app")
SPENT = Money(28_137_91)


def published_about(tender: Tender) -> list[Notice]:
    """The notices of a tender as they are now."""
    session = db.session()
    session.rollback()
    return queries.notices_of(session, tender.id)


def releases_about(tender: Tender) -> list[dict[str, Any]]:
    """Their releases."""
    return [json.loads(notice.content) for notice in published_about(tender)]


def test_publishing_a_tender_publishes_its_notice() -> None:
    tender = make.published_tender(make.alliance(schools=3))
    (made,) = releases_about(tender)
    assert made["tag"] == ["tender"]
    assert made["tender"]["status"] == "active"
    assert made["tender"]["aboveThreshold"] is False
    assert [one["identifier"]["id"] for one in made["parties"]] == [one.urn for one in tender.schools]
    assert made["tender"]["value"] == {"amount": 252000, "amountGross": 302400, "currency": "GBP"}
    formula = FORMULAS[tender.row.price_formula]
    assert f"judged. {formula.name}: {formula.words}" in made["tender"]["awardCriteriaDetails"]
    assert schema.problems(made) == []


def test_a_postcode_stands_once_in_an_address(session: Session) -> None:
    alliance = make.alliance(schools=1)
    school = make.school(alliance.id, Postcode="BR9 9ZZ")
    details = SchoolDetails(address="1 High Street\nBramley\nBR9 9ZZ")
    schools.edit_school(school.bursar, school.id, 1, details)
    tender = make.draft_tender(alliance, schools=[school])
    (authority,) = queries.subject(session, tender.row).authorities
    assert (authority.address, authority.postcode) == ("1 High Street\nBramley", "BR9 9ZZ")


def test_a_cancelled_tender_says_so_in_a_further_release() -> None:
    alliance = make.alliance(schools=2)
    tender = make.published_tender(alliance)
    actions.cancel_tender(alliance.coordinator, tender.id, tender.version, "Two schools merge.")
    first, last = releases_about(tender)
    assert (first["tag"], last["tag"]) == (["tender"], ["tenderCancellation"])
    assert first["ocid"] == last["ocid"]
    assert last["tender"]["amendments"][0]["rationale"] == "Two schools merge."
    assert [notice.number for notice in published_about(tender)] == [1, 2]


def test_a_tender_that_nobody_saw_ends_without_a_word() -> None:
    alliance = make.alliance(schools=2)
    tender = make.confirmed_tender(alliance)
    actions.cancel_tender(alliance.coordinator, tender.id, tender.version, "No money.")
    assert published_about(tender) == []


def test_a_published_notice_is_permanent_and_its_content_is_hashed(session: Session) -> None:
    tender = make.published_tender(make.alliance(schools=2))
    (notice,) = published_about(tender)
    assert notice.sha256 == hashlib.sha256(notice.content.encode()).hexdigest()
    for change in ("UPDATE notice SET content = '{}'", "DELETE FROM notice"):
        with pytest.raises(DatabaseError, match="permanent"):
            session.execute(text(change))
        session.rollback()


def test_a_tender_without_what_its_notice_needs_is_refused_with_the_part_to_fill_in(session: Session) -> None:
    alliance = make.alliance(schools=2)
    tender = make.draft_tender(alliance)
    drafting.edit_tender(
        alliance.coordinator,
        tender.id,
        tender.version,
        title="School meals",
        description="",
        category="catering",
        cpv="55524000",
    )
    with pytest.raises(RuleBroken, match="needs a description") as refused:
        issuing.check(session, tender.row, NoticeKind.TENDER)
    assert refused.value.field == "basics"


def test_a_notice_that_breaks_the_standard_is_refused_before_it_is_stored(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    tender = make.confirmed_tender(make.alliance(schools=2))

    def broken(*given: Any) -> dict[str, Any]:
        made = release(*given)
        made["tender"]["tenderPeriod"]["endDate"] = "soon"
        return made

    monkeypatch.setattr(issuing, "release", broken)
    with pytest.raises(RuleBroken, match="Check the deadline for quotes") as refused:
        actions.publish_tender(tender.schools[1].headteacher, tender.id, tender.version)
    assert refused.value.field == "timetable"
    session.rollback()
    assert published_about(tender) == []
    assert tender.row.published_at is None


def test_nothing_confidential_gets_into_a_notice() -> None:
    """What a school pays today, when it is in, the recovery fee, and who prepares, opens and judges."""
    alliance = make.alliance(schools=3)
    tender = make.joining_tender(
        alliance,
        baselines={school.id: SPENT for school in alliance.schools},
        recovery_fee=Money(4_321_09),
    )
    limits = Conditions(price_at_most=Money(27_654_32), saving_at_least=437, schools_at_least=2)
    make.commit(tender, *alliance.schools, conditions=limits)
    commitments.confirm_tender(alliance.coordinator, tender.id, tender.version)
    actions.publish_tender(alliance.schools[1].headteacher, tender.id, tender.version)
    actions.cancel_tender(alliance.coordinator, tender.id, tender.version, "Two schools merge.")
    everything = "".join(notice.content for notice in published_about(tender))
    people = [alliance.coordinator, *tender.openers, *tender.evaluators]
    people += [school.headteacher for school in alliance.schools]
    planted = [person.name for person in people] + [str(person.person_id) for person in people]
    planted += ["28137", "28,137", "2813791", "4321", "4,321", "432109", "@example.org"]
    planted += ["27654", "27,654", "2765432", "4.37", "at most", "at least"]
    ids_and_urns = r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9]{6}\b"
    bare = re.sub(ids_and_urns, "", everything)
    assert len(published_about(tender)) == 2
    assert not [one for one in planted if one in bare]
    assert not [person.name for person in people if str(person.person_id) in everything]


def test_documents_that_suppliers_cannot_open_yet_are_not_named_before_publication(session: Session) -> None:
    alliance = make.alliance(schools=2)
    tender = make.draft_tender(alliance)
    drafting.add_document(
        alliance.coordinator,
        tender.id,
        tender.version,
        new_id(),
        name="Terms.txt",
        content=BytesIO(b"Terms."),
    )
    assert queries.subject(session, tender.row).documents == ()
    opened = make.published_tender(alliance, draft_id=tender.id)
    (said,) = queries.subject(session, opened.row).documents
    assert said.name == "Terms.txt"


def test_the_spend_of_one_school_is_not_its_tenders_published_value() -> None:
    alliance = make.alliance(schools=2)
    tender = make.published_tender(alliance, schools=alliance.schools[:1])
    (made,) = releases_about(tender)
    assert "value" not in made["tender"]
