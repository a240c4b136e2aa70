"""What schools owe one another for small things, and a settlement that waits for some of them to accept."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from demonstration.cast import Cast
from demonstration.purchases import FERNLEIGH, HARROW, KINGFISHER, MILLBROOK
from invoicing.invoices import actions as invoices
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import InvoiceTerms, LineDraft, usual_category
from invoicing.settlement import actions
from invoicing.settlement.models import Settlement
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id

ISSUED, PROPOSED, ACCEPTED = -40, -2, -1


class Sold(NamedTuple):
    """What one school sold another: so many units at a price in pounds."""

    seller: str
    buyer: str
    what: str
    units: int
    unit: str
    price: str


SOLD = (
    Sold(FERNLEIGH, HARROW, "Network technician, days on site", 4, "day", "185.00"),
    Sold(HARROW, FERNLEIGH, "Places on the phonics course", 6, "place", "85.00"),
    Sold(KINGFISHER, HARROW, "Hall for the summer play, evenings", 3, "evening", "60.00"),
    Sold(MILLBROOK, KINGFISHER, "Forest school site, mornings", 5, "morning", "48.00"),
    Sold(FERNLEIGH, MILLBROOK, "Cover by a teaching assistant, days", 2, "day", "96.00"),
)


def owe(cast: Cast) -> None:
    """Schools issue invoices for what they sold one another; nobody has paid them."""
    with cast.calendar.on(ISSUED):
        for sold in SOLD:
            seller, buyer = cast.schools[sold.seller], cast.schools[sold.buyer]
            line = LineDraft(
                sold.what,
                Decimal(sold.units),
                sold.unit,
                Decimal(sold.price),
                usual_category(registered=False),
            )
            terms = InvoiceTerms(
                buyer_id=buyer.id,
                supplied_on=clock.today() - timedelta(days=6),
                payment_days=30,
                purchase_order="",
                note="",
                lines=(line,),
            )
            made = new_id()
            invoices.draft_invoice(seller.bursar, made, seller.id, terms)
            invoices.issue_invoices(seller.finance_lead, [(made, _version(made))])


def settle(cast: Cast) -> None:
    """The coordinator proposes to net what is due; two schools have accepted their figure."""
    settlement_id = new_id()
    with cast.calendar.on(PROPOSED):
        actions.propose_settlement(cast.coordinator, settlement_id, cast.alliance_id)
    with cast.calendar.on(ACCEPTED):
        for urn in (FERNLEIGH, MILLBROOK):
            school = cast.schools[urn]
            db.session().rollback()
            version = db.session().get_one(Settlement, settlement_id).version
            actions.accept_settlement(school.finance_lead, settlement_id, school.id, version)


def _version(invoice_id: uuid.UUID) -> int:
    session = db.session()
    session.rollback()
    return session.scalars(select(Invoice.version).where(Invoice.id == invoice_id)).one()
