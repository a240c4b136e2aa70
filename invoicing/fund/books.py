"""The fund's books, read from the ledger: what went into and out of every school's share and the bank."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from invoicing.fund import shares, statements
from invoicing.fund.grants.models import Grant
from invoicing.fund.models import Claim, Contribution, ContributionRound, Fund
from invoicing.fund.refunds.models import Refund, RefundPart
from invoicing.fund.refunds.rules import OPEN
from invoicing.fund.rules import Purpose
from invoicing.fund.shares import MovementKind, Pot, ShareMovement
from invoicing.fund.statements import Period, Statement
from invoicing.ledger.models import Account, Entry, Transfer
from invoicing.ledger.rules import AccountKind, AccountName, Leg
from marketplace.alliance import queries as alliance
from marketplace.alliance.models import Organisation
from marketplace.core.money import ZERO, Money

PURPOSE = "Partnership Fund"
REFUND = "Refund on leaving"
GRANTS = "Grants, no school’s share"


@dataclass(frozen=True, slots=True)
class Books:
    """All movements of a fund in the order they were posted; `bank` is what the bank account holds now."""

    movements: tuple[ShareMovement, ...]
    bank: tuple[tuple[date, Money], ...]

    @property
    def pots(self) -> dict[Pot, Money]:
        """What each share holds now for each purpose."""
        held: dict[Pot, Money] = {}
        for one in self.movements:
            held[one.pot] = held.get(one.pot, ZERO) + one.amount
        return held

    @property
    def shares(self) -> dict[uuid.UUID, Money]:
        """What each school's share holds now, and under the alliance what it holds from grants."""
        return shares.by_holder(self.pots)

    @property
    def balance(self) -> Money:
        """What the fund holds now."""
        return Money.total(one.amount for one in self.movements)

    def free_shares(self, on: date) -> dict[Pot, Money]:
        """What may be spent of each pot on a day; see `shares.free_shares`."""
        return shares.free_shares(self.movements, on)


@dataclass(frozen=True, slots=True)
class FundStatement:
    """The statement of a whole fund beside that of every school, by the school's name; they agree.

    Where there were grants, the alliance stands among the schools with what it holds of them. `purposes`
    are the same movements by purpose; what may be spent on any stands under None.
    """

    period: Period
    whole: Statement
    schools: dict[uuid.UUID, Statement]
    names: dict[uuid.UUID, str]
    purposes: dict[Purpose | None, Statement]


def bank(fund: Fund) -> AccountName:
    """The fund's own bank account, in the alliance's books and apart from any other it may have."""
    return AccountName(fund.alliance_id, AccountKind.BANK, purpose=PURPOSE)


def share(fund: Fund, pot: Pot) -> AccountName:
    """A pot of the fund, in the alliance's books: what it holds for a school and a purpose."""
    return AccountName(fund.alliance_id, AccountKind.FUND_SHARE, pot.holder_id, pot.purpose or "")


def receipt(fund: Fund, school_id: uuid.UUID, purpose: Purpose, amount: Money) -> list[Leg]:
    """A contribution: money into the bank and the school's share; in the school's own books, an expense."""
    return [
        Leg(bank(fund), share(fund, Pot(school_id, purpose)), amount),
        Leg(
            AccountName(school_id, AccountKind.EXPENSE, fund.alliance_id, PURPOSE),
            AccountName(school_id, AccountKind.BANK),
            amount,
        ),
    ]


def passed_on(fund: Fund, pot: Pot, host_id: uuid.UUID, amount: Money) -> list[Leg]:
    """A contribution that came in by invoice: out of the host's books, where it was income, into the share.

    The school's own expense stands in its books since the invoice was issued.
    """
    return [
        Leg(bank(fund), share(fund, pot), amount),
        Leg(AccountName(host_id, AccountKind.INCOME), AccountName(host_id, AccountKind.BANK), amount),
    ]


def grant(fund: Fund, purpose: Purpose, amount: Money) -> list[Leg]:
    """A grant from outside: money into the bank and the alliance's own pot, which is no school's share."""
    return [Leg(bank(fund), share(fund, Pot(fund.alliance_id, purpose)), amount)]


def payment(fund: Fund, claimant_id: uuid.UUID, borne: Mapping[Pot, Money]) -> list[Leg]:
    """A claim paid: out of the bank and of every share that bears it; in the claimant's books, income."""
    return [
        *(Leg(share(fund, pot), bank(fund), part) for pot, part in borne.items()),
        Leg(
            AccountName(claimant_id, AccountKind.BANK),
            AccountName(claimant_id, AccountKind.INCOME, fund.alliance_id, PURPOSE),
            Money.total(borne.values()),
        ),
    ]


def refund(fund: Fund, parts: Mapping[Pot, Money]) -> list[Leg]:
    """A share paid back: out of the bank and that share alone; in the school's books, the expense undone.

    `parts` are the pots of one school.
    """
    (school_id,) = {pot.holder_id for pot in parts}
    return [
        *(Leg(share(fund, pot), bank(fund), part) for pot, part in parts.items()),
        Leg(
            AccountName(school_id, AccountKind.BANK),
            AccountName(school_id, AccountKind.EXPENSE, fund.alliance_id, PURPOSE),
            Money.total(parts.values()),
        ),
    ]


