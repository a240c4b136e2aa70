"""Real quotes go through the Excel schedule, the seal and the opening, and come out to the penny."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from suppliers.quotes import offers, opened
from suppliers.quotes.models import QuotedPrice
from suppliers.quotes.rules import Envelope
from tests import make


@pytest.mark.embedded
@pytest.mark.parametrize(("number", "bidders", "lines"), [("R-43683-A", 10, 58), ("T-43855-A", 4, 36)])
def test_every_published_total_is_met_to_the_penny(
    session: Session, number: str, bidders: int, lines: int
) -> None:
    found = make.real_quotes(number)
    assert not session.scalars(select(QuotedPrice)).all()
    make.open_envelope(found.tender, Envelope.PRICE)

    session.rollback()
    asked = make.quote_schedule(found.tender)
    assert len(asked.lines) == lines
    totals = {
        name: offers.total(asked, opened.offer_of(session, quote_id))
        for name, quote_id in found.quotes.items()
    }
    assert totals == {bid.name: bid.total for bid in found.contract.bids}
    assert len(totals) == bidders
    assert sorted(totals, key=lambda name: totals[name]) == [bid.name for bid in found.contract.bids]
    stored = opened.priced_offers(session, found.tender.id)
    for bid in found.contract.bids:
        assert tuple(stored[found.quotes[bid.name]].prices[line_id] for line_id in asked.lines) == bid.prices
