"""What waits for somebody about a bank account."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.core.policy import Actor, Kind, Role
from marketplace.core.web import Task
from suppliers.profiles.bank import queries, rules
from suppliers.profiles.bank.models import BankChange
from suppliers.profiles.bank.rules import ChangeStatus


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Changes that the actor could approve: a colleague's, or by telephone as a school's finance lead."""
    if not (actor.supplier_ids or actor.organisations(Kind.SCHOOL, Role.FINANCE_LEAD)):
        return []
    query = (
        select(BankChange)
        .where(
            BankChange.status == ChangeStatus.PROPOSED,
            BankChange.proposed_by != actor.person_id,
            queries.visible_to(session, actor),
        )
        .order_by(BankChange.proposed_at)
        .options(joinedload(BankChange.supplier), joinedload(BankChange.proposer))
    )
    found = []
    for change in session.scalars(query).all():
        own = change.supplier_id in actor.supplier_ids
        alone = rules.needs_a_school(queries.colleagues(session, change.supplier_id))
        if own != alone:
            found.append(
                Task(
                    f"Approve or stop the new bank account of {change.supplier.name}"
                    if own
                    else f"Telephone {change.supplier.name} about its new bank account",
                    url_for("profiles.show_bank", supplier_id=change.supplier_id),
                    f"{change.proposer.name} proposed it. It holds a day after a second person approved.",
                )
            )
    return found
