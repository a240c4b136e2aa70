"""What a school's register entry and a membership must be."""

from __future__ import annotations

from enum import StrEnum

LONGEST_PASSWORD = 128
SHORTEST_PASSWORD = 12


class MembershipKind(StrEnum):
    """How a school belongs: see the glossary in the README."""

    FULL = "full"
    ASSOCIATE = "associate"
    TRUST_PARTNERSHIP = "trust_partnership"


class MembershipStatus(StrEnum):
    """Whether a membership runs."""

    ACTIVE = "active"
    LEFT = "left"


ROLE_LABELS = {
    "bursar": "Bursar",
    "headteacher": "Headteacher",
    "governor": "Governor",
    "finance_lead": "Finance lead",
    "coordinator": "Coordinator",
    "auditor": "Auditor",
    "supplier_admin": "Supplier administrator",
    "bidder": "Bidder",
}
