import pytest
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.tenders.rules import TenderStatus, accepts_quotes
from tests import make

pytestmark = pytest.mark.usefixtures("app")


def test_a_draft_has_everything_that_inviting_needs() -> None:
    tender = make.draft_tender(make.alliance())
    assert tender.row.status is TenderStatus.DRAFT
    assert [line.total for lot in tender.lots for line in lot.lines] == [90_000]


def test_a_published_tender_takes_quotes_until_its_deadline(session: Session) -> None:
    row = make.published_tender(make.alliance()).row
    assert accepts_quotes(row.status, row.closes_at, clock.database_now(session))


def test_a_closed_tender_was_closed_at_its_deadline() -> None:
    tender = make.closed_tender(make.alliance(), criteria=make.PRICE_ONLY)
    assert tender.row.status is TenderStatus.CLOSED
    assert tender.row.closed_at == tender.closes_at


def test_a_tender_of_one_school_is_published_by_the_head_of_another() -> None:
    alliance = make.alliance(schools=2)
    tender = make.published_tender(alliance, schools=alliance.schools[:1])
    assert tender.row.published_by == alliance.schools[1].headteacher.person_id
