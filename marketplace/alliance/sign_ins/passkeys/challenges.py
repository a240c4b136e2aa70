"""The challenge that a browser is to answer: kept in its signed session, for a few minutes and one answer."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import current_app, request, session

from marketplace.alliance.sign_ins.passkeys.ceremony import Site, new_challenge
from marketplace.alliance.sign_ins.passkeys.rules import CHALLENGE_LASTS
from marketplace.core import clock
from marketplace.core.errors import RuleBroken
from marketplace.core.settings import Settings

CHALLENGE = "challenge"


def site() -> Site:
    """Where we are. In production only the address of the settings counts, whatever stands before Weald.

    Elsewhere the browser may have come by another name of this machine, which is checked already.
    """
    settings: Settings = current_app.extensions["settings"]
    parts = urlsplit(settings.base_url if settings.production else request.host_url)
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def give() -> bytes:
    """A new challenge for this browser; the one before is void."""
    challenge = new_challenge()
    session[CHALLENGE] = [urlsafe_b64encode(challenge).decode(), int(clock.machine_now().timestamp())]
    return challenge


def take() -> bytes:
    """The challenge that this browser was given, once. Raises RuleBroken when it is too old."""
    kept = session.pop(CHALLENGE, None)
    if kept and clock.machine_now() - datetime.fromtimestamp(kept[1], UTC) <= CHALLENGE_LASTS:
        return urlsafe_b64decode(kept[0])
    raise RuleBroken("This took longer than five minutes. Press the button again.")
