"""`flask verify`: does everything that is stored agree with itself? For operators and auditors."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from invoicing.verification import queries
from invoicing.verification.rules import lines
from marketplace.core import chain
from marketplace.core.db import db
from marketplace.core.errors import RuleBroken


@click.command("verify")
@click.option("--head", default="", help="Number and code of an entry that somebody was given, as 4211:3f0c…")
@with_appcontext
def verify(head: str) -> None:
    """Recompute balances, documents, numbers, files and the event chain; exit 1 when something differs.

    One line a check when all is well; else which record, what stands there, and what should. With --head
    only the chain is verified, and whether it holds that entry with that code.
    """
    if head:
        _verify_head(head)
        return
    differing = 0
    for outcome in queries.verify(db.session()):
        for line in lines(outcome):
            click.echo(line)
        differing += outcome.differing
    if differing:
        raise click.exceptions.Exit(1)
    click.echo("Nothing differs.")


def _verify_head(given: str) -> None:
    try:
        head = chain.given_head(given)
    except RuleBroken as refusal:
        raise click.UsageError(refusal.message) from refusal
    session = db.session()
    broken = chain.first_broken_link(session)
    at = chain.find_head(session, head)
    if broken is not None:
        click.echo(str(broken))
    if at is None:
        click.echo(f"Entry {head.position}: not in the record with this code.")
    if broken is not None or at is None:
        raise click.exceptions.Exit(1)
    click.echo(f"Entry {head.position}: in the record with this code since {at:%Y-%m-%d %H:%M:%S} UTC.")
    click.echo(f"The chain of {chain.count(session):,} events is whole.")
