"""The whole demonstration, in the order in which it happened."""

from __future__ import annotations

from demonstration import (
    agreements,
    agreements_used,
    annual_pack,
    answers,
    asking,
    awarding,
    bids,
    bills,
    board,
    changes,
    closing,
    firms,
    fund,
    invited,
    joining,
    judging,
    ladders,
    leaver,
    logos,
    needs,
    online,
    packages,
    partners,
    path,
    recharges,
    registers,
    reminding,
    savings,
    school_years,
    settling,
    statements,
    work,
)
from demonstration.calendar import Calendar
from demonstration.cast import Cast, assemble
from demonstration.hygiene import HYGIENE
from demonstration.purchases import PURCHASES, Purchase
from demonstration.reach import Reach
from suppliers.quotes.rules import Envelope

FOUNDED = -400
QUALITY_OPENED, PRICES_OPENED = 33, 38


def tell(calendar: Calendar) -> None:
    """Make the alliance and everything that it did so far."""
    with calendar.on(FOUNDED):
        cast = assemble(calendar)
    partners.agree(cast)
    board.decide(cast)
    registers.enter_all(cast)
    school_years.save_two(cast)
    for purchase in (*PURCHASES, HYGIENE):
        _buy(cast, purchase)
    needs.post_single(cast)
    joining.look_for_others(cast)
    fund_id = fund.fill(cast)
    ladders.climb(cast)
    ladders.claim(cast, fund_id)
    leaver.leave(cast, fund_id)
    logos.put_on(cast)
    recharges.recharge(cast)
    packages.keep_layout(cast)
    settling.owe(cast)
    agreements_used.use(cast, agreements.agree(cast))
    reminding.remind(cast)
    statements.receive(cast)
    bills.send(cast)
    online.pay(cast)
    closing.close(cast)
    settling.settle(cast)
    fund.send_invoices(cast, fund_id)
    registers.renew_due_contracts()
    savings.measure(cast)
    work.share(cast)
    annual_pack.write(cast)
    answers.wait_for_governors(cast)
    firms.keep_house(cast)
    invited.invite(cast)


def _buy(cast: Cast, purchase: Purchase) -> None:
    walk = path.prepare(cast, purchase)
    if purchase.extended_because:
        changes.extend(walk)
        changes.amend(walk)
    if purchase.opener_leaves:
        changes.let_an_opener_go(walk)
        asking.ask_and_answer(walk)
    if purchase.reach >= Reach.PUBLISHED:
        bids.submit_all(walk)
        bids.begin_all(walk)
    if purchase.more_a_year:
        changes.ask_for_more(walk)
    if purchase.reach >= Reach.CLOSED:
        path.close(walk)
        if not purchase.bids:
            bids.end_without_any(walk)
    if purchase.reach >= Reach.OPENED and not purchase.questions:
        bids.complete_opening(walk, Envelope.PRICE, QUALITY_OPENED)
        judging.combine(walk)
    elif purchase.reach >= Reach.OPENED:
        _judge(walk)


def _judge(walk: path.Walk) -> None:
    purchase = walk.purchase
    if purchase.reach >= Reach.OPENED:
        bids.complete_opening(walk, Envelope.QUALITY, QUALITY_OPENED)
        first, second = judging.evaluators_of(walk)
        judging.declare(walk, (first, second))
        judging.score(walk, first)
        if purchase.reach >= Reach.AGREED:
            judging.score(walk, second, kinder=1)
            judging.agree_and_lock(walk)
    if purchase.reach >= Reach.COMPARED:
        bids.complete_opening(walk, Envelope.PRICE, PRICES_OPENED)
        judging.ask_about_low_prices(walk)
    if purchase.reach >= Reach.RECOMMENDED:
        awarding.award(walk)
