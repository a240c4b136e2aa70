"""Each process knows the categories that were added since it last looked."""

from __future__ import annotations

from flask import Flask, request

from marketplace.contracts.catalogue import queries
from marketplace.contracts.catalogue.commands import categories
from marketplace.core import jobs
from marketplace.core.callers import machine_calls
from marketplace.core.db import db


def set_up(app: Flask) -> None:
    """Look before each page, and each minute beside the web server; offer the commands.

    What machines call needs no categories, and comes in thousands.

    Called by the composition root.
    """
    app.cli.add_command(categories)
    app.before_request(_before_each_page)
    jobs.every_minute(know_added_categories)


def know_added_categories() -> None:
    """Know the categories as they are stored now; see `queries.refresh`."""
    queries.refresh(db.session())


def _before_each_page() -> None:
    if request.endpoint != "static" and not machine_calls():
        know_added_categories()
