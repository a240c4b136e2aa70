"""Many who write at once wait in line, and none of them is turned away."""

import threading
import uuid

import pytest
from flask import Flask

from marketplace.core import db as core_db
from marketplace.core import events
from marketplace.core.chain import first_broken_link
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.policy import SYSTEM, Act

WRITERS, TIMES = 8, 10


@pytest.fixture
def impatient(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application that gives up at once where it finds another writing."""
    monkeypatch.setattr(core_db, "LONGEST_WAIT", 0)
    return app


def test_threads_that_write_at_once_wait_in_line_and_none_is_turned_away(impatient: Flask) -> None:
    refused: list[Exception] = []

    def write() -> None:
        with impatient.app_context():
            for _ in range(TIMES):
                try:
                    with transaction() as session:
                        events.record(session, SYSTEM, Act.TENDER_CLOSE, uuid.uuid4())
                except Exception as error:  # noqa: BLE001  # whatever turned the writer away
                    refused.append(error)
            db.session.remove()

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not refused
    assert db.session.query(Event).count() == WRITERS * TIMES
    assert first_broken_link(db.session()) is None
