"""Questions about whose books are closed until when, scoped to who asks."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from invoicing.ledger.models import Account, Entry, Transfer
from invoicing.ledger.periods import rules
from invoicing.ledger.periods.models import Books, Closing, Reopening
from invoicing.ledger.periods.rules import A_DAY, Months, MonthState, ReopeningStatus, YearEnd
from invoicing.ledger.rules import AccountKind
from marketplace.alliance import queries as alliance
from marketplace.alliance.models import Membership, Organisation, School
from marketplace.core import clock
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import POLICY, Act, Actor, Kind, Role
from marketplace.core.web import Task

READERS = (Role.FINANCE_LEAD, Role.BURSAR, Role.HEADTEACHER, Role.GOVERNOR)
OFFICERS = (Role.COORDINATOR, Role.AUDITOR)
OF_THE_YEAR = (AccountKind.INCOME, AccountKind.EXPENSE, AccountKind.FUND_SPENDING)
"""What is counted from the first day of a financial year; everything else goes on from year to year."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of somebody's books, as a list shows it. `ends_year`: a financial year ends with it."""

    ends_on: date
    state: MonthState
    ends_year: bool
    entries: int
    closing: Closing | None


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One kind of account over a month, each figure as its own side counts it: income and debts positive.

    Income and spending begin at nothing with each financial year.
    """

    kind: AccountKind
    opening: Money
    closing: Money

    @property
    def moved(self) -> Money:
        """By how much it changed in the month."""
        return self.closing - self.opening


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Whose books this actor may read: their school's, its alliances' funds', and what they audit."""
    reads_school = actor.organisations(Kind.SCHOOL, *READERS)
    audited = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE, Role.AUDITOR))
    )
    funds = actor.alliance_ids if reads_school else actor.organisations(Kind.ALLIANCE, *OFFICERS)
    return or_(
        Organisation.id.in_(reads_school),
        and_(Organisation.kind == Kind.ALLIANCE, Organisation.id.in_(funds)),
        and_(Organisation.kind == Kind.SCHOOL, Organisation.id.in_(audited)),
    )


def reads_books(actor: Actor) -> bool:
    """May this actor read anybody's books?"""
    return bool(actor.organisations(Kind.SCHOOL, *READERS) or actor.organisations(Kind.ALLIANCE, *OFFICERS))


