"""What people do about agreements: draft, change, discard; record checks, reviews and order numbers."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from invoicing.agreements import law, notices, queries, rules
from invoicing.agreements.models import Agreement, AgreementReview, SafeguardingCheck
from invoicing.agreements.rules import BINDING, AgreementStatus, Checked, Terms
from invoicing.invoices.queries import possible_buyers
from marketplace.alliance import queries as alliance
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.ids import new_id, next_reference
from marketplace.core.policy import SYSTEM, Act, Actor


def draft_agreement(
    actor: Actor, agreement_id: uuid.UUID, seller_id: uuid.UUID, buyer_id: uuid.UUID, terms: Terms
) -> None:
    """Draft what a school sells to another of its alliances. Raises RuleBroken."""
    with transaction() as session:
        seller = alliance.get_school(session, actor, seller_id)
        policy.require(actor, Act.AGREEMENT_DRAFT, seller.id)
        known = session.get(Agreement, agreement_id)
        if known is not None:
            if known.seller_id != seller.id:
                raise NotFound
            return
        _check(session, seller.id, buyer_id, terms)
        add_draft(session, actor, agreement_id, (seller.id, buyer_id), terms, asked=False)


def add_draft(
    session: Session,
    actor: Actor,
    agreement_id: uuid.UUID,
    between: tuple[uuid.UUID, uuid.UUID],
    terms: Terms,
    *,
    asked: bool,
) -> Agreement:
    """Add a draft and its event; `between` are the ids of seller and buyer. A shared step."""
    now = clock.now()
    agreement = Agreement(
        id=agreement_id,
        reference=next_reference(session, "AG", now),
        seller_id=between[0],
        buyer_id=between[1],
        asked=asked,
        drafted_by=_person(actor),
        drafted_at=now,
    )
    _write(session, agreement, terms)
    session.add(agreement)
    session.flush()
    events.record(session, actor, Act.AGREEMENT_DRAFT, agreement.id, organisation_id=agreement.seller_id)
    return agreement


def edit_agreement(
    actor: Actor, agreement_id: uuid.UUID, version: int, buyer_id: uuid.UUID, terms: Terms
) -> None:
    """Change a draft. Who asked for it stays the buyer. Raises RuleBroken or Stale."""
    with transaction() as session:
        agreement = queries.get_agreement(session, actor, agreement_id, lock=True)
        policy.require(actor, Act.AGREEMENT_EDIT, agreement.seller_id)
        expect_draft(agreement)
        if (agreement.buyer_id, agreement.terms) == (buyer_id, terms):
            return
        expect_version(agreement, version)
        if agreement.asked and buyer_id != agreement.buyer_id:
            raise RuleBroken("The school that asked for it stays the buyer.", "buyer_id")
        if buyer_id == agreement.buyer_id:
            rules.check_terms(terms, clock.today())
            _check_membership(session, agreement.seller_id, buyer_id, terms)
        else:
            _check(session, agreement.seller_id, buyer_id, terms)
        agreement.buyer_id = buyer_id
        _write(session, agreement, terms)
        session.flush()
        events.record(session, actor, Act.AGREEMENT_EDIT, agreement.id, organisation_id=agreement.seller_id)


def discard_agreement(actor: Actor, agreement_id: uuid.UUID, version: int) -> None:
    """Put a draft aside for good; who asked for it is told."""
    with transaction() as session:
        agreement = queries.get_agreement(session, actor, agreement_id, lock=True)
        policy.require(actor, Act.AGREEMENT_DISCARD, agreement.seller_id)
        if agreement.status is AgreementStatus.DISCARDED:
            return
        expect_draft(agreement)
        expect_version(agreement, version)
        agreement.status = rules.move(agreement.status, AgreementStatus.DISCARDED)
        session.flush()
        events.record(
            session, actor, Act.AGREEMENT_DISCARD, agreement.id, organisation_id=agreement.seller_id
        )
        if agreement.asked:
            notices.tell_discarded(session, agreement)


def record_check(
    actor: Actor,
    check_id: uuid.UUID,
    agreement_id: uuid.UUID,
    checked: Checked,
) -> None:
    """Record that somebody who works there was checked: the level and the date, and nothing else.

    Raises RuleBroken for a number as certificates bear it, and for a level too low for work with children.
    """
    with transaction() as session:
        agreement = queries.get_agreement(session, actor, agreement_id, lock=True)
        policy.require(actor, Act.CHECK_RECORD, agreement.seller_id)
        if any(check.id == check_id for check in agreement.checks):
            return
        _expect_open(agreement)
        rules.check_check(checked, clock.today())
        if agreement.regulated:
            enough, cited = law.enough_for_regulated_activity(clock.today())
            rules.check_safeguarded(agreement.terms, [checked.level], enough, cited)
        check = SafeguardingCheck(
            id=check_id,
            worker=checked.worker.strip(),
            level=checked.level,
            checked_on=checked.on,
            recorded_by=_person(actor),
            recorded_at=clock.now(),
        )
        agreement.checks.append(check)
        session.flush()
        events.record(
            session,
            actor,
            Act.CHECK_RECORD,
            agreement.id,
            organisation_id=agreement.seller_id,
            level=checked.level,
            checked_on=checked.on,
        )


def remove_check(actor: Actor, check_id: uuid.UUID) -> None:
    """Take away the check of somebody who works there no more. Raises RuleBroken for the last one needed."""
    with transaction() as session:
        agreement_id = queries.get_check(session, actor, check_id).agreement_id
        agreement = queries.get_agreement(session, actor, agreement_id, lock=True)
        policy.require(actor, Act.CHECK_REMOVE, agreement.seller_id)
        _expect_open(agreement)
        left = [check for check in agreement.checks if check.id != check_id]
        if agreement.status is not AgreementStatus.DRAFT and agreement.regulated and not left:
            raise RuleBroken(
                "This agreement is about work with children: record the check of who works there now, "
                "then take this one away."
            )
        agreement.checks = left
        session.flush()
        events.record(session, actor, Act.CHECK_REMOVE, agreement.id, organisation_id=agreement.seller_id)


def set_order(actor: Actor, agreement_id: uuid.UUID, version: int, purchase_order: str) -> None:
    """Enter the buyer's order number; later invoices bear it."""
    with transaction() as session:
        agreement = queries.get_agreement(session, actor, agreement_id, lock=True)
        policy.require(actor, Act.AGREEMENT_ORDER, agreement.buyer_id)
        _expect_open(agreement)
        if agreement.purchase_order == purchase_order.strip():
            return
        expect_version(agreement, version)
        if len(purchase_order) > rules.LONGEST_ORDER:
            raise RuleBroken(f"Use {rules.LONGEST_ORDER} characters or fewer.", "purchase_order")
        agreement.purchase_order = purchase_order.strip()
        session.flush()
        events.record(session, actor, Act.AGREEMENT_ORDER, agreement.id, organisation_id=agreement.buyer_id)


