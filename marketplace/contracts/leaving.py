"""What leaving an alliance means for a school's register of contracts."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.memberships.leaving import Consequence, Line
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.web import day


def running_contracts(session: Session, school_id: uuid.UUID, _: uuid.UUID) -> Consequence | None:
    """The school's contracts that run: each is between the school and its supplier, so leaving ends none."""
    query = (
        select(Contract)
        .where(Contract.school_id == school_id, Contract.runs_until >= clock.today())
        .order_by(Contract.runs_until, Contract.id)
    )
    lines = tuple(
        Line(
            contract.title,
            f"{contract.supplier_name}, until {day(contract.runs_until)}"
            + (f", bought together in {contract.tender_reference}" if contract.tender_reference else ""),
        )
        for contract in session.scalars(query)
    )
    if not lines:
        return None
    return Consequence(
        "Contracts",
        "Each of these is between the school and its supplier. They run on to their ends, as agreed.",
        lines,
    )
