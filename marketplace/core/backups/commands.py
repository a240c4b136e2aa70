"""`flask backup` and `flask restore`, for whoever runs an installation."""

from __future__ import annotations

import time
from pathlib import Path

import click
import flask_migrate
from flask import current_app
from flask.cli import with_appcontext

from marketplace.core import clock
from marketplace.core.backups.archive import BackupError
from marketplace.core.backups.restoring import restore
from marketplace.core.backups.taking import take
from marketplace.core.db import db
from marketplace.core.settings import PROJECT, Settings


@click.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@with_appcontext
def backup_command(file: Path | None) -> None:
    """Write a backup of everything to FILE; without it, to a new one in instance/backups."""
    settings: Settings = current_app.extensions["settings"]
    name = f"weald-{clock.now():%Y-%m-%dT%H%M%SZ}.tar"
    into = file or PROJECT / "instance" / "backups" / name
    if into.exists():
        raise click.ClickException(f"{into} exists already. Name another file.")
    began = time.monotonic()
    try:
        taken = take(db.engine, settings.secret_key, into)
    except BackupError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(
        f"{into}: {into.stat().st_size:,} bytes, {taken.manifest.files:,} files, "
        f"{taken.manifest.position:,} events, in {time.monotonic() - began:.1f} s."
    )
    click.echo("SECRET_KEY is not in it. Keep that apart: without it a backup cannot be restored.")
    for sha256 in taken.missing:
        click.echo(f"The stored file {sha256} is missing, and is not in this backup.", err=True)
    if taken.missing:
        raise click.exceptions.Exit(1)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore_command(file: Path) -> None:
    """Fill an empty installation from the backup FILE, and look at all of it."""
    settings: Settings = current_app.extensions["settings"]
    began = time.monotonic()
    try:
        restored = restore(db.engine, settings, file, flask_migrate.upgrade)
    except BackupError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    for line in restored.differences:
        click.echo(line, err=True)
    if restored.differences:
        raise click.exceptions.Exit(1)
    click.echo(
        f"Restored as of {restored.manifest.taken_at}: {restored.manifest.files:,} files and "
        f"{restored.manifest.position:,} events, all as they were, in {time.monotonic() - began:.1f} s."
    )


COMMANDS = (backup_command, restore_command)
