"""A tender lived through by people who do anything at any time: whatever they try, the promises hold.

Sealed quotes are unreadable, late ones refused, one award at most is made, and who has a conflict of
interest opens nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from marketplace.core import clock
from marketplace.core.errors import Refusal
from marketplace.core.policy import Actor
from marketplace.tenders import actions as tenders
from marketplace.tenders.interests import actions as interests
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import actions as awards
from suppliers.awards.models import Award
from suppliers.awards.rules import AwardStatus, Recommendation
from suppliers.quotes import actions, queries
from suppliers.quotes.models import Opening, Quote, QuotedPrice
from suppliers.quotes.rules import AFTER_OPENING, Envelope
from tests import make
from tests.make import kept

Act = Callable[[Actor, uuid.UUID, Envelope, str], None]
PRICE = Envelope.PRICE
SEALED = {TenderStatus.PUBLISHED, TenderStatus.CLOSED}
KNOWS = st.sampled_from([True, True, True, False])
OPENERS = ("first", "second", "standby")
PEOPLE = st.sampled_from([*OPENERS, "head", "coordinator", "auditor", "rival", *OPENERS])
HEADS = ("head", "other_head")
SUPPLIERS = st.sampled_from([0, 1])
TIED = st.sampled_from(["second", "standby", None, "second", "standby", "first"])
"""Who has an interest from the first day on. Without the first nobody opens: the others are of one school."""


class LifeOfATender(RuleBasedStateMachine):
    """A tender on price alone, two suppliers, and everybody who may have to do with it."""

    @initialize(tied=TIED)
    def publish(self, tied: str | None) -> None:
        alliance = make.alliance(schools=2)
        self.tender = make.published_tender(alliance, criteria=make.PRICE_ONLY)
        self.suppliers = (make.supplier("Ash"), make.supplier("Birch"))
        assert self.tender.standby
        self.people: dict[str, Actor] = {
            "first": self.tender.openers[0],
            "second": self.tender.openers[1],
            "standby": self.tender.standby,
            "head": alliance.schools[0].headteacher,
            "other_head": alliance.schools[1].headteacher,
            "coordinator": alliance.coordinator,
            "auditor": alliance.auditor,
            "rival": self.suppliers[1].admin,
        }
        self.now = self.tender.closes_at - timedelta(minutes=8)
        make.submitted_quote(self.tender, self.suppliers[0])
        self.tied: set[str] = set()
        if tied is not None:
            self.declare(tied)

    def living(self) -> AbstractContextManager[None]:
        """A minute passes with each step; the clock closes a tender whose deadline has passed."""
        self.now += timedelta(minutes=1)
        with clock.travelling(self.now):
            if tenders.close_tender(self.tender.id):
                assert self.now >= self.tender.closes_at, "closed early"
        return clock.travelling(self.now)

    @rule(minutes=st.sampled_from([7, 29, 31]))
    def let_time_pass(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(who=SUPPLIERS, pounds=st.integers(1, 9))
    def quote(self, who: int, pounds: int) -> None:
        supplier = self.suppliers[who]
        with self.living(), suppress(Refusal):
            quote_id = make.draft_quote(self.tender, supplier, Decimal(pounds))
            make.submit_draft(quote_id, supplier)
            assert self.now < self.tender.closes_at, "a late quote was taken"

    @rule()
    def withdraw(self) -> None:
        supplier = self.suppliers[1]
        found = queries.submitted_of(make.fresh(), self.tender.id, supplier.id)
        if found is not None:
            quote_id, version = found.id, found.version
            with self.living(), suppress(Refusal):
                actions.withdraw_quote(supplier.admin, quote_id, version)
                assert self.now < self.tender.closes_at, "a quote was withdrawn late"

    @rule(who=PEOPLE, knows=KNOWS)
    def start(self, who: str, knows: bool) -> None:  # noqa: FBT001  # drawn by name
        self.open_with(actions.start_opening, who, knows=knows)

    @rule(who=PEOPLE, knows=KNOWS)
    def complete(self, who: str, knows: bool) -> None:  # noqa: FBT001  # drawn by name
        self.open_with(actions.complete_opening, who, knows=knows)

    @rule(one=st.sampled_from(OPENERS), other=st.sampled_from(OPENERS), minutes=st.sampled_from([0, 5, 30]))
    def open_together(self, one: str, other: str, minutes: int) -> None:
        self.open_with(actions.start_opening, one, knows=True)
        self.now += timedelta(minutes=minutes)
        self.open_with(actions.complete_opening, other, knows=True)

    def open_with(self, act: Act, who: str, *, knows: bool) -> None:
        passphrase = make.PASSPHRASE if knows else "a wrong guess every time"
        was_sealed = make.tender_row(self.tender.id).status in SEALED
        with self.living(), suppress(Refusal):
            act(self.people[who], self.tender.id, PRICE, passphrase)
            if was_sealed:
                assert knows, "a wrong passphrase opened"
                assert who in OPENERS, f"{who} opened"
                assert who not in self.tied, f"{who} opened in spite of an interest"
                assert self.now >= self.tender.closes_at, "opened early"

    @precondition(lambda self: not self.tied)
    @rule(who=st.sampled_from(OPENERS))
    def declare_an_interest(self, who: str) -> None:
        self.declare(who)

    def declare(self, who: str) -> None:
        with self.living(), suppress(Refusal):
            interests.declare_interest(
                self.people[who],
                self.tender.id,
                has_interest=True,
                interest="My sister works for one of them.",
                mitigation="I stay out of it.",
            )
            self.tied.add(who)

    @rule(who=st.sampled_from(["coordinator", "coordinator", "auditor", "rival"]))
    def recommend(self, who: str) -> None:
        opened = select(Quote.id).where(Quote.status.in_(AFTER_OPENING)).order_by(Quote.id).limit(1)
        quote_id = make.fresh().scalars(opened).first()
        if quote_id is not None:
            wanted = Recommendation(quote_id, "It is the best of them.", "It came in time.")
            with self.living(), suppress(Refusal):
                awards.recommend_award(self.people[who], self.tender.id, self.tender.version, wanted)
                assert who == "coordinator", f"{who} recommended an award"

    @rule(who=st.sampled_from([*HEADS, "rival", "first"]))
    def approve(self, who: str) -> None:
        with self.living(), suppress(Refusal):
            awards.approve_award(self.people[who], self.tender.id, self.tender.version)
            assert who in HEADS, f"{who} approved an award"

    @invariant()
    def what_is_sealed_cannot_be_read(self) -> None:
        session = make.fresh()
        status = session.get_one(Tender, self.tender.id).status
        if status in SEALED:
            assert not session.scalar(select(func.count()).select_from(QuotedPrice))
            for who in (*OPENERS, *HEADS, "coordinator", "auditor"):
                assert not session.scalars(select(Quote.id).where(queries.visible_to(self.people[who]))).all()
        opened = session.scalars(select(Opening).where(Opening.opened_at.is_not(None))).all()
        for one in opened:
            assert one.first_school_id != one.second_school_id
            assert one.opened_at
            assert one.opened_at - one.started_at < timedelta(minutes=30)

    @invariant()
    def who_has_an_interest_is_refused_every_step_of_an_opening(self) -> None:
        if make.tender_row(self.tender.id).status is TenderStatus.CLOSED:
            for who in self.tied:
                self.refuses(actions.start_opening, who)
                self.refuses(actions.complete_opening, who)

    def refuses(self, act: Act, who: str) -> None:
        with clock.travelling(self.now), suppress(Refusal):
            act(self.people[who], self.tender.id, PRICE, make.PASSPHRASE)
            raise AssertionError(f"{who} has an interest, and {act.__name__} let them open")

    def teardown(self) -> None:
        """However a life went: past the deadline who has an interest opens nothing that is still sealed."""
        self.now = max(self.now, self.tender.closes_at)
        with self.living():
            self.who_has_an_interest_is_refused_every_step_of_an_opening()

    @invariant()
    def nothing_was_received_late(self) -> None:
        received: list[datetime | None] = list(make.fresh().scalars(select(Quote.received_at)))
        assert all(moment < self.tender.closes_at for moment in received if moment is not None)

    @invariant()
    def there_is_at_most_one_award(self) -> None:
        live = select(func.count()).select_from(Award).where(Award.status != AwardStatus.REJECTED)
        assert (make.fresh().scalar(live) or 0) <= 1

    @invariant()
    def a_supplier_never_reads_anothers_quote(self) -> None:
        seen = make.fresh().scalars(select(Quote).where(queries.visible_to(self.people["rival"])))
        assert {quote.supplier_id for quote in seen} <= {self.suppliers[1].id}


@pytest.mark.long
def test_whatever_people_try_the_promises_of_a_tender_hold(app: Flask, shelf: kept.Shelf) -> None:  # noqa: ARG001
    class Anew(LifeOfATender):
        def __init__(self) -> None:
            shelf.put_back_empty()
            super().__init__()

    run_state_machine_as_test(
        Anew,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
        ),
    )
