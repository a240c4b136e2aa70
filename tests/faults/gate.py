"""A door to another server that can be shut: who comes then is let in, and never gets an answer."""

import contextlib
import socket
import threading
from typing import Self

from tests.faults.nursery import HOST

PIECE = 65_536


class Gate:
    """Listens on a port. Open, it leads to another server; shut, it takes connections and says nothing."""

    def __init__(self, leads_to: int) -> None:
        self.leads_to = leads_to
        self.shut = True
        self.knocked = 0
        self._listening = socket.create_server((HOST, 0), backlog=64)
        self._held: list[socket.socket] = []
        self._passing: list[socket.socket] = []
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._let_in, daemon=True)
        self._thread.start()

    def open(self) -> None:
        """Lead on from now on; who was kept waiting is sent away, as when a server comes back."""
        self.shut = False
        while self._held:
            self._held.pop().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()
        self.open()
        for one in self._passing:
            one.close()

    def _let_in(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                came, _ = self._listening.accept()
                self.knocked += 1
                if self.shut:
                    self._held.append(came)
                    continue
                beyond = socket.create_connection((HOST, self.leads_to))
                self._passing += [came, beyond]
                for one, other in ((came, beyond), (beyond, came)):
                    threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    """Hand on what one says to the other, until it has said all."""
    with contextlib.suppress(OSError):
        while said := one.recv(PIECE):
            other.sendall(said)
        other.shutdown(socket.SHUT_WR)
