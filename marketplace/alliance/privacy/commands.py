"""`flask retention`: delete what has been kept for long enough, or say what would be."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from marketplace.alliance.privacy import actions, queries
from marketplace.alliance.privacy.rules import retention
from marketplace.core import clock
from marketplace.core.db import db


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@with_appcontext
def retention_command(*, dry_run: bool) -> None:
    """Delete what the rules of retention say, as the worker does each night."""
    found = queries.expired(db.session()) if dry_run else actions.erase_expired()
    db.session.rollback()
    if not found and not dry_run:
        click.echo("This day’s deletion was done before.")
        return
    for rule in retention().erased:
        before = rule.before(clock.today())
        click.echo(f"{found[rule.key]:>8,}  {rule.what}, from before {before.day} {before:%B %Y}")
    click.echo("Nothing was deleted." if dry_run else "Deleted.")
