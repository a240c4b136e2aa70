"""Importing statements of a school's account, and matching what came in with the school's invoices."""

from __future__ import annotations

import io
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from invoicing.bank import matching, queries, rules
from invoicing.bank.formats import csv_file, telling
from invoicing.bank.formats.csv_file import Column
from invoicing.bank.matching import OpenInvoice
from invoicing.bank.models import BankLine, BankStatement, Receipt, StatementColumns
from invoicing.bank.rules import Format, LineStatus, OwnAccount, ReadStatement
from invoicing.invoices import queries as invoices
from invoicing.invoices.models import Invoice
from invoicing.ledger.actions import post
from invoicing.ledger.periods.queries import open_day
from invoicing.ledger.rules import Leg
from invoicing.payments.actions import receive
from invoicing.payments.rules import banks, money_held
from marketplace.alliance.queries import get_school
from marketplace.core import clock, events, policy, storage
from marketplace.core.db import transaction
from marketplace.core.documents import plain_name
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.policy import Act, Actor

MEDIA_TYPES: Mapping[Format, str] = {
    Format.CSV: "text/csv",
    Format.CAMT: "application/xml",
    Format.OFX: "application/x-ofx",
    Format.MT940: "text/plain",
}


def import_statement(
    actor: Actor, statement_id: uuid.UUID, school_id: uuid.UUID, name: str, content: bytes
) -> uuid.UUID:
    """Read a file of a school's own account and keep the movements that are new; returns the statement's id.

    A file that was imported before changes nothing: the earlier one is returned. A CSV file whose columns
    nobody has chosen yet is kept, and waits for `choose_columns`. Raises RuleBroken (field `statement`), and
    nothing is kept, for a file that cannot be read, another account or currency, a day to come, balances
    that do not add up.
    """
    _check_size(content)
    kind = telling.format_of(content)
    with transaction() as session:
        school = get_school(session, actor, school_id)
        policy.require(actor, Act.STATEMENT_IMPORT, school_id)
        made = session.get(BankStatement, statement_id)
        if made is not None:
            return made.id
        own = queries.own_account(school)
        rules.check_has_account(own)
        stored = storage.store(session, io.BytesIO(content), MEDIA_TYPES[kind], field=rules.FIELD)
        earlier = queries.same_file(session, school_id, own, stored.sha256)
        if earlier is not None:
            return earlier.id
        statement = BankStatement(
            id=statement_id,
            school_id=school_id,
            format=kind,
            file_name=plain_name(name),
            sha256=stored.sha256,
            account=own.digits,
            imported_by=_person(actor),
            imported_at=clock.now(),
        )
        session.add(statement)
        session.flush()
        read = _read(session, kind, content, school_id, own)
        if read is not None:
            _keep(session, actor, statement, own, read)
        return statement.id


def _check_size(content: bytes) -> None:
    if len(content) > rules.LARGEST_FILE:
        raise RuleBroken("The file must be smaller than 5 MB. Download shorter periods.", rules.FIELD)


def _read(
    session: Session, kind: Format, content: bytes, school_id: uuid.UUID, own: OwnAccount
) -> list[ReadStatement] | None:
    """What a file says; None for a CSV file whose columns somebody has to choose first."""
    if kind is not Format.CSV:
        return telling.read(kind, content)
    known = session.get(StatementColumns, (school_id, own.digits))
    if known is None or not csv_file.has_headings(content, known.headings):
        csv_file.open_table(content)
        return None
    columns = {Column(column): heading for column, heading in known.headings.items()}
    return [csv_file.read(csv_file.open_table(content, known.headings), columns)]


def choose_columns(actor: Actor, statement_id: uuid.UUID, columns: Mapping[Column, str]) -> None:
    """Say which column of a school's CSV statements is which, read the one that waits, and remember it.

    Raises RuleBroken (field of a column, or `statement`): then the file still waits. Sent twice, read once.
    """
    with transaction() as session:
        statement = queries.get_statement(session, actor, statement_id, lock=True)
        policy.require(actor, Act.STATEMENT_IMPORT, statement.school_id)
        if statement.first_on is not None:
            return
        own = queries.own_account(statement.school)
        content = storage.read(statement.sha256)
        csv_file.check_columns(columns)
        table = csv_file.open_table(content)
        if set(columns.values()) - set(table.named):
            raise NotFound
        _keep(session, actor, statement, own, [csv_file.read(table, columns)])
        known = session.get(StatementColumns, (statement.school_id, own.digits))
        if known is None:
            known = StatementColumns(school_id=statement.school_id, account=own.digits)
            session.add(known)
        known.headings = {column.value: heading for column, heading in columns.items()}
        known.chosen_by, known.chosen_at = _person(actor), clock.now()
        session.flush()


def _keep(
    session: Session,
    actor: Actor,
    statement: BankStatement,
    own: OwnAccount,
    read: Sequence[ReadStatement],
) -> None:
    """Check the statements of a file, and keep those of their lines that are not there yet."""
    rules.check_file(read, own, clock.today())
    lines = [line for one in read for line in rules.real_lines(one)]
    told = rules.identities(lines, own)
    known = queries.known_identities(session, statement.school_id, [identity for identity, _ in told])
    moved = [one for one in read if one.lines]
    ordered = sorted(moved, key=lambda one: min(line.booked_on for line in one.lines))
    statement.first_on = min(line.booked_on for line in lines)
    statement.last_on = max(line.booked_on for line in lines)
    statement.opening, statement.closing = ordered[0].opening, ordered[-1].closing
    statement.left_out = sum(one.left_out for one in read)
    statement.doubled = sum(len(one.lines) for one in read) - len(lines)
    statement.known = len(known)
    statement.added = len(told) - len(known)
    session.add_all(
        BankLine(
            statement_id=statement.id,
            school_id=statement.school_id,
            position=position,
            identity=identity,
            booked_on=line.booked_on,
            amount=line.amount,
            payer=line.payer,
            reference=line.reference,
            bank_id=line.bank_id,
            status=LineStatus.WAITING if line.amount.pence > 0 else LineStatus.OUTGOING,
        )
        for position, (identity, line) in enumerate(told, start=1)
        if identity not in known
    )
    session.flush()
    events.record(
        session,
        actor,
        Act.STATEMENT_IMPORT,
        statement.id,
        organisation_id=statement.school_id,
        added=statement.added,
        known=statement.known,
    )


