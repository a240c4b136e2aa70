"""Known weaknesses of libraries stop the build; a database that cannot be asked does not."""

from __future__ import annotations

import importlib.util
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "audit.py"


@pytest.fixture
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def database(answer: object) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """A database that gives every question this answer, and what it was asked."""
    asked: list[dict[str, object]] = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.extend(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"])
            content = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()


def test_every_pinned_library_is_asked_about(audit: ModuleType) -> None:
    found = audit.pinned(audit.LOCK.read_text("utf-8"))
    assert {"flask", "sqlalchemy", "cryptography"} <= {name for name, _ in found}
    assert audit.pinned('a-b==1.2.0 ; python_version > "3" \\\n    --hash=sha256:0\nc[d]==3\n') == [
        ("a-b", "1.2.0"),
        ("c", "3"),
    ]


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ({"results": [{}, {"vulns": [{"id": "GHSA-1"}, {"id": "PYSEC-2"}]}]}, 1, "b 2: GHSA-1, PYSEC-2"),
        ({"results": [{}, {}]}, 0, "2 libraries audited, 0 with known weaknesses."),
        ({"results": [{}]}, 0, "Not audited"),
        (["nonsense"], 0, "Not audited"),
    ],
)
def test_what_is_known_is_named_and_stops_the_build(  # noqa: PLR0917  # fixtures
    audit: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: object,
    code: int,
    said: str,
) -> None:
    lock = tmp_path / "lock"
    lock.write_text("a==1\nb==2\n")
    monkeypatch.setattr(audit, "LOCK", lock)
    with database(answer) as (address, asked):
        monkeypatch.setenv("OSV_SERVICE", address)
        assert audit.main() == code
    assert said in capsys.readouterr().out
    assert asked[1] == {"package": {"name": "b", "ecosystem": "PyPI"}, "version": "2"}


def test_a_database_that_cannot_be_reached_stops_nothing_and_that_is_said(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with database({}) as (address, _):
        gone = address
    monkeypatch.setenv("OSV_SERVICE", gone)
    assert audit.main() == 0
    assert "Not audited" in capsys.readouterr().out
