"""Making a declaration."""

from __future__ import annotations

import uuid
from dataclasses import asdict

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import Stale
from marketplace.core.policy import Act, Actor
from suppliers.profiles import queries as suppliers
from suppliers.profiles.declarations import grounds, queries, rules
from suppliers.profiles.declarations.models import Declaration
from suppliers.profiles.declarations.rules import Declared


def make_declaration(
    actor: Actor, supplier_id: uuid.UUID, declaration_id: uuid.UUID, seen: int, declared: Declared
) -> None:
    """Declare anew for a supplier. `seen` is the number of the version that the author saw, 0 for none.

    The same content again makes no new version. Raises NotFound, Forbidden, RuleBroken, Stale.
    """
    assert actor.person_id, "only people declare"
    with transaction() as session:
        suppliers.get_supplier(session, actor, supplier_id, lock=True)
        policy.require(actor, Act.DECLARATION_MAKE, supplier_id)
        if session.get(Declaration, declaration_id) is not None:
            return
        edition = grounds.edition_on(clock.today())
        checked = rules.check_declared(declared, edition)
        before = queries.latest(session, supplier_id)
        number = before.number if before else 0
        if seen != number:
            raise Stale("A colleague declared anew while you were working on it.", number)
        if before and queries.declared_in(before) == checked and before.holds_from == edition.holds_from:
            return
        session.add(
            Declaration(
                id=declaration_id,
                supplier_id=supplier_id,
                number=number + 1,
                holds_from=edition.holds_from,
                content=asdict(checked),
                made_by=actor.person_id,
                made_at=clock.now(),
            )
        )
        session.flush()
        events.record(
            session,
            actor,
            Act.DECLARATION_MAKE,
            declaration_id,
            organisation_id=supplier_id,
            number=number + 1,
            grounds=sorted(checked.applying),
        )