def match_payment(
    actor: Actor, line_id: uuid.UUID, version: int, invoice_ids: Collection[uuid.UUID], seen: Money
) -> None:
    """Record what came in with a line as paid for invoices of one school, in both schools' books.

    The invoice due first is paid in full before the next; what is over stays on account of the school
    that paid. `seen` is what the page said would stay there: RuleBroken when an invoice was paid meanwhile.
    It is dated on the day that the bank says; where one of the schools has closed that month, on the first
    day after it. Sent twice, it is recorded once. Raises RuleBroken (field `invoices`), Stale, NotFound.
    """
    with transaction() as session:
        line = queries.get_line(session, actor, line_id, lock=True)
        policy.require(actor, Act.PAYMENT_MATCH, line.school_id)
        if line.status is LineStatus.MATCHED and queries.paid_by(line) == set(invoice_ids):
            return
        status = rules.move(line.status, LineStatus.MATCHED)
        expect_version(line, version)
        locked = {one: invoices.get_invoice(session, actor, one, lock=True) for one in sorted(invoice_ids)}
        open_now = {one.id: one for one in queries.open_invoices(session, line.school_id)}
        laid = matching.lay(line.amount, _chosen(locked, open_now), line.booked_on)
        matching.check_seen(laid, seen)
        posted_on = open_day(session, _holders(line.school_id, locked), line.booked_on)
        for part in laid.parts:
            payment = receive(
                session,
                actor,
                locked[part.invoice.id],
                new_id(),
                paid_on=posted_on,
                amount=part.amount,
                reference=line.reference[: rules.LONGEST_REFERENCE],
            )
            session.add(Receipt(payment_id=payment.id, line_id=line.id))
        payer_id = laid.parts[0].invoice.buyer_id
        if laid.on_account:
            entry_id = _post_on_account(session, line, payer_id, laid.on_account, posted_on)
            line.on_account, line.on_account_entry_id = laid.on_account, entry_id
        line.status, line.payer_id = status, payer_id
        line.settled_by, line.settled_at = _person(actor), clock.now()
        session.flush()
        events.record(session, actor, Act.PAYMENT_MATCH, line.id, organisation_id=line.school_id)


def _chosen(locked: Collection[uuid.UUID], open_now: Mapping[uuid.UUID, OpenInvoice]) -> list[OpenInvoice]:
    if set(locked) - set(open_now):
        raise RuleBroken(
            "One of these invoices is not waiting for money any more. Look at the payment again and choose "
            "others.",
            "invoices",
        )
    return [open_now[one] for one in locked]


def _holders(school_id: uuid.UUID, locked: Mapping[uuid.UUID, Invoice]) -> set[uuid.UUID]:
    """Whose books a payment of these invoices is posted to."""
    return {school_id, *(invoice.buyer_id for invoice in locked.values())}


def _post_on_account(
    session: Session, line: BankLine, payer_id: uuid.UUID, amount: Money, posted_on: date
) -> uuid.UUID:
    """What was paid beyond the invoices is owed to the school that paid, in both books: by which entry."""
    bank, held = banks(line.school_id, payer_id), money_held(line.school_id, payer_id)
    entry = post(
        session,
        new_id(),
        posted_on=posted_on,
        description="Paid on account",
        source_id=line.id,
        legs=[Leg(bank.receiver, held.receiver, amount), Leg(held.payer, bank.payer, amount)],
    )
    return entry.id


def set_aside(actor: Actor, line_id: uuid.UUID, version: int, reason: str) -> None:
    """Say why money that came in is for no invoice, such as a grant. Sent twice, it is said once."""
    with transaction() as session:
        line = queries.get_line(session, actor, line_id, lock=True)
        policy.require(actor, Act.PAYMENT_SET_ASIDE, line.school_id)
        if line.status is LineStatus.SET_ASIDE and line.reason == reason.strip():
            return
        status = rules.move(line.status, LineStatus.SET_ASIDE)
        expect_version(line, version)
        if not reason.strip():
            raise RuleBroken("Say what the money is for.", "reason")
        line.status, line.reason = status, reason.strip()
        line.settled_by, line.settled_at = _person(actor), clock.now()
        session.flush()
        events.record(
            session, actor, Act.PAYMENT_SET_ASIDE, line.id, organisation_id=line.school_id, reason=line.reason
        )


def take_up(actor: Actor, line_id: uuid.UUID, version: int) -> None:
    """Let money that was set aside wait for its invoice again. Sent twice, nothing more happens."""
    with transaction() as session:
        line = queries.get_line(session, actor, line_id, lock=True)
        policy.require(actor, Act.PAYMENT_SET_ASIDE, line.school_id)
        if line.status is LineStatus.WAITING:
            return
        status = rules.move(line.status, LineStatus.WAITING)
        expect_version(line, version)
        line.status, line.reason, line.settled_by, line.settled_at = status, "", None, None
        session.flush()
        events.record(
            session, actor, Act.PAYMENT_SET_ASIDE, line.id, organisation_id=line.school_id, reason=""
        )


def _person(actor: Actor) -> uuid.UUID:
    assert actor.person_id, "people do this"
    return actor.person_id
