"""A polite stop (SIGTERM): whoever is being answered gets the answer, and the job at hand is finished."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from marketplace.core import mail
from marketplace.core.db import transaction
from marketplace.core.mail import Message, MessageStatus
from tests.faults.house import House
from tests.promises import Tally

SECONDS_TO_WAIT = 30
LONG_ENOUGH_TO_BE_ASKED = 0.3


def asked_and_half_sent(port: int) -> socket.socket:
    """Somebody with a slow line: the server has begun to read their form."""
    line = socket.create_connection(("127.0.0.1", port), timeout=SECONDS_TO_WAIT)
    head = f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 20\r\nConnection: close\r\n"
    line.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=ann".encode())
    return line


def everything_from(line: socket.socket) -> bytes:
    with line:
        return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.mark.embedded
@pytest.mark.usefixtures("app")
def test_a_request_in_flight_is_answered_whole_before_the_server_stops(
    open_house: Callable[..., House], tally: Tally
) -> None:
    house = open_house()
    house.open_web()
    house.wait_until_it_answers()
    slow = asked_and_half_sent(house.port)
    time.sleep(LONG_ENOUGH_TO_BE_ASKED)
    assert house.web is not None
    with ThreadPoolExecutor(1) as beside:
        ended = beside.submit(house.nursery.end, house.web)
        time.sleep(LONG_ENOUGH_TO_BE_ASKED)
        slow.sendall(b"&password=x")
        answer = everything_from(slow)
        ended.result(SECONDS_TO_WAIT)
    assert house.nursery.wait(house.web) == 0
    house.web = None
    head, _, page = answer.partition(b"\r\n\r\n")
    whole = head.startswith(b"HTTP/1.1 422") and page.rstrip().endswith(b"</html>")
    tally(11, "SIGTERM to the web server: the request in flight is answered", tries=1, violations=not whole)
    assert whole, answer[:500]


class SlowServer:
    """A mail server that takes a message only once it is told to."""

    def __init__(self) -> None:
        self.asked, self.may_answer, self.taken = threading.Event(), threading.Event(), 0

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802  # aiosmtpd's own name
        self.asked.set()
        await asyncio.to_thread(self.may_answer.wait, SECONDS_TO_WAIT)
        self.taken += 1
        return "250 taken"


@pytest.fixture
def slow_server() -> Iterator[tuple[SlowServer, int]]:
    """The server, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kept = SlowServer()
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    yield kept, port
    server.stop()


@pytest.mark.embedded
@pytest.mark.usefixtures("app")
def test_a_worker_finishes_what_it_is_at_and_begins_nothing_else(
    open_house: Callable[..., House], slow_server: tuple[SlowServer, int], tally: Tally
) -> None:
    server, port = slow_server
    with transaction() as session:
        for person in ("ann", "ben"):
            mail.write(session, f"{person}@school.example", "News", "base.txt", person_name=person)
    house = open_house(SMTP_URL=f"smtp://127.0.0.1:{port}")
    house.open_worker()
    assert server.asked.wait(SECONDS_TO_WAIT), house.said("worker")
    assert house.worker is not None
    with ThreadPoolExecutor(1) as beside:
        ended = beside.submit(house.nursery.end, house.worker)
        time.sleep(LONG_ENOUGH_TO_BE_ASKED + 1)  # it looks each second whether it was asked
        server.may_answer.set()
        ended.result(SECONDS_TO_WAIT)
    assert house.nursery.wait(house.worker) == 0
    house.worker = None
    with house.session() as session:
        statuses = sorted(session.scalars(select(Message.status)))
    wrong = statuses != [MessageStatus.SENT, MessageStatus.WAITING] or server.taken != 1
    tally(11, "SIGTERM to the worker: the message in hand is sent once", tries=1, violations=wrong)
    assert not wrong, (statuses, server.taken)
