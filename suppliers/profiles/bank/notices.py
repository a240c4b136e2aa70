"""Letters about a change of a bank account. The address of the account before always hears, first of all."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session

from marketplace.alliance.models import Person
from marketplace.core import mail
from suppliers.profiles.bank import queries
from suppliers.profiles.bank.models import BankChange
from suppliers.profiles.bank.rules import masked
from suppliers.profiles.members.queries import members


def proposed(session: Session, change: BankChange, by: str, *, school: bool) -> None:
    """Somebody proposed another account. `school` says that a school's finance lead must check it."""
    _write(session, change, "is to change", by=by, step="proposed", told=_own(session, change))
    if school:
        _ask_schools(session, change)


def approved(session: Session, change: BankChange, by: str) -> None:
    """The second person approved; the new account holds in a day unless somebody stops it."""
    _write(session, change, "changes in 24 hours", by=by, step="approved", told=_own(session, change))


def in_force(session: Session, change: BankChange) -> None:
    """The new account holds; the schools that pay into it hear too."""
    leads = {one.email: one.name for one in queries.finance_leads(session, change.supplier_id)}
    _write(session, change, "has changed", by="", step="in_force", told=leads | _own(session, change))


def stopped(session: Session, change: BankChange, by: str) -> None:
    """Somebody stopped the change."""
    _write(session, change, "does not change", by=by, step="stopped", told=_own(session, change))


def _own(session: Session, change: BankChange) -> dict[str, str]:
    """Everybody of the supplier, and the address of the account that holds now: e-mail address to name."""
    told = {one.email: one.name for one in members(session, change.supplier_id)}
    before = _before(session, change.supplier_id, change.id)
    if before is not None:
        told.setdefault(before.account_email, "colleague")
    return told


def _before(session: Session, supplier_id: uuid.UUID, change_id: uuid.UUID) -> BankChange | None:
    """The account that held before a change, also once the change is in force."""
    held = [one for one in queries.history(session, supplier_id) if one.in_force_at and one.id != change_id]
    return max(held, key=lambda one: one.in_force_at or one.proposed_at, default=None)


def _write(
    session: Session, change: BankChange, what: str, *, by: str, step: str, told: Mapping[str, str]
) -> None:
    for address, name in told.items():
        mail.write(
            session,
            address,
            f"The bank account of {change.supplier.name} {what}",
            "profiles_bank_change.txt",
            person_name=name,
            supplier_name=change.supplier.name,
            supplier_id=change.supplier_id,
            step=step,
            by=by,
            number=masked(change.account_number),
            holds_from=change.holds_from,
            reason=change.stop_reason,
        )


def _ask_schools(session: Session, change: BankChange) -> None:
    for lead in queries.finance_leads(session, change.supplier_id):
        _ask(session, change, lead)


def _ask(session: Session, change: BankChange, lead: Person) -> None:
    mail.write(
        session,
        lead.email,
        f"Please telephone {change.supplier.name} about its bank account",
        "profiles_bank_check.txt",
        person_name=lead.name,
        supplier_name=change.supplier.name,
        supplier_id=change.supplier_id,
    )
