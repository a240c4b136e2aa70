"""What the pages of the register show, worked out here so that templates only draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.contracts import queries, rules
from marketplace.contracts.models import Contract
from marketplace.core import web


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """How a contract ends and goes on, in words. `act_by` is empty where no day is the last to act."""

    notice: str
    act_by: str
    renewal: str
    extensions: str


def facts_of(contract: Contract, today: date) -> ContractFacts:
    """The notice, the last day to give it, the renewal and the options of a contract, in words."""
    act_by = ""
    if queries.asks_for_notice(contract):
        away = rules.days_until(contract.last_notice_on, today)
        act_by = f"{web.day(contract.last_notice_on)} ({away})"
    return ContractFacts(
        rules.notice_in_words(contract.notice_days, contract.notice_months),
        act_by,
        _renewal(contract),
        extensions_cell(contract),
    )


def act_by_cell(contract: Contract) -> dict[str, str]:
    """The cell of a table that says until when to give notice, and what follows if nobody does."""
    words = web.day(contract.last_notice_on) if queries.asks_for_notice(contract) else "No notice needed"
    months = contract.renewal_months
    return {"text": words, "note": f"Renews for {rules.months_in_words(months)}" if months else ""}


def extensions_cell(contract: Contract) -> str:
    """The options to extend that are left, in words."""
    return ", then ".join(rules.months_in_words(months) for months in contract.extension_months) or "None"


def _renewal(contract: Contract) -> str:
    if not contract.renewal_months:
        return "No"
    words = f"Yes, for {rules.months_in_words(contract.renewal_months)} unless notice is given"
    if contract.runs_until == contract.ends_on:
        return words
    return (
        f"{words}. It was to end on {web.day(contract.ends_on)} and has renewed itself. If notice was given, "
        "change the contract so that it no longer renews."
    )
