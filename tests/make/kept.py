"""States that a builder has made once in this run are put back instead of being made again.

A builder marked `@kept` that starts from a state we know (the empty database, or what another such builder
left, with nothing committed since) is run once, and the whole database is kept with what it returned. The
next test that asks the same of the same state, at the same moment when it travels in time, gets the copy;
so do the tests of the other processes of the run. What was kept was made by the same real actions, and a
test that has changed anything itself always has its things made anew. With TEST_STATES=anew all have: then
each test runs whatever it is about, and what runs for which test can be measured.
"""

import functools
import os
import pickle
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import ParamSpec, TypeVar

from sqlalchemy import Engine, event

from marketplace.core import clock
from marketplace.core.db import db
from tests.databases import Database

EMPTY = "empty"
OF_ONE_PROCESS = 40_000

Given = ParamSpec("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class State:
    """The content of a database at one moment, and what the builder that led to it returned."""

    content: bytes
    made: object


class Shelf:
    """The kept states of one run. `present` names the one the database is in; blank when it has moved on.

    A state's name is the hash of what was asked for and of the state it was asked in, so that every process
    that uses the folder finds what another one has made.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.present = ""
        self._empty = database.read()

    def follow(self, engine: Engine) -> None:
        """From now on notice when something is committed."""
        event.listen(engine, "commit", self._moved_on)

    def _moved_on(self, _: object) -> None:
        self.present = ""

    def is_at_hand(self) -> bool:
        """Is this the database in use, and in a state that we know?"""
        return bool(self.present) and db.engine.url.render_as_string(hide_password=False) == self.database.url

    def put_back_empty(self) -> None:
        """Make the database what it was when nothing had happened."""
        self._put_back(EMPTY, self._empty)

    def put_back(self, name: str) -> State | None:
        """Make the database what it was in a state; None when nobody has kept that state yet."""
        try:
            kept_bytes = (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None
        state: State = pickle.loads(zlib.decompress(kept_bytes))  # noqa: S301  # this run wrote it
        self._put_back(name, state.content)
        return state

    def let_go(self) -> None:
        """Leave nothing of the present state in anybody's hands."""
        db.session.rollback()
        self.database.let_go(db.engine)

    def keep(self, name: str, made: object) -> State:
        """Keep the present state under a name, or take the state that another process kept meanwhile."""
        self.let_go()
        state = State(self.database.read(), made)
        own = self.folder / f"{name}.{os.getpid()}"
        own.write_bytes(zlib.compress(pickle.dumps(state), 1))
        try:
            os.link(own, self.folder / name)
        except FileExistsError:
            return self.put_back(name) or state
        finally:
            own.unlink()
        self.present = name
        return state

    def _put_back(self, name: str, content: bytes) -> None:
        self.let_go()
        self.database.put_back(content)
        self.present = name


def serials(first: int = 1) -> Iterator[int]:
    """Numbers for what must be unlike the others, also those in a state that another process kept."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return count(first + OF_ONE_PROCESS * process)


_shelf: list[Shelf] = []


def use(shelf: Shelf) -> None:
    """Keep states on this shelf from now on."""
    _shelf[:] = [shelf]


def kept(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """Mark a builder whose state may be put back. It must return frozen data, never rows."""

    @functools.wraps(make)
    def put_back_or_make(*args: Given.args, **given: Given.kwargs) -> Made:
        shelf = _shelf[0] if _shelf else None
        if shelf is None or not shelf.is_at_hand() or os.environ.get("TEST_STATES") == "anew":
            return make(*args, **given)
        moment = clock._travelled_to.get() or clock.today()
        asked = f"{make.__module__}.{make.__qualname__} {args!r} {sorted(given.items())!r}"
        name = sha256(f"{shelf.present} {moment} {asked}".encode()).hexdigest()
        state = shelf.put_back(name) or shelf.keep(name, make(*args, **given))
        return state.made  # type: ignore[return-value]  # what this same builder returned

    return put_back_or_make
