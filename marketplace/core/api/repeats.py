"""A request that comes again is answered as the first time: each POST carries a key of the sender's choice.

The key is stored before anything is done, with a fingerprint of the request and the id that a new thing will
get. So a request whose answer was lost is sent again without doing its work twice, even when the process
died between the work and the answer.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response
from sqlalchemy import CheckConstraint, UniqueConstraint, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.exceptions import BadRequest, HTTPException

from marketplace.core import clock
from marketplace.core.api import problems
from marketplace.core.api.bearers import Bearer
from marketplace.core.db import Base, db, transaction
from marketplace.core.errors import Refusal, RuleBroken
from marketplace.core.ids import new_id

KEPT = timedelta(hours=24)
"""For how long a key is known. Afterwards it is a new one."""
LEASE = timedelta(minutes=1)
"""How long the first request may take. Then its process is taken for dead, and a repeat does the work."""
HEADER = "Idempotency-Key"
KEY = re.compile(r"[!-~]{1,200}")


class Repeat(Base):
    """A key that a token has sent, and what its request was answered.

    `fingerprint` is of the request, under the token's secret: who holds the database alone cannot try
    which request it was. `making` is the id of what the request makes. Without a `status` there is no answer
    yet; until `busy_until` somebody works on it.
    """

    __tablename__ = "api_repeat"
    __table_args__ = (
        UniqueConstraint("token_id", "key"),
        CheckConstraint("(status IS NULL) = (body IS NULL)", name="answered_whole"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_id: Mapped[uuid.UUID]
    key: Mapped[str]
    fingerprint: Mapped[str]
    making: Mapped[uuid.UUID]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    busy_until: Mapped[datetime]
    status: Mapped[int | None]
    body: Mapped[str | None]
    location: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True, slots=True)
class _Begun:
    """What is stored of a request: the id to make, and the answer if it had one."""

    id: uuid.UUID
    making: uuid.UUID
    answer: Response | None


def key_of(given: str | None) -> str:
    """The key that a request brought. Raises BadRequest for none, and for one that is none."""
    if given is None or not KEY.fullmatch(given):
        raise BadRequest(
            f"Send {HEADER}, a text of your own for each thing you do, such as a UUID: up to 200 letters, "
            "digits and signs without spaces. Send the same one when you repeat the same request."
        )
    return given


def fingerprint(bearer: Bearer, *parts: bytes) -> str:
    """What tells one request from another, and can be made with the token only."""
    made = hmac.new(bearer.secret.encode(), digestmod=hashlib.sha256)
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.hexdigest()


def once(bearer: Bearer, key: str, print_of: str, do: Callable[[uuid.UUID], Response]) -> Response:
    """The answer to a request, doing its work only if no request with this key has done it.

    `do` gets the id for what it makes. Raises RuleBroken when the key was used for another request.
    """
    begun = _begin(bearer.token_id, key, print_of)
    if begun.answer is not None:
        return begun.answer
    try:
        response = do(begun.making)
    except (Refusal, HTTPException):
        _forget(begun.id)  # nothing was done: it may be mended and sent with the same key
        raise
    except BaseException:
        _let_go(begun.id)  # what was done, is found by a repeat under the same id
        raise
    _keep(begun.id, response)
    return response


def _begin(token_id: uuid.UUID, key: str, print_of: str) -> _Begun:
    now = clock.machine_now()
    with transaction() as session:
        row = _locked(session, token_id, key, print_of, now)
        if row.asked_at <= now - KEPT:
            row.fingerprint, row.making, row.asked_at = print_of, new_id(), now
            row.status, row.body, row.location, row.busy_until = None, None, "", now
        if row.fingerprint != print_of:
            raise RuleBroken(f"This {HEADER} was used for another request. Choose a new one.")
        if row.status is not None:
            return _Begun(row.id, row.making, _answer(row))
        if row.busy_until > now:
            raise HTTPException(response=_still_working(row.busy_until - now))
        row.busy_until = now + LEASE
        return _Begun(row.id, row.making, None)


def _locked(session: Session, token_id: uuid.UUID, key: str, print_of: str, now: datetime) -> Repeat:
    """The row of a key, locked; a new one if there was none, also when another request comes meanwhile."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = dialect.insert(Repeat).values(
        id=new_id(),
        token_id=token_id,
        key=key,
        fingerprint=print_of,
        making=new_id(),
        asked_at=now,
        busy_until=now,
        location="",
    )
    session.execute(row.on_conflict_do_nothing())
    known = select(Repeat).where(Repeat.token_id == token_id, Repeat.key == key)
    return session.scalars(known.with_for_update()).one()


def _answer(row: Repeat) -> Response:
    response = Response(row.body, row.status, mimetype="application/json")
    if row.location:
        response.headers["Location"] = row.location
    return response


def _still_working(left: timedelta) -> Response:
    response = problems.answer(409, "The first request with this key is still being answered. Send it again.")
    response.headers["Retry-After"] = str(max(1, int(left.total_seconds()) // 10))
    return response


def _keep(repeat_id: uuid.UUID, response: Response) -> None:
    with transaction() as session:
        row = session.get_one(Repeat, repeat_id)
        row.status, row.body = response.status_code, response.get_data(as_text=True)
        row.location = response.headers.get("Location", "")


def _forget(repeat_id: uuid.UUID) -> None:
    with transaction() as session:
        session.execute(delete(Repeat).where(Repeat.id == repeat_id))


def _let_go(repeat_id: uuid.UUID) -> None:
    with transaction() as session:
        session.get_one(Repeat, repeat_id).busy_until = clock.machine_now()


def forget_old() -> None:
    """Delete the keys that are not known any more. Safe to repeat."""
    old = Repeat.asked_at <= clock.machine_now() - KEPT
    if db.session().scalar(select(Repeat.id).where(old).limit(1)) is None:
        return
    with transaction() as session:
        session.execute(delete(Repeat).where(old))
