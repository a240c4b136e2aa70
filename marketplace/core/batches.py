"""Making very many small things at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let the garbage collector rest while hundreds of thousands of rows are made, none of them in a cycle.

    It would look through all of them again and again, and find nothing: a third of the time, growing faster
    than their number. Whoever stopped it starts it again, so that nested and parallel uses end well.
    """
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:
            gc.enable()