def set_aside(session: Session, fund: Fund) -> dict[Pot, Money]:
    """What is kept of each pot to be paid back to a school that left, and has not been paid yet."""
    query = (
        select(Refund.school_id, RefundPart.purpose, func.sum(RefundPart.amount, type_=Refund.amount.type))
        .join(RefundPart)
        .where(Refund.fund_id == fund.id, Refund.status.in_(OPEN))
        .group_by(Refund.school_id, RefundPart.purpose)
    )
    return {Pot(row[0], row[1]): row[2] for row in session.execute(query)}


def spendable(session: Session, fund: Fund, on: date) -> dict[Pot, Money]:
    """What claims may spend of each pot on a day: what is free of it, without what is set aside."""
    free, aside = read_books(session, fund).free_shares(on), set_aside(session, fund)
    return {pot: max(held - aside.get(pot, ZERO), ZERO) for pot, held in free.items()}


def read_books(session: Session, fund: Fund) -> Books:
    """Everything that was posted to the fund's accounts. One query, so that all of it is of one moment."""
    debit, credit = aliased(Account), aliased(Account)
    source_school = func.coalesce(Contribution.school_id, Claim.school_id, Refund.school_id)
    query = (
        select(
            Entry.posted_on,
            Entry.id,
            Transfer.amount,
            debit,
            credit,
            func.coalesce(ContributionRound.id, Claim.id, Refund.id, Grant.id),
            func.coalesce(ContributionRound.reference, Claim.reference, Refund.reference, Grant.reference),
            func.coalesce(ContributionRound.title, Claim.title, Grant.title, REFUND),
            func.coalesce(Organisation.name, Grant.giver),
            func.coalesce(ContributionRound.purpose, Claim.purpose, Grant.purpose),
            case(
                (Claim.id.is_not(None), literal(MovementKind.CLAIM)),
                (Refund.id.is_not(None), literal(MovementKind.REFUND)),
                (Grant.id.is_not(None), literal(MovementKind.GRANT)),
                else_=literal(MovementKind.CONTRIBUTION),
            ),
        )
        .join(Entry, Entry.id == Transfer.entry_id)
        .join(debit, debit.id == Transfer.debit_id)
        .join(credit, credit.id == Transfer.credit_id)
        .outerjoin(Contribution, Contribution.id == Entry.source_id)
        .outerjoin(ContributionRound, ContributionRound.id == Contribution.round_id)
        .outerjoin(Claim, Claim.id == Entry.source_id)
        .outerjoin(Refund, Refund.id == Entry.source_id)
        .outerjoin(Grant, Grant.id == Entry.source_id)
        .outerjoin(Organisation, Organisation.id == source_school)
        .where(or_(*(of_the_fund(account, fund) for account in (debit, credit))))
        .order_by(Entry.posted_on, Entry.posted_at, Entry.id, Transfer.position)
    )
    movements: list[ShareMovement] = []
    banked: list[tuple[date, Money]] = []
    for day, entry_id, amount, debited, credited, *source, kind in session.execute(query):
        for account, signed in ((debited, -amount), (credited, amount)):
            if account.kind is AccountKind.FUND_SHARE:
                assert account.counterparty_id
                held_for = Purpose(account.purpose) if account.purpose else None
                what = (*source, MovementKind(kind), held_for)
                movements.append(ShareMovement(day, account.counterparty_id, signed, entry_id, *what))
            elif account.kind is AccountKind.BANK:
                banked.append((day, -signed))
    return Books(tuple(movements), tuple(banked))


def of_the_fund(account: type[Account], fund: Fund) -> ColumnElement[bool]:
    """Accounts of a fund: the shares and its bank, in the alliance's books."""
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
    purposes = statements.by_purpose(books.movements, period)
    statements.check_agreement(
        whole,
        schools,
        Money.total(amount for day, amount in books.bank if day < period.start),
        Money.total(amount for day, amount in books.bank if day <= period.end),
    )
    statements.check_purposes(whole, purposes)
    nothing = Statement(ZERO, (), ZERO)
    for school in alliance.member_schools(session, fund.alliance_id):
        schools.setdefault(school.id, nothing)
    if also:
        schools.setdefault(also, nothing)
    names = names_of(session, fund, schools)
    in_order = sorted(
        schools, key=lambda school_id: (school_id == fund.alliance_id, names[school_id], school_id)
    )
    by_name = {school_id: schools[school_id] for school_id in in_order}
    return FundStatement(period, whole, by_name, names, purposes)


def names_of(session: Session, fund: Fund, holders: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of schools with a share; the alliance stands for its grants."""
    names = alliance.names(session, holders)
    return names | ({fund.alliance_id: GRANTS} if fund.alliance_id in names else {})
