"""The command line for quotes, for the administrator and the auditor of an installation."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from marketplace.core.db import db
from suppliers.quotes import verifying

quotes = AppGroup("quotes", help="Quotes.")
COMMANDS = (quotes,)


@quotes.command("verify")
def verify() -> None:
    """Compare every quote with its receipt, and the chain of events with itself; exit 1 when they differ."""
    found = verifying.differences(db.session())
    for line in found:
        click.echo(line)
    if found:
        raise click.exceptions.Exit(1)
    click.echo("Every quote is as on its receipt, and the chain of events is whole.")
