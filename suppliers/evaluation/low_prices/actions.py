"""What the coordinator and the supplier do about a price that looks abnormally low."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor
from marketplace.tenders.models import Tender
from suppliers.evaluation import conduct
from suppliers.evaluation import queries as evaluation
from suppliers.evaluation.low_prices import notices, queries, rules
from suppliers.evaluation.low_prices.models import PriceInquiry
from suppliers.evaluation.low_prices.rules import InquiryStatus
from suppliers.quotes import decisions


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the panel concluded about a price, and why; the supplier reads why it was excluded."""

    status: InquiryStatus
    reason: str


def ask_about_price(actor: Actor, quote_id: uuid.UUID, question: str, answer_by: date | None) -> None:
    """Ask a supplier to explain its price, in writing and with a last day. Sent twice, it asks once.

    Raises RuleBroken without a question or with too little time, and once an award is recommended.
    """
    with transaction() as session:
        tender = _lock_compared(session, actor, quote_id)
        quote = evaluation.get_quote(session, quote_id, evaluation.visible_to(actor))
        policy.require(actor, Act.LOW_PRICE_ASK, tender.alliance_id)
        if session.get(PriceInquiry, quote_id) is not None:
            return
        conduct.check_excluding(tender.status)
        today = clock.today()
        rules.check_asking(question, answer_by, today)
        assert answer_by, "checked just now"
        inquiry = PriceInquiry(
            quote_id=quote_id,
            question=question,
            answer_by=answer_by,
            asked_by=_person(actor),
            asked_at=clock.now(),
        )
        session.add(inquiry)
        session.flush()
        events.record(
            session,
            actor,
            Act.LOW_PRICE_ASK,
            quote_id,
            organisation_id=tender.alliance_id,
            tender_id=tender.id,
        )
        notices.asked(session, tender, quote, inquiry)


def explain_price(actor: Actor, quote_id: uuid.UUID, explanation: str, version: int) -> None:
    """Explain one's own price. Raises RuleBroken without words, and once it is explained or concluded."""
    with transaction() as session:
        inquiry = queries.get_own(session, actor, quote_id, lock=True)
        policy.require(actor, Act.LOW_PRICE_EXPLAIN, inquiry.quote.supplier_id)
        expect_version(inquiry, version)
        rules.check_explaining(inquiry.status, explanation)
        inquiry.status = rules.move(inquiry.status, InquiryStatus.EXPLAINED)
        inquiry.explanation = explanation
        inquiry.explained_by, inquiry.explained_at = _person(actor), clock.now()
        session.flush()
        tender = inquiry.quote.tender
        events.record(
            session,
            actor,
            Act.LOW_PRICE_EXPLAIN,
            quote_id,
            organisation_id=inquiry.quote.supplier_id,
            tender_id=tender.id,
        )
        notices.explained(session, tender, inquiry.quote)


def conclude_on_price(actor: Actor, quote_id: uuid.UUID, wanted: Conclusion, version: int) -> None:
    """Record what the panel concluded: the price is accepted, or the quote excluded with a reason.

    Raises RuleBroken without a reason, for excluding before the supplier could answer, and once an award
    is recommended.
    """
    with transaction() as session:
        tender = _lock_compared(session, actor, quote_id)
        inquiry = queries.get_compared(session, actor, quote_id, lock=True)
        policy.require(actor, Act.LOW_PRICE_CONCLUDE, tender.alliance_id)
        expect_version(inquiry, version)
        conduct.check_excluding(tender.status)
        rules.check_concluding(inquiry.status, inquiry.answer_by, clock.today(), wanted.status, wanted.reason)
        inquiry.status = rules.move(inquiry.status, wanted.status)
        inquiry.reason = wanted.reason
        inquiry.concluded_by, inquiry.concluded_at = _person(actor), clock.now()
        if wanted.status is InquiryStatus.EXCLUDED:
            decisions.exclude(inquiry.quote, wanted.reason)
        session.flush()
        events.record(
            session,
            actor,
            Act.LOW_PRICE_CONCLUDE,
            quote_id,
            organisation_id=tender.alliance_id,
            tender_id=tender.id,
            conclusion=wanted.status.value,
        )


def _lock_compared(session: Session, actor: Actor, quote_id: uuid.UUID) -> Tender:
    """The tender of a quote that the actor may compare, locked. Raises NotFound."""
    tender_id = evaluation.tender_of(session, quote_id)
    return evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)


def _person(actor: Actor) -> uuid.UUID:
    if actor.person_id is None:
        raise NotFound
    return actor.person_id
