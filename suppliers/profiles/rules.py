"""What a supplier's entry must be."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from marketplace.alliance.rules import LONGEST_ADDRESS, check_vat_number, tidy_name
from marketplace.contracts.categories import CATALOGUE
from marketplace.core.errors import RuleBroken

COMPANY_NUMBER = re.compile(r"[0-9]{8}|(?P<prefix>[A-Z][A-Z0-9])([0-9]{6}|[0-9]{5}[A-Z])")
WITHOUT_LEADING_ZEROS = re.compile(r"[0-9]{6,7}")
CHARITY_NUMBER = re.compile(r"[1-9][0-9]{5,6}|SC0[0-9]{5}|NIC[0-9]{6}")
REFERENCE = Path(__file__).with_name("reference")
PREFIXES: Mapping[str, str] = json.loads((REFERENCE / "company_prefixes.json").read_text("utf-8"))
REGIONS: Mapping[str, Sequence[str]] = json.loads((REFERENCE / "local_authorities.json").read_text("utf-8"))
"""The local authorities of England that have schools, by region."""
LONGEST_AREA = 80


@dataclass(frozen=True, slots=True)
class SupplierDetails:
    """What a supplier says about itself. Blank numbers for a sole trader or a supplier without VAT.

    `areas` are the local authorities served, as Get Information about Schools names them; none: everywhere.
    """

    name: str
    company_number: str = ""
    vat_number: str = ""
    is_sme: bool = False
    is_vcse: bool = False
    address: str = ""
    categories: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    charity_number: str = ""


def check_details(details: SupplierDetails) -> SupplierDetails:
    """The details as we keep them. Raises RuleBroken naming the field that is wrong."""
    if len(details.address) > LONGEST_ADDRESS:
        raise RuleBroken(f"The address must have {LONGEST_ADDRESS} characters or fewer.", "address")
    if not details.categories or not CATALOGUE.keys() >= set(details.categories):
        raise RuleBroken("Choose at least one category that you supply.", "categories")
    return SupplierDetails(
        name=tidy_name(details.name),
        company_number=check_company_number(details.company_number),
        vat_number=check_vat_number(details.vat_number),
        is_sme=details.is_sme,
        is_vcse=details.is_vcse,
        address=details.address,
        categories=tuple(sorted(set(details.categories))),
        areas=check_areas(details.areas),
        charity_number=check_charity_number(details.charity_number),
    )


def check_areas(areas: Iterable[str]) -> tuple[str, ...]:
    """Local authorities, each once, in order. Raises RuleBroken for what cannot be the name of one."""
    kept = tuple(sorted({" ".join(area.split()) for area in areas}))
    if any(not area or len(area) > LONGEST_AREA for area in kept):
        raise RuleBroken("Choose local authorities from the list.", "areas")
    return kept


def serves(areas: Collection[str], authorities: Collection[str]) -> bool:
    """Does a supplier of these areas serve one of these local authorities? No areas: it serves all."""
    return not areas or not {area.casefold() for area in areas}.isdisjoint(
        authority.casefold() for authority in authorities
    )


def check_company_number(typed: str) -> str:
    """A company number as Companies House writes it, or blank. Raises RuleBroken.

    Leading zeros may be left out, as they often are on letterheads.
    """
    number = "".join(typed.upper().split())
    if WITHOUT_LEADING_ZEROS.fullmatch(number):
        number = number.zfill(8)
    if not number:
        return ""
    found = COMPANY_NUMBER.fullmatch(number)
    if found is None:
        raise RuleBroken(
            "Enter the company number as Companies House writes it: 8 characters, like 01234567 or SC123456.",
            "company_number",
        )
    prefix = found["prefix"]
    if prefix and prefix not in PREFIXES:
        raise RuleBroken(
            f"No company number begins with {prefix}. In England and Wales it is 8 figures; in Scotland SC "
            "and 6 figures, in Northern Ireland NI and 6. Leave it blank if you are a sole trader.",
            "company_number",
        )
    return number


def check_charity_number(typed: str) -> str:
    """A charity number as its register writes it, or blank. Raises RuleBroken."""
    number = "".join(typed.upper().split())
    if number and not CHARITY_NUMBER.fullmatch(number):
        raise RuleBroken(
            "Enter the charity number as its register writes it: 6 or 7 figures in England and Wales, like "
            "1012345; SC012345 in Scotland; NIC101234 in Northern Ireland.",
            "charity_number",
        )
    return number
