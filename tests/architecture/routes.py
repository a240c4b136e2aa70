"""The list of routes that is kept in docs/routes.txt; run as a program it writes the list anew."""

import secrets
import tempfile
from pathlib import Path

from flask import Flask

from app import create_app
from marketplace.core import web
from marketplace.core.settings import Mode, Settings
from tests import addresses

ROUTES = Path(__file__).resolve().parents[2] / "docs" / "routes.txt"


def listing(app: Flask) -> str:
    """One line a route: its methods, address, endpoint, and `public` when nobody needs to sign in."""
    rows = []
    for rule in app.url_map.iter_rules():
        methods = ",".join(addresses.methods(rule))
        public = "public" if web.is_public(app, rule.endpoint) else ""
        rows.append((rule.rule, methods, rule.endpoint, public))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = (
        f"{address:<{widths[0]}}  {methods:<{widths[1]}}  {endpoint:<{widths[2]}}  {public}".rstrip()
        for address, methods, endpoint, public in sorted(rows)
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            secret_key=secrets.token_urlsafe(48),
            database_url=f"sqlite:///{folder}/empty.sqlite",
            mode=Mode.TEST,
        )
        ROUTES.parent.mkdir(exist_ok=True)
        ROUTES.write_text(listing(create_app(settings)), "utf-8")
