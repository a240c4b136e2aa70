"""`flask verify`: does everything that is stored agree with itself? For operators and auditors."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from invoicing.verification import queries
from invoicing.verification.rules import lines
from marketplace.core.db import db


@click.command("verify")
@with_appcontext
def verify() -> None:
    """Recompute balances, documents, numbers, files and the event chain; exit 1 when something differs.

    One line a check when all is well; else which record, what stands there, and what should.
    """
    differing = 0
    for outcome in queries.verify(db.session()):
        for line in lines(outcome):
            click.echo(line)
        differing += outcome.differing
    if differing:
        raise click.exceptions.Exit(1)
    click.echo("Nothing differs.")
