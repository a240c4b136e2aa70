"""The command line for alliances, schools and people, for the administrator of an installation."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup

from marketplace.alliance import actions, queries
from marketplace.alliance.memberships import actions as memberships
from marketplace.alliance.memberships.rules import ASSOCIATE_MONTHS
from marketplace.alliance.policy_views import print_policy
from marketplace.alliance.privacy.commands import retention_command
from marketplace.alliance.rules import ROLES_OF_KIND, ImportOutcome, MembershipKind
from marketplace.alliance.sign_ins.factors.actions import reset_factors
from marketplace.core.db import db
from marketplace.core.errors import Refusal
from marketplace.core.policy import ADMINISTRATOR, Kind, Role

LARGEST_REGISTER = 200 * 1024 * 1024

schools = AppGroup("schools", help="The register of schools.")
alliance = AppGroup("alliance", help="Alliances and their members.")
people = AppGroup("people", help="Those who sign in.")
COMMANDS = (schools, alliance, people, print_policy, retention_command)


@contextmanager
def _refusals_told() -> Iterator[None]:
    """Say what was refused, and end with an error."""
    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from refusal


@schools.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_schools(file: Path) -> None:
    """Add and update schools from FILE, a CSV with the columns of Get Information about Schools."""
    if file.stat().st_size > LARGEST_REGISTER:
        raise click.ClickException("The file must be smaller than 200 MB.")
    with _refusals_told():
        report = actions.import_schools(ADMINISTRATOR, file.read_bytes())
    for line in report:
        if line.outcome is not ImportOutcome.UNCHANGED:
            who = " ".join(part for part in (line.urn, line.name) if part)
            click.echo(f"Line {line.line}: {line.outcome}: {' '.join((who, *line.reasons))}")
    totals = Counter(line.outcome for line in report)
    click.echo(", ".join(f"{totals[outcome]:,} {outcome}" for outcome in ImportOutcome) + ".")


@alliance.command("found")
@click.argument("name")
def found_alliance(name: str) -> None:
    """Start the alliance NAME and say its id."""
    with _refusals_told():
        click.echo(actions.found_alliance(ADMINISTRATOR, name))


@alliance.command("admit")
@click.argument("name")
@click.argument("urn")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in MembershipKind]),
    default=MembershipKind.FULL.value,
    help="How the school belongs.",
)
@click.option(
    "--months",
    type=click.IntRange(1, 24),
    default=ASSOCIATE_MONTHS,
    show_default=True,
    help="For how long, unless it is a full member.",
)
def admit_school(name: str, urn: str, kind: str, months: int) -> None:
    """Make the school URN a member of the alliance NAME (or its id) from today.

    For founding members, before there is a board. Every later school applies on the web.
    """
    with _refusals_told():
        alliance_id = queries.organisation_named(db.session(), name, Kind.ALLIANCE).id
        school = queries.school_by_urn(db.session(), urn)
        school_id, school_name = school.id, school.name
        memberships.admit_school(ADMINISTRATOR, alliance_id, school_id, MembershipKind(kind), months=months)
    click.echo(f"{school_name} is a member now.")


@people.command("close")
@click.argument("email")
def close_account(email: str) -> None:
    """Close the account of whoever signs in with EMAIL: they are signed out everywhere, for good."""
    with _refusals_told():
        actions.close_account(ADMINISTRATOR, email)
    click.echo(f"{email} cannot sign in any more.")


@people.command("add")
@click.option("--name", prompt=True, help="Full name.")
@click.option("--email", prompt="E-mail address", help="What they sign in with.")
@click.option("--organisation", prompt=True, help="A school's URN, or the name or id of any organisation.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for roles in ROLES_OF_KIND.values() for role in roles]),
    help="May be given several times.",
)
def add_person(name: str, email: str, organisation: str, roles: tuple[str, ...]) -> None:
    """Add a person with roles in an organisation. Asks for a password; left blank, a link is e-mailed."""
    password = click.prompt(
        "Password (leave blank to e-mail a link)", default="", hide_input=True, show_default=False
    )
    if password and password != click.prompt("The same password again", hide_input=True):
        raise click.ClickException("The two passwords are not the same.")
    with _refusals_told():
        organisation_id: uuid.UUID = queries.organisation_named(db.session(), organisation).id
        seats = [(organisation_id, Role(role)) for role in roles]
        actions.add_person(ADMINISTRATOR, name, email, seats, password=password or None)
    click.echo(
        f"{name} was added." if password else f"{name} was added and is sent a link to choose a password."
    )


@people.command("reset-factors")
@click.argument("email")
@click.option(
    "--confirmed-by", prompt="E-mail address of the colleague who knows them", help="Who knows them."
)
@click.option(
    "--how", prompt="How was it made sure that it is them", help="Recorded, and told to nobody else."
)
def reset_factors_of(email: str, confirmed_by: str, how: str) -> None:
    """Remove the second factors of EMAIL, who has lost all of them and the recovery codes.

    A colleague of theirs must have confirmed that it is them. Both are written to.
    """
    with _refusals_told():
        reset_factors(ADMINISTRATOR, email, confirmed_by, how)
    click.echo("Removed. At the next sign-in the password is enough to set up new ones.")
