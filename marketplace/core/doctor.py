"""Is this installation fit to work with? What is not, and how to mend it.

Settings that are not fit stop a production server from starting. The rest is looked at by `flask doctor`,
and in short by `/ready`, which tells whoever shares out requests whether this process can take one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import click
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app
from flask.cli import with_appcontext
from sqlalchemy import Select, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from marketplace.core import clock, storage, walls
from marketplace.core.db import db, revision_of
from marketplace.core.events import Delivery, DeliveryStatus
from marketplace.core.mail import Message, MessageStatus
from marketplace.core.scanning import Daemon
from marketplace.core.settings import Settings, SettingsError
from marketplace.core.web import public

LEAST_ROOM = 1024**3
LONGEST_WAIT = timedelta(minutes=10)
EVERY_COMMIT_SYNCED = 2
NO_SCANNER = (
    "ClamAV does not answer at {address}, so no file is taken. Start clamd, or set CLAMD to where it is."
)
OWNER_SERVES = (
    "The database role in DATABASE_URL owns the tables, or passes the policies on their rows. Let web server "
    "and worker use one that does not: flask --app app grant-web-role"
)
health = Blueprint("health", __name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was looked at: its name, and how to mend it; nothing to mend means that it is well."""

    name: str
    mend: str = ""


def refuse_unfit(settings: Settings, *, debug: bool) -> None:
    """Raise SettingsError with all there is to mend, when real people would work with unfit settings."""
    if not settings.production:
        return
    unfit = settings.unfit()
    if debug:
        unfit.append("Debugging shows the program to strangers. Unset FLASK_DEBUG.")
    if unfit:
        raise SettingsError(
            "Weald does not start for production with these settings.\n- " + "\n- ".join(unfit)
        )


def examine(session: Session, settings: Settings) -> Iterator[Finding]:
    """Look at everything, the settings first; at the work that waits only when it can be looked at."""
    unfit = settings.unfit()
    yield Finding("settings", " ".join(unfit))
    needed = list(_needed(session, settings))
    yield from needed
    yield Finding("room", _mend_room(settings))
    if settings.production and not any(finding.mend for finding in needed):
        yield Finding("database role", OWNER_SERVES if walls.passes_walls(session.connection()) else "")
    if settings.clamd:
        yield Finding("virus scanner", _mend_scanner(settings.clamd))
    if any(finding.mend for finding in needed):
        return
    yield _waiting(
        "worker",
        session,
        select(func.min(Delivery.due_at)).where(Delivery.status == DeliveryStatus.WAITING),
        "No event was delivered since {since}. Start the worker: flask --app app worker",
    )
    yield _waiting(
        "mail",
        session,
        select(func.min(Message.due_at)).where(Message.status == MessageStatus.WAITING),
        "Mail waits since {since}. Start the worker, and look whether SMTP_URL takes mail.",
    )


def _needed(session: Session, settings: Settings) -> Iterator[Finding]:
    """What no page can do without."""
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("database", lambda: _mend_database(session)),
        ("store", storage.store_of(settings).mend),
    )
    for name, mend in checks:
        try:
            yield Finding(name, mend())
        except SQLAlchemyError:
            yield Finding(name, "The database does not answer. Start it, or set DATABASE_URL to where it is.")


def _waiting(name: str, session: Session, oldest: Select[datetime], mend: str) -> Finding:
    since = session.scalar(oldest)
    if since is None or since > clock.now() - LONGEST_WAIT:
        return Finding(name)
    return Finding(name, mend.format(since=f"{since:%Y-%m-%d %H:%M} UTC"))


def _mend_database(session: Session) -> str:
    connection = session.connection()
    scripts = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    if revision_of(connection) != scripts.get_current_head():
        return "The database is of another version of Weald. Bring it up to date: flask --app app db upgrade"
    if (
        connection.dialect.name == "sqlite"
        and session.scalar(text("PRAGMA synchronous")) != EVERY_COMMIT_SYNCED
    ):
        return "SQLite does not wait for the disk: a power cut would lose work. Restart Weald, which lets it."
    return ""


def _mend_room(settings: Settings) -> str:
    room = storage.store_of(settings).room()
    return "" if room is None or room >= LEAST_ROOM else f"Only {room // 1024**2:,} MB are free. Make room."


def _mend_scanner(address: str) -> str:
    return "" if Daemon(address).answers() else NO_SCANNER.format(address=address)


@health.get("/health")
@public
def alive() -> tuple[dict[str, str], int]:
    """This process answers."""
    return {"status": "alive"}, 200


@health.get("/ready")
@public
def ready() -> tuple[dict[str, object], int]:
    """This process can take requests: 503 with the names of what is amiss when not."""
    settings: Settings = current_app.extensions["settings"]
    amiss = [finding.name for finding in _needed(db.session(), settings) if finding.mend]
    return {"status": "amiss" if amiss else "ready", "amiss": amiss}, 503 if amiss else 200


@click.command("doctor")
@with_appcontext
def examine_command() -> None:
    """Look whether this installation is fit to work with; exit 1 and say how to mend it when not."""
    found = list(examine(db.session(), current_app.extensions["settings"]))
    for finding in found:
        click.echo(f"mend  {finding.name}: {finding.mend}" if finding.mend else f"well  {finding.name}")
    if any(finding.mend for finding in found):
        raise click.exceptions.Exit(1)


COMMANDS = (examine_command,)
