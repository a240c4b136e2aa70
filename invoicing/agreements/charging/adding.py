"""How charges come about: of what was confirmed as used, and of periods that are over. Shared steps."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.agreements.charging import rules
from invoicing.agreements.charging.models import Charge
from invoicing.agreements.models import Agreement
from invoicing.agreements.rules import BY_USE, Basis
from invoicing.agreements.usage.models import Usage
from invoicing.agreements.usage.rules import amount
from marketplace.core import clock
from marketplace.core.ids import new_id
from marketplace.core.web import day

ONE = Decimal(1)


def charge_usage(session: Session, agreement: Agreement, usage: Usage) -> None:
    """Charge something that the buyer has just confirmed. The table refuses a second time."""
    price = agreement.price
    said = f"{agreement.title}: {day(usage.used_on)}, {usage.words}"
    if price.basis is Basis.SHARE:
        said += f" ({price.words(agreement.schedule)} of {usage.cost})".replace(" of the cost", "")
    net = amount(price, usage.used)
    by_unit = price.basis is Basis.PER_UNIT and price.rate and usage.units
    session.add(
        Charge(
            id=new_id(),
            agreement_id=agreement.id,
            usage_id=usage.id,
            supplied_on=usage.used_on,
            description=said,
            quantity=usage.units if by_unit else ONE,
            unit=price.unit if by_unit else "",
            unit_price=price.rate.pounds if by_unit and price.rate else net.pounds,
            net=net,
        )
    )
    session.flush()


def charge_periods(session: Session, agreement: Agreement) -> None:
    """Charge the periods of a fixed price that are over and not charged yet."""
    if agreement.price.basis in BY_USE:
        return
    charged = set(session.scalars(select(Charge.period_start).where(Charge.agreement_id == agreement.id)))
    parts = rules.finished_parts(agreement.schedule, agreement.starts_on, agreement.last_day, clock.today())
    for part in parts:
        net = rules.fixed_amount(agreement.price, part)
        if part.period.starts_on in charged or not net:
            continue
        session.add(
            Charge(
                id=new_id(),
                agreement_id=agreement.id,
                period_start=part.period.starts_on,
                supplied_on=part.ends_on,
                description=rules.fixed_words(agreement.title, agreement.price, part),
                quantity=ONE,
                unit="",
                unit_price=net.pounds,
                net=net,
            )
        )
    session.flush()
