"""What the demonstration's schools used of one another, and what they offer."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal

from demonstration.agreements import MUSIC, TECHNICIAN, Sale
from demonstration.cast import Cast, DemonstrationSchool
from demonstration.purchases import ALDHELM, FERNLEIGH, MANOR
from invoicing.agreements.charging import jobs
from invoicing.agreements.offers import actions as offers
from invoicing.agreements.offers.rules import Offered
from invoicing.agreements.rules import Basis, Price, Schedule, Service, Supply
from invoicing.agreements.usage import actions
from invoicing.agreements.usage import queries as usages
from invoicing.agreements.usage.models import Usage
from invoicing.agreements.usage.rules import Used
from invoicing.invoices import queries as invoices
from invoicing.invoices.actions import issue_invoices
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money

CONFIRMED, INVOICED = -38, -30
USED: Mapping[str, tuple[tuple[int, str, str], ...]] = {
    TECHNICIAN.title: (
        (-66, "1", "New wireless points in the hall"),
        (-52, "1", "Devices of Year 2 set up"),
        (-45, "0.5", "Printer of the office"),
        (-17, "1", "Server updated, backups tried"),
        (-9, "1", "Interactive screen of Year 5 mended"),
        (-3, "0.5", "Accounts of two new teachers"),
    ),
    MUSIC.title: (
        (-62, "1", "Years 3 to 6 and choir"),
        (-55, "1", "Years 3 to 6 and choir"),
        (-16, "1", "Years 3 to 6"),
        (-9, "1", "Years 3 to 6 and choir"),
    ),
}
OFFERS: Mapping[str, tuple[Offered, ...]] = {
    MANOR: (
        Offered(
            Service.MINIBUS,
            "Minibus with 16 seats",
            "Free on Fridays after 14:00 and at weekends. Bring a driver with D1; fuel is included.",
            Supply.NO_STAFF,
            Price(Basis.PER_UNIT, Money(1_20), unit="mile"),
            Schedule.TERMLY,
            "Priya Raman, bursar, 01632 960101",
        ),
        Offered(
            Service.CPD_PLACES,
            "Safeguarding update for school staff",
            "Two hours, on the first inset day of each term. Places for 20 people of other schools.",
            Supply.NO_STAFF,
            Price(Basis.PER_UNIT, Money(18_00), unit="place"),
            Schedule.TERMLY,
            "Helen Ashworth, headteacher, 01632 960101",
        ),
    ),
    FERNLEIGH: (
        Offered(
            TECHNICIAN.service,
            TECHNICIAN.title,
            "One more day a week is free from January. Servers, wireless network, pupils’ devices.",
            TECHNICIAN.supply,
            TECHNICIAN.price,
            TECHNICIAN.schedule,
            "Tom Whitlock, bursar, 01632 960102",
        ),
    ),
    ALDHELM: (
        Offered(
            Service.OTHER,
            "Library service with a librarian on call",
            "Boxes of books for a topic, changed each half term; advice on reading by telephone.",
            Supply.OTHER_STAFF,
            Price(Basis.PER_PUPIL, Money(1_85)),
            Schedule.TERMLY,
            "Maria Santos, bursar, 01632 960107",
        ),
    ),
}


def use(cast: Cast, running: Mapping[str, uuid.UUID]) -> None:
    """Log what was used, confirm and invoice the older half, leave the rest to the buyers; make offers."""
    for sale in (TECHNICIAN, MUSIC):
        agreement_id = running[sale.title]
        _log(cast, sale, agreement_id, range(-1_000, CONFIRMED))
        with cast.calendar.on(CONFIRMED):
            _confirm(cast.schools[sale.buyer], agreement_id)
    with cast.calendar.on(INVOICED):
        jobs.invoice_finished_periods()
        _issue(cast.schools[MUSIC.seller])
    for sale in (TECHNICIAN, MUSIC):
        _log(cast, sale, running[sale.title], range(CONFIRMED, 0))
    _question(cast, running[MUSIC.title])
    for urn, offered in OFFERS.items():
        school = cast.schools[urn]
        for one in offered:
            with cast.calendar.on(INVOICED):
                offers.make_offer(school.bursar, new_id(), school.id, one)


def _log(cast: Cast, sale: Sale, agreement_id: uuid.UUID, days: range) -> None:
    """What was used on some of the days, logged on each by the seller's bursar."""
    for offset, units, words in USED[sale.title]:
        if offset in days:
            with cast.calendar.on(offset):
                used = Used(clock.today(), words, Decimal(units))
                actions.log_usage(cast.schools[sale.seller].bursar, new_id(), agreement_id, used)


def _confirm(buyer: DemonstrationSchool, agreement_id: uuid.UUID) -> None:
    chosen = [(one.id, one.version) for one in _waiting(agreement_id)]
    actions.confirm_usages(buyer.bursar, agreement_id, chosen)


def _issue(seller: DemonstrationSchool) -> None:
    """The seller of music lessons issues what was drafted; the other draft waits."""
    session = db.session()
    session.rollback()
    drafts = invoices.drafts_to_issue(session, seller.finance_lead)
    issue_invoices(seller.finance_lead, [(draft.id, draft.version) for draft in drafts])


def _question(cast: Cast, agreement_id: uuid.UUID) -> None:
    """The buyer of music lessons remembers a day otherwise."""
    first = next(_waiting(agreement_id))
    usage_id, version = first.id, first.version
    with cast.calendar.on(-2):
        actions.question_usage(
            cast.schools[MUSIC.buyer].bursar,
            usage_id,
            version,
            "The teacher left at noon that day. Was it half a day?",
        )


def _waiting(agreement_id: uuid.UUID) -> Iterator[Usage]:
    session = db.session()
    session.rollback()
    return iter(usages.waiting(session, agreement_id))
