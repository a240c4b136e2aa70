"""The migrations make exactly the tables that the models describe."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Engine, create_engine, inspect

from marketplace.core.db import Base, db
from tests import databases


@pytest.fixture
def described() -> Iterator[Engine]:
    """A database made straight from the models, without migrations."""
    with databases.chosen(os.environ) as database:
        engine = create_engine(database.url)
        Base.metadata.create_all(engine)
        yield engine
        engine.dispose()


def structure(engine: Engine) -> dict[str, Any]:
    """Everything a database says of its tables, in an order that does not matter."""
    found: dict[str, Any] = {}
    inspector = inspect(engine)
    for table in sorted(set(inspector.get_table_names()) - {"alembic_version"}):
        found[table] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column.get("default"))
                for column in inspector.get_columns(table)
            },
            "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
            "foreign keys": in_order(inspector.get_foreign_keys(table)),
            "unique": in_order(inspector.get_unique_constraints(table)),
            "checks": in_order(inspector.get_check_constraints(table)),
            "indexes": in_order(inspector.get_indexes(table)),
        }
    return found


def in_order(constraints: Any) -> list[str]:
    """Constraints as sorted text."""
    return sorted(str([(key, plain(one[key])) for key in sorted(one)]) for one in constraints)


def plain(value: Any) -> str:
    """A value as text: the condition of a partial index reads as it was written."""
    if isinstance(value, dict):
        return str({key: str(inner) for key, inner in value.items()})
    return str(value)


def test_the_migrations_make_what_the_models_describe(app: Flask, described: Engine) -> None:
    assert app.testing
    migrated = structure(db.engine)
    for table, wanted in structure(described).items():
        assert migrated[table] == wanted, table
    assert set(migrated) == set(Base.metadata.tables)


def test_alembic_sees_nothing_left_to_migrate(app: Flask) -> None:
    assert app.testing
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert not compare_metadata(context, Base.metadata)
