"""Changing what a table checks. SQLite cannot alter a CHECK in place, so Alembic copies the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations


@contextmanager
def rebuilt(table: str, checks: Mapping[str, str]) -> Iterator[BatchOperations]:
    """Change a table and some of its CHECKs; every other CHECK is kept as it is.

    `checks` gives by its full name the new condition of each CHECK that changes, is new, or goes ("").
    """
    present = {one["name"] for one in sa.inspect(op.get_bind()).get_check_constraints(table)}
    with op.batch_alter_table(table) as batch:
        for name in checks.keys() & present:
            batch.drop_constraint(op.f(name), type_="check")
        yield batch
        for name, condition in checks.items():
            if condition:
                batch.create_check_constraint(op.f(name), sa.text(condition))


def one_of(column: str, *values: str) -> str:
    """The condition of a column that holds one of some words."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
