"""What a school's register entry, a membership and a person's roles must be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email
from stdnum.exceptions import ValidationError
from stdnum.gb import vat

from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Kind, Role

LONGEST_PASSWORD = 128
SHORTEST_PASSWORD = 12
LEAST_BESIDE_NAMES = 8
SHORTEST_NAME_PART = 3
LEAST_DIFFERENT = 5
NOT_IN_PASSWORDS = ("weald", "password", "school", "schools", "academy", "primary", "alliance", "procurement")
"""What everybody here knows: such words, and names, do not count towards a password’s length."""
LONGEST_NAME = 120
LONGEST_ADDRESS = 500
LONGEST_COMPANY_DETAILS = 200
LONGEST_ACCOUNT_NAME = 80
NOT_AN_ADDRESS = "Enter an e-mail address in the right form, like name@example.sch.uk."
INVITATION_LASTS = timedelta(days=7)
FORGOTTEN_LASTS = timedelta(hours=2)
BETWEEN_LINKS = timedelta(minutes=5)


class MembershipKind(StrEnum):
    """How a school belongs: see the glossary in the README."""

    FULL = "full"
    ASSOCIATE = "associate"
    TRUST_PARTNERSHIP = "trust_partnership"


class MembershipStatus(StrEnum):
    """Whether a membership runs."""

    ACTIVE = "active"
    LEFT = "left"


class ImportOutcome(StrEnum):
    """What an import did with one line of a register."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


MEMBERSHIP_MOVES: dict[MembershipStatus, frozenset[MembershipStatus]] = {
    MembershipStatus.ACTIVE: frozenset({MembershipStatus.LEFT}),
    MembershipStatus.LEFT: frozenset(),
}
ROLES_OF_KIND: dict[Kind, tuple[Role, ...]] = {
    Kind.ALLIANCE: (Role.COORDINATOR, Role.AUDITOR),
    Kind.SCHOOL: (Role.BURSAR, Role.HEADTEACHER, Role.SENIOR_LEADER, Role.GOVERNOR, Role.FINANCE_LEAD),
    Kind.SUPPLIER: (Role.SUPPLIER_ADMIN, Role.BIDDER),
}
ANSWER_FOR_PEOPLE = (Role.HEADTEACHER, Role.GOVERNOR, Role.COORDINATOR, Role.SUPPLIER_ADMIN)
"""Who hears when a colleague is given a role."""
ROLE_LABELS = {
    "bursar": "Bursar",
    "headteacher": "Headteacher",
    "senior_leader": "Senior leader",
    "governor": "Governor",
    "finance_lead": "Finance lead",
    "coordinator": "Coordinator",
    "auditor": "Auditor",
    "supplier_admin": "Supplier administrator",
    "bidder": "Bidder",
    "administrator": "Administrator of the installation",
    "system": "Weald itself",
    "anyone": "Anyone",
}
MEMBERSHIP_LABELS = {
    MembershipKind.FULL: "Full member",
    MembershipKind.ASSOCIATE: "Associate member",
    MembershipKind.TRUST_PARTNERSHIP: "Trust partnership",
}


def tidy_name(name: str, field: str = "name") -> str:
    """A name as we keep it, on one line. Raises RuleBroken when it is blank or too long."""
    tidied = " ".join(unicodedata.normalize("NFC", name).split())
    if not tidied:
        raise RuleBroken("Enter a name.", field)
    if len(tidied) > LONGEST_NAME:
        raise RuleBroken(f"The name must have {LONGEST_NAME} characters or fewer.", field)
    return tidied


