"""What holds for every run of tests: its folder, its order, and that it stays on this machine."""

import gc
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases

RUN_FOLDER = "WEALD_TEST_RUN_FOLDER"
LOOPBACK = {"127.0.0.1", "::1", "localhost", ""}


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's folder, in the first of its processes; the others inherit its name.

    They show sets in one order too, so that what one process asks a builder for is asked alike by another.
    Whoever only hands tests out to others does not load the application.
    """
    first = "PYTEST_XDIST_WORKER" not in os.environ
    if first:
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="weald-run-", dir=databases.memory())
        (Path(os.environ[RUN_FOLDER]) / "states").mkdir()
        os.environ.setdefault("PYTHONHASHSEED", str(secrets.randbelow(2**32)))
    if not first or config.option.dist == "no":
        config.pluginmanager.import_plugin("tests.application")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of the search for garbage, and search less often.

    That search took a tenth of all time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ.pop(RUN_FOLDER), ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def only_this_machine_is_looked_up() -> Iterator[None]:
    """Refuse to ask the network for a name; pytest-socket refuses the connections themselves."""
    look_up = socket.getaddrinfo

    def refuse_others(host: object, *rest: object, **options: object) -> object:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in LOOPBACK and name is not None:
            raise RuntimeError(f"A test asked the network for {name!r}.")
        return look_up(host, *rest, **options)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", refuse_others)
        yield


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """What all processes of this run share: kept states, and the files that those lead to."""
    return Path(os.environ[RUN_FOLDER])
