"""Entries in a school's register of contracts."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import openpyxl

from marketplace.contracts import actions
from marketplace.contracts.importing import columns
from marketplace.contracts.importing.columns import Column
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


HEADINGS = tuple(heading.text for heading in columns.HEADINGS.values())


def register_row(**changes: Any) -> dict[str, Any]:
    """A row of a register by the heading of each column; `changes` are by the name of the field."""
    usual: dict[str, Any] = {
        "category": "Cleaning",
        "title": "Cleaning of the whole school",
        "supplier_name": "Bright & Bramshire Ltd",
        "annual_value": "£31,250.00",
        "starts_on": "01/09/2024",
        "ends_on": "31/08/2027",
        "notice_months": 3,
    }
    return {columns.HEADINGS[Column(name)].text: value for name, value in (usual | changes).items()}


def register_workbook(rows: Sequence[Mapping[str, Any]], headings: Sequence[str] = HEADINGS) -> bytes:
    """A register as an Excel workbook; dates are real ones, a text that begins with = is a formula."""
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(list(headings))
    for row in rows:
        sheet.append([row.get(heading) for heading in headings])
    return saved(workbook)


def saved(workbook: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def register_text(rows: Sequence[Mapping[str, Any]], headings: Sequence[str] = HEADINGS) -> bytes:
    """A register as CSV."""
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, headings, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


REGISTER_KINDS = (
    ("Insurance", "Insurance of buildings and contents", "Pilgrim Mutual", 90, 12),
    ("Catering", "School meals", "Larder & Co", 180, 0),
    ("Cleaning", "Cleaning of the whole school", "Bright & Bramshire Ltd", 90, 0),
    ("Broadband and filtering", "Leased line and filtering", "Northlink", 90, 12),
    ("Photocopiers and printing", "Photocopiers", "Copyline", 30, 0),
    ("Grounds maintenance", "Grounds and playing fields", "Turf & Hedge", 60, 0),
    ("Payroll and pensions returns", "Payroll", "Countywide Payroll", 90, 12),
    ("Waste and recycling", "Waste and recycling", "Greenway Waste", 60, 12),
    ("External audit and accountancy", "External audit", "Tallow & Reeve", 0, 0),
)
REGISTER_SIZE = 60


def register_of_sixty(schools: Sequence[tuple[str, str]], first_of_term: date | None = None) -> bytes:
    """An Excel register of 60 contracts across schools, each given as (name, URN).

    The ends of one category lie within a few months of `first_of_term` (the first of September after next
    unless given), so that contracts of it can be brought together. Every row is right.
    """
    today = clock.today()
    start = first_of_term or date(today.year + 2, 9, 1)
    rows = []
    for number in range(REGISTER_SIZE):
        name, urn = schools[number % len(schools)]
        kind, title, supplier, notice, renewal = REGISTER_KINDS[
            (number // len(schools)) % len(REGISTER_KINDS)
        ]
        ends_on = start - timedelta(days=1 + 30 * (number % 3))
        rows.append(
            {
                "School": urn if number % 2 else name,
                "Your reference": f"C-{number + 1:03d}",
                "Category": kind,
                "What it is for": title,
                "Supplier": supplier,
                "Value a year": 4_000 + 1_237 * (number % 17),
                "First day": ends_on + timedelta(days=1) - timedelta(days=3 * 365),
                "Last day": ends_on,
                "Notice in days": notice,
                "Renews for months": renewal or None,
                "Options to extend": "12" if number % 4 == 0 else None,
            }
        )
    return register_workbook(rows)
