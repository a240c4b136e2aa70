"""`flask calc award`: the best award of a file, for an adviser who has no web page at hand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import click

from marketplace.core import json_files
from marketplace.core.errors import RuleBroken
from suppliers.awards import award_files, optimum
from suppliers.awards.optimum import Status

WORDS = {
    Status.TIME_LIMIT: (
        "Time ran out before the best award was proven. The award is lawful, and none can cost less than "
        "bound_pence. Give more time with --time-limit to be sure."
    ),
    Status.INFEASIBLE: (
        "No award keeps every rule of the file. Loosen a limit, or let schools opt out of a lot that "
        "nobody can win."
    ),
}
NOTHING_IN_TIME = "Time ran out before any award was found. Give more time with --time-limit."


@click.command("award")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), help="Seconds; without, no limit.")
def award(file: Path, time_limit: float | None) -> None:
    """Print the best award of FILE, with its proof, as JSON."""
    try:
        instance = award_files.read(json_files.read(file))
    except RuleBroken as broken:
        raise click.UsageError(broken.message) from broken
    outcome = optimum.solve(instance, math.inf if time_limit is None else time_limit)
    click.echo(json.dumps(award_files.written(outcome), indent=1, ensure_ascii=False))
    if outcome.award is None and outcome.status is Status.TIME_LIMIT:
        click.echo(NOTHING_IN_TIME, err=True)
    elif outcome.status in WORDS:
        click.echo(WORDS[outcome.status], err=True)
