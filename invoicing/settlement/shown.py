"""A settlement as its page and its picture show it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from invoicing.settlement import queries
from invoicing.settlement.models import Settlement, SettlementParty, SettlementPayment
from invoicing.settlement.queries import Line
from invoicing.settlement.rules import SettlementStatus, figure_words
from marketplace.core import charts, policy
from marketplace.core.money import ZERO, Money
from marketplace.core.policy import Act, Actor


@dataclass(frozen=True, slots=True)
class Row:
    """A school of a settlement: what it would pay and get without netting, and its one figure."""

    school: str
    pays: Money
    gets: Money
    figure: Money
    answer: str


@dataclass(frozen=True, slots=True)
class Own:
    """What a settlement is for one of the reader's own schools."""

    party: SettlementParty
    lines: Sequence[Line]
    payments: Sequence[SettlementPayment]
    may_accept: bool

    @property
    def words(self) -> str:
        """Its one figure: "pays £40.00"."""
        return figure_words(self.party.figure)


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that the page of a settlement shows."""

    settlement: Settlement
    rows: Sequence[Row]
    own: Sequence[Own]

    @property
    def invoices(self) -> int:
        """How many invoices it settles."""
        return len(self.settlement.items)

    @property
    def total(self) -> Money:
        """What these invoices come to."""
        return Money.total(item.amount for item in self.settlement.items)

    @property
    def to_pay(self) -> Money:
        """What the payments that remain come to."""
        return Money.total(payment.amount for payment in self.settlement.payments)

    @property
    def sum_of_figures(self) -> Money:
        """What all schools pay and get together: nothing."""
        return Money.total(row.figure for row in self.rows)

    @property
    def how_few(self) -> str:
        """What is known about the number of payments."""
        schools = sum(bool(row.figure) for row in self.rows)
        if not self.settlement.payments:
            return "What the schools owe one another cancels out: nobody pays anything."
        if self.settlement.is_fewest:
            return "No smaller number of payments would do: that is proven."
        return (
            f"For {schools} schools it is at most {schools - 1} payments. It is not proven that fewer do not "
            "do."
        )

    @property
    def before(self) -> charts.ChartView:
        """What each school pays and gets without netting."""
        stacks = [
            charts.Stack(row.school, (row.pays.pence, row.gets.pence), f"{row.pays} and {row.gets}")
            for row in self.rows
        ]
        return charts.stacked_bar(
            "before",
            "Before: what each school pays and gets",
            f"{self.settlement.pairs} payments between pairs of schools move {self.total}.",
            ("Pays to others", "Gets from others"),
            stacks,
        )

    @property
    def after(self) -> charts.ChartView:
        """What each school pays or gets once its lines are netted."""
        bars = [charts.Bar(row.school, row.figure.pence, figure_words(row.figure)) for row in self.rows]
        number = len(self.settlement.payments)
        many = "1 payment moves" if number == 1 else f"{number} payments move"
        return charts.bar_chart(
            "after",
            "After: the one figure of each school",
            f"{many} {self.to_pay}. Who pays is left of the line, who gets money is right of it.",
            bars,
        )


def show(session: Session, actor: Actor, settlement: Settlement) -> Shown:
    """The settlement for this reader: all figures, and the lines of their own schools."""
    sums = queries.gross(session, settlement.id)
    rows = [_row(party, settlement, sums) for party in _by_name(settlement)]
    own = [
        Own(
            party,
            queries.lines_of(session, settlement.id, party.school_id),
            [one for one in settlement.payments if party.school_id in (one.payer_id, one.payee_id)],
            settlement.status is SettlementStatus.PROPOSED
            and party.accepted_at is None
            and policy.allows(actor, Act.SETTLEMENT_ACCEPT, party.school_id),
        )
        for party in _by_name(settlement)
        if party.school_id in queries.schools_of(actor)
    ]
    return Shown(settlement, rows, own)


def _by_name(settlement: Settlement) -> list[SettlementParty]:
    return sorted(settlement.parties, key=lambda party: party.school.name)


def _row(
    party: SettlementParty, settlement: Settlement, sums: Mapping[uuid.UUID, tuple[Money, Money]]
) -> Row:
    pays, gets = sums.get(party.school_id, (ZERO, ZERO))
    answer = "Waits" if settlement.status is SettlementStatus.PROPOSED else ""
    if party.accepted_at:
        answer = "Accepted"
    return Row(party.school.name, pays, gets, party.figure, answer)
