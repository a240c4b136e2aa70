"""The signed link in an alert that stops alerts with one click (RFC 8058)."""

from __future__ import annotations

import uuid

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.core.errors import NotFound
from marketplace.core.settings import Settings

PURPOSE = "weald: stop alerts"


def path_to_stop(person_id: uuid.UUID) -> str:
    """The path of somebody's own link. It works for as long as the installation keeps its secret key."""
    return f"/alerts/stop/{_signer().dumps(person_id.hex)}"


def person_of(token: str) -> uuid.UUID:
    """Whose link it is. Raises NotFound for a link that we did not sign."""
    try:
        return uuid.UUID(_signer().loads(token))
    except (BadSignature, ValueError, TypeError, AttributeError) as error:
        raise NotFound("This link is not whole. Copy all of it from the e-mail.") from error


def _signer() -> URLSafeSerializer:
    settings: Settings = current_app.extensions["settings"]
    return URLSafeSerializer(settings.secret_key, salt=PURPOSE)
