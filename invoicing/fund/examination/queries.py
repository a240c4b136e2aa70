"""What the examiner's pack of a year holds: for the officers of the alliance, its coordinator and auditor."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from invoicing.fund import books
from invoicing.fund.budgets.models import Budget
from invoicing.fund.examination import tables
from invoicing.fund.examination.rules import PackedFile
from invoicing.fund.examination.tables import Rows
from invoicing.fund.grants.models import Grant
from invoicing.fund.models import Claim, Contribution, ContributionRound, Fund
from invoicing.fund.queries import WITH_APPROVALS, visible_to
from invoicing.fund.refunds.models import Refund
from invoicing.fund.refunds.queries import WITH_ALL as WITH_ALL_OF_REFUND
from invoicing.fund.statements import Period, academic_year
from invoicing.ledger.models import Account, Entry, Transfer
from invoicing.ledger.rules import ACCOUNT_LABELS
from marketplace.alliance.decisions.models import Confirmation, Decision, Vote
from marketplace.alliance.decisions.rules import Subject
from marketplace.alliance.models import Organisation
from marketplace.core import clock, storage
from marketplace.core.csv_files import csv_file
from marketplace.core.errors import NotFound
from marketplace.core.policy import Actor, Kind


def get_fund(session: Session, actor: Actor, fund_id: uuid.UUID) -> Fund:
    """A fund that the actor may examine, as an officer of its alliance. Raises NotFound.

    Other members read the fund on its pages; the minutes of other schools' governing bodies they do not.
    """
    mine = Fund.alliance_id.in_(actor.organisations(Kind.ALLIANCE))
    found = session.scalars(select(Fund).where(Fund.id == fund_id, visible_to(actor), mine)).one_or_none()
    if found is None:
        raise NotFound
    return found


def years_of(fund: Fund) -> list[Period]:
    """The academic years of a fund, the present one first."""
    years, first = [academic_year(clock.today())], academic_year(fund.opened_on)
    while years[-1].start > first.start:
        years.append(academic_year(years[-1].start - timedelta(days=1)))
    return years


def files_of(session: Session, fund: Fund, year: Period) -> list[PackedFile]:
    """The year's ledger, lists and decisions as CSV, and every document they name, beside them.

    Read from the database at once; the documents are opened one by one when they are packed.
    """
    claims, grants = _claims(session, fund, year), _grants(session, fund, year)
    contributions = _contributions(session, fund, year)
    lists: dict[str, tuple[Sequence[str], Rows]] = {
        "ledger.csv": (LEDGER, _ledger_rows(session, fund, year)),
        "contributions.csv": (tables.CONTRIBUTIONS, tables.contribution_rows(contributions)),
        "claims.csv": (tables.CLAIMS, tables.claim_rows(claims)),
        "grants.csv": (tables.GRANTS, tables.grant_rows(grants)),
        "refunds.csv": (REFUNDS, _refund_rows(session, fund, year)),
        "budgets.csv": (BUDGETS, _budget_rows(session, fund, year)),
        "decisions.csv": (DECISIONS, _decision_rows(session, fund, year)),
    }
    found = [_made(path, csv_file(heading, rows)) for path, (heading, rows) in lists.items()]
    found += [_stored(tables.evidence(one), one.evidence_sha256) for one in claims]
    found += [_stored(tables.letter(one), one.evidence_sha256) for one in grants]
    confirmed = [one.confirmation for one in contributions if one.confirmation]
    found += [
        _stored(tables.minute(one), one.document_sha256)
        for one in confirmed
        if one.document_sha256 is not None
    ]
    return found


def _made(path: str, content: bytes) -> PackedFile:
    return PackedFile(path, lambda: content)


def _stored(path: str, sha256: str) -> PackedFile:
    return PackedFile(path, partial(storage.read, sha256))


def _moments(year: Period) -> tuple[datetime, datetime]:
    """The first moment of a year, and the first after it."""
    begins = datetime.combine(year.start, time(), clock.LONDON)
    return begins, datetime.combine(year.end + timedelta(days=1), time(), clock.LONDON)


LEDGER = (
    "Date",
    "Posted at",
    "Entry",
    "Leg",
    "Description",
    "Books of",
    "Debit",
    "Debit, whose",
    "Debit, purpose",
    "Credit",
    "Credit, whose",
    "Credit, purpose",
    "Amount",
    "Source",
)


def _ledger_rows(session: Session, fund: Fund, year: Period) -> Rows:
    """Every transfer of every entry that touches the fund's accounts, in all books it stands in."""
    debit, credit = aliased(Account), aliased(Account)
    touched = (
        select(Transfer.entry_id)
        .join(Account, or_(Account.id == Transfer.debit_id, Account.id == Transfer.credit_id))
        .where(books.of_the_fund(Account, fund))
    )
    query = (
        select(Entry, Transfer, debit, credit)
        .join(Transfer, Transfer.entry_id == Entry.id)
        .join(debit, debit.id == Transfer.debit_id)
        .join(credit, credit.id == Transfer.credit_id)
        .where(Entry.id.in_(touched), Entry.posted_on.between(year.start, year.end))
        .order_by(Entry.posted_on, Entry.posted_at, Entry.id, Transfer.position)
    )
    names = {row.id: row.name for row in session.scalars(select(Organisation))}
    for entry, transfer, debited, credited in session.execute(query):
        yield (
            entry.posted_on,
            entry.posted_at.isoformat(),
            str(entry.id),
            transfer.position,
            entry.description,
            names[debited.holder_id],
            *_account(debited, names),
            *_account(credited, names),
            transfer.amount,
            str(entry.source_id),
        )


