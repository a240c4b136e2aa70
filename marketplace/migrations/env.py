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
    """Run migrations over the application's own engine."""
    with migrate.db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=plain_type,
            **migrate.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
