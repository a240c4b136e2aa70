"""Houses to break. The short form is part of `make test`; WEALD_FAULTS=long is `make test-faults`."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.databases import Database
from tests.faults.forgetful_disk import NoDisk, mounted
from tests.faults.house import House, opened
from tests.faults.nursery import Nursery

LONG = os.environ.get("WEALD_FAULTS") == "long"


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where programs come from, loaded once for all tests."""
    with Nursery() as one:
        yield one


@pytest.fixture
def on_disk() -> Iterator[Path]:
    """A folder on the machine's real disk, where what is synced is synced."""
    folder = Path(tempfile.mkdtemp(prefix="weald-faults-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def open_house(
    nursery: Nursery, app: Flask, database: Database, on_disk: Path, web_role: str
) -> Iterator[Callable[..., House]]:
    """Opens a house with what the test has made so far; see `house.opened`."""
    with ExitStack() as stack:

        def enter(**wanted: Any) -> House:
            entered: AbstractContextManager[House] = opened(
                nursery, app, database, on_disk, role=web_role, **wanted
            )
            return stack.enter_context(entered)

        yield enter


@pytest.fixture
def image(on_disk: Path) -> Path:
    """A folder that is what a disk holds. Skips the test where no disk can be mounted."""
    folder = on_disk / "image"
    folder.mkdir()
    try:
        with mounted(folder):
            pass
    except NoDisk as seen:
        pytest.skip(f"{seen}")
    return folder


def long_or_short(many: int, few: int) -> int:
    """How often, in the long form and in the short one."""
    return many if LONG else few
