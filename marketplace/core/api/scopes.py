"""What a personal token may be allowed to do: less than its owner may, never more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from marketplace.core.acts import Act
from marketplace.core.permissions.proofs import NEEDS_PROOF


class Scope(StrEnum):
    """One thing that a token is allowed, of those its owner may do."""

    NEEDS_READ = "needs:read"
    NEEDS_WRITE = "needs:write"
    CONTRACTS_READ = "contracts:read"
    CONTRACTS_WRITE = "contracts:write"
    TENDERS_READ = "tenders:read"
    QUOTES_READ = "quotes:read"
    QUOTES_WRITE = "quotes:write"
    INVOICES_READ = "invoices:read"
    FUNDS_READ = "funds:read"


SCOPE_LABELS: Mapping[Scope, str] = {
    Scope.NEEDS_READ: "Read needs",
    Scope.NEEDS_WRITE: "Post, change, submit and withdraw needs",
    Scope.CONTRACTS_READ: "Read the register of contracts",
    Scope.CONTRACTS_WRITE: "Add contracts to the register and change them",
    Scope.TENDERS_READ: "Read tenders",
    Scope.QUOTES_READ: "Read a supplier’s own quotes, drafts included",
    Scope.QUOTES_WRITE: "Write, submit and withdraw a supplier’s own quotes",
    Scope.INVOICES_READ: "Read invoices between schools",
    Scope.FUNDS_READ: "Read the statements of the Partnership Fund",
}
ACTS: Mapping[Scope, frozenset[Act]] = {
    Scope.NEEDS_WRITE: frozenset({Act.NEED_POST, Act.NEED_EDIT, Act.NEED_SUBMIT, Act.NEED_WITHDRAW}),
    Scope.CONTRACTS_WRITE: frozenset({Act.CONTRACT_ADD, Act.CONTRACT_EDIT}),
    Scope.QUOTES_WRITE: frozenset({Act.QUOTE_DRAFT, Act.QUOTE_SUBMIT, Act.QUOTE_WITHDRAW}),
}
"""What each scope lets its token's owner do by the token. An act that stands here nowhere needs a person."""


def acts_of(scopes: Iterable[Scope]) -> frozenset[Act]:
    """All that these scopes allow to be done; what needs a fresh proof is never among it."""
    return frozenset(act for scope in scopes for act in ACTS.get(scope, ())) - NEEDS_PROOF
