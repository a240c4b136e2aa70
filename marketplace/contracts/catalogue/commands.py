"""`flask categories`: check, import and remove categories, without code."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from marketplace.contracts.catalogue import actions, queries, rules
from marketplace.contracts.categories import CATALOGUE
from marketplace.contracts.frameworks import approved_frameworks, known_frameworks
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Refusal
from marketplace.core.policy import ADMINISTRATOR

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
categories = AppGroup("categories", help="What schools buy: categories added as data.")
NO_RESTART = "Every page shows this from its next request on. Nothing has to be restarted."


@categories.command("check")
@FILE
def check(file: Path) -> None:
    """Say everything that is wrong with FILE, and store nothing."""
    queries.refresh(db.session())
    rows, problems = rules.read_file(file.read_bytes(), CATALOGUE)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.ClickException(f"{len(problems)} to correct. Nothing was stored.")
    click.echo(f"{len(rows)} categories are right. Import them with: flask categories import {file}")


@categories.command("frameworks")
def list_frameworks() -> None:
    """List the approved frameworks, so that a category can name those that cover it."""
    for framework in known_frameworks().values():
        until = f", until {framework.valid_to}" if framework.valid_to else ""
        click.echo(f"{framework.title} (from {framework.valid_from}{until})\n  {framework.url}")


@categories.command("import")
@FILE
def import_file(file: Path) -> None:
    """Add the categories of FILE, or change those of the same id."""
    try:
        report = actions.import_categories(ADMINISTRATOR, file.read_bytes())
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.message}\nNothing was stored.") from refusal
    for did, ids in (
        ("Added", report.added),
        ("Changed", report.changed),
        ("Unchanged", report.unchanged),
    ):
        for category_id in ids:
            click.echo(f"{did}: {CATALOGUE[category_id].name} ({category_id})")
            for framework in approved_frameworks(category_id, clock.today()):
                click.echo(f"  covered by {framework.title}")
    click.echo(NO_RESTART)


@categories.command("remove")
@click.argument("category_id")
def remove(category_id: str) -> None:
    """Take away the added category CATEGORY_ID, which nothing may use."""
    try:
        actions.remove_category(ADMINISTRATOR, category_id)
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(f"Removed: {category_id}. {NO_RESTART}")
