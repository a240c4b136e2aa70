"""The contracts that the demonstration's schools had before they bought together."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from datetime import timedelta

import xlsxwriter

from demonstration.cast import Cast, DemonstrationSchool
from demonstration.purchases import ALDHELM, FERNLEIGH, HARROW, KINGFISHER, MANOR, MILLBROOK, OAKMERE
from marketplace.contracts import actions
from marketplace.contracts.documents.actions import attach_document
from marketplace.contracts.jobs import renew_due_contracts
from marketplace.contracts.rules import ContractContent
from marketplace.core.documents import Upload
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.months import months_later

__all__ = ["enter_all", "renew_due_contracts"]


@dataclass(frozen=True, slots=True)
class Line:
    """A contract of the register: pounds a year, months left, days (or months) of notice, what follows."""

    urn: str
    category: str
    title: str
    supplier: str
    pounds: int
    months_left: int
    notice_days: int
    renewal_months: int = 0
    notice_months: int = 0
    extension_months: tuple[int, ...] = ()


LINES = (
    Line(
        MANOR,
        "insurance",
        "Insurance of buildings and contents",
        "Pilgrim Mutual",
        41_800,
        5,
        90,
        renewal_months=12,
    ),
    Line(MANOR, "waste", "Waste and recycling", "Greenway Waste", 9_800, 3, 60),
    Line(MANOR, "broadband", "Leased line", "Northlink", 12_600, 17, 90, renewal_months=12),
    Line(FERNLEIGH, "broadband", "Fibre and filtering", "Northlink", 14_900, 7, 90),
    Line(
        FERNLEIGH,
        "catering",
        "School meals",
        "Larder & Co",
        212_000,
        9,
        0,
        notice_months=6,
        extension_months=(12,),
    ),
    Line(FERNLEIGH, "electricity", "Electricity", "Beacon Energy", 104_000, 10, 60),
    Line(HARROW, "insurance", "Insurance", "Pilgrim Mutual", 14_900, 4, 60, renewal_months=12),
    Line(
        HARROW,
        "payroll",
        "Payroll",
        "Countywide Payroll",
        7_400,
        6,
        0,
        notice_months=3,
        extension_months=(12, 12),
    ),
    Line(HARROW, "mfd", "Photocopiers", "Copyline", 8_200, 4, 30, extension_months=(12, 12)),
    Line(KINGFISHER, "waste", "Waste and recycling", "Greenway Waste", 5_200, -2, 90, renewal_months=12),
    Line(KINGFISHER, "gas", "Gas", "Beacon Energy", 11_300, 8, 30),
    Line(
        KINGFISHER,
        "catering",
        "School meals",
        "Larder & Co",
        61_500,
        9,
        0,
        notice_months=6,
        extension_months=(12,),
    ),
    Line(MILLBROOK, "grounds", "Grounds maintenance", "Turf & Hedge", 6_700, 2, 30),
    Line(MILLBROOK, "electricity", "Electricity", "Beacon Energy", 29_400, 10, 60),
    Line(OAKMERE, "hr_advice", "HR advice", "Staffwise", 4_600, 11, 90, renewal_months=12),
    Line(OAKMERE, "insurance", "Insurance", "Pilgrim Mutual", 8_700, 5, 60),
    Line(ALDHELM, "audit", "External audit", "Tallow & Reeve", 7_900, 13, 0),
    Line(ALDHELM, "payroll", "Payroll", "Countywide Payroll", 4_100, 6, 90),
    Line(KINGFISHER, "insurance", "Insurance", "Pilgrim Mutual", 9_600, 8, 90, renewal_months=12),
    Line(MILLBROOK, "insurance", "Insurance", "Oakleaf Insurance", 12_400, 8, 0, notice_months=3),
    Line(ALDHELM, "insurance", "Insurance", "Pilgrim Mutual", 8_100, 6, 60, extension_months=(12,)),
    Line(FERNLEIGH, "insurance", "Insurance of the trust", "Oakleaf Insurance", 36_200, 5, 60),
    Line(FERNLEIGH, "cleaning", "Cleaning", "Sparkwell", 84_000, 10, 0, 12, notice_months=6),
    Line(KINGFISHER, "cleaning", "Cleaning", "Sparkwell", 21_500, 10, 90),
    Line(OAKMERE, "cleaning", "Cleaning of the main building", "Sparkwell", 14_200, 12, 60, 12),
)
TERM_MONTHS = 36
KEPT_WITH_ITS_CONTRACT = "Insurance of buildings and contents"


def enter_all(cast: Cast) -> None:
    """Each school's bursar enters its contracts; `renew_due_contracts` later moves on what renewed itself."""
    for place, line in enumerate(LINES):
        with cast.calendar.on(-390, hour=9 + place % 7, minute=place):
            contract_id = _enter(cast, line)
            if line.title == KEPT_WITH_ITS_CONTRACT:
                _keep_terms(cast.schools[line.urn], contract_id, line)


def _enter(cast: Cast, line: Line) -> uuid.UUID:
    school = cast.schools[line.urn]
    ends_on = cast.calendar.last_of_month(line.months_left)
    content = ContractContent(
        category=line.category,
        title=line.title,
        supplier_name=line.supplier,
        annual_value=Money(line.pounds * 100),
        starts_on=months_later(ends_on + timedelta(days=1), -TERM_MONTHS),
        ends_on=ends_on,
        notice_days=line.notice_days,
        notice_months=line.notice_months,
        renewal_months=line.renewal_months,
        extension_months=line.extension_months,
    )
    contract_id = new_id()
    actions.add_contract(school.bursar, contract_id, school.id, content)
    return contract_id


def _keep_terms(school: DemonstrationSchool, contract_id: uuid.UUID, line: Line) -> None:
    """Keep the terms of a contract beside it, as a small workbook."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Terms")
        terms = (
            ("Between", f"{school.name} and {line.supplier}"),
            ("For", line.title),
            ("Notice", f"{line.notice_days} days in writing"),
        )
        for row, (label, said) in enumerate(terms):
            sheet.write_string(row, 0, label)
            sheet.write_string(row, 1, said)
    content.seek(0)
    attach_document(school.bursar, contract_id, new_id(), Upload("Signed terms.xlsx", content))