def _account(account: Account, names: dict[uuid.UUID, str]) -> tuple[str, str, str]:
    whose = names[account.counterparty_id] if account.counterparty_id else ""
    return ACCOUNT_LABELS[account.kind], whose, account.purpose


def _contributions(session: Session, fund: Fund, year: Period) -> list[Contribution]:
    """What was asked for in a year or came in during it."""
    begins, ends = _moments(year)
    query = (
        select(Contribution)
        .join(ContributionRound)
        .where(
            ContributionRound.fund_id == fund.id,
            or_(
                ContributionRound.proposed_at.between(begins, ends - timedelta(microseconds=1)),
                Contribution.received_on.between(year.start, year.end),
            ),
        )
        .options(
            joinedload(Contribution.round),
            joinedload(Contribution.school),
            joinedload(Contribution.confirmation).joinedload(Confirmation.recorder),
        )
        .order_by(ContributionRound.reference, Contribution.id)
    )
    return list(session.scalars(query))


def _claims(session: Session, fund: Fund, year: Period) -> list[Claim]:
    """What was claimed in a year or paid during it."""
    begins, ends = _moments(year)
    query = (
        select(Claim)
        .where(
            Claim.fund_id == fund.id,
            or_(
                Claim.made_at.between(begins, ends - timedelta(microseconds=1)),
                Claim.paid_on.between(year.start, year.end),
            ),
        )
        .options(joinedload(Claim.school), joinedload(Claim.maker), WITH_APPROVALS)
        .order_by(Claim.reference)
    )
    return list(session.scalars(query))


def _grants(session: Session, fund: Fund, year: Period) -> list[Grant]:
    query = (
        select(Grant)
        .where(Grant.fund_id == fund.id, Grant.received_on.between(year.start, year.end))
        .options(joinedload(Grant.recorder))
        .order_by(Grant.reference)
    )
    return list(session.scalars(query))


REFUNDS = ("Refund", "School", "Left on", "Amount", "Status", "First approval", "Second approval", "Paid on")


def _refund_rows(session: Session, fund: Fund, year: Period) -> Rows:
    query = (
        select(Refund)
        .where(
            Refund.fund_id == fund.id,
            or_(Refund.left_on.between(year.start, year.end), Refund.paid_on.between(year.start, year.end)),
        )
        .options(*WITH_ALL_OF_REFUND)
        .order_by(Refund.reference)
    )
    for one in session.scalars(query):
        given = [
            f"{approval.person.name}, {approval.school.name}, {tables.day(approval.approved_at)}"
            for approval in one.approvals
        ]
        yield (
            one.reference,
            one.school.name,
            one.left_on,
            one.amount,
            one.status.label,
            *tables.two(given),
            one.paid_on,
        )


BUDGETS = ("Budget", "Year from", "Status", "Purpose", "Up to", "Proposed on", "Proposed by")


def _budgets(session: Session, fund: Fund, year: Period) -> list[Budget]:
    query = (
        select(Budget)
        .where(Budget.fund_id == fund.id, Budget.year_start == year.start)
        .options(joinedload(Budget.proposer), selectinload(Budget.lines))
        .order_by(Budget.reference)
    )
    return list(session.scalars(query))


def _budget_rows(session: Session, fund: Fund, year: Period) -> Rows:
    for one in _budgets(session, fund, year):
        for line in one.lines:
            yield (
                one.reference,
                one.year_start,
                one.status.label,
                line.purpose.label,
                line.amount,
                tables.day(one.proposed_at),
                one.proposer.name,
            )


DECISIONS = (
    "Decision",
    "Budget",
    "Question",
    "Outcome",
    "Closed on",
    "Minute",
    "School",
    "Answer",
    "Given by",
    "On",
)


def _decision_rows(session: Session, fund: Fund, year: Period) -> Rows:
    """The board's decisions on the budgets of a year, with every vote."""
    budgets = {one.id: one.reference for one in _budgets(session, fund, year)}
    query = (
        select(Decision)
        .where(Decision.subject == Subject.BUDGET, Decision.subject_id.in_(budgets))
        .options(selectinload(Decision.votes).options(joinedload(Vote.person), joinedload(Vote.school)))
        .order_by(Decision.reference)
    )
    for one in session.scalars(query):
        known = (one.reference, budgets[one.subject_id], one.question, one.status.label)
        closed = tables.day(one.closed_at) if one.closed_at else ""
        votes = [
            (vote.school.name, vote.choice.label, vote.person.name, tables.day(vote.voted_at))
            for vote in sorted(one.votes, key=lambda given: given.voted_at)
        ]
        for answer in votes or [("", "", "", "")]:
            yield (*known, closed, one.minute, *answer)
