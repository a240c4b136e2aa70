"""The pages that stop alerts and take them up again."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for

from marketplace.core import web
from marketplace.core.db import db
from marketplace.core.web import csrf, page, public
from suppliers.profiles.alerts import actions, queries
from suppliers.profiles.alerts.links import person_of


@csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF ships no types
@public
def stop_alerts(token: str) -> Any:
    """Stop alerts by the link in one: a mail program posts it (RFC 8058), a person presses the button.

    The signed link is the proof, so that no session and no token of a form is needed. Opening the link
    changes nothing, because scanners of mail open every link.
    """
    person_id = person_of(token)
    if request.method == "POST":
        actions.stop_alerts(person_id)
    return page(
        "profiles/stop_alerts.html",
        stopped=queries.has_stopped(db.session(), person_id),
        stop=url_for("profiles.stop_alerts", token=token),
    )


def resume_alerts() -> Any:
    """Take up one's alerts again."""
    actions.resume_alerts(web.actor())
    flash("You get alerts again when schools publish what you supply.", "success")
    return redirect(url_for("profiles.show_own"))


def stop_own_alerts() -> Any:
    """Stop one's own alerts, signed in."""
    actor = web.actor()
    assert actor.person_id, "the guard let somebody in"
    actions.stop_alerts(actor.person_id)
    flash("You get no more alerts. Letters about quotes that you have in still come.", "success")
    return redirect(url_for("profiles.show_own"))
