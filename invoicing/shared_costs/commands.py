"""`flask calc split`: a shared cost split by a rule, from a file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from invoicing.shared_costs import sharing, split_files
from invoicing.shared_costs.sharing import Rule
from marketplace.core import json_files
from marketplace.core.errors import RuleBroken


@click.command("split")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rule", type=click.Choice([rule.value for rule in Rule]), required=True)
def split(file: Path, rule: str) -> None:
    """Print how the cost in FILE is split by a rule, and whom it treats badly, as JSON."""
    try:
        found = sharing.split(split_files.read(json_files.read(file)), Rule(rule))
    except RuleBroken as broken:
        raise click.UsageError(broken.message) from broken
    click.echo(json.dumps(split_files.written(found), indent=1, ensure_ascii=False))
