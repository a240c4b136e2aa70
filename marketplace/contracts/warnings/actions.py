"""Giving the warnings of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.contracts import rules as contract_rules
from marketplace.contracts.models import Contract
from marketplace.contracts.queries import asks_for_notice
from marketplace.contracts.warnings import queries, rules
from marketplace.contracts.warnings.models import ContractWarning, WarningDay
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.policy import SYSTEM, Act
from marketplace.core.web import day


@dataclass(frozen=True, slots=True)
class Line:
    """A contract in a letter: what it is, the day that matters and how far away it is, what follows."""

    contract: Contract
    by: str
    away: str
    notice: bool
    follows: str


def warn_of_contracts() -> int:
    """Warn each school, once a day, of the contracts that have come near; returns how many letters went.

    One letter a person, whatever the number of contracts and schools. A warning that was given is not
    given again until the contract has renewed itself or its dates have changed.
    """
    with transaction() as session:
        policy.require(SYSTEM, Act.CONTRACT_WARN)
        today = clock.today()
        if not rules.time_to_warn(clock.now()) or queries.warned_on(session, today):
            return 0
        session.add(WarningDay(day=today))
        session.flush()
        due = queries.due(session, today)
        session.add_all(
            ContractWarning(
                contract_id=contract.id,
                last_notice_on=contract.last_notice_on,
                threshold=reached,
                given_on=today,
            )
            for contract, reached in due
        )
        session.flush()
        _record(session, due)
        return _write_letters(session, [contract for contract, _ in due], today)


def _record(session: Session, due: Sequence[tuple[Contract, int]]) -> None:
    """One event a school: which contracts it was warned of, at which thresholds."""
    in_order = sorted(due, key=lambda one: str(one[0].school_id))
    for school_id, warned in groupby(in_order, key=lambda one: one[0].school_id):
        events.record(
            session,
            SYSTEM,
            Act.CONTRACT_WARN,
            school_id,
            organisation_id=school_id,
            contracts={str(contract.id): reached for contract, reached in warned},
        )


def _write_letters(session: Session, contracts: Sequence[Contract], today: date) -> int:
    people = queries.people_to_warn(session, {contract.school_id for contract in contracts})
    for person, school_ids in people.values():
        _write(session, person, [one for one in contracts if one.school_id in school_ids], today)
    return len(people)


def _write(session: Session, person: Person, contracts: Sequence[Contract], today: date) -> None:
    first = contracts[0]
    subject = f"Decide by {day(first.last_notice_on)}: {first.title}"
    if len(contracts) > 1:
        subject = f"{len(contracts)} contracts to decide about, the first by {day(first.last_notice_on)}"
    mail.write(
        session,
        person.email,
        subject,
        "contracts_warning.txt",
        person_name=person.name,
        lines=[_line(contract, today) for contract in contracts],
    )


def _line(contract: Contract, today: date) -> Line:
    follows = f"It ends on {day(contract.runs_until)}"
    if contract.renewal_months:
        follows = f"If nobody does, it renews for {contract_rules.months_in_words(contract.renewal_months)}"
    return Line(
        contract,
        day(contract.last_notice_on),
        contract_rules.days_until(contract.last_notice_on, today),
        asks_for_notice(contract),
        follows,
    )
