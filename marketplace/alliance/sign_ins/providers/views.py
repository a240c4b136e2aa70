"""Going to a provider and coming back: to sign in, or to connect an account when signed in already.

Who comes back lands on a page that changes nothing; its form, which a script sends at once, ends the visit.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from flask import current_app, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as Answer

from marketplace.alliance.sign_ins.providers import actions
from marketplace.alliance.sign_ins.providers.forms import FinishForm
from marketplace.alliance.sign_ins.providers.rules import Provider, Visit, check_visit, offered, start_again
from marketplace.alliance.sign_ins.views import let_in
from marketplace.alliance.views import people
from marketplace.core import clock, policy, web
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.policy import Act
from marketplace.core.settings import Settings
from marketplace.core.web import page, public

VISIT = "visit"
DENIED = "access_denied"


@people.route("/sign-in/with/<provider>")
@public
def visit_provider(provider: str) -> Any:
    """Go to a provider, to come back known."""
    chosen = _provider(provider)
    policy.require(web.actor(), Act.PROVIDER_LINK)
    visit = Visit.begin(
        chosen.name,
        clock.machine_now(),
        target=web.local_path(request.args.get("next")) or url_for("home"),
        person=_person(),
    )
    from marketplace.alliance.sign_ins.providers import openid  # noqa: PLC0415  # see there

    try:
        address = openid.address_of(chosen, visit, _back(chosen))
    except RuleBroken as refusal:
        return _sent_away(refusal)
    session[VISIT] = asdict(visit)
    return redirect(address)


@people.route("/sign-in/with/<provider>/back")
@public
def back_from_provider(provider: str) -> Any:
    """Back from a provider, with a code or with its refusal."""
    chosen = _provider(provider)
    form = FinishForm(request.args, meta={"csrf": True})
    try:
        visit = check_visit(
            Visit.kept(session.get(VISIT)), chosen, form.state.data or "", _person(), clock.machine_now()
        )
        _check_answer(chosen)
    except RuleBroken as refusal:
        return _sent_away(refusal)
    return page("sign_ins/finish.html", form=form, provider=chosen, connects=bool(visit.person))


def _check_answer(provider: Provider) -> None:
    """Raises RuleBroken when the provider sends somebody back without a code."""
    error = request.args.get("error")
    if error == DENIED:
        raise RuleBroken(
            f"{provider.label} was not allowed to tell us who you are. Choose {provider.label} again, or "
            "sign in with your password."
        )
    if error or not request.args.get("code"):
        raise RuleBroken(f"{provider.label} could not sign you in. Try again, or sign in with your password.")


@people.route("/sign-in/with/<provider>/finish", methods=["POST"])
@public
def finish_visit(provider: str) -> Any:
    """End a visit: sign in, or connect the account."""
    chosen = _provider(provider)
    form = FinishForm()
    try:
        if not form.validate_on_submit():
            raise start_again(chosen)
        visit = check_visit(
            Visit.kept(session.pop(VISIT, None)), chosen, form.state.data, _person(), clock.machine_now()
        )
        return _end(chosen, visit, form.code.data)
    except RuleBroken as refusal:
        return _sent_away(refusal)


def _end(provider: Provider, visit: Visit, code: str) -> Answer:
    from marketplace.alliance.sign_ins.providers import openid  # noqa: PLC0415  # see there

    identity = openid.identify(provider, visit, _back(provider), code)
    if visit.person:
        actions.connect_account(web.actor(), provider, identity, visit)
        flash(f"You can sign in with {provider.label} from now on.", "success")
        return redirect(url_for("people.security"))
    person_id = actions.recognise(provider, identity, visit)
    return let_in(person_id, visit.target, proof=provider.name, two_factors=identity.has_two_factors)


@people.route("/sign-ins/accounts/<uuid:link_id>/remove", methods=["POST"])
def remove_account(link_id: uuid.UUID) -> Any:
    """Let an account open Weald no more."""
    try:
        actions.remove_account(web.actor(), link_id)
        flash("That account does not open Weald any more.", "success")
    except RuleBroken as refusal:
        flash(refusal.message)
    return redirect(url_for("people.security"))


def _sent_away(refusal: RuleBroken) -> Answer:
    """To the page where one chooses again, with what went wrong."""
    flash(refusal.message)
    return redirect(url_for("people.security" if web.actor().signed_in else "people.sign_in"))


def _provider(name: str) -> Provider:
    """A provider that this installation is registered with. Raises NotFound."""
    settings: Settings = current_app.extensions["settings"]
    for provider in offered(settings):
        if provider.name == name:
            return provider
    raise NotFound


def _back(provider: Provider) -> str:
    """The address that the provider sends people back to, as it was registered there."""
    settings: Settings = current_app.extensions["settings"]
    path = url_for("people.back_from_provider", provider=provider.name)
    return settings.base_url.rstrip("/") + path


def _person() -> str:
    return str(web.actor().person_id or "")
