"""The second wall: on PostgreSQL the database itself knows who reads, whatever a query forgot to ask.

Each transaction says for itself alone (`SET LOCAL`, so that connections may be shared) to which organisations
its reader belongs. Policies on the tables, made by migrations, show nothing of others. Actions read more than
their actor may, to do their work, and pass all but the tables that are one organisation's own. Jobs and
commands, which serve nobody's request, pass all. Until somebody has said who reads, nothing is shown.
"""

from __future__ import annotations

from collections.abc import Mapping

import click
from flask import current_app, g, has_request_context
from flask.cli import with_appcontext
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session, SessionTransaction

from marketplace.core.actors import ANYONE, Actor, Kind

SYSTEM, ACTING, READING = "system", "acting", "reading"
MADE = "CREATE ROLE {role} LOGIN PASSWORD '…' NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "REVOKE CREATE ON SCHEMA public FROM {role}, PUBLIC",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",  # huey numbers its tasks by them
    "REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}",
)
PERMANENT = """
    SELECT quote_ident(relname), bool_or(tgtype & 16 > 0), bool_or(tgtype & 8 > 0)
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE proname = 'refuse_change' AND tgqual IS NULL AND tgattr = ''
    GROUP BY relname ORDER BY relname
"""
"""The tables whose rows never change, and whether a trigger refuses UPDATE and DELETE (pg_trigger.h)."""


def tell(session: Session, _: SessionTransaction | None, connection: Connection) -> None:
    """Say who reads, at the beginning of a transaction; on other databases there is nobody to tell."""
    if connection.dialect.name != "postgresql":
        return
    said = _settings(acting=bool(session.info.get("acting")))
    names = ", ".join(f"set_config('weald.{name}', :{name}, true)" for name in said)
    connection.execute(text(f"SELECT {names}"), said)


def reader_is_known(session: Session) -> None:
    """Tell a transaction that had begun before it was known who asks."""
    if session.in_transaction():
        tell(session, None, session.connection())


def read_for(session: Session, reader: Actor) -> None:
    """Show what somebody may read to a request that is not signed in, such as their calendar's."""
    g.reader = reader
    reader_is_known(session)


def _settings(*, acting: bool) -> Mapping[str, str]:
    """What a transaction says of its reader, by the name of the setting."""
    if not has_request_context():
        return {"reader": SYSTEM, "own": "", "alliances": "", "buys": ""}
    reader: Actor = g.get("reader") or g.get("actor", ANYONE)
    return {
        "reader": ACTING if acting else READING,
        "own": ",".join(sorted(str(seat.organisation_id) for seat in reader.seats)),
        "alliances": ",".join(sorted(map(str, reader.alliance_ids))),
        "buys": "yes" if any(seat.kind is not Kind.SUPPLIER for seat in reader.seats) else "",
    }


def grant(connection: Connection, role: str) -> None:
    """Let a role do what the web server and the worker do, and nothing that would move a wall.

    Run by the owner of the tables after each migration. Raises ClickException when there is no such role.
    """
    quoted = connection.dialect.identifier_preparer.quote(role)
    if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
        raise click.ClickException(f"There is no role {role}. Make it: {MADE.format(role=quoted)}")
    for statement in GRANTS:
        connection.execute(text(statement.format(role=quoted)))
    for table, never_updated, never_deleted in connection.execute(text(PERMANENT)).all():
        taken = ["TRUNCATE", *(["UPDATE"] if never_updated else []), *(["DELETE"] if never_deleted else [])]
        connection.execute(text(f"REVOKE {', '.join(taken)} ON {table} FROM {quoted}"))


def passes_walls(connection: Connection) -> bool:
    """Does whoever is connected own the tables, or pass the policies on them?"""
    if connection.dialect.name != "postgresql":
        return False
    found = connection.scalar(
        text(
            "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename = 'event' AND pg_has_role(current_user, tableowner, 'MEMBER')) "
            "FROM pg_roles WHERE rolname = current_user"
        )
    )
    return bool(found)


@click.command("grant-web-role")
@click.argument("role")
@with_appcontext
def grant_command(role: str) -> None:
    """Let ROLE serve people: it writes rows and changes no table. Run it as the owner after each upgrade."""
    engine = current_app.extensions["sqlalchemy"].engine
    if engine.dialect.name != "postgresql":
        raise click.ClickException("Only PostgreSQL has roles; SQLite needs none.")
    with engine.begin() as connection:
        grant(connection, role)
    click.echo(f"{role} may serve people now. Set DATABASE_URL of web server and worker to it.")


COMMANDS = (grant_command,)
