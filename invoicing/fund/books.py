"""The fund's books, read from the ledger: what went into and out of every school's share and the bank."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from invoicing.fund import rules, statements
from invoicing.fund.models import Claim, Contribution, ContributionRound, Fund
from invoicing.fund.refunds.models import Refund
from invoicing.fund.refunds.rules import OPEN
from invoicing.fund.rules import ShareMovement
from invoicing.fund.statements import Period, Statement
from invoicing.ledger.models import Account, Entry, Transfer
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from marketplace.alliance import queries as alliance
from marketplace.alliance.models import Organisation
from marketplace.core.money import ZERO, Money

PURPOSE = "Partnership Fund"
REFUND = "Refund on leaving"


@dataclass(frozen=True, slots=True)
class Books:
    """All movements of a fund in the order they were posted; `bank` is what the bank account holds now."""

    movements: tuple[ShareMovement, ...]
    bank: tuple[tuple[date, Money], ...]

    @property
    def shares(self) -> dict[uuid.UUID, Money]:
        """What each school's share holds now."""
        held: dict[uuid.UUID, Money] = {}
        for one in self.movements:
            held[one.school_id] = held.get(one.school_id, ZERO) + one.amount
        return held

    @property
    def balance(self) -> Money:
        """What the fund holds now."""
        return Money.total(one.amount for one in self.movements)

    def free_shares(self, on: date) -> dict[uuid.UUID, Money]:
        """What may be spent of each share on a day; see `rules.free_shares`."""
        return rules.free_shares(self.movements, on)


@dataclass(frozen=True, slots=True)
class FundStatement:
    """The statement of a whole fund beside that of every school, by the school's name; they agree."""

    period: Period
    whole: Statement
    schools: dict[uuid.UUID, Statement]
    names: dict[uuid.UUID, str]


def bank(fund: Fund) -> AccountName:
    """The fund's own bank account, in the alliance's books and apart from any other it may have."""
    return AccountName(fund.alliance_id, AccountKind.BANK, purpose=PURPOSE)


def share(fund: Fund, school_id: uuid.UUID) -> AccountName:
    """A school's share of the fund, in the alliance's books: what the fund holds for that school."""
    return AccountName(fund.alliance_id, AccountKind.FUND_SHARE, school_id)


def receipt(fund: Fund, school_id: uuid.UUID, amount: Money) -> list[Leg]:
    """A contribution: money into the bank and the school's share; in the school's own books, an expense."""
    return [
        Leg(bank(fund), share(fund, school_id), amount),
        Leg(
            AccountName(school_id, AccountKind.EXPENSE, fund.alliance_id, PURPOSE),
            AccountName(school_id, AccountKind.BANK),
            amount,
        ),
    ]


def payment(fund: Fund, claimant_id: uuid.UUID, borne: dict[uuid.UUID, Money]) -> list[Leg]:
    """A claim paid: out of the bank and of every share that bears it; in the claimant's books, income."""
    return [
        *(Leg(share(fund, school_id), bank(fund), part) for school_id, part in borne.items()),
        Leg(
            AccountName(claimant_id, AccountKind.BANK),
            AccountName(claimant_id, AccountKind.INCOME, fund.alliance_id, PURPOSE),
            Money.total(borne.values()),
        ),
    ]


def refund(fund: Fund, school_id: uuid.UUID, amount: Money) -> list[Leg]:
    """A share paid back: out of the bank and that share alone; in the school's books, the expense undone."""
    return [
        Leg(share(fund, school_id), bank(fund), amount),
        Leg(
            AccountName(school_id, AccountKind.BANK),
            AccountName(school_id, AccountKind.EXPENSE, fund.alliance_id, PURPOSE),
            amount,
        ),
    ]


