"""Files are looked at by a real ClamAV that knows one harmful text; without an answer none is taken."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import Form

from app import create_app
from marketplace.core import doctor, scanning
from marketplace.core.db import db
from marketplace.core.fields import UploadField
from marketplace.core.scanning import Daemon
from marketplace.core.settings import Settings, SettingsError

HARM = b"a text of which ClamAV is told that it does harm"
SECONDS_TO_START = 30
LARGEST = 1024 * 1024
pytestmark = pytest.mark.embedded  # no database is asked


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    """The socket of a clamd of our own, which knows nothing but our text."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    assert program, "clamd is missing; `make test` installs or names it"
    folder = Path(tempfile.mkdtemp(prefix="weald-clamd-"))
    (folder / "weald.ndb").write_text(f"Weald.Test:0:*:{HARM.hex()}\n")
    (folder / "conf").write_text(
        f"LocalSocket {folder}/socket\nDatabaseDirectory {folder}\nForeground yes\nLogFile {folder}/log\n"
        f"StreamMaxLength {LARGEST}\nMaxThreads 2\nConcurrentDatabaseReload no\n"
    )
    with (folder / "said").open("wb") as said:
        daemon = subprocess.Popen([program, "-c", folder / "conf"], stdout=said, stderr=said)
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while not Daemon(f"{folder}/socket").answers():
            if daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"clamd did not start: {(folder / 'said').read_text()}")
            time.sleep(0.02)
        yield f"{folder}/socket"
    finally:
        daemon.terminate()
        daemon.wait()
        shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def nobody_is_asked_afterwards() -> Iterator[None]:
    yield
    scanning.ask("")


class Sheet(Form):  # type: ignore[misc]  # WTForms ships no types
    file = UploadField("Document", extensions=[".txt"])


def said_of(content: bytes) -> list[str]:
    form = Sheet(MultiDict({"file": FileStorage(io.BytesIO(content), filename="notes.txt")}))
    form.validate()
    if not form.file.errors:
        assert form.file.data.stream.read() == content
    return [*form.file.errors]


def test_what_the_scanner_knows_is_refused_and_the_rest_is_taken_whole(clamd: str) -> None:
    scanning.ask(clamd)
    assert said_of(b"Menus for June") == []
    assert said_of(b"Menus for June" * 50_000) == []
    assert said_of(bytes(200_000) + HARM) == [scanning.INFECTED]
    assert said_of(b"Menus for July") == []


def test_what_is_too_large_to_be_looked_at_is_not_taken(clamd: str) -> None:
    scanning.ask(clamd)
    assert said_of(bytes(4 * LARGEST)) == [scanning.NOT_LOOKED_AT]


def test_without_an_answer_no_file_is_taken_and_the_doctor_says_so(app: Flask, clamd: str) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{free.getsockname()[1]}"
        scanning.ask(nobody)
        assert said_of(b"Menus for June") == [scanning.NOT_LOOKED_AT]
        settings: Settings = app.extensions["settings"]
        mends = {
            address: [
                one.mend
                for one in doctor.examine(db.session(), replace(settings, clamd=address))
                if one.name == "virus scanner"
            ]
            for address in (nobody, clamd, "")
        }
    assert mends == {
        nobody: [doctor.NO_SCANNER.format(address=nobody)],
        clamd: [""],
        "": [],
    }


def test_the_address_of_the_scanner_is_a_setting(app: Flask, clamd: str) -> None:
    settings: Settings = app.extensions["settings"]
    create_app(replace(settings, clamd=clamd))
    assert said_of(HARM) == [scanning.INFECTED]
    create_app(settings)
    assert said_of(HARM) == []
    for wrong in ("localhost", "run/clamd.sock", "clam av:3310"):
        with pytest.raises(SettingsError, match="CLAMD"):
            replace(settings, clamd=wrong)
