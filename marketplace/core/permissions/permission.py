"""What a line of the permission table is, and the groups of roles that many lines name."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.core.actors import Role


@dataclass(frozen=True, slots=True)
class Permission:
    """One line of the table: the act in words, and the roles that may do it in the organisation concerned."""

    label: str
    roles: frozenset[Role]


def may(label: str, *roles: Role) -> Permission:
    """A line of the table."""
    return Permission(label, frozenset(roles))


SCHOOL_PEOPLE = (Role.HEADTEACHER, Role.SENIOR_LEADER, Role.BURSAR, Role.GOVERNOR, Role.FINANCE_LEAD)
MANAGERS = (Role.BURSAR, Role.HEADTEACHER, Role.FINANCE_LEAD)
LEADERS = (Role.HEADTEACHER, Role.SENIOR_LEADER)
SUPPLIER_PEOPLE = (Role.SUPPLIER_ADMIN, Role.BIDDER)
EVERYBODY = (*SCHOOL_PEOPLE, Role.COORDINATOR, Role.AUDITOR, *SUPPLIER_PEOPLE, Role.ADMINISTRATOR)
CONTRACT_READERS = (*SCHOOL_PEOPLE, Role.COORDINATOR, Role.AUDITOR)
