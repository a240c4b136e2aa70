"""Is an invoice made out to this school, and are two suppliers the same? By numbers, then by names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from invoicing.incoming.rules import AGAIN, FIELD, Party
from marketplace.core.errors import RuleBroken

LEGAL_FORMS = re.compile(r"\b(limited|ltd|plc|llp|cic|company|co)\b")
SHORTEST_TELLING_NAME = 6
COMPANY_NUMBER_DIGITS = 8


@dataclass(frozen=True, slots=True)
class OwnSchool:
    """A school as its suppliers may name it. `company_details` are the words on its own documents."""

    name: str
    urn: str
    ukprn: str
    vat_number: str
    company_details: str


@dataclass(frozen=True, slots=True)
class Known:
    """A supplier as a document or Weald's register of suppliers names it; "" for what is not known."""

    name: str
    company_number: str = ""
    vat_number: str = ""


def check_buyer(buyer: Party, school: OwnSchool) -> None:
    """Raise RuleBroken unless a document is made out to this school."""
    if _other_vat_number(buyer, school) or not list(reasons_it_is_ours(buyer, school)):
        raise RuleBroken(
            f"The invoice is made out to {buyer.name}, and neither name nor numbers are those of "
            f"{school.name} (URN {school.urn}). If it is for your school, ask the supplier to make it out to "
            f"{school.name}, or put your trust’s name and company number into the school’s details. {AGAIN}",
            FIELD,
        )


def reasons_it_is_ours(buyer: Party, school: OwnSchool) -> Iterator[str]:
    """What says that the buyer of a document is this school."""
    details = letters(school.company_details)
    if school.vat_number and same_number(school.vat_number, buyer.vat_number or buyer.endpoint):
        yield "its VAT number"
    named = {letters(one) for one in buyer.identifiers}
    if named & {f"urn{school.urn}", school.urn, f"ukprn{school.ukprn}", school.ukprn} - {"", "ukprn"}:
        yield "its URN or UKPRN"
    if buyer.company_number and company_number(buyer.company_number) in _numbers(school.company_details):
        yield "its company number"
    for called in (buyer.name, buyer.trading_name):
        if called and (letters(called) == letters(school.name)):
            yield "its name"
        elif len(letters(called)) >= SHORTEST_TELLING_NAME and letters(called) in details:
            yield "its company’s name"


def _other_vat_number(buyer: Party, school: OwnSchool) -> bool:
    return bool(
        school.vat_number and buyer.vat_number and not same_number(school.vat_number, buyer.vat_number)
    )


def reasons_they_are_one(one: Known, other: Known) -> list[str]:
    """What says that two suppliers are the same; nothing where a number says that they are not."""
    reasons, against = [], False
    for words, first, second in (
        ("company number", company_number(one.company_number), company_number(other.company_number)),
        ("VAT number", _vat(one.vat_number), _vat(other.vat_number)),
    ):
        if first and second:
            against = against or first != second
            if first == second:
                reasons.append(f"the same {words}")
    if against and not reasons:
        return []
    if _plain(one.name) and _plain(one.name) == _plain(other.name):
        reasons.append("the same name")
    return reasons


def number_key(number: str) -> str:
    """An invoice's number for comparison: INV-7 and inv 7 are one."""
    return letters(number) or number


def supplier_key(known: Known) -> str:
    """The surest thing that a supplier is known by."""
    return _vat(known.vat_number) or company_number(known.company_number) or _plain(known.name)


def same_number(one: str, other: str) -> bool:
    """Are these the same VAT number, with or without its country?"""
    return bool(_vat(one)) and _vat(one) == _vat(other)


def company_number(text: str) -> str:
    """A number of Companies House in its eight characters."""
    found = letters(text).upper()
    return found.zfill(COMPANY_NUMBER_DIGITS) if found else ""


def letters(text: str) -> str:
    """Letters and digits alone, in small letters."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _vat(text: str) -> str:
    return letters(text).removeprefix("gb")


def _plain(name: str) -> str:
    """A name without its legal form."""
    return letters(LEGAL_FORMS.sub("", name.casefold().replace("&", " and ")))


def _numbers(text: str) -> set[str]:
    return {company_number(one) for one in re.findall(r"\b[A-Z]{0,2}[0-9]{5,8}\b", text)}
