"""Agreements between schools: drafted, with their checks recorded, signed by both heads, running."""

import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from invoicing.agreements import actions
from invoicing.agreements.models import Agreement
from invoicing.agreements.offers import actions as offering
from invoicing.agreements.offers.rules import Offered
from invoicing.agreements.rules import (
    Basis,
    Checked,
    CheckLevel,
    Price,
    Schedule,
    Service,
    Supply,
    Terms,
)
from invoicing.agreements.signing import actions as signing
from invoicing.agreements.usage import actions as using
from invoicing.agreements.usage.models import Usage
from invoicing.agreements.usage.rules import Used
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.months import months_later
from tests.make.alliance import School

A_DAY = Price(Basis.PER_UNIT, Money(240_00), unit="day")


def terms(**changes: Any) -> Terms:
    """A teacher's days in another school for a year, with children; `changes` are fields of Terms."""
    today = clock.today()
    usual = Terms(
        service=Service.STAFF_DAYS,
        title="Music teacher, one day a week",
        work="Teaches Years 3 to 6 on Tuesdays. The buyer’s head directs the day; the seller covers absence.",
        supply=Supply.TEACHING,
        regulated=True,
        price=A_DAY,
        schedule=Schedule.MONTHLY,
        starts_on=today,
        ends_on=months_later(today, 12),
        extension_months=6,
        notice_months=3,
        objectives="Every child plays an instrument.",
        reviews=(today + timedelta(days=100),),
    )
    return replace(usual, **changes)


def technician(**changes: Any) -> Terms:
    """A network manager who never works with children, at a fixed fee a month."""
    usual = {
        "service": Service.TECHNICIAN,
        "title": "Network manager",
        "supply": Supply.OTHER_STAFF,
        "regulated": False,
        "price": Price(Basis.FIXED, Money(600_00)),
        "reviews": (),
    }
    return terms(**(usual | changes))


def checked(**changes: Any) -> Checked:
    """A check that is enough for work with children."""
    usual = Checked("Music teacher", CheckLevel.ENHANCED_CHILDREN, clock.today() - timedelta(days=200))
    return replace(usual, **changes)


def drafted(seller: School, buyer: School, of: Terms | None = None) -> uuid.UUID:
    """A draft by the seller's bursar; its id."""
    agreement_id = new_id()
    actions.draft_agreement(seller.bursar, agreement_id, seller.id, buyer.id, of or terms())
    return agreement_id


def check(seller: School, agreement_id: uuid.UUID, **changes: Any) -> uuid.UUID:
    """A check recorded by the seller's bursar; its id."""
    check_id = new_id()
    actions.record_check(seller.bursar, check_id, agreement_id, checked(**changes))
    return check_id


def proposed(seller: School, buyer: School, of: Terms | None = None) -> uuid.UUID:
    """An agreement that waits for both heads, with a check where it needs one; its id."""
    agreement_id = drafted(seller, buyer, of)
    if row(agreement_id).regulated:
        check(seller, agreement_id)
    signing.propose_agreement(seller.bursar, agreement_id, row(agreement_id).version)
    return agreement_id


def sign(school: School, agreement_id: uuid.UUID) -> None:
    """The head of a school signs for it."""
    signing.agree_agreement(school.headteacher, agreement_id, school.id, row(agreement_id).proposals)


def running(seller: School, buyer: School, of: Terms | None = None) -> uuid.UUID:
    """An agreement that both heads have signed and that runs today; its id."""
    agreement_id = proposed(seller, buyer, of)
    sign(seller, agreement_id)
    sign(buyer, agreement_id)
    return agreement_id


def row(agreement_id: uuid.UUID) -> Agreement:
    """The agreement as it is stored now."""
    session = db.session()
    session.rollback()
    return session.get_one(Agreement, agreement_id)


def logged(seller: School, agreement_id: uuid.UUID, **changes: Any) -> uuid.UUID:
    """One unit used today, logged by the seller's bursar; its id. `changes` are fields of Used."""
    usage_id = new_id()
    usual: dict[str, Any] = {"on": clock.today(), "words": "Years 3 and 4", "units": Decimal(1)}
    using.log_usage(seller.bursar, usage_id, agreement_id, Used(**(usual | changes)))
    return usage_id


def confirm(buyer: School, agreement_id: uuid.UUID, *usage_ids: uuid.UUID) -> None:
    """The buyer's bursar confirms what was used."""
    chosen = [(usage_id, usage(usage_id).version) for usage_id in usage_ids]
    using.confirm_usages(buyer.bursar, agreement_id, chosen)


def usage(usage_id: uuid.UUID) -> Usage:
    """Something used, as it is stored now."""
    session = db.session()
    session.rollback()
    return session.get_one(Usage, usage_id)


def offered(**changes: Any) -> Offered:
    """A minibus by the mile; `changes` are fields of Offered."""
    usual = Offered(
        service=Service.MINIBUS,
        title="Minibus, 16 seats",
        what="Free on Fridays and at weekends. Bring your own driver.",
        supply=Supply.NO_STAFF,
        price=Price(Basis.PER_UNIT, Money(1_20), unit="mile"),
        schedule=Schedule.TERMLY,
        contact="Site manager, 01234 567890",
    )
    return replace(usual, **changes)


def offer(school: School, **changes: Any) -> uuid.UUID:
    """An offer by a school's bursar; its id."""
    offer_id = new_id()
    offering.make_offer(school.bursar, offer_id, school.id, offered(**changes))
    return offer_id
