"""Questions about what schools that are not registered for VAT have invoiced."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from invoicing.invoices.credit_notes.models import CreditNote
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import SENT, InvoiceSource
from invoicing.invoices.vat_watch.rules import Limit, Month, Supplied, is_near, limit_on, months
from marketplace.alliance.models import Organisation, School
from marketplace.core import clock
from marketplace.core.policy import POLICY, Act, Actor, Kind
from marketplace.core.web import Task


@dataclass(frozen=True, slots=True)
class WatchedSchool:
    """A school that is not registered, and how near it is to the limit, this month first."""

    id: uuid.UUID
    name: str
    months: Sequence[Month]
    limit: Limit
    near: bool

    @property
    def above(self) -> bool:
        """Did any twelve months that end in the last year come to more than the limit?"""
        return any(month.above for month in self.months)


def watched_schools(session: Session, actor: Actor) -> list[WatchedSchool]:
    """The actor's schools that are not registered for VAT, by name."""
    query = (
        select(School.id, Organisation.name)
        .join(Organisation, Organisation.id == School.id)
        .where(School.id.in_(actor.school_ids), func.coalesce(School.vat_number, "") == "")
        .order_by(Organisation.name)
    )
    schools = session.execute(query).all()
    supplied = _supplied(session, [school_id for school_id, _ in schools])
    today = clock.today()
    limit = limit_on(today)
    found = []
    for school_id, name in schools:
        last = months(supplied.get(school_id, ()), today)
        found.append(
            WatchedSchool(school_id, name, last, limit, is_near(last[0].twelve_months, limit.amount))
        )
    return found


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """For finance leads of schools that are near the limit, or above it."""
    leading = actor.organisations(Kind.SCHOOL, *POLICY[Act.INVOICE_ISSUE].roles)
    if not leading:
        return []
    return [
        Task(
            f"See whether {school.name} must register for VAT",
            url_for("vat_watch.show_watch"),
            f"{school.months[0].twelve_months} invoiced in twelve months; the limit is {school.limit.amount}",
        )
        for school in watched_schools(session, actor)
        if school.id in leading and (school.near or school.above)
    ]


def _supplied(session: Session, school_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Supplied]]:
    """What schools supplied by their invoices, less credits, by school."""
    kind = Invoice.net.type
    credited = (
        select(CreditNote.invoice_id, func.sum(CreditNote.net).label("net"))
        .group_by(CreditNote.invoice_id)
        .subquery()
    )
    net = func.sum(Invoice.net - func.coalesce(credited.c.net, 0), type_=kind)
    query = (
        select(Invoice.issuer_id, Invoice.tax_point, net)
        .outerjoin(credited, credited.c.invoice_id == Invoice.id)
        .where(
            Invoice.issuer_id.in_(school_ids),
            Invoice.status.in_(SENT),
            Invoice.source != InvoiceSource.LATE_INTEREST,
        )
        .group_by(Invoice.issuer_id, Invoice.tax_point)
    )
    found: dict[uuid.UUID, list[Supplied]] = {}
    for school_id, tax_point, amount in session.execute(query):
        assert tax_point
        found.setdefault(school_id, []).append(Supplied(tax_point, amount))
    return found
