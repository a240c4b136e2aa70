"""What a need takes over from the contract that it replaces, as the register of contracts has it."""

from __future__ import annotations

from datetime import date, timedelta

from marketplace.contracts.models import Contract
from marketplace.contracts.rules import effective_end
from marketplace.needs.rules import NeedContent

RENEWS, NOTICE = "contract_renews", "contract_notice"
"""The common questions that a register answers too."""


def content_from(contract: Contract, today: date) -> NeedContent:
    """What a need says that begins with a contract: title, supplier, spend, end, and a start the day after.

    The end is the earliest that is still possible: later than agreed where the contract renews itself. Dates
    that have passed are left open.
    """
    ends_on: date | None = effective_end(
        contract.ends_on,
        notice_days=contract.notice_days,
        notice_months=contract.notice_months,
        renewal_months=contract.renewal_months,
        today=today,
    )
    if ends_on is not None and ends_on < today:
        ends_on = None
    answers: dict[str, str | int] = {RENEWS: "yes" if contract.renewal_months else "no"}
    if not contract.notice_months:  # it is asked in days, and a month has no fixed number of them
        answers[NOTICE] = contract.notice_days
    return NeedContent(
        title=contract.title,
        current_supplier=contract.supplier_name,
        current_annual_spend=contract.annual_value,
        contract_ends_on=ends_on,
        wanted_from=ends_on and ends_on + timedelta(days=1),
        answers=answers,
    )
