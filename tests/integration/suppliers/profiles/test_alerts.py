"""Alerts go to those who supply what is asked for, where it is asked for, until one click stops them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.errors import NotFound
from marketplace.core.events import deliver_due
from marketplace.core.mail import Message
from marketplace.tenders import audience
from suppliers.profiles.alerts import actions, links
from suppliers.quotes.queries import tenders_to_quote_for
from tests import make

pytestmark = pytest.mark.usefixtures("app")
SUBJECT = "Schools are asking for quotes"


def told(session: Session) -> set[str]:
    while deliver_due():
        pass
    session.rollback()
    return set(session.scalars(select(Message.recipient).where(Message.subject.startswith(SUBJECT))))


def test_a_supplier_of_another_area_is_not_alerted_and_the_button_counts_alike(session: Session) -> None:
    alliance = make.alliance()
    near, far, anywhere = (
        make.supplier(areas=["Bramshire", "Kent"]),
        make.supplier(areas=["Kent"]),
        make.supplier(),
    )
    tender = make.published_tender(alliance)
    assert audience.suppliers(session, tender.row) == 2
    assert told(session) == {near.email, anywhere.email}
    assert far.email not in told(session)
    for supplier, listed in ((near, 1), (far, 0), (anywhere, 1)):
        assert len(tenders_to_quote_for(session, supplier.admin)) == listed


def test_one_click_stops_a_persons_alerts_and_nobody_elses(session: Session) -> None:
    supplier = make.supplier()
    supplier.bidder()
    person_id = supplier.admin.person_id
    assert person_id
    stop = links.path_to_stop(person_id).rpartition("/")[2]
    for _ in range(2):
        actions.stop_alerts(links.person_of(stop))
    make.published_tender(make.alliance())
    assert len(told(session)) == 1
    assert supplier.email not in told(session)
    actions.resume_alerts(supplier.admin)
    make.published_tender(make.alliance())
    assert supplier.email in told(session)


def test_the_letter_tells_the_mail_program_how_to_stop(session: Session) -> None:
    supplier = make.supplier()
    make.published_tender(make.alliance())
    told(session)
    letter = session.scalars(
        select(Message).where(Message.recipient == supplier.email, Message.stop_by != "")
    ).one()
    assert supplier.admin.person_id
    assert letter.stop_by == links.path_to_stop(supplier.admin.person_id)
    assert letter.stop_by in letter.body


@pytest.mark.parametrize("token", ["", "x", "ImFiYyI.forged", "e30.AAAA"])
def test_a_link_that_we_did_not_sign_stops_nothing(token: str) -> None:
    with pytest.raises(NotFound):
        links.person_of(token)
