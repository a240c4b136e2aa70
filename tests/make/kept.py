"""States that a builder has made once in this run are put back instead of being made again.

A builder marked `@kept` that starts from a state we know (the empty database, or what another such builder
left, with nothing committed since) is run once, and the whole database is kept with what it returned. The
next test that asks the same of the same state gets the copy. What was kept was made by the same real
actions, and a test that travels in time, or has changed anything itself, always has its things made anew.
"""

import functools
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import ParamSpec, TypeVar

from sqlalchemy import Engine, event

from marketplace.core import clock
from marketplace.core.db import db
from tests.databases import Database

MOST_STATES = 80
EMPTY = "empty"

Given = ParamSpec("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class State:
    """A state of the database by its name, and what its builder returned."""

    name: str
    made: object


class Shelf:
    """The kept states of one database. `present` names the one it is in now; blank when it has moved on."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.states: OrderedDict[str, State] = OrderedDict()
        self.present = ""
        self._serial = count(1)

    def follow(self, engine: Engine) -> None:
        """From now on notice when something is committed."""
        event.listen(engine, "commit", self._moved_on)

    def _moved_on(self, _: object) -> None:
        self.present = ""

    def is_at_hand(self) -> bool:
        """Is this the database in use, and in a state that we know?"""
        return bool(self.present) and db.engine.url.render_as_string(hide_password=False) == self.database.url

    def put_back(self, name: str) -> None:
        """Make the database what it was in a state."""
        let_go()
        self.database.put_back(name)
        self.present = name

    def keep(self, question: str, made: object) -> None:
        """Keep the present state as the answer to a question; the one unused for longest makes room."""
        let_go()
        name = f"kept{next(self._serial)}"
        self.database.keep(name)
        self.states[question] = State(name, made)
        self.present = name
        if len(self.states) > MOST_STATES:
            _, oldest = self.states.popitem(last=False)
            self.database.forget(oldest.name)


def let_go() -> None:
    """Leave nobody connected, so that files can be copied."""
    db.session.rollback()
    db.engine.dispose()


_shelf: list[Shelf] = []


def use(shelf: Shelf) -> None:
    """Keep states on this shelf from now on."""
    _shelf[:] = [shelf]


def kept(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """Mark a builder whose state may be put back. It must return frozen data, never rows."""

    @functools.wraps(make)
    def put_back_or_make(*args: Given.args, **given: Given.kwargs) -> Made:
        shelf = _shelf[0] if _shelf else None
        if shelf is None or not shelf.is_at_hand() or clock._travelled_to.get():
            return make(*args, **given)
        question = f"{shelf.present} {clock.today()} {make.__qualname__} {args!r} {sorted(given.items())!r}"
        found = shelf.states.get(question)
        if found is None:
            made = make(*args, **given)
            shelf.keep(question, made)
            return made
        shelf.states.move_to_end(question)
        shelf.put_back(found.name)
        return found.made  # type: ignore[return-value]  # what this same builder returned

    return put_back_or_make
