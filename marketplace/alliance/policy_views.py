"""Who can do what: the policy table in words, for everybody to read."""

from __future__ import annotations

from typing import Any

import click

from marketplace.alliance.rules import ROLE_LABELS
from marketplace.alliance.two_people import TWO_PEOPLE
from marketplace.core.policy import POLICY, Act
from marketplace.core.web import page, public

SUBJECTS = {
    "Alliances, schools and people": (
        "alliance",
        "school",
        "membership",
        "partnership",
        "delegation",
        "person",
        "password",
        "sign_in",
        "factor",
        "passkey",
        "token",
        "provider",
        "email",
        "invitation",
    ),
    "Work that schools share": ("activity", "lead", "hours", "priorities"),
    "Records and personal data": ("record", "head", "retention"),
    "Decisions and confirmations": ("seat", "decision", "confirmation"),
    "Contracts and needs": ("category", "contract", "calendar", "need", "suggestion", "consent"),
    "Joint tenders": ("tender", "commitment", "requirement", "interest", "notice"),
    "Suppliers and their quotes": (
        "supplier",
        "alerts",
        "answer",
        "bank",
        "documents",
        "document",
        "debarment",
        "declaration",
        "member",
        "question",
        "quote",
    ),
    "Opening, scoring and award": (
        "passphrase",
        "keys",
        "halves",
        "opener",
        "recovery",
        "opening",
        "quotes",
        "conflict",
        "score",
        "scores",
        "low_price",
        "award",
    ),
    "Letters, standstill and challenges": ("letter", "challenge", "related_party"),
    "Suppliers during a contract": ("review", "credit"),
    "Agreements between schools": ("offer", "agreement", "check", "extension", "usage", "charge"),
    "Invoices and payments": (
        "shared_cost",
        "supplier_invoice",
        "supplier_payment",
        "invoice",
        "logo",
        "credit_note",
        "layout",
        "statement",
        "payment",
    ),
    "Online payments": ("stripe_account",),
    "The books": ("period", "books"),
    "Reminders and late payment": ("reminder", "late_interest"),
    "Settlements between schools": ("settlement",),
    "Partnership Fund": ("fund", "budget", "contribution", "grant", "claim", "refund"),
    "Savings": ("saving",),
}
"""The chapters of the page that says who can do what: which acts, by their first word, stand in each."""


@public
def who_can_do_what() -> Any:
    """The policy table, for everybody to read."""
    return page("home/who_can_do_what.html", tables=chapters(), two_people=TWO_PEOPLE)


def chapters() -> dict[str, list[tuple[str, str]]]:
    """The policy table in words: by chapter, what each act is and who may do it."""
    return {
        title: [_in_words(act) for act in POLICY if act.split(".")[0] in subjects]
        for title, subjects in SUBJECTS.items()
    }


def _in_words(act: Act) -> tuple[str, str]:
    permission = POLICY[act]
    return permission.label, ", ".join(sorted(ROLE_LABELS[role] for role in permission.roles))


@click.command("policy")
def print_policy() -> None:
    """Print who can do what, and what nobody does alone: what the program itself reads."""
    for title, lines in chapters().items():
        click.echo(f"\n{title}")
        for what, who in lines:
            click.echo(f"  {what}: {who}")
    click.echo("\nWhat nobody does alone")
    for one in TWO_PEOPLE:
        click.echo(f"  {one.what}: {one.second}. Waits: {one.waits}.")
