"""What a supplier's entry must be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from marketplace.alliance.rules import LONGEST_ADDRESS, check_vat_number, tidy_name
from marketplace.contracts.categories import CATALOGUE
from marketplace.core.errors import RuleBroken

COMPANY_NUMBER = re.compile(r"[0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}[A-Z]")
WITHOUT_LEADING_ZEROS = re.compile(r"[0-9]{6,7}")


@dataclass(frozen=True, slots=True)
class SupplierDetails:
    """What a supplier says about itself. Blank numbers for a sole trader or a supplier without VAT."""

    name: str
    company_number: str = ""
    vat_number: str = ""
    is_sme: bool = False
    is_vcse: bool = False
    address: str = ""
    categories: tuple[str, ...] = ()


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
    )


def check_company_number(typed: str) -> str:
    """A company number as Companies House writes it, or blank. Raises RuleBroken.

    Leading zeros may be left out, as they often are on letterheads.
    """
    number = "".join(typed.upper().split())
    if WITHOUT_LEADING_ZEROS.fullmatch(number):
        number = number.zfill(8)
    if number and not COMPANY_NUMBER.fullmatch(number):
        raise RuleBroken(
            "Enter the company number as Companies House writes it: 8 characters, like 01234567 or SC123456.",
            "company_number",
        )
    return number
