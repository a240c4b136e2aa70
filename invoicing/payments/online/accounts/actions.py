"""Naming the account at Stripe that takes a school's payments: by two people, and the others are told."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from invoicing.gateways import checkout
from invoicing.gateways.checkout import DeclinedError, UnansweredError
from invoicing.payments.online.accounts import queries, rules
from invoicing.payments.online.accounts.models import StripeAccount
from invoicing.payments.online.accounts.rules import AccountStatus
from marketplace.alliance.queries import get_school, people_with_role
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Act, Actor, Role


def propose_account(actor: Actor, account_id: uuid.UUID, school_id: uuid.UUID, account: str) -> None:
    """Name the account that is to take a school's online payments. Raises RuleBroken (field `account`).

    Stripe is asked whether it can. Sent twice, it is proposed once.
    """
    with transaction() as session:
        get_school(session, actor, school_id)
        policy.require(actor, Act.STRIPE_ACCOUNT_PROPOSE, school_id)
    account = rules.check_account(account)
    try:
        found = checkout.stripe().account(account)
    except UnansweredError:
        raise RuleBroken("Stripe does not answer just now. Try again in a minute.", "account") from None
    except DeclinedError as declined:
        raise RuleBroken(f"Stripe does not show this account to Weald: {declined}", "account") from None
    rules.check_takes_payments(takes_payments=found.takes_payments, country=found.country)
    with transaction() as session:
        school = get_school(session, actor, school_id, lock=True)
        policy.require(actor, Act.STRIPE_ACCOUNT_PROPOSE, school_id)
        if session.get(StripeAccount, account_id) is not None:
            return
        if queries.of_school(session, school_id, AccountStatus.PROPOSED):
            raise RuleBroken("An account waits for a second person already. Let it be decided first.")
        if queries.is_of_another(session, school_id, account):
            raise RuleBroken("This account takes the payments of another school.", "account")
        assert actor.person_id, "people propose"
        named = StripeAccount(
            id=account_id,
            school_id=school.id,
            account=account,
            proposed_by=actor.person_id,
            proposed_at=clock.now(),
        )
        session.add(named)
        session.flush()
        events.record(
            session, actor, Act.STRIPE_ACCOUNT_PROPOSE, named.id, organisation_id=school_id, account=account
        )


def approve_account(actor: Actor, account_id: uuid.UUID) -> None:
    """Agree, as the second person, that a school's online payments go there; an earlier account is closed."""
    with transaction() as session:
        named = queries.get_account(session, actor, account_id, lock=True)
        policy.require(actor, Act.STRIPE_ACCOUNT_APPROVE, named.school_id)
        rules.check_second_person(actor.person_id, named.proposed_by)
        if named.status is AccountStatus.IN_USE:
            return
        if queries.is_of_another(session, named.school_id, named.account):
            raise RuleBroken("This account takes the payments of another school.")
        if earlier := queries.of_school(session, named.school_id, AccountStatus.IN_USE):
            _close(session, actor, earlier)
        _decide(actor, named)
        named.status = rules.move(named.status, AccountStatus.IN_USE)
        session.flush()
        events.record(session, actor, Act.STRIPE_ACCOUNT_APPROVE, named.id, organisation_id=named.school_id)
        _tell(session, actor, named)


def refuse_account(actor: Actor, account_id: uuid.UUID) -> None:
    """Refuse an account that was proposed. Sent twice, it is refused once."""
    with transaction() as session:
        named = queries.get_account(session, actor, account_id, lock=True)
        policy.require(actor, Act.STRIPE_ACCOUNT_APPROVE, named.school_id)
        rules.check_second_person(actor.person_id, named.proposed_by)
        if named.status is AccountStatus.REFUSED:
            return
        named.status = rules.move(named.status, AccountStatus.REFUSED)
        _decide(actor, named)
        session.flush()
        events.record(
            session,
            actor,
            Act.STRIPE_ACCOUNT_APPROVE,
            named.id,
            organisation_id=named.school_id,
            refused=True,
        )


def close_account(actor: Actor, account_id: uuid.UUID) -> None:
    """Take no more online payments: the school's invoices are paid by bank transfer. Sent twice, once."""
    with transaction() as session:
        named = queries.get_account(session, actor, account_id, lock=True)
        policy.require(actor, Act.STRIPE_ACCOUNT_CLOSE, named.school_id)
        if named.status is AccountStatus.CLOSED:
            return
        _close(session, actor, named)
        events.record(session, actor, Act.STRIPE_ACCOUNT_CLOSE, named.id, organisation_id=named.school_id)


def _close(session: Session, actor: Actor, named: StripeAccount) -> None:
    named.status = rules.move(named.status, AccountStatus.CLOSED)
    named.closed_by, named.closed_at = actor.person_id, clock.now()
    session.flush()


def _decide(actor: Actor, named: StripeAccount) -> None:
    named.decided_by, named.decided_at = actor.person_id, clock.now()


def _tell(session: Session, actor: Actor, named: StripeAccount) -> None:
    """Write to everybody who sees to money at the school, so that a wrong account does not stay unseen."""
    people = people_with_role(session, [named.school_id], Role.HEADTEACHER, Role.FINANCE_LEAD)
    told = {person.email: person.name for person in people}
    if named.school.finance_email:
        told.setdefault(named.school.finance_email, "colleague")
    for address, name in told.items():
        mail.write(
            session,
            address,
            f"{named.school.name} takes online payments on a Stripe account",
            "online_account.txt",
            person_name=name,
            named=named,
            approved_by=actor.name,
        )
