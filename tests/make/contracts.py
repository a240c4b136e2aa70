"""Entries in a school's register of contracts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from marketplace.contracts import actions
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import ContractContent
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from tests.make.alliance import School


def contract_content(**changes: Any) -> ContractContent:
    """A plausible contract that runs for another 300 days; `changes` are fields of ContractContent."""
    today = clock.today()
    usual = ContractContent(
        category="cleaning",
        title="Cleaning of the whole school",
        supplier_name="Bright & Bramshire Ltd",
        annual_value=Money(31_250_00),
        starts_on=today - timedelta(days=795),
        ends_on=today + timedelta(days=300),
        notice_days=90,
    )
    return replace(usual, **changes)


def contract(school: School, **changes: Any) -> Contract:
    """A contract in a school's register, as the bursar enters it."""
    contract_id = new_id()
    actions.add_contract(school.bursar, contract_id, school.id, contract_content(**changes))
    session = db.session()
    session.rollback()
    return session.get_one(Contract, contract_id)
