"""`flask calc score`: quotes scored by any formula, from a file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from marketplace.core import json_files
from marketplace.core.errors import RuleBroken
from suppliers.evaluation import calculation, score_files


@click.command("score")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def score(file: Path) -> None:
    """Print the scores of the quotes in FILE, and what their order turns on, as JSON."""
    try:
        scored = calculation.score(score_files.read(json_files.read(file)))
    except RuleBroken as broken:
        raise click.UsageError(broken.message) from broken
    click.echo(json.dumps(score_files.written(scored), indent=1, ensure_ascii=False))
