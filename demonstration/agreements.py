"""What the demonstration's schools sell one another: a technician, a teacher, and a hall to sign for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from demonstration.cast import Cast, DemonstrationSchool
from demonstration.purchases import ALDHELM, FERNLEIGH, HARROW, KINGFISHER, MANOR, MILLBROOK, OAKMERE
from invoicing.agreements import actions, queries
from invoicing.agreements.models import Agreement
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
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.months import months_later

LETTING = "Letting of land, VAT Act 1994, Schedule 9, Group 1"
DRAFTED, SIGNED, BEGUN, HALL_PROPOSED = -100, -93, -85, -4


@dataclass(frozen=True, slots=True)
class Sale:
    """What one school sells to another, and who works there."""

    seller: str
    buyer: str
    worker: str
    service: Service
    supply: Supply
    title: str
    work: str
    price: Price
    objectives: str = ""
    schedule: Schedule = Schedule.MONTHLY
    order: str = ""


TECHNICIAN = Sale(
    FERNLEIGH,
    KINGFISHER,
    "Network technician",
    Service.TECHNICIAN,
    Supply.OTHER_STAFF,
    "Network technician, days on site",
    (
        "Looks after the servers, the wireless network and the pupils’ devices, on days booked ahead.\n"
        "Fernleigh’s network manager directs the work and covers absence; Kingfisher gives a key and a login."
    ),
    Price(Basis.PER_UNIT, Money(185_00), unit="day"),
    objectives="Faults in a classroom are mended within two school days.",
    order="KF-2210",
)
MUSIC = Sale(
    HARROW,
    MILLBROOK,
    "Music teacher",
    Service.STAFF_DAYS,
    Supply.TEACHING,
    "Music teacher, one day a week",
    (
        "Teaches Years 3 to 6 on Thursdays and leads the choir at lunch.\n"
        "Millbrook’s head directs the day; Harrow Hill remains the employer and covers absence when it can."
    ),
    Price(Basis.PER_UNIT, Money(198_00), unit="day"),
    objectives="Every child in Years 3 to 6 plays an instrument by the summer.",
)
FEE = Sale(
    MANOR,
    OAKMERE,
    "",
    Service.ASSOCIATE_FEE,
    Supply.NO_STAFF,
    "Fee of an associate member",
    "Oakmere takes part in joint tenders and buys services as an associate. Manor collects the fee.",
    Price(Basis.FIXED, Money(45_00)),
)
HALL = Sale(
    MANOR,
    ALDHELM,
    "",
    Service.HALL_HIRE,
    Supply.NO_STAFF,
    "Hire of the sports hall, Friday afternoons",
    "The hall and its changing rooms from 13:30 to 15:00. St Aldhelm’s staff supervise its pupils.",
    Price(Basis.FIXED, Money(310_00)),
    schedule=Schedule.TERMLY,
)


def agree(cast: Cast) -> dict[str, uuid.UUID]:
    """Begin three agreements and leave one for both heads to sign; the ids of the three by their titles."""
    running: dict[str, uuid.UUID] = {}
    for sale in (TECHNICIAN, MUSIC, FEE):
        with cast.calendar.on(DRAFTED):
            agreement_id = _propose(cast, sale, clock.today() + timedelta(days=10))
        with cast.calendar.on(SIGNED):
            _sign(cast.schools[sale.seller], agreement_id)
            _sign(cast.schools[sale.buyer], agreement_id)
            _order(cast, sale, agreement_id)
        with cast.calendar.on(BEGUN):
            signing.begin_agreement(agreement_id)
        running[sale.title] = agreement_id
    with cast.calendar.on(HALL_PROPOSED):
        _propose(cast, HALL, clock.today() + timedelta(days=40))
    return running


def _propose(cast: Cast, sale: Sale, starts_on: date) -> uuid.UUID:
    """Draft what is sold, record the check of who works there, and ask both heads."""
    seller, buyer = cast.schools[sale.seller], cast.schools[sale.buyer]
    agreement_id = new_id()
    staffed = sale.supply is not Supply.NO_STAFF
    terms = Terms(
        service=sale.service,
        title=sale.title,
        work=sale.work,
        supply=sale.supply,
        regulated=staffed,
        price=sale.price,
        schedule=sale.schedule,
        starts_on=starts_on,
        ends_on=months_later(starts_on, 12) - timedelta(days=1),
        extension_months=12,
        notice_months=3,
        exemption_reason=LETTING if sale.service is Service.HALL_HIRE else "",
        objectives=sale.objectives,
        membership_id=_membership(sale, seller.id, buyer.id),
        reviews=(cast.calendar.day(10), cast.calendar.day(160)) if sale.objectives else (),
    )
    actions.draft_agreement(seller.bursar, agreement_id, seller.id, buyer.id, terms)
    if staffed:
        checked = Checked(sale.worker, CheckLevel.ENHANCED_CHILDREN, starts_on - timedelta(days=420))
        actions.record_check(seller.bursar, new_id(), agreement_id, checked)
    signing.propose_agreement(seller.bursar, agreement_id, _row(agreement_id).version)
    return agreement_id


def _membership(sale: Sale, seller_id: uuid.UUID, buyer_id: uuid.UUID) -> uuid.UUID | None:
    """The membership that a fee is for."""
    if sale.service is not Service.ASSOCIATE_FEE:
        return None
    return queries.memberships_to_name(db.session(), seller_id, buyer_id)[0].id


def _sign(school: DemonstrationSchool, agreement_id: uuid.UUID) -> None:
    proposal = _row(agreement_id).proposals
    signing.agree_agreement(school.headteacher, agreement_id, school.id, proposal)


def _order(cast: Cast, sale: Sale, agreement_id: uuid.UUID) -> None:
    if sale.order:
        bursar = cast.schools[sale.buyer].bursar
        actions.set_order(bursar, agreement_id, _row(agreement_id).version, sale.order)


def _row(agreement_id: uuid.UUID) -> Agreement:
    session = db.session()
    session.rollback()
    return session.get_one(Agreement, agreement_id)
