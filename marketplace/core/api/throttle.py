"""How often one token may ask: so many requests a minute, a number of them at once."""

from __future__ import annotations

import math
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a minute, of which `at_once` may come at the same moment."""

    a_minute: int
    at_once: int

    @property
    def apart(self) -> timedelta:
        """The time that one request uses up."""
        return timedelta(minutes=1) / self.a_minute


USUAL = Rate(a_minute=300, at_once=100)


class Throttle:
    """Counts what each token asks of this process, by the generic cell rate algorithm (ITU-T I.371).

    It keeps one moment a token: when all that it has asked is used up. Each process counts for itself, so
    that no request waits for a shared counter; with several processes a token gets as many times the rate.
    """

    def __init__(self, rate: Callable[[], Rate]) -> None:
        self._rate = rate
        self._used_up: dict[uuid.UUID, datetime] = {}
        self._lock = threading.Lock()

    def seconds_to_wait(self, token_id: uuid.UUID, now: datetime) -> int:
        """Count a request; 0 when it may come now, else in how many whole seconds it may."""
        rate = self._rate()
        with self._lock:
            used_up = max(self._used_up.get(token_id, now), now) + rate.apart
            early = used_up - now - rate.apart * rate.at_once
            if early > timedelta(0):
                return math.ceil(early.total_seconds())
            self._used_up[token_id] = used_up
            if len(self._used_up) > MOST_REMEMBERED:
                self._used_up = {one: until for one, until in self._used_up.items() if until > now}
        return 0


throttle = Throttle(lambda: USUAL)
