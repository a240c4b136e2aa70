"""The web side of the kernel: default-deny guard, refusals as pages, filters, headers.

Views read the form, call one action inside `answering(form)`, and redirect; when the action refuses,
control falls through to the same page with the form filled in and the reason beside its field.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader, PrefixLoader
from markupsafe import Markup, escape
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, SecurityError, Unauthorized
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as Answer

from marketplace.core import clock, controls, headers, logs, observed, outages, policy, vendor, walls
from marketplace.core.api import problems
from marketplace.core.db import db, let_go
from marketplace.core.errors import Forbidden, NotFound, Refusal, RuleBroken, Stale
from marketplace.core.money import Money
from marketplace.core.policy import ANYONE, Act, Actor
from marketplace.core.requests import LARGEST_REQUEST, NUL, CarefulRequest

TEXT_LIMIT = 2 * 1024 * 1024
SECONDS_UNTIL_AGAIN = 60
csrf = CSRFProtect()
log = logs.of(__name__)

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Let anybody see this view; every other view needs somebody signed in."""
    view.is_public = True  # type: ignore[attr-defined]  # a mark on the function, read by the guard
    return view


def is_public(app: Flask, endpoint: str) -> bool:
    """Does this endpoint opt out of signing in?"""
    return endpoint == "static" or getattr(app.view_functions[endpoint], "is_public", False)


def actor() -> Actor:
    """Who is making this request."""
    acting: Actor = g.get("actor", ANYONE)
    return acting


@contextmanager
def answering(form: FlaskForm) -> Iterator[None]:
    """Run an action for a form; put what it refuses on the form, so that nothing typed is lost."""
    try:
        yield
    except RuleBroken as refusal:
        named = getattr(form, refusal.field, None) if refusal.field else None
        if named is None:
            form.form_errors.append(refusal.message)
        else:
            named.errors = [*named.errors, refusal.message]
    except Stale as refusal:
        g.stale = True
        advice = (
            "What you typed is still here, to be copied."
            if refusal.is_final
            else "What you typed is still here. Open this page in a second tab to see the change; then save "
            "again to keep yours."
        )
        form.form_errors.append(f"{refusal.message} {advice}")
        if refusal.version is not None and "version" in form:
            form["version"].data = refusal.version
            form["version"].raw_data = None


def page(template: str, **context: Any) -> tuple[str, int]:
    """Render a page: 422 when a form on it has errors, 409 when it was overtaken, else 200."""
    forms = [value for value in context.values() if isinstance(value, FlaskForm)]
    status = 200
    if any(form.errors or form.form_errors for form in forms):
        status = 409 if g.get("stale") else 422
    return render_template(template, **context), status


def local_path(target: str | None) -> str | None:
    """The target if it is a path on this site, else None: no redirect leads elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for a person: what, where, and by when (None: no date)."""

    text: str
    href: str
    detail: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A line of the service navigation, shown to those for whom `shown_to` is true."""

    text: str
    endpoint: str
    shown_to: Callable[[Actor], bool]


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the path back: its text and, unless it is this page, its address."""

    text: str
    href: str | None = None


class LoudUndefined(ChainableUndefined):
    """An undefined name is an error in our own templates.

    GOV.UK Frontend's macros test absent parameters freely (`params.x.y`), so chaining and truth are
    allowed; printing an undefined value is not.
    """

    def __str__(self) -> str:
        self._fail_with_undefined_error()
        return ""

    def __html__(self) -> str:
        return self.__str__()


def cookie_name(name: str, *, by_https: bool) -> str:
    """What a cookie of ours is called: by https in a way that no other host, and no page by http, can set."""
    return f"__Host-{name}" if by_https else name


def set_up(app: Flask) -> None:
    """Give an app its guard, error pages, template environment and headers."""
    app.request_class = CarefulRequest
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=TEXT_LIMIT,
        MAX_FORM_PARTS=20_000,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        WTF_CSRF_TIME_LIMIT=None,
    )
    csrf.init_app(app)
    csrf.exempt(headers.reports)
    public(headers.take_report)
    app.register_blueprint(headers.reports)
    WTFormsHelpers(app)
    _set_up_templates(app)
    app.before_request(_guard)
    app.after_request(_headers)
    app.teardown_appcontext(lambda _: let_go())
    for refusal, status in ((NotFound, 404), (Forbidden, 403), (RuleBroken, 422), (Stale, 409)):
        app.register_error_handler(refusal, _refusal_page(status))
    app.register_error_handler(CSRFError, _csrf_page)
    app.register_error_handler(SecurityError, _not_our_host)
    app.register_error_handler(HTTPException, _http_page)
    if not app.testing:
        app.register_error_handler(Exception, _crash_page)


def trust_proxies(app: Flask, number: int) -> None:
    """Believe the last so many proxies about who asks and whether by https; nobody, when there are none."""
    if number:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=number, x_proto=number)  # type: ignore[method-assign]


