"""Quotes for some lots, with lower prices and bundles, from the draft through the seal to opened rows."""

import dataclasses
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.errors import RuleBroken
from marketplace.tenders.lots.rules import Decided, LimitsDraft
from suppliers.quotes import actions, opened, queries
from suppliers.quotes.copies import read_copy
from suppliers.quotes.models import QuotedDiscount, QuotedLot, QuotedPrice, SealedBody
from tests import make

pytestmark = pytest.mark.usefixtures("app")
DIVIDED = make.Divided(limits=LimitsDraft(most_quoted=2), tiers={1: (2, 3)}, bundles={"North": ((1, 2), 60)})


def three_lots(divided: make.Divided = DIVIDED) -> make.Tender:
    schools = make.alliance()
    return make.published_tender(
        schools,
        lots=[make.lot(f"Lot {name}", {("Meal", "meal"): 900}, schools.schools) for name in "ABC"],
        criteria=make.PRICE_ONLY,
        divided=divided,
    )


def test_lots_tiers_and_discounts_are_sealed_opened_and_read_as_they_were_entered(session: Session) -> None:
    tender, supplier = three_lots(), make.supplier()
    wanted = make.lot_offer(tender, {1: ("3", "2.5", "2"), 2: ("4.1234",)}, {"North": "2.5"})
    quote_id = make.submitted_offer(tender, supplier, wanted)
    for table in (QuotedPrice, QuotedLot, QuotedDiscount):
        assert not session.scalars(select(table)).all()
    assert all(b"4.1234" not in body.sealed for body in session.scalars(select(SealedBody)))
    make.opened_quotes(tender)
    session.rollback()
    assert opened.offer_of(session, quote_id) == wanted
    assert opened.priced_offers(session, tender.id) == {quote_id: wanted}
    actions_seen = queries.schedule_of(session, tender.row)
    assert actions_seen.division.limits.most_quoted == 2


def test_more_lots_than_a_supplier_may_quote_for_are_kept_in_the_draft_and_never_submitted() -> None:
    tender, supplier = three_lots(), make.supplier()
    wanted = make.lot_offer(tender, {1: ("3", "2.5", "2"), 2: ("4",), 3: ("5",)})
    draft = make.save_offer(tender, supplier, wanted)
    with pytest.raises(RuleBroken, match="You chose 3 lots"):
        make.submit_draft(draft, supplier)
    kept = queries.draft_of(make.fresh(), tender.id, supplier.id)
    assert kept
    assert queries.offer_in_draft(kept) == wanted
    make.submitted_offer(tender, supplier, make.lot_offer(tender, {2: ("4",), 3: ("5",)}))


def test_what_a_file_says_is_added_to_the_draft_and_takes_nothing_out() -> None:
    tender, supplier = three_lots(), make.supplier()
    make.save_offer(tender, supplier, make.lot_offer(tender, {1: ("3", "2.5", "2")}))
    actions.take_prices(supplier.admin, tender.id, supplier.id, make.lot_offer(tender, {2: ("4",)}))
    kept = queries.draft_of(make.fresh(), tender.id, supplier.id)
    assert kept
    assert queries.offer_in_draft(kept) == make.lot_offer(tender, {1: ("3", "2.5", "2"), 2: ("4",)})


def test_a_replacement_starts_from_the_lots_and_tiers_that_are_in(session: Session) -> None:
    tender, supplier = three_lots(), make.supplier()
    wanted = make.lot_offer(tender, {1: ("3", "2.5", "2")})
    copy = make.copy_of_draft(make.save_offer(tender, supplier, wanted))
    make.submitted_offer(tender, supplier, wanted)
    submitted = queries.submitted_of(session, tender.id, supplier.id)
    assert submitted
    actions.start_replacement(supplier.admin, submitted.id, read_copy(copy))
    draft = queries.draft_of(make.fresh(), tender.id, supplier.id)
    assert draft
    assert queries.offer_in_draft(draft) == wanted


def test_lots_won_together_can_have_tiers_and_every_lot_is_priced() -> None:
    tender = three_lots(make.Divided(Decided.TOGETHER, tiers={1: (2,)}))
    supplier = make.supplier()
    asked = make.quote_schedule(tender)
    whole = make.lot_offer(tender, {1: ("3", "2.5"), 2: ("4",), 3: ("5",)})
    assert asked.reached(asked.lots[0]) == 2
    first = next(iter(asked.lines))
    draft = make.save_offer(tender, supplier, dataclasses.replace(whole, tier_prices={}))
    with pytest.raises(RuleBroken, match="Lot 1, line 1: enter a price from 2 schools for Meal"):
        make.submit_draft(draft, supplier)
    rising = dataclasses.replace(whole, tier_prices={(first, Decimal(2)): Decimal("3.01")})
    with pytest.raises(RuleBroken, match="higher than the one before it"):
        make.submit_draft(make.save_offer(tender, supplier, rising), supplier)
    make.submitted_offer(tender, supplier, whole)