def record_review(actor: Actor, review_id: uuid.UUID, held_on: date, notes: str) -> None:
    """Record that an agreement was reviewed and what was found. The other school is told."""
    with transaction() as session:
        review = queries.get_review(session, actor, review_id, lock=True)
        agreement = review.agreement
        policy.require(actor, Act.AGREEMENT_REVIEW, agreement.seller_id, agreement.buyer_id)
        if (review.held_on, review.notes) == (held_on, notes.strip()):
            return
        if review.held_on is not None:
            raise RuleBroken("Somebody has recorded this review already. Read what they found.")
        if agreement.status not in {AgreementStatus.RUNNING, AgreementStatus.ENDED}:
            raise RuleBroken("Only an agreement that runs, or has run, can be reviewed.")
        given = rules.check_review(held_on, notes, agreement.starts_on, clock.today())
        review.held_on, review.notes, review.recorded_by = held_on, given, _person(actor)
        session.flush()
        events.record(
            session,
            actor,
            Act.AGREEMENT_REVIEW,
            agreement.id,
            organisation_id=agreement.seller_id,
            held_on=held_on,
        )
        notices.tell_reviewed(session, review)


def remind_of_review(review_id: uuid.UUID) -> bool:
    """Tell both schools once that a review is due. Says whether they were told."""
    with transaction() as session:
        policy.require(SYSTEM, Act.AGREEMENT_REMIND)
        review = queries.locked_review(session, review_id)
        if review.reminded_at or review.held_on:
            return False
        review.reminded_at = clock.now()
        session.flush()
        _record_reminder(session, review.agreement)
        notices.remind_of_review(session, review)
        return True


