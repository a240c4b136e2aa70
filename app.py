"""The composition root: the only module that knows marketplace, suppliers and invoicing."""

from __future__ import annotations

from typing import Any

import click
from flask import Flask, current_app, request, url_for
from flask.cli import with_appcontext
from flask_migrate import Migrate

from demonstration.commands import demonstration
from invoicing.fund import views as fund
from invoicing.fund import waiting as fund_waiting
from invoicing.invoices import models as invoices
from invoicing.ledger import models as ledger
from invoicing.payments import models as payments
from invoicing.shared_costs import models as shared_costs
from marketplace.alliance import views as alliance
from marketplace.contracts import models as contracts
from marketplace.core import jobs, storage, web
from marketplace.core.db import db, set_up_sqlite
from marketplace.core.policy import POLICY, Role
from marketplace.core.settings import Mode, Settings
from marketplace.core.web import NavigationItem, page, public
from marketplace.needs import models as needs
from marketplace.tenders import models as tenders
from suppliers.awards import models as awards
from suppliers.evaluation import models as evaluation
from suppliers.profiles import models as profiles
from suppliers.quotes import models as quotes

MODELS = (
    contracts,
    needs,
    tenders,
    profiles,
    quotes,
    evaluation,
    awards,
    ledger,
    invoices,
    shared_costs,
    payments,
    storage,
)
MIGRATIONS = "marketplace/migrations"
BLUEPRINTS = (alliance.people, fund.fund)
WAITING_FOR: tuple[Any, ...] = (fund_waiting.waiting_for,)
NAVIGATION: tuple[NavigationItem, ...] = (
    NavigationItem("Partnership Fund", "fund.index", lambda actor: bool(actor.alliance_ids)),
)
COMMANDS: tuple[click.Command, ...] = (demonstration,)


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application. Raises SettingsError when a setting is missing or unsafe."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__, static_folder="marketplace/static", template_folder="templates")
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        TESTING=settings.mode is Mode.TEST,
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
    )
    db.init_app(app)
    with app.app_context():
        set_up_sqlite(db.engine)
    Migrate(app, db, MIGRATIONS, compare_type=True, render_as_batch=True)
    if not app.testing:
        jobs.set_up(app, settings)
    alliance.set_up(app)
    web.set_up(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in (*COMMANDS, worker):
        app.cli.add_command(command)
    _subscribe()
    _set_up_pages(app)
    return app


def _subscribe() -> None:
    """News flows downstream: which stage hears of which act."""


def _set_up_pages(app: Flask) -> None:
    """The pages that belong to no stage: home, who can do what, the development mailbox."""
    app.add_url_rule("/", "home", home)
    app.add_url_rule("/who-can-do-what", "who_can_do_what", who_can_do_what)
    app.context_processor(_navigation)


@public
def home() -> Any:
    """What waits for whoever is signed in; for anybody else, what Weald is."""
    acting = web.actor()
    if not acting.signed_in:
        return page("home/welcome.html")
    session = db.session()
    tasks = [task for waiting_for in WAITING_FOR for task in waiting_for(session, acting)]
    return page("home/waiting.html", tasks=tasks)


@public
def who_can_do_what() -> Any:
    """The policy table, for everybody to read."""
    return page("home/who_can_do_what.html", policy=POLICY, roles=list(Role))


def _navigation() -> dict[str, Any]:
    """The service navigation for whoever is looking."""
    items = [
        {
            "text": item.text,
            "href": url_for(item.endpoint),
            "active": (request.endpoint or "").split(".")[0] == item.endpoint.split(".")[0],
        }
        for item in NAVIGATION
        if item.shown_to(web.actor())
    ]
    return {"navigation": items}


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Deliver events, send e-mail and run the jobs by the clock, until stopped."""
    current_app.extensions["huey"].create_consumer(workers=1, check_worker_health=True).run()
