"""What people do about what was used: the seller logs it, the buyer confirms or questions it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from invoicing.agreements import queries as agreements
from invoicing.agreements.charging.adding import charge_usage
from invoicing.agreements.models import Agreement
from invoicing.agreements.rules import AgreementStatus
from invoicing.agreements.usage import notices, queries, rules
from invoicing.agreements.usage.models import Usage
from invoicing.agreements.usage.rules import OPEN, UsageStatus, Used
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor
from marketplace.core.web import day

MOST_AT_ONCE = 50


def log_usage(actor: Actor, usage_id: uuid.UUID, agreement_id: uuid.UUID, used: Used) -> None:
    """Log what the buyer used, for it to confirm. Raises RuleBroken."""
    with transaction() as session:
        agreement = agreements.get_agreement(session, actor, agreement_id, lock=True)
        policy.require(actor, Act.USAGE_LOG, agreement.seller_id)
        known = session.get(Usage, usage_id)
        if known is not None:
            if known.agreement_id != agreement.id:
                raise NotFound
            return
        _check(agreement, used)
        usage = Usage(
            id=usage_id,
            agreement_id=agreement.id,
            used_on=used.on,
            units=used.units,
            cost=used.cost,
            words=used.words.strip(),
            logged_by=_person(actor),
            logged_at=clock.now(),
        )
        session.add(usage)
        session.flush()
        _record(session, actor, Act.USAGE_LOG, agreement)
        if not queries.others_wait(session, usage):
            notices.ask_buyer(session, agreement)


def correct_usage(actor: Actor, usage_id: uuid.UUID, version: int, used: Used) -> None:
    """Correct what was logged; it waits for the buyer again. Raises RuleBroken or Stale."""
    with transaction() as session:
        usage, agreement = _load(session, actor, usage_id)
        policy.require(actor, Act.USAGE_CORRECT, agreement.seller_id)
        if usage.used == used and usage.status is UsageStatus.LOGGED:
            return
        _expect_open(usage)
        expect_version(usage, version)
        _check(agreement, used)
        usage.used_on, usage.words = used.on, used.words.strip()
        usage.units, usage.cost = used.units, used.cost
        usage.logged_by, usage.logged_at = _person(actor), clock.now()
        if usage.status is UsageStatus.QUESTIONED:
            usage.status = rules.move(usage.status, UsageStatus.LOGGED)
        session.flush()
        _record(session, actor, Act.USAGE_CORRECT, agreement)
        if not queries.others_wait(session, usage):
            notices.ask_buyer(session, agreement)


def take_back_usage(actor: Actor, usage_id: uuid.UUID, version: int) -> None:
    """Take back what was logged by mistake; it is never charged."""
    with transaction() as session:
        usage, agreement = _load(session, actor, usage_id)
        policy.require(actor, Act.USAGE_TAKE_BACK, agreement.seller_id)
        if usage.status is UsageStatus.TAKEN_BACK:
            return
        _expect_open(usage)
        expect_version(usage, version)
        usage.status = rules.move(usage.status, UsageStatus.TAKEN_BACK)
        session.flush()
        _record(session, actor, Act.USAGE_TAKE_BACK, agreement)


def confirm_usages(actor: Actor, agreement_id: uuid.UUID, chosen: Sequence[tuple[uuid.UUID, int]]) -> None:
    """Confirm what was used, each with the version that was read: all or none. Each is charged, once.

    Raises RuleBroken or Stale, and Forbidden for what one has logged oneself.
    """
    with transaction() as session:
        agreement = agreements.get_agreement(session, actor, agreement_id, lock=True)
        policy.require(actor, Act.USAGE_CONFIRM, agreement.buyer_id)
        if not chosen:
            raise RuleBroken("Choose at least one line to confirm.", "chosen")
        if len(chosen) > MOST_AT_ONCE:
            raise RuleBroken(f"Confirm at most {MOST_AT_ONCE} lines at once.", "chosen")
        for usage_id, version in sorted(chosen):
            usage = queries.get_usage(session, actor, usage_id, lock=True)
            if usage.agreement_id != agreement.id:
                raise NotFound
            if usage.status is UsageStatus.CONFIRMED:
                continue
            _expect_open(usage)
            expect_version(usage, version)
            rules.check_confirmer(usage.logged_by, actor.person_id)
            usage.status = rules.move(usage.status, UsageStatus.CONFIRMED)
            usage.answered_by, usage.answered_at = _person(actor), clock.now()
            charge_usage(session, agreement, usage)
        session.flush()
        _record(session, actor, Act.USAGE_CONFIRM, agreement)


def question_usage(actor: Actor, usage_id: uuid.UUID, version: int, question: str) -> None:
    """Say what is wrong with something logged: it is not charged before it is corrected or confirmed."""
    with transaction() as session:
        usage, agreement = _load(session, actor, usage_id)
        policy.require(actor, Act.USAGE_QUESTION, agreement.buyer_id)
        given = rules.check_question(question)
        if (usage.status, usage.question) == (UsageStatus.QUESTIONED, given):
            return
        _expect_open(usage)
        expect_version(usage, version)
        if usage.status is UsageStatus.LOGGED:
            usage.status = rules.move(usage.status, UsageStatus.QUESTIONED)
        usage.question = given
        usage.answered_by, usage.answered_at = _person(actor), clock.now()
        session.flush()
        _record(session, actor, Act.USAGE_QUESTION, agreement)
        notices.tell_questioned(session, agreement, usage, actor.name)


def held_since(agreement: Agreement) -> date:
    """The first day on which something can have been used: nobody works there before both have signed."""
    assert agreement.seller_signed_at
    assert agreement.buyer_signed_at
    signed = max(agreement.seller_signed_at, agreement.buyer_signed_at).astimezone(clock.LONDON).date()
    return max(signed, agreement.starts_on)


def _check(agreement: Agreement, used: Used) -> None:
    if agreement.status not in {AgreementStatus.RUNNING, AgreementStatus.ENDED}:
        raise RuleBroken(
            "Nothing is used before the heads of both schools have signed and the agreement runs."
        )
    until = min(agreement.last_day, clock.today())
    rules.check_used(used, agreement.price, since=held_since(agreement), until=until)


def _load(session: Session, actor: Actor, usage_id: uuid.UUID) -> tuple[Usage, Agreement]:
    """Something used, and its agreement, both locked, the agreement first as everywhere."""
    agreement_id = queries.get_usage(session, actor, usage_id).agreement_id
    agreement = agreements.get_agreement(session, actor, agreement_id, lock=True)
    return queries.get_usage(session, actor, usage_id, lock=True), agreement


def _expect_open(usage: Usage) -> None:
    if usage.status not in OPEN:
        raise RuleBroken(
            f"The line of {day(usage.used_on)} is {usage.status.label.lower()} already, so it stays as it is."
        )


def _record(session: Session, actor: Actor, act: Act, agreement: Agreement) -> None:
    side = agreement.buyer_id if act in {Act.USAGE_CONFIRM, Act.USAGE_QUESTION} else agreement.seller_id
    events.record(session, actor, act, agreement.id, organisation_id=side)


def _person(actor: Actor) -> uuid.UUID:
    assert actor.person_id, "people log and confirm"
    return actor.person_id
