"""Questions about bank statements, scoped to the people of the school whose account it is."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from invoicing.bank.matching import OpenInvoice, Suggestion, suggest
from invoicing.bank.models import BankLine, BankStatement, Receipt, StatementColumns
from invoicing.bank.proposals import queries as proposals
from invoicing.bank.rules import LineStatus, OwnAccount
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import UNPAID
from marketplace.alliance.models import Membership, School
from marketplace.core import policy
from marketplace.core.errors import NotFound
from marketplace.core.permissions.permission import MANAGERS
from marketplace.core.policy import POLICY, Act, Actor, Kind, Role
from marketplace.core.web import Task

IN_ONE_QUESTION = 500


def schools_of(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools whose statements this actor reads as one of their own people."""
    return actor.organisations(Kind.SCHOOL, *MANAGERS)


def importing_schools(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools for which this actor imports statements."""
    return actor.organisations(Kind.SCHOOL, *POLICY[Act.STATEMENT_IMPORT].roles)


def _readable(actor: Actor, school: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
    audited = select(Membership.school_id).where(
        Membership.alliance_id.in_(actor.organisations(Kind.ALLIANCE, Role.AUDITOR))
    )
    return or_(school.in_(schools_of(actor)), school.in_(audited))


def reads_statements(actor: Actor) -> bool:
    """May this actor read statements of anybody's account?"""
    return bool(schools_of(actor) or actor.organisations(Kind.ALLIANCE, Role.AUDITOR))


def get_statement(
    session: Session, actor: Actor, statement_id: uuid.UUID, *, lock: bool = False
) -> BankStatement:
    """A statement the actor may read, with its lines. Raises NotFound."""
    query = (
        select(BankStatement)
        .where(BankStatement.id == statement_id, _readable(actor, BankStatement.school_id.expression))
        .options(joinedload(BankStatement.school), selectinload(BankStatement.lines))
    )
    if lock:
        query = query.with_for_update(of=BankStatement)
    statement = session.scalars(query).one_or_none()
    if statement is None:
        raise NotFound
    return statement


def get_line(session: Session, actor: Actor, line_id: uuid.UUID, *, lock: bool = False) -> BankLine:
    """A line of a statement the actor may read. Raises NotFound."""
    query = (
        select(BankLine)
        .where(BankLine.id == line_id, _readable(actor, BankLine.school_id.expression))
        .options(
            joinedload(BankLine.school),
            joinedload(BankLine.statement),
            selectinload(BankLine.receipts).joinedload(Receipt.payment),
        )
    )
    if lock:
        query = query.with_for_update(of=BankLine)
    line = session.scalars(query).one_or_none()
    if line is None:
        raise NotFound
    return line


def own_account(school: School) -> OwnAccount:
    """The account that a school's statements must be of."""
    return OwnAccount(school.name, school.sort_code, school.account_number)


def same_file(session: Session, school_id: uuid.UUID, own: OwnAccount, sha256: str) -> BankStatement | None:
    """The statement that the same file was imported as before, for the same account."""
    query = select(BankStatement).where(
        BankStatement.school_id == school_id,
        BankStatement.account == own.digits,
        BankStatement.sha256 == sha256,
    )
    return session.scalars(query.order_by(BankStatement.imported_at).limit(1)).first()


def known_identities(session: Session, school_id: uuid.UUID, identities: Sequence[str]) -> frozenset[str]:
    """Those of these movements that the school has already."""
    found: set[str] = set()
    for start in range(0, len(identities), IN_ONE_QUESTION):
        query = select(BankLine.identity).where(
            BankLine.school_id == school_id,
            BankLine.identity.in_(identities[start : start + IN_ONE_QUESTION]),
        )
        found |= set(session.scalars(query))
    return frozenset(found)


def columns_of(session: Session, school_id: uuid.UUID, own: OwnAccount) -> StatementColumns | None:
    """Which column is which in statements of this account, once somebody has said so."""
    return session.get(StatementColumns, (school_id, own.digits))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of movements is asked to show; without a status all but what went out."""

    status: LineStatus | None = None
    school_id: uuid.UUID | None = None
    search: str = ""


def lines(actor: Actor, wanted: Wanted) -> Select[BankLine]:
    """Movements this actor may read: those to match first, then the newest."""
    query = (
        select(BankLine)
        .where(_readable(actor, BankLine.school_id.expression))
        .options(joinedload(BankLine.school), joinedload(BankLine.paying_school))
        .order_by(
            (BankLine.status != LineStatus.WAITING), BankLine.booked_on.desc(), BankLine.position, BankLine.id
        )
    )
    if wanted.status is not None:
        query = query.where(BankLine.status == wanted.status)
    else:
        query = query.where(BankLine.status != LineStatus.OUTGOING)
    if wanted.school_id is not None:
        query = query.where(BankLine.school_id == wanted.school_id)
    if wanted.search:
        query = query.where(
            or_(
                BankLine.payer.icontains(wanted.search, autoescape=True),
                BankLine.reference.icontains(wanted.search, autoescape=True),
            )
        )
    return query


def count(session: Session, query: Select[BankLine]) -> int:
    """How many movements a list has."""
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def statements(session: Session, actor: Actor, limit: int) -> Sequence[BankStatement]:
    """The statements that were imported last."""
    query = (
        select(BankStatement)
        .where(_readable(actor, BankStatement.school_id.expression))
        .options(joinedload(BankStatement.school), joinedload(BankStatement.importer))
        .order_by(BankStatement.imported_at.desc(), BankStatement.id.desc())
        .limit(limit)
    )
    return session.scalars(query).all()


def open_invoices(session: Session, school_id: uuid.UUID) -> list[OpenInvoice]:
    """The invoices of a school with money still to come, the one due first first."""
    query = (
        select(Invoice)
        .where(Invoice.issuer_id == school_id, Invoice.status.in_(UNPAID))
        .order_by(Invoice.due_on, Invoice.number)
    )
    return [
        OpenInvoice(
            one.id, one.number, one.buyer_id, one.buyer_name, one.outstanding, one.issued_on, one.due_on
        )
        for one in session.scalars(query)
        if one.number and one.issued_on and one.due_on
    ]


def suggestions(line: BankLine, invoices: Collection[OpenInvoice]) -> list[Suggestion]:
    """The invoices that a line may be for, the likeliest first, with the reasons."""
    return suggest(line.amount, f"{line.reference} {line.payer}", line.payer, invoices)


def standing_receipts(line: BankLine) -> list[Receipt]:
    """What was paid with a line, without the matches that were undone."""
    return [receipt for receipt in line.receipts if receipt.undoing_id is None]


def paid_by(line: BankLine) -> set[uuid.UUID]:
    """The invoices that were paid with a line."""
    return {receipt.payment.invoice_id for receipt in standing_receipts(line)}


def waiting_for(session: Session, actor: Actor) -> list[Task]:
    """Money that came in and waits for its invoice; what a colleague proposed and a second person decides."""
    return [*_payments_waiting(session, actor), *proposals.waiting_for(session, actor)]


def _payments_waiting(session: Session, actor: Actor) -> list[Task]:
    matching = actor.organisations(Kind.SCHOOL, *POLICY[Act.PAYMENT_MATCH].roles)
    if not matching:
        return []
    query = select(func.count(BankLine.id)).where(
        BankLine.school_id.in_(matching), BankLine.status == LineStatus.WAITING
    )
    number = session.scalar(query) or 0
    if not number:
        return []
    text = "Match 1 payment that came in" if number == 1 else f"Match {number} payments that came in"
    return [Task(text, url_for("bank.list_lines"), "Say which invoices they are for.")]


def matches(actor: Actor, school_id: uuid.UUID) -> bool:
    """May this actor say what money of a school is for?"""
    return policy.allows(actor, Act.PAYMENT_MATCH, school_id)
