"""ClamAV, asked about every file that people send where an operator has set its daemon (CLAMD).

A file that cannot be asked about is not taken: what nobody looked at is not clean. The daemon is spoken to
by its own protocol (INSTREAM, clamd(8)): nothing of the file is written to a disk that both could read.
"""

from __future__ import annotations

import socket
import struct
from contextlib import closing
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

from marketplace.core import logs
from marketplace.core.errors import RuleBroken

log = logs.of(__name__)
CHUNK = 64 * 1024
SECONDS = 30.0
SECONDS_TO_CONNECT = 3.0
LONGEST_ANSWER = 4_096
CLEAN, FOUND = "stream: OK", " FOUND"
NOT_LOOKED_AT = (
    "Files are looked at for viruses before they are taken, and that does not work just now, so this one was "
    "not taken. Try again in a few minutes. If it stays so, tell your administrator."
)
INFECTED = (
    "The virus scanner found something harmful in this file, so it was not taken. Do not open it. Show it to "
    "whoever looks after your computers."
)


class NoAnswer(Exception):
    """The daemon cannot be reached, or says something else than whether a file is clean."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """A clamd and where it listens: a socket's path, or host:port."""

    address: str

    def answers(self) -> bool:
        """Is it there and ready?"""
        try:
            return self._ask(b"zPING\0", None) == "PONG"
        except NoAnswer:
            return False

    def finds_harm(self, content: IO[bytes]) -> bool:
        """Does it know something harmful in this content? It stands at its start again. Raises NoAnswer."""
        content.seek(0)
        try:
            said = self._ask(b"zINSTREAM\0", content)
        finally:
            content.seek(0)
        if said.endswith(FOUND):
            return True
        if said != CLEAN:
            raise NoAnswer(said)
        return False

    def _ask(self, command: bytes, content: IO[bytes] | None) -> str:
        try:
            with closing(self._connection()) as connection:
                connection.sendall(command)
                if content is not None:
                    _send(connection, content)
                return _answer(connection)
        except OSError as error:
            raise NoAnswer(str(error)) from error

    def _connection(self) -> socket.socket:
        if self.address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(SECONDS_TO_CONNECT)
            try:
                connection.connect(self.address)
            except OSError:
                connection.close()
                raise
        else:
            at = urlsplit(f"//{self.address}")
            connection = socket.create_connection((at.hostname, at.port or 0), SECONDS_TO_CONNECT)
        connection.settimeout(SECONDS)
        return connection


_asked: list[Daemon] = []


def ask(address: str) -> None:
    """Have every file looked at by the clamd at this address from now on; by none when it is empty.

    Called by the composition root.
    """
    _asked[:] = [Daemon(address)] if address else []


def check(content: IO[bytes]) -> None:
    """Let a file through that is clean, or that nobody wants looked at. Raises RuleBroken."""
    for daemon in _asked:
        try:
            harmful = daemon.finds_harm(content)
        except NoAnswer as error:
            log.exception("scanner.no_answer")
            raise RuleBroken(NOT_LOOKED_AT) from error
        if harmful:
            log.warning("scanner.refused_file")
            raise RuleBroken(INFECTED)


def _send(connection: socket.socket, content: IO[bytes]) -> None:
    """The content in pieces, each after its length; an empty one ends it."""
    try:
        while piece := content.read(CHUNK):
            connection.sendall(struct.pack("!L", len(piece)) + piece)
        connection.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        return  # it has made up its mind before the end: too large, which its answer says


def _answer(connection: socket.socket) -> str:
    said = b""
    while len(said) < LONGEST_ANSWER and (more := connection.recv(LONGEST_ANSWER)):
        said += more
    return said.rstrip(b"\0\n").decode("utf-8", "replace")
