"""`flask demonstration`: load the invented alliance, and say who can sign in."""

from __future__ import annotations

from dataclasses import replace

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select

from demonstration import cast, openers, story
from demonstration.calendar import Calendar
from demonstration.purchases import HARROW, KINGFISHER, MANOR
from marketplace.alliance.models import Organisation
from marketplace.alliance.rules import ROLE_LABELS
from marketplace.core import clock, events
from marketplace.core.db import db

demonstration = AppGroup("demonstration", help="An invented alliance to try Weald with.")


@demonstration.command("load")
@click.option("--if-empty", is_flag=True, help="Do nothing when there is an organisation already.")
def load(*, if_empty: bool) -> None:
    """Make the demonstration alliance. Refused in production, and where there are organisations."""
    if current_app.extensions["settings"].production:
        raise click.ClickException("The demonstration is not for production. Set WEALD_MODE=demonstration.")
    if db.session.scalar(select(func.count()).select_from(Organisation)):
        if if_empty:
            return
        raise click.ClickException("There are organisations already. Start with an empty database.")
    click.echo("Making the demonstration alliance (half a minute)")
    settings = current_app.extensions["settings"]
    # Its passphrase is published, so work on it would keep nobody out
    current_app.extensions["settings"] = replace(settings, passphrase_memory_kib=64, passphrase_passes=1)
    story.tell(Calendar(clock.now()))
    current_app.extensions["settings"] = settings
    while events.deliver_due():
        pass
    click.echo(f"{cast.ALLIANCE} is ready.")


@demonstration.command("accounts")
def accounts() -> None:
    """Print who can sign in, and the password that all of them have."""
    people = [
        *((name, ROLE_LABELS[role], cast.ALLIANCE) for name, role in cast.OFFICERS),
        *(
            (name, ROLE_LABELS[role], "Harrow Hill Primary School")
            for name, role in cast.SCHOOL_PEOPLE[HARROW]
        ),
        *((name, ROLE_LABELS[role], "Ashcombe Manor School") for name, role in cast.SCHOOL_PEOPLE[MANOR]),
        # The second opener of the quotes that wait, without whom nobody could open them
        *(
            (name, ROLE_LABELS[role], "Kingfisher Primary School")
            for name, role in cast.SCHOOL_PEOPLE[KINGFISHER][:1]
        ),
        *((person, "Supplier", details.name) for details, person in cast.SUPPLIERS.values()),
    ]
    for name, role, organisation in people:
        click.echo(f"  {cast.address_of(name):<34} {role:<13} {organisation}")
    click.echo(f"  Everybody's password: {cast.PASSWORD}")
    click.echo(f"  Every opener's passphrase: {openers.PASSPHRASE}")
