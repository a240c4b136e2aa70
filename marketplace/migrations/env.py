"""How Alembic reaches the application's database and models."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy.types import TypeDecorator

from marketplace.core.db import Base

migrate = current_app.extensions["migrate"]


def plain_type(kind: str, thing: Any, _: object) -> Any:
    """Write our column types as the plain ones they are stored as: a migration must not need our code."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl!r}"
    return False


def run() -> None:
    """Run migrations over the application's own engine.

    On SQLite the references between tables sleep meanwhile: a table whose CHECK changes is copied and
    dropped (see `rebuild.py`), and rows elsewhere point to it. What they point to is checked afterwards.
    On PostgreSQL every row is seen: the policies on rows hold for the owner too.
    """
    with migrate.db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.driver_connection
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_item=plain_type,
                **migrate.configure_args,
            )
            with context.begin_transaction():
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql("SET LOCAL weald.reader = 'system'")
                context.run_migrations()
                if sqlite and (lost := raw.execute("PRAGMA foreign_key_check").fetchall()):
                    raise RuntimeError(f"The migration left rows that point to nothing: {lost[:10]}")
        finally:
            if sqlite:
                raw.execute("PRAGMA foreign_keys=ON")


run()
