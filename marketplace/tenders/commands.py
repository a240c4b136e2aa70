"""The command line for tenders, for the administrator of an installation."""

from __future__ import annotations

import uuid
from pathlib import Path

import click
from flask.cli import AppGroup

from marketplace.alliance.queries import alliances, organisation_named
from marketplace.core.db import db
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.policy import ADMINISTRATOR, Kind
from marketplace.tenders.importing import actions
from marketplace.tenders.importing.ocds import LARGEST_FILE
from marketplace.tenders.uk_notices import exporting, schema

tenders = AppGroup("tenders", help="Joint tenders.")
COMMANDS = (tenders,)


@tenders.command("import-ocds")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--alliance", "name", default="", help="Who buys, by name or id; the only alliance unless given."
)
@click.option("--ocid", default="", help="Which release to take, where the file holds several.")
def import_ocds(file: Path, name: str, ocid: str) -> None:
    """Draft a joint tender from FILE, an OCDS 1.1 release package, and list what has no place in it."""
    try:
        alliance_id = _buying_alliance(name)
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
        report = actions.import_tender(ADMINISTRATOR, alliance_id, content, ocid)
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(f"Drafted {report.reference}.")
    click.echo("Arrived:")
    for line in report.arrived:
        click.echo(f"  {line}")
    click.echo(f"Not taken over ({len(report.left_out)}); the list stays with the draft:")
    for line in report.left_out:
        click.echo(f"  {line}")


@tenders.command("export-ocds")
@click.argument("reference")
def export_ocds(reference: str) -> None:
    """Write the tender with this REFERENCE as an OCDS 1.1 release package: as published, or as a draft."""
    try:
        package = exporting.release_package(db.session(), ADMINISTRATOR, reference)
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(schema.to_json(package, indent=2))


def _buying_alliance(name: str) -> uuid.UUID:
    """The alliance of this name or id; without either, the only one there is. Raises Refusal."""
    session = db.session()
    if name:
        return organisation_named(session, name, Kind.ALLIANCE).id
    known = alliances(session)
    if len(known) != 1:
        names = ", ".join(one.name for one in known) or "there is none yet; found one first"
        raise NotFound(f"Name the alliance that buys with --alliance: {names}.")
    return known[0].id