def _set_up_templates(app: Flask) -> None:
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.undefined = LoudUndefined
    app.jinja_loader = ChoiceLoader(
        [
            app.jinja_loader,  # type: ignore[list-item]  # set by Flask from template_folder
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    environment.filters.update(
        money=money, date=day, moment=moment, quantity=plain_number, unit_price=unit_price, lines=lines
    )
    controls.add_to(environment)
    environment.globals.update(asset=asset, csp_nonce=headers.csp_nonce, Act=Act)
    app.context_processor(lambda: {"actor": actor(), "may": may, "home_url": url_for("home")})


def _guard() -> Answer | None:
    """Default deny: a route that is not marked public needs somebody signed in, or a program's token.

    Raises Unauthorized for a program.
    """
    if NUL in request.path:
        raise NotFound
    walls.reader_is_known(db.session())
    endpoint = request.endpoint
    if endpoint is None or is_public(current_app, endpoint) or actor().signed_in:
        return None
    if asked_by_program():
        raise Unauthorized(
            "Send a token that has not expired as “Authorization: Bearer …”.",
            www_authenticate=WWWAuthenticate("bearer", {"realm": "Weald"}),
        )
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("people.sign_in", next=target))


def _headers(response: Response) -> Response:
    headers.add(response)
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif actor().signed_in:
        response.headers["Cache-Control"] = "no-store"
    return response


def may(act: Act, *organisation_ids: uuid.UUID) -> bool:
    """For templates: may whoever is looking do this there?"""
    return policy.allows(actor(), act, *organisation_ids)


_manifest = cache(vendor.manifest)


def asset(name: str) -> str:
    """The address of a static file, which changes with its content. FileNotFoundError for no such file."""
    if hashed := _manifest().get(name):
        return url_for("static", filename=f"vendor/{hashed}")
    return url_for("static", filename=name, v=_content_hash(name))


@cache
def _content_hash(name: str) -> str:
    """A short hash of a file of our own, so that no browser shows yesterday's."""
    return hashlib.sha256((vendor.VENDOR.parent / name).read_bytes()).hexdigest()[:12]


def money(amount: Money) -> str:
    """Pounds and pence as people write them: £1,234.50."""
    return str(amount)


def day(value: date | datetime) -> str:
    """A date as people write it: 3 December 2026. A moment gives its date in England."""
    if isinstance(value, datetime):
        value = value.astimezone(clock.LONDON).date()
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """A moment in England, with its zone: 3 December 2026 at 14:00 GMT."""
    local = value.astimezone(clock.LONDON)
    return f"{local.day} {local:%B %Y} at {local:%H:%M} {local:%Z}"


def plain_number(value: Decimal | int) -> str:
    """A quantity without needless zeros: 1,250 or 0.5."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_price(value: Decimal) -> str:
    """A price for one unit: at least pence, at most four places."""
    whole, _, places = f"{value:,f}".partition(".")
    return f"£{whole}.{places.rstrip('0').ljust(2, '0')}"


def lines(value: str) -> Markup:
    """Text with its line breaks kept."""
    return Markup("<br>").join(escape(line) for line in value.splitlines())


def _refusal_page(status: int) -> Callable[[Refusal], tuple[Any, int] | Response]:
    def answer(refusal: Refusal) -> tuple[Any, int] | Response:
        if asked_by_program():
            return problems.of_refusal(refusal)
        return render_template(f"errors/{status}.html", message=refusal.message), status

    return answer


def _csrf_page(_: CSRFError) -> tuple[str, int]:
    message = "This page had been open too long to trust. Go back, reload it and send it again."
    return render_template("errors/422.html", message=message), 422


def _not_our_host(_: SecurityError) -> tuple[str, int, dict[str, str]]:
    """Who asks for another host gets no page: its links would lead there."""
    return "Weald is not at this address.", 400, {"Content-Type": "text/plain; charset=utf-8"}


def asked_by_program() -> bool:
    """Does the address belong to a program, which reads JSON, has no cookie and sees no page?"""
    return request.path.startswith("/api/")


def _http_page(error: HTTPException) -> tuple[Any, int] | Answer:
    code = error.code or 500
    if 300 <= code < 400:  # noqa: PLR2004  # a redirect is no error
        return error.get_response()
    if asked_by_program():
        return problems.of_http(error)
    if code in {404, 405}:
        return render_template("errors/404.html", message="We could not find that page."), code
    if code == 413:  # noqa: PLR2004  # the status's own name
        return render_template("errors/413.html", message="The file must be smaller than 50 MB."), code
    return render_template("errors/422.html", message=error.description or "That did not work."), code


def _crash_page(error: Exception) -> tuple[Any, int] | tuple[Any, int, dict[str, str]] | Response:
    if outage := outages.found_in(error):
        return _outage_page(outage)
    log.error("request.crashed", exc_info=error)
    db.session.rollback()
    reference = observed.reference()
    if asked_by_program():
        return problems.answer(500, f"Something went wrong here. Tell us the reference {reference}.")
    return render_template("errors/500.html", reference=reference), 500


def _outage_page(outage: outages.Outage) -> tuple[Any, int, dict[str, str]] | Response:
    """Say that something outside does not do its work, and when to come again."""
    log.error("request.unavailable", outage=outage.name)
    # Neither is asked anything any more: who this is cannot be looked up, and nothing can be taken back
    g.setdefault("_login_user", None)
    let_go()
    again = {"Retry-After": str(SECONDS_UNTIL_AGAIN)}
    if asked_by_program():
        answer = problems.answer(503, f"{outage.sentence} Send it again in a minute.")
        answer.headers.update(again)
        return answer
    reference = observed.reference()
    return render_template("errors/503.html", message=outage.sentence, reference=reference), 503, again
