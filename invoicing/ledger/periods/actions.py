"""What people do with periods: close them, propose and decide to reopen them, say when the year ends."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from invoicing.ledger.periods import queries, rules
from invoicing.ledger.periods.models import Books, Closing, Reopening
from invoicing.ledger.periods.rules import A_DAY, ReopeningStatus, YearEnd
from invoicing.ledger.periods.waiting import unfinished
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.policy import Act, Actor


def close_period(actor: Actor, closing_id: uuid.UUID, holder_id: uuid.UUID, until: date) -> None:
    """Close somebody's books up to the last day of a month: nothing is posted there from now on.

    Sent twice, they are closed once. Raises RuleBroken out of order, before the month is over, and while
    something dated in it is not finished.
    """
    with transaction() as session:
        holder = queries.get_holder(session, actor, holder_id)
        policy.require(actor, Act.PERIOD_CLOSE, holder.id)
        # nobody posts between the look at what is posted and the closing
        events.hold_chain(session)
        known = session.get(Closing, closing_id)
        if known is not None:
            if known.holder_id != holder.id:
                raise NotFound
            return
        starts_on = queries.months_of(session, holder.id).check_close(until)
        rules.check_finished(unfinished(session, holder.id, starts_on, until), starts_on, until)
        books = _books(session, holder.id)
        books.closed_until = until
        session.add(
            Closing(
                id=closing_id,
                holder_id=holder.id,
                first_on=starts_on,
                until=until,
                balances={
                    kind.value: amount.pence
                    for kind, amount in queries.balances_at(session, holder.id, until).items()
                },
                closed_by=_person(actor),
                closed_at=clock.now(),
            )
        )
        session.flush()
        events.record(
            session,
            actor,
            Act.PERIOD_CLOSE,
            holder.id,
            organisation_id=holder.id,
            since=starts_on,
            until=until,
        )


def propose_reopening(
    actor: Actor, reopening_id: uuid.UUID, holder_id: uuid.UUID, from_on: date, reason: str
) -> None:
    """Ask a second person to reopen the months from the one that begins on a day. Raises RuleBroken."""
    with transaction() as session:
        holder = queries.get_holder(session, actor, holder_id)
        policy.require(actor, Act.PERIOD_PROPOSE, holder.id)
        events.hold_chain(session)
        known = session.get(Reopening, reopening_id)
        if known is not None:
            if known.holder_id != holder.id:
                raise NotFound
            return
        queries.months_of(session, holder.id).check_reopen(from_on)
        said = rules.check_reason(reason)
        if any(one.status is ReopeningStatus.PROPOSED for one in queries.reopenings_of(session, holder.id)):
            raise RuleBroken("Somebody proposed to reopen months of these books. Let that be decided first.")
        session.add(
            Reopening(
                id=reopening_id,
                holder_id=holder.id,
                from_on=from_on,
                reason=said,
                proposed_by=_person(actor),
                proposed_at=clock.now(),
            )
        )
        session.flush()
        events.record(
            session,
            actor,
            Act.PERIOD_PROPOSE,
            reopening_id,
            organisation_id=holder.id,
            from_on=from_on,
            reason=said,
        )


def reopen_period(actor: Actor, reopening_id: uuid.UUID) -> None:
    """Agree as the second person: the month and those after it are open again. Sent twice, once.

    Raises Forbidden for who proposed it, RuleBroken when it was decided otherwise meanwhile.
    """
    with transaction() as session:
        reopening = _to_decide(session, actor, reopening_id, Act.PERIOD_REOPEN)
        if reopening.status is ReopeningStatus.APPROVED:
            return
        reopening.status = rules.move(reopening.status, ReopeningStatus.APPROVED)
        reopening.decided_by, reopening.decided_at = _person(actor), clock.now()
        first_on = queries.months_of(session, reopening.holder_id).first_on
        before = reopening.from_on - A_DAY
        books = _books(session, reopening.holder_id)
        books.closed_until = before if first_on and first_on <= before else None
        taken_back = select(Closing).where(
            Closing.holder_id == reopening.holder_id,
            Closing.until >= reopening.from_on,
            Closing.reopening_id.is_(None),
        )
        for closing in session.scalars(taken_back):
            closing.reopening_id = reopening.id
        session.flush()
        events.record(
            session,
            actor,
            Act.PERIOD_REOPEN,
            reopening.id,
            organisation_id=reopening.holder_id,
            from_on=reopening.from_on,
        )


def refuse_reopening(actor: Actor, reopening_id: uuid.UUID, reason: str) -> None:
    """Leave the months closed, as the second person and with a reason. Sent twice, it is refused once."""
    with transaction() as session:
        reopening = _to_decide(session, actor, reopening_id, Act.PERIOD_REFUSE)
        if reopening.status is ReopeningStatus.REFUSED:
            return
        reopening.status = rules.move(reopening.status, ReopeningStatus.REFUSED)
        reopening.refusal_reason = rules.check_reason(reason)
        reopening.decided_by, reopening.decided_at = _person(actor), clock.now()
        session.flush()
        events.record(
            session,
            actor,
            Act.PERIOD_REFUSE,
            reopening.id,
            organisation_id=reopening.holder_id,
            reason=reopening.refusal_reason,
        )


def set_year_end(actor: Actor, holder_id: uuid.UUID, year_end: YearEnd) -> None:
    """Say when somebody's financial year ends, as after a change to an academy."""
    with transaction() as session:
        holder = queries.get_holder(session, actor, holder_id)
        policy.require(actor, Act.BOOKS_SET_YEAR, holder.id)
        events.hold_chain(session)
        books = _books(session, holder.id)
        if books.year_end is year_end:
            return
        books.year_end = year_end
        session.flush()
        events.record(
            session, actor, Act.BOOKS_SET_YEAR, holder.id, organisation_id=holder.id, year_end=year_end
        )


def _to_decide(session: Session, actor: Actor, reopening_id: uuid.UUID, act: Act) -> Reopening:
    """A proposed reopening, for a second person; nobody posts or closes meanwhile."""
    reopening = queries.get_reopening(session, actor, reopening_id, lock=True)
    policy.require(actor, act, *queries.deciders_of(session, reopening.holder))
    rules.check_second_person(actor.person_id, reopening.proposed_by)
    events.hold_chain(session)
    return reopening


def _books(session: Session, holder_id: uuid.UUID) -> Books:
    """The row of somebody's books, made when there is none. The caller holds the chain, so one is made."""
    books = queries.books_of(session, holder_id)
    if books is None:
        books = Books(holder_id=holder_id, year_end=queries.usual_year_end(session, holder_id))
        session.add(books)
        session.flush()
    return books


def _person(actor: Actor) -> uuid.UUID:
    assert actor.person_id, "people do this"
    return actor.person_id
