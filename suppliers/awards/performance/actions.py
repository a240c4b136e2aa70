"""Recording a review of a supplier, and the supplier's reply to it."""

from __future__ import annotations

import uuid

from marketplace.alliance.queries import people_with_role
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.policy import Act, Actor, Role
from suppliers.awards.performance import queries, rules
from suppliers.awards.performance.models import PerformanceReview, ReviewRating
from suppliers.awards.performance.rules import Reviewed
from suppliers.profiles.queries import people_who_bid


def record_review(actor: Actor, review_id: uuid.UUID, contract_id: uuid.UUID, reviewed: Reviewed) -> None:
    """Record how the supplier of a contract did; it reads the review and may reply. Raises RuleBroken."""
    with transaction() as session:
        contract = queries.get_contract(session, actor, contract_id, lock=True)
        policy.require(actor, Act.REVIEW_RECORD, contract.school_id)
        if session.get(PerformanceReview, review_id) is not None:
            return
        rules.check_review(reviewed, contract.starts_on, clock.today())
        review = PerformanceReview(
            id=review_id,
            contract_id=contract_id,
            covers_from=reviewed.covers_from,
            covers_until=reviewed.covers_until,
            summary=reviewed.summary,
            recorded_by=actor.person_id,
            recorded_at=clock.now(),
        )
        review.ratings.extend(
            ReviewRating(measure=one.measure, rating=one.rating, evidence=one.evidence)
            for one in reviewed.ratings
        )
        session.add(review)
        session.flush()
        events.record(
            session,
            actor,
            Act.REVIEW_RECORD,
            review_id,
            organisation_id=contract.school_id,
            also=[contract.supplier_id],
            contract_id=contract_id,
            supplier_id=contract.supplier_id,
        )
        assert contract.supplier_id, "only contracts with a supplier are reviewed"
        for person in people_who_bid(session, contract.supplier_id):
            mail.write(
                session,
                person.email,
                f"Reviewed: {contract.title} for {contract.school.name}",
                "awards_reviewed.txt",
                person_name=person.name,
                contract=contract,
                review_id=review_id,
                until=rules.reply_until(clock.today()),
            )


def reply_to_review(actor: Actor, review_id: uuid.UUID, reply: str) -> None:
    """Reply to a review, once, for its supplier; from then on member schools read both. Raises RuleBroken."""
    with transaction() as session:
        review = queries.get_review(session, actor, review_id, lock=True)
        contract = review.contract
        assert contract.supplier_id, "only contracts with a supplier are reviewed"
        policy.require(actor, Act.REVIEW_REPLY, contract.supplier_id)
        if review.reply == reply and review.replied_by == actor.person_id:
            return
        rules.check_reply(reply, replied=review.replied_at is not None)
        review.reply, review.replied_by, review.replied_at = reply, actor.person_id, clock.now()
        session.flush()
        events.record(
            session,
            actor,
            Act.REVIEW_REPLY,
            review_id,
            organisation_id=contract.supplier_id,
            contract_id=contract.id,
        )
        for person in people_with_role(session, [contract.school_id], Role.BURSAR, Role.HEADTEACHER):
            mail.write(
                session,
                person.email,
                f"{contract.supplier_name} replied to your review: {contract.title}",
                "awards_review_replied.txt",
                person_name=person.name,
                contract=contract,
                reply=reply,
            )
