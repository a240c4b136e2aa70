"""Only `make test-cluster` collects these: it needs programs that nothing else does, and minutes."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster, running
from tests.faults.nursery import Nursery

collect_ignore_glob = [] if os.environ.get("WEALD_CLUSTER") else ["test_*.py"]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Three machines with PostgreSQL, one of them writing, and an empty database."""
    with running() as one:
        yield one


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    """Where programs of Weald come from."""
    with Nursery() as one:
        yield one


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """A folder for what the programs write."""
    with tempfile.TemporaryDirectory(prefix="weald-cluster-house-") as folder:
        yield Path(folder)