def set_aside(session: Session, fund: Fund) -> dict[uuid.UUID, Money]:
    """What is kept of each share to be paid back to a school that left, and has not been paid yet."""
    query = (
        select(Refund.school_id, func.sum(Refund.amount, type_=Refund.amount.type))
        .where(Refund.fund_id == fund.id, Refund.status.in_(OPEN))
        .group_by(Refund.school_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def spendable(session: Session, fund: Fund, on: date) -> dict[uuid.UUID, Money]:
    """What claims may spend of each share on a day: what is free of it, without what is set aside."""
    free, aside = read_books(session, fund).free_shares(on), set_aside(session, fund)
    return {school_id: max(share - aside.get(school_id, ZERO), ZERO) for school_id, share in free.items()}


def read_books(session: Session, fund: Fund) -> Books:
    """Everything that was posted to the fund's accounts. One query, so that all of it is of one moment."""
    debit, credit = aliased(Account), aliased(Account)
    source_school = func.coalesce(Contribution.school_id, Claim.school_id, Refund.school_id)
    query = (
        select(
            Entry.posted_on,
            Entry.id,
            Transfer.amount,
            debit.kind,
            debit.counterparty_id,
            credit.kind,
            credit.counterparty_id,
            func.coalesce(ContributionRound.id, Claim.id, Refund.id),
            func.coalesce(ContributionRound.reference, Claim.reference, Refund.reference),
            func.coalesce(ContributionRound.title, Claim.title, REFUND),
            Organisation.name,
            func.coalesce(ContributionRound.purpose, Claim.purpose),
            Refund.id.is_not(None),
        )
        .join(Entry, Entry.id == Transfer.entry_id)
        .join(debit, debit.id == Transfer.debit_id)
        .join(credit, credit.id == Transfer.credit_id)
        .outerjoin(Contribution, Contribution.id == Entry.source_id)
        .outerjoin(ContributionRound, ContributionRound.id == Contribution.round_id)
        .outerjoin(Claim, Claim.id == Entry.source_id)
        .outerjoin(Refund, Refund.id == Entry.source_id)
        .outerjoin(Organisation, Organisation.id == source_school)
        .where(or_(*(_of_the_fund(account, fund) for account in (debit, credit))))
        .order_by(Entry.posted_on, Entry.posted_at, Entry.id, Transfer.position)
    )
    movements: list[ShareMovement] = []
    banked: list[tuple[date, Money]] = []
    for day, entry_id, amount, debited, debit_school, credited, credit_school, *source in session.execute(
        query
    ):
        for kind, school_id, signed in ((debited, debit_school, -amount), (credited, credit_school, amount)):
            if kind is AccountKind.FUND_SHARE:
                assert school_id
                movements.append(ShareMovement(day, school_id, signed, entry_id, *source))
            elif kind is AccountKind.BANK:
                banked.append((day, -signed))
    return Books(tuple(movements), tuple(banked))


def _of_the_fund(account: type[Account], fund: Fund) -> ColumnElement[bool]:
    is_share = and_(account.holder_id == fund.alliance_id, account.kind == AccountKind.FUND_SHARE)
    return or_(is_share, account.code == bank(fund).code)


def fund_statement(
    session: Session, fund: Fund, period: Period, also: uuid.UUID | None = None
) -> FundStatement:
    """The statement for a period, of the fund and of each school with a share or a membership.

    `also` is one more school, which had a membership.

    Before it is given it is checked that schools add up to the fund and the fund to its bank account.
    """
    books = read_books(session, fund)
    whole = statements.statement(books.movements, period)
    schools = statements.by_school(books.movements, period)
    statements.check_agreement(
        whole,
        schools,
        Money.total(amount for day, amount in books.bank if day < period.start),
        Money.total(amount for day, amount in books.bank if day <= period.end),
    )
    nothing = Statement(ZERO, (), ZERO)
    for school in alliance.member_schools(session, fund.alliance_id):
        schools.setdefault(school.id, nothing)
    if also:
        schools.setdefault(also, nothing)
    names = alliance.names(session, schools)
    in_order = sorted(schools, key=lambda school_id: (names[school_id], school_id))
    return FundStatement(period, whole, {school_id: schools[school_id] for school_id in in_order}, names)
