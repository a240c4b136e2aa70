"""Views that only machines of others call, such as a payment service that reports what happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, request

from marketplace.core.web import csrf, public

View = Callable[..., Any]


def for_machines(view: View) -> View:
    """Let a machine call this view, which asks it for another proof than a session and a form of ours."""
    view.is_for_machines = True  # type: ignore[attr-defined]  # a mark on the function, read below
    exempted: View = csrf.exempt(public(view))
    return exempted


def machine_calls() -> bool:
    """Is this request for such a view, so that nothing that pages need has to be looked up first?"""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "is_for_machines", False)