def holders(session: Session, actor: Actor) -> list[tuple[Organisation, Books | None]]:
    """Everybody whose books this actor may read and something was posted to, by name."""
    query = (
        select(Organisation, Books)
        .outerjoin(Books, Books.holder_id == Organisation.id)
        .where(visible_to(actor), Organisation.id.in_(select(Account.holder_id)))
        .order_by(Organisation.name, Organisation.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def get_holder(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Organisation:
    """Somebody whose books the actor may read. Raises NotFound."""
    query = select(Organisation).where(Organisation.id == organisation_id, visible_to(actor))
    holder = session.scalars(query).one_or_none()
    if holder is None or holder.kind is Kind.SUPPLIER:
        raise NotFound
    return holder


def deciders_of(session: Session, holder: Organisation) -> list[uuid.UUID]:
    """In which organisations a second person may stand: the school, or any member school of the alliance."""
    if holder.kind is Kind.SCHOOL:
        return [holder.id]
    return [school.id for school in alliance.member_schools(session, holder.id)]


def get_reopening(
    session: Session, actor: Actor, reopening_id: uuid.UUID, *, lock: bool = False
) -> Reopening:
    """A wish to reopen that the actor may read. Raises NotFound."""
    query = (
        select(Reopening)
        .join(Organisation, Organisation.id == Reopening.holder_id)
        .where(Reopening.id == reopening_id, visible_to(actor))
    )
    if lock:
        query = query.with_for_update(of=Reopening)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def books_of(session: Session, holder_id: uuid.UUID) -> Books | None:
    """What was decided about somebody's books, as it is now."""
    return session.scalars(
        select(Books).where(Books.holder_id == holder_id).execution_options(populate_existing=True)
    ).one_or_none()


def usual_year_end(session: Session, holder_id: uuid.UUID) -> YearEnd:
    """When somebody's financial year ends unless they say otherwise; a fund's ends with the academies'."""
    school = session.get(School, holder_id)
    return rules.usual_year_end(school.type) if school else YearEnd.AUGUST


def months_of(session: Session, holder_id: uuid.UUID) -> Months:
    """What decides which months of somebody's books can close."""
    books = books_of(session, holder_id)
    first = session.scalar(
        select(func.min(Entry.posted_on))
        .join(Transfer)
        .join(Account, Account.id == Transfer.debit_id)
        .where(Account.holder_id == holder_id)
    )
    return Months(
        first_on=first.replace(day=1) if first else None,
        closed_until=books.closed_until if books else None,
        year_end=books.year_end if books else usual_year_end(session, holder_id),
        today=clock.today(),
    )


def list_months(session: Session, holder_id: uuid.UUID, months: Months) -> list[Month]:
    """Every month of somebody's books, the newest first. Two queries."""
    counted = _entries_a_day(session, holder_id)
    closings = session.scalars(
        select(Closing)
        .where(Closing.holder_id == holder_id)
        .options(joinedload(Closing.closer))
        .order_by(Closing.closed_at)
    ).all()
    found = []
    for ends_on in months.shown():
        state = months.state(ends_on)
        closed_by = [one for one in closings if one.first_on <= ends_on <= one.until]
        found.append(
            Month(
                ends_on=ends_on,
                state=state,
                ends_year=months.ends_year(ends_on),
                entries=sum(count for day, count in counted.items() if rules.month_end(day) == ends_on),
                closing=closed_by[-1] if closed_by and state is MonthState.CLOSED else None,
            )
        )
    return found


def _entries_a_day(session: Session, holder_id: uuid.UUID) -> Mapping[date, int]:
    query = (
        select(Entry.posted_on, func.count(Entry.id.distinct()))
        .join(Transfer)
        .join(Account, Account.id == Transfer.debit_id)
        .where(Account.holder_id == holder_id)
        .group_by(Entry.posted_on)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def balances_at(session: Session, holder_id: uuid.UUID, ends_on: date) -> dict[AccountKind, Money]:
    """Debits less credits of somebody's accounts by kind, at the end of a day."""
    lines = _sums(session, holder_id, {"at": Entry.posted_on <= ends_on})
    return {kind: sums["at"] for kind, sums in lines.items()}


def balance_lines(session: Session, holder_id: uuid.UUID, months: Months, ends_on: date) -> list[BalanceLine]:
    """Every kind of account of somebody over one month. One query."""
    starts_on, year_ends = ends_on.replace(day=1), months.year_of(ends_on)
    year_starts = rules.month_end(date(year_ends.year - 1, year_ends.month, 1)) + A_DAY
    found = _sums(
        session,
        holder_id,
        {
            "year": Entry.posted_on < year_starts,
            "start": Entry.posted_on < starts_on,
            "end": Entry.posted_on <= ends_on,
        },
    )
    lines = []
    for kind in AccountKind:
        if kind in found:
            sums = found[kind]
            before = sums["year"] if kind in OF_THE_YEAR else ZERO
            opening, closing = sums["start"] - before, sums["end"] - before
            if kind.is_credit:
                opening, closing = -opening, -closing
            lines.append(BalanceLine(kind, opening, closing))
    return lines


def _sums(
    session: Session, holder_id: uuid.UUID, conditions: Mapping[str, ColumnElement[bool]]
) -> dict[AccountKind, dict[str, Money]]:
    """Debits less credits by kind of account, over the entries of each condition. One query."""
    signed = case((Transfer.debit_id == Account.id, Transfer.amount), else_=-Transfer.amount)
    kind = Transfer.amount.type
    query = (
        select(
            Account.kind,
            *(func.sum(signed, type_=kind).filter(condition) for condition in conditions.values()),
        )
        .join(Transfer, or_(Transfer.debit_id == Account.id, Transfer.credit_id == Account.id))
        .join(Entry, Entry.id == Transfer.entry_id)
        .where(Account.holder_id == holder_id)
        .group_by(Account.kind)
    )
    return {
        row[0]: {name: amount or ZERO for name, amount in zip(conditions, row[1:], strict=True)}
        for row in session.execute(query)
    }


def reopenings_of(session: Session, holder_id: uuid.UUID) -> Sequence[Reopening]:
    """What was proposed to reopen of somebody's books, the newest first."""
    query = (
        select(Reopening)
        .where(Reopening.holder_id == holder_id)
        .options(joinedload(Reopening.proposer), joinedload(Reopening.decider))
        .order_by(Reopening.proposed_at.desc(), Reopening.id.desc())
    )
    return session.scalars(query).all()


def check_open(session: Session, holder_ids: Collection[uuid.UUID], day: date) -> None:
    """Raise RuleBroken when the books of one of these are closed on a day; it says what to do."""
    query = (
        select(Organisation.name, Books.closed_until)
        .join(Books, Books.holder_id == Organisation.id)
        .where(Books.holder_id.in_(holder_ids), Books.closed_until >= day)
        .order_by(Books.closed_until.desc(), Organisation.name)
        .limit(1)
    )
    found = session.execute(query).first()
    if found is not None:
        raise RuleBroken(rules.closed_words(found.name, found.closed_until))


def open_day(session: Session, holder_ids: Collection[uuid.UUID], day: date) -> date:
    """The day itself, or the first one after it on which the books of all of these are open.

    What comes to light after a month closed, such as a line of a bank statement, is posted on it.
    """
    query = select(func.max(Books.closed_until)).where(Books.holder_id.in_(holder_ids))
    closed_until: date | None = session.scalar(query)
    return day if closed_until is None else max(day, closed_until + A_DAY)


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Closed months that somebody wants reopened, for this actor as the second person."""
    schools = actor.organisations(Kind.SCHOOL, *POLICY[Act.PERIOD_REOPEN].roles)
    if not schools:
        return []
    query = (
        select(Reopening)
        .where(
            Reopening.status == ReopeningStatus.PROPOSED,
            Reopening.proposed_by != actor.person_id,
            Reopening.holder_id.in_(schools | actor.alliance_ids),
        )
        .options(joinedload(Reopening.proposer), joinedload(Reopening.holder))
        .order_by(Reopening.proposed_at)
    )
    return [
        Task(
            f"Decide whether to reopen {rules.month_name(one.from_on)} of {one.holder.name}",
            url_for("books.decide", reopening_id=one.id),
            f"{one.proposer.name} proposes it.",
        )
        for one in session.scalars(query)
    ]
