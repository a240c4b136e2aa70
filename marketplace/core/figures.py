"""`/metrics`, for Prometheus: what was counted, and what waits; never about a person, a school or a price.

What waits, and what downstream adds, is asked of the database as it stands, so that every process gives the
same answer. Whoever asks needs METRICS_TOKEN; while that is not set, only this machine itself may ask, and
not through a proxy. To everybody else there is no such page.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.events import Delivery, DeliveryStatus
from marketplace.core.mail import Message, MessageStatus
from marketplace.core.metrics import counted
from marketplace.core.settings import Settings
from marketplace.core.web import public

OWN_ADDRESSES = {"127.0.0.1", "::1"}
LEFT_BY_PROXIES = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA")
metrics = Blueprint("metrics", __name__)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number as it stands: its name in Prometheus, what it says, and its value by its labels."""

    name: str
    says: str
    value: int
    labels: Mapping[str, str] = field(default_factory=dict)


Question = Callable[[Session], Iterable[Figure]]
_questions: list[Question] = []


def ask(question: Question) -> None:
    """Show more figures. Called by the composition root; no figure names anybody."""
    if question not in _questions:
        _questions.append(question)


@metrics.get("/metrics")
@public
def show() -> Response:
    """Every figure, in Prometheus's text format. Raises NotFound for whoever may not ask."""
    settings: Settings = current_app.extensions["settings"]
    if not _may_ask(settings.metrics_token):
        raise NotFound
    registry = CollectorRegistry()
    registry.register(_Asked(list(_asked_of_database(db.session()))))
    answer = Response(counted() + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _may_ask(token: str) -> bool:
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    before_proxies = request.environ.get("werkzeug.proxy_fix.orig", request.environ)
    passed_on = any(header in request.environ for header in LEFT_BY_PROXIES)
    return before_proxies.get("REMOTE_ADDR") in OWN_ADDRESSES and not passed_on


class _Asked(Collector):
    """Figures in the way that the library collects them."""

    def __init__(self, figures: list[Figure]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for figure in self._figures:
            family = families.setdefault(
                figure.name, GaugeMetricFamily(figure.name, figure.says, labels=list(figure.labels))
            )
            family.add_metric(list(figure.labels.values()), figure.value)
        yield from families.values()


def _asked_of_database(session: Session) -> Iterator[Figure]:
    """What the database says; that it says nothing, when it does not answer."""
    found: list[Figure] = []
    try:
        for question in (_waiting, *_questions):
            found += question(session)
    except SQLAlchemyError:
        yield Figure("weald_database_up", "1 while the database answers.", 0)
        return
    yield Figure("weald_database_up", "1 while the database answers.", 1)
    yield from found


def _waiting(session: Session) -> Iterator[Figure]:
    """Deliveries of events, and e-mail."""
    deliveries = select(func.count(), func.min(Delivery.due_at)).where(
        Delivery.status == DeliveryStatus.WAITING
    )
    number, oldest = session.execute(deliveries).one()
    yield Figure("weald_deliveries_waiting", "Events on their way to a subscriber.", number)
    yield Figure("weald_deliveries_late_seconds", "How long the longest of them is due.", _age(oldest))
    tried_before = deliveries.where(Delivery.attempts > 0)
    yield Figure(
        "weald_deliveries_failing",
        "Deliveries that failed and will be tried again.",
        session.execute(tried_before).one()[0],
    )
    number, oldest = session.execute(
        select(func.count(), func.min(Message.written_at)).where(Message.status == MessageStatus.WAITING)
    ).one()
    yield Figure("weald_mail_waiting", "Messages that were not sent yet.", number)
    yield Figure("weald_mail_oldest_seconds", "How long ago the oldest of them was written.", _age(oldest))


def _age(since: datetime | None) -> int:
    return max(0, round((clock.now() - since).total_seconds())) if since else 0
