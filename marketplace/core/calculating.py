"""`flask calc`: exact calculations of files, each offered by the stage that knows how."""

from __future__ import annotations

import click


def calculations(*commands: click.Command) -> click.Group:
    """The commands that calculate, under one name. For the composition root."""
    return click.Group("calc", commands, help="Exact calculations of files, for advisers.")
