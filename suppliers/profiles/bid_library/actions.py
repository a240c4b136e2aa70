"""Keeping an answer in the library, and taking it out."""

from __future__ import annotations

import uuid

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Act, Actor
from suppliers.profiles import queries as suppliers
from suppliers.profiles.bid_library import queries, rules, safe
from suppliers.profiles.bid_library.models import LibraryAnswer
from suppliers.profiles.bid_library.rules import Answer


def keep_answer(actor: Actor, supplier_id: uuid.UUID, answer_id: uuid.UUID, answer: Answer) -> None:
    """Keep an answer in a supplier's library, encrypted. Raises NotFound, Forbidden, RuleBroken."""
    assert actor.person_id, "answers are kept by people"
    with transaction() as session:
        suppliers.get_own_supplier(session, actor, supplier_id, lock=True)
        policy.require(actor, Act.ANSWER_KEEP, supplier_id)
        if session.get(LibraryAnswer, answer_id) is not None:
            return
        checked = rules.check_answer(answer)
        if queries.count(session, supplier_id) >= rules.MOST_ANSWERS:
            raise RuleBroken(f"The library holds {rules.MOST_ANSWERS} answers. Take one out first.")
        session.add(
            LibraryAnswer(
                id=answer_id,
                supplier_id=supplier_id,
                kept=safe.lock(checked, supplier_id, answer_id),
                kept_by=actor.person_id,
                kept_at=clock.now(),
            )
        )
        session.flush()
        events.record(session, actor, Act.ANSWER_KEEP, answer_id, organisation_id=supplier_id)


def discard_answer(actor: Actor, supplier_id: uuid.UUID, answer_id: uuid.UUID) -> None:
    """Take an answer out of the library for good. Twice is no harm."""
    with transaction() as session:
        suppliers.get_own_supplier(session, actor, supplier_id, lock=True)
        policy.require(actor, Act.ANSWER_DISCARD, supplier_id)
        row = session.get(LibraryAnswer, answer_id)
        if row is None or row.supplier_id != supplier_id:
            return
        session.delete(row)
        session.flush()
        events.record(session, actor, Act.ANSWER_DISCARD, answer_id, organisation_id=supplier_id)