def tidy_address(email: str, field: str = "email") -> str:
    """An e-mail address as we keep it, in lower case. Raises RuleBroken when it is none."""
    try:
        found = validate_email(
            email.strip(), check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError:
        raise RuleBroken(NOT_AN_ADDRESS, field) from None
    return str(found.ascii_email).lower()


def check_password(password: str, about: Iterable[str] = ()) -> None:
    """Raises RuleBroken for one that is too short, too long or little more than names.

    Any characters may be in it and none must be (OWASP ASVS 5.0, 6.2.5). `about` are names, and the e-mail
    address, that a guesser would try.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise RuleBroken(f"The password must have at least {SHORTEST_PASSWORD} characters.", "password")
    if len(password) > LONGEST_PASSWORD:
        raise RuleBroken(f"The password must have no more than {LONGEST_PASSWORD} characters.", "password")
    known = {*NOT_IN_PASSWORDS, *(part for name in about for part in re.split(r"[\W_]+", name.casefold()))}
    rest = password.casefold()
    for part in sorted(known, key=len, reverse=True):
        if len(part) >= SHORTEST_NAME_PART:
            rest = rest.replace(part, "")
    if len(rest) < LEAST_BESIDE_NAMES:
        raise RuleBroken(
            "This password is little more than names that anybody can find out. Put words into it that "
            "have nothing to do with you or your organisation.",
            "password",
        )
    if len(set(rest)) < LEAST_DIFFERENT:
        raise RuleBroken("This password repeats a few characters. Use more different ones.", "password")


@dataclass(frozen=True, slots=True)
class SchoolDetails:
    """What a school itself says about where it is and how it is paid. Blank where it has not said."""

    address: str = ""
    vat_number: str = ""
    finance_email: str = ""
    account_name: str = ""
    sort_code: str = ""
    account_number: str = ""
    company_details: str = ""


def check_details(details: SchoolDetails) -> SchoolDetails:
    """The details as we keep them. Raises RuleBroken naming the field that is wrong.

    A bank account is given whole or not at all.
    """
    if len(details.address) > LONGEST_ADDRESS:
        raise RuleBroken(f"The address must have {LONGEST_ADDRESS} characters or fewer.", "address")
    if len(details.company_details) > LONGEST_COMPANY_DETAILS:
        raise RuleBroken(
            f"The company details must have {LONGEST_COMPANY_DETAILS} characters or fewer.", "company_details"
        )
    account_name, sort_code, account_number = check_bank_account(
        details.account_name, details.sort_code, details.account_number
    )
    return SchoolDetails(
        address=details.address,
        vat_number=check_vat_number(details.vat_number),
        finance_email=tidy_address(details.finance_email, "finance_email") if details.finance_email else "",
        account_name=account_name,
        sort_code=sort_code,
        account_number=account_number,
        company_details=details.company_details,
    )


def check_vat_number(number: str) -> str:
    """A GB VAT number with its prefix and no spaces, or blank. Raises RuleBroken for wrong check digits."""
    if not number.strip():
        return ""
    try:
        return f"GB{vat.validate(number)}"
    except ValidationError:
        raise RuleBroken(
            "Enter the VAT number as on the registration certificate, like GB 980 7806 84. "
            "Its last digits prove the others; these do not agree.",
            "vat_number",
        ) from None


def check_bank_account(name: str, sort_code: str, number: str) -> tuple[str, str, str]:
    """A bank account as we keep it, or three blanks. Raises RuleBroken naming the field that is wrong.

    An account is given whole or not at all.
    """
    sort_code, number = re.sub(r"[\s-]", "", sort_code), re.sub(r"\s", "", number)
    if not (name or sort_code or number):
        return "", "", ""
    if not name:
        raise RuleBroken("Enter the name of the account as the bank has it.", "account_name")
    if len(name) > LONGEST_ACCOUNT_NAME:
        raise RuleBroken(
            f"The name of the account must have {LONGEST_ACCOUNT_NAME} characters or fewer.", "account_name"
        )
    if not re.fullmatch(r"[0-9]{6}", sort_code):
        raise RuleBroken("Enter the sort code as six digits, like 30-94-31.", "sort_code")
    if not re.fullmatch(r"[0-9]{8}", number):
        raise RuleBroken(
            "Enter the account number as eight digits, like 00733445. Put noughts before a shorter one.",
            "account_number",
        )
    return name, "-".join((sort_code[:2], sort_code[2:4], sort_code[4:])), number
