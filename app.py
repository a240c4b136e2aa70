"""The composition root: with `stages.py` and `wiring.py`, all that knows all three parts of Weald."""

from __future__ import annotations

from datetime import date
from typing import Any

import click
from flask import Flask, current_app, request, url_for
from flask.cli import with_appcontext
from flask_migrate import Migrate

import stages
import wiring
from invoicing.gateways import pdf
from invoicing.gateways.workers import Workers
from marketplace.alliance import policy_views
from marketplace.alliance import queries as alliance_queries
from marketplace.alliance.sign_ins import views as sign_in_pages
from marketplace.alliance.sign_ins.proving import views as proof_pages
from marketplace.alliance.tokens import views as token_pages
from marketplace.contracts.catalogue import jobs as catalogue_jobs
from marketplace.core import doctor, jobs, logs, metrics, observed, scanning, web
from marketplace.core.api import pages as api_pages
from marketplace.core.db import db, engine_options, notice_demotion, set_up_sqlite
from marketplace.core.settings import OWN_MACHINE, Mode, Settings
from marketplace.core.web import page, public

MIGRATIONS = "marketplace/migrations"
FOOTER = (
    ("Open opportunities", "opportunities.index"),
    ("Who can do what", "who_can_do_what"),
    ("For programs", "api.read"),
    ("Personal data", "privacy.show"),
    ("Check an entry of the record", "record.check"),
    ("Accessibility", "accessibility"),
)


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application. Raises SettingsError when a setting is missing or unsafe."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__, static_folder="marketplace/static", template_folder="templates")
    app.extensions["settings"] = settings
    doctor.refuse_unfit(settings, debug=app.debug)
    by_https = settings.base_url.startswith("https:")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url, settings.database_pooler),
        TESTING=settings.mode is Mode.TEST,
        SESSION_COOKIE_SECURE=by_https,
        SESSION_COOKIE_NAME=web.cookie_name("session", by_https=by_https),
        TRUSTED_HOSTS=[settings.host] if settings.production else [settings.host, *OWN_MACHINE],
    )
    db.init_app(app)
    with app.app_context():
        set_up_sqlite(db.engine)
        notice_demotion(db.engine)
        metrics.watch_connections(db.engine)
    Migrate(app, db, MIGRATIONS, compare_type=True, render_as_batch=True)
    scanning.ask(settings.clamd)
    if not app.testing:
        jobs.set_up(app, settings)
        pdf.draw_apart(Workers())
    sign_in_pages.set_up(app)
    token_pages.set_up(app)
    web.set_up(app)
    web.trust_proxies(app, settings.trusted_proxies)
    observed.set_up(app)
    proof_pages.set_up(app)
    catalogue_jobs.set_up(app)
    for blueprint in stages.BLUEPRINTS:
        app.register_blueprint(blueprint)
    api_pages.set_up(app, stages.APIS, stages.DESCRIBED)
    for command in (*stages.COMMANDS, worker):
        app.cli.add_command(command)
    wiring.connect()
    _set_up_pages(app)
    return app


def _set_up_pages(app: Flask) -> None:
    """The pages that belong to no stage: home, who can do what, accessibility."""
    app.add_url_rule("/", "home", home)
    app.add_url_rule("/who-can-do-what", "who_can_do_what", policy_views.who_can_do_what)
    app.add_url_rule("/accessibility", "accessibility", accessibility)
    app.context_processor(_navigation)


@public
def home() -> Any:
    """What waits for whoever is signed in; for anybody else, what Weald is."""
    acting = web.actor()
    if not acting.signed_in:
        return page("home/welcome.html")
    session = db.session()
    tasks = [task for waiting_for in stages.WAITING_FOR for task in waiting_for(session, acting)]
    names = alliance_queries.names(session, {seat.organisation_id for seat in acting.seats})
    return page(
        "home/waiting.html",
        tasks=sorted(tasks, key=lambda task: task.due or date.max),
        shortcuts=[item for item in stages.SHORTCUTS if item.shown_to(acting)],
        organisations=sorted(names.values()),
    )


@public
def accessibility() -> Any:
    """How accessible Weald is, and whom to tell when it is not."""
    return page("home/accessibility.html")


def _navigation() -> dict[str, Any]:
    """The service navigation for whoever is looking, and the links at the foot of every page."""
    items = [
        {
            "text": item.text,
            "href": url_for(item.endpoint),
            "active": (request.endpoint or "").split(".")[0] == item.endpoint.split(".")[0],
        }
        for item in stages.NAVIGATION
        if item.shown_to(web.actor())
    ]
    footer = [{"text": text, "href": url_for(endpoint)} for text, endpoint in FOOTER]
    return {"navigation": items, "footer_links": footer}


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Deliver events, send e-mail and run the jobs by the clock, until stopped."""
    logs.set_up(current_app.extensions["settings"])
    jobs.work(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001  # the proxy's own way
