"""What an administrator does with categories."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.contracts.catalogue import queries, rules
from marketplace.contracts.catalogue.models import CategoryCatalogue
from marketplace.contracts.categories import CATALOGUE
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.policy import Act, Actor


@dataclass(frozen=True, slots=True)
class Imported:
    """The ids of the categories that an import added, changed, and found as they were."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def import_categories(actor: Actor, content: bytes) -> Imported:
    """Add the categories of a file, or change those of the same id. The same file twice changes nothing.

    Raises RuleBroken, with a sentence for each thing that is wrong, and then stores nothing.
    """
    with transaction() as session:
        policy.require(actor, Act.CATEGORY_IMPORT)
        present = queries.latest(session, lock=True)
        queries.refresh(session)
        rows, problems = rules.read_file(content, CATALOGUE)
        if problems:
            raise RuleBroken("\n".join(problems))
        stored = queries.entries(present)
        new = {row["id"]: row for row in rows}
        report = Imported(
            added=tuple(one for one in new if one not in CATALOGUE),
            changed=tuple(one for one in new if one in CATALOGUE and stored.get(one) != new[one]),
            unchanged=tuple(one for one in new if stored.get(one) == new[one]),
        )
        if report.added or report.changed:
            kept = _store(session, present, stored | new)
            events.record(
                session,
                actor,
                Act.CATEGORY_IMPORT,
                kept.id,
                sha256=hashlib.sha256(content).hexdigest(),
                added=report.added,
                changed=report.changed,
            )
            queries.refresh(session)
    return report


def remove_category(actor: Actor, category_id: str) -> None:
    """Take an added category away. Raises NotFound for one that nobody added, RuleBroken while it is used."""
    with transaction() as session:
        policy.require(actor, Act.CATEGORY_REMOVE)
        present = queries.latest(session, lock=True)
        stored = queries.entries(present)
        if category_id not in stored:
            raise NotFound(f"No category {category_id} was added. Those that Weald comes with always stay.")
        used = queries.uses(session, category_id)
        if used:
            named = ", ".join(f"{what}: {number}" for what, number in used.items())
            raise RuleBroken(
                f"The category {category_id} is in use ({named}), so it cannot be removed. Import it with "
                "“elsewhere” instead, and nobody can post a need in it any more."
            )
        kept = _store(session, present, {key: row for key, row in stored.items() if key != category_id})
        events.record(session, actor, Act.CATEGORY_REMOVE, kept.id, category=category_id)
        queries.refresh(session)


def _store(
    session: Session, present: CategoryCatalogue | None, rows: dict[str, dict[str, Any]]
) -> CategoryCatalogue:
    catalogue = CategoryCatalogue(
        number=present.number + 1 if present else 1,
        content={"categories": list(rows.values())},
        stored_at=clock.now(),
    )
    session.add(catalogue)
    session.flush()
    return catalogue
