"""Every address that Weald answers, and who may ask."""

from flask import Flask

from marketplace.core import web
from tests import addresses
from tests.architecture.routes import ROUTES, listing
from tests.web.client import Client


def test_the_list_of_routes_is_up_to_date(migrated_app: Flask) -> None:
    """Removing or opening an address is a conscious act: `make routes` writes the list anew."""
    assert ROUTES.read_text("utf-8") == listing(migrated_app)


def test_a_stranger_is_sent_to_sign_in_from_every_route_that_is_not_public(app: Flask) -> None:
    stranger = Client(app)
    open_doors = []
    for rule in app.url_map.iter_rules():
        if web.is_public(app, rule.endpoint):
            continue
        for method in addresses.methods(rule):
            data = {"csrf_token": stranger.csrf_token()} if method == "POST" else None
            answer = stranger.open(addresses.of_nothing(rule), method=method, data=data)
            if rule.rule.startswith("/api/"):
                if answer.status_code != 401:
                    open_doors.append(f"{method} {rule.rule}: {answer.status}")
            elif answer.status_code != 302 or "/sign-in" not in answer.headers["Location"]:
                open_doors.append(f"{method} {rule.rule}: {answer.status}")
    assert not open_doors
