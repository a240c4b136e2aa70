"""What a school's statements have that is in the way of closing a month: money that nobody matched."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.bank.models import BankLine
from invoicing.bank.rules import LineStatus
from invoicing.ledger.periods.rules import Unfinished, in_words


def waiting_lines(
    session: Session, holder_id: uuid.UUID, starts_on: date, ends_on: date
) -> Iterator[Unfinished]:
    """Money that came in during a period and was neither matched nor set aside, the earliest first."""
    query = (
        select(BankLine)
        .where(
            BankLine.school_id == holder_id,
            BankLine.status == LineStatus.WAITING,
            BankLine.booked_on.between(starts_on, ends_on),
        )
        .order_by(BankLine.booked_on, BankLine.id)
    )
    for line in session.scalars(query):
        payer = f" from {line.payer}" if line.payer else ""
        yield Unfinished(
            f"{line.amount}{payer} that came in on {in_words(line.booked_on)} and is not matched",
            "bank.show_line",
            {"line_id": line.id},
        )
