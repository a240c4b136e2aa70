"""The migrations make exactly the tables that the models describe."""

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, inspect, text

from app import create_app
from marketplace.core.db import Base, db
from marketplace.core.settings import Mode, Settings
from tests import databases

BEFORE_THE_TREE = "0006"


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


@pytest.fixture
def before_the_tree(tmp_path: Path) -> Iterator[Flask]:
    """An application whose database is as it was before criteria could have parts."""
    with databases.chosen(os.environ) as database:
        application = create_app(
            Settings(secret_key="x" * 48, database_url=database.url, files_folder=tmp_path, mode=Mode.TEST)
        )
        with application.app_context():
            flask_migrate.upgrade(revision=BEFORE_THE_TREE)
            yield application
            db.engine.dispose()


def insert(connection: Connection, table: str, **given: Any) -> None:
    """A row with these values, and something plain in every other column that must not be empty."""
    reflected = Table(table, MetaData(), autoload_with=connection)
    plain_values = {str: "", int: 0, bool: False, datetime: datetime(2026, 1, 1, tzinfo=UTC)}
    needed = {
        column.name: plain_values.get(column.type.python_type, [])
        for column in reflected.columns
        if not column.nullable and column.name not in given
    }
    connection.execute(reflected.insert().values({**needed, **given}))


def test_a_flat_list_of_criteria_keeps_its_weights_and_what_points_to_it(before_the_tree: Flask) -> None:
    assert before_the_tree.testing
    one, two, three = (uuid.UUID(int=number).hex for number in (1, 2, 3))
    with db.engine.begin() as connection:
        insert(connection, "organisation", id=one, kind="alliance", name="Alliance")
        insert(connection, "organisation", id=two, kind="supplier", name="Supplier")
        insert(connection, "supplier", id=two)
        insert(connection, "person", id=three, email="a@example.org")
        tender = {"status": "opened", "price_formula": "proportion_of_lowest", "split": "pupils"}
        insert(connection, "tender", id=one, alliance_id=one, category="catering", **tender)
        insert(connection, "criterion", id=one, tender_id=one, number=1, kind="price", weight=60)
        insert(connection, "criterion", id=two, tender_id=one, number=2, kind="quality", weight=40)
        quote = {"tender_id": one, "supplier_id": two, "status": "opened", "written_by": three}
        insert(connection, "quote", id=one, **quote)
        insert(connection, "quoted_answer", quote_id=one, criterion_id=two, answer="We plan menus.")
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT kind, weight, parent_id FROM criterion ORDER BY number"))
        assert [tuple(row) for row in rows] == [("price", 600_000, None), ("quality", 400_000, None)]
        assert connection.execute(text("SELECT answer FROM quoted_answer")).scalars().all() == [
            "We plan menus."
        ]
        assert connection.execute(text("SELECT price_formula FROM tender")).scalar() == "proportion_of_lowest"