def remind_of_end(agreement_id: uuid.UUID) -> bool:
    """Tell both schools once that an agreement ends soon. Says whether they were told."""
    with transaction() as session:
        policy.require(SYSTEM, Act.AGREEMENT_REMIND)
        agreement = queries.locked_agreement(session, agreement_id)
        if agreement.reminded_of_end == agreement.last_day:
            return False
        agreement.reminded_of_end = agreement.last_day
        session.flush()
        _record_reminder(session, agreement)
        notices.remind_of_end(session, agreement)
        return True


def _record_reminder(session: Session, agreement: Agreement) -> None:
    events.record(session, SYSTEM, Act.AGREEMENT_REMIND, agreement.id, organisation_id=agreement.seller_id)


def _write(session: Session, agreement: Agreement, terms: Terms) -> None:
    """Put terms on a draft."""
    agreement.service, agreement.title, agreement.work = terms.service, terms.title, terms.work
    agreement.supply, agreement.regulated = terms.supply, terms.regulated
    agreement.exemption_reason = terms.exemption_reason
    agreement.basis, agreement.rate, agreement.unit = terms.price.basis, terms.price.rate, terms.price.unit
    agreement.pupils, agreement.share = terms.price.pupils, terms.price.share
    agreement.schedule = terms.schedule
    agreement.starts_on, agreement.ends_on = terms.starts_on, terms.ends_on
    agreement.extension_months, agreement.notice_months = terms.extension_months, terms.notice_months
    agreement.objectives, agreement.membership_id = terms.objectives, terms.membership_id
    if tuple(review.due_on for review in agreement.reviews) != terms.reviews:
        agreement.reviews = []
        session.flush()
        agreement.reviews = [AgreementReview(id=new_id(), due_on=due_on) for due_on in terms.reviews]


def _check(session: Session, seller_id: uuid.UUID, buyer_id: uuid.UUID, terms: Terms) -> None:
    """Raise RuleBroken for terms that cannot be, and for a buyer outside the seller's alliances."""
    if buyer_id not in {school.id for school in possible_buyers(session, seller_id)}:
        raise RuleBroken("Choose another school of your alliance.", "buyer_id")
    rules.check_terms(terms, clock.today())
    _check_membership(session, seller_id, buyer_id, terms)


def _check_membership(session: Session, seller_id: uuid.UUID, buyer_id: uuid.UUID, terms: Terms) -> None:
    if terms.membership_id is None:
        return
    wanted = queries.KIND_OF_MEMBERSHIP[terms.service]
    found = queries.memberships_to_name(session, seller_id, buyer_id)
    if not any(one.id == terms.membership_id and one.kind is wanted for one in found):
        raise RuleBroken(
            "Choose a running membership of the school that buys, of this kind.", "membership_id"
        )


def expect_draft(agreement: Agreement) -> None:
    """Raise RuleBroken unless the agreement is a draft."""
    if agreement.status is not AgreementStatus.DRAFT:
        raise RuleBroken(
            f"{agreement.reference} has been put to both heads or is closed, so its terms do not change. "
            "While it waits for them, a head can return it."
        )


def _expect_open(agreement: Agreement) -> None:
    """Raise RuleBroken for an agreement that has ended or was discarded."""
    if agreement.status not in {AgreementStatus.DRAFT, AgreementStatus.PROPOSED, *BINDING}:
        raise RuleBroken(f"{agreement.reference} has ended: nothing is added to it any more.")


def _person(actor: Actor) -> uuid.UUID:
    assert actor.person_id, "people make agreements"
    return actor.person_id
