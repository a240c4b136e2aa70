"""What people do with needs."""

from __future__ import annotations

import uuid
from dataclasses import fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.delegation.queries import band_for
from marketplace.alliance.delegation.rules import Approver
from marketplace.alliance.models import School
from marketplace.alliance.queries import get_school
from marketplace.contracts import categories
from marketplace.contracts.frameworks import approved_frameworks
from marketplace.contracts.queries import get_contract
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound
from marketplace.core.forms import expect_version
from marketplace.core.ids import next_reference
from marketplace.core.policy import SYSTEM, Act, Actor
from marketplace.needs import answers, notices, queries, rules
from marketplace.needs.from_contract import content_from
from marketplace.needs.models import Need, NeedWaiver
from marketplace.needs.rules import NeedContent, NeedStatus


def post_need(
    actor: Actor, need_id: uuid.UUID, school_id: uuid.UUID, category_id: str, content: NeedContent
) -> None:
    """Draft a need of a school in a category. Raises RuleBroken when the content cannot be right."""
    with transaction() as session:
        school = _own_school(session, actor, school_id)
        policy.require(actor, Act.NEED_POST, school.id)
        if session.get(Need, need_id) is None:
            draft = Need(id=need_id, school_id=school.id, category=category_id)
            _post(session, actor, draft, content)


def post_from_contract(actor: Actor, need_id: uuid.UUID, contract_id: uuid.UUID) -> None:
    """Draft a need from a registered contract of the same school: category, supplier, spend and dates."""
    with transaction() as session:
        contract = get_contract(session, actor, contract_id)
        school = _own_school(session, actor, contract.school_id)
        policy.require(actor, Act.NEED_POST, school.id)
        if session.get(Need, need_id) is None:
            draft = Need(id=need_id, school_id=school.id, category=contract.category)
            content = content_from(contract, clock.today())
            _post(session, actor, draft, content, from_contract=str(contract.id))


def copy_need(actor: Actor, need_id: uuid.UUID, earlier_id: uuid.UUID) -> None:
    """Draft a need from an earlier one of the same school, its dates moved on by its term."""
    with transaction() as session:
        earlier = queries.get_need(session, actor, earlier_id)
        school = _own_school(session, actor, earlier.school_id)
        policy.require(actor, Act.NEED_POST, school.id)
        if session.get(Need, need_id) is None:
            content = rules.moved_on(queries.content_of(earlier), clock.today())
            draft = Need(id=need_id, school_id=school.id, category=earlier.category)
            _post(session, actor, draft, content, copied_from=earlier.reference)


def _post(session: Session, actor: Actor, need: Need, content: NeedContent, **facts: Any) -> None:
    """Store a new draft, which has its id, school and category, with its content."""
    category = categories.category(need.category)
    rules.check_category(category, clock.today())
    rules.check_content(category, content, clock.today())
    now = clock.now()
    need.reference = next_reference(session, "N", now)
    need.volume_unit = category.volume_unit
    assert actor.person_id, "only people post needs"
    need.posted_by, need.posted_at = actor.person_id, now
    _write_content(need, category, content)
    session.add(need)
    events.record(session, actor, Act.NEED_POST, need.id, organisation_id=need.school_id, **facts)


def _own_school(session: Session, actor: Actor, school_id: uuid.UUID) -> School:
    """One of the actor's own schools: somebody else's is not to be found here. Raises NotFound."""
    if school_id not in actor.school_ids:
        raise NotFound
    return get_school(session, actor, school_id)


def _write_content(need: Need, category: categories.Category, content: NeedContent) -> None:
    for one in fields(content):
        if one.name != "answers":
            setattr(need, one.name, getattr(content, one.name))
    need.title = content.title.strip()
    need.details = answers.write_answers(category, content.answers)


def edit_need(actor: Actor, need_id: uuid.UUID, version: int, content: NeedContent) -> None:
    """Change a draft. Raises RuleBroken when it is no draft any more, Stale when somebody changed it."""
    with transaction() as session:
        need = queries.get_need(session, actor, need_id, lock=True)
        policy.require(actor, Act.NEED_EDIT, need.school_id)
        expect_version(need, version)
        rules.check_draft(need.status)
        category = categories.category(need.category)
        rules.check_content(category, rules.changed(queries.content_of(need), content), clock.today())
        _write_content(need, category, content)
        events.record(session, actor, Act.NEED_EDIT, need.id, organisation_id=need.school_id)


def submit_need(actor: Actor, need_id: uuid.UUID, version: int) -> None:
    """Ask for approval of a draft, of whom the school's ladder says. Raises RuleBroken for a gap."""
    with transaction() as session:
        need = queries.get_need(session, actor, need_id, lock=True)
        policy.require(actor, Act.NEED_SUBMIT, need.school_id)
        if need.status is NeedStatus.SUBMITTED:
            return
        expect_version(need, version)
        category = categories.category(need.category)
        rules.check_category(category, clock.today())
        content = queries.content_of(need)
        rules.check_complete(
            category, content, clock.today(), frameworks=bool(approved_frameworks(category.id, clock.today()))
        )
        need.status = rules.move(need.status, NeedStatus.SUBMITTED)
        need.return_reason = ""
        need.value = rules.value_of(content, clock.today())
        band = band_for(session, need.school_id, need.value)
        need.approver = band.approver if band else None
        need.least_quotes = band.least_quotes if band else None
        events.record(
            session,
            actor,
            Act.NEED_SUBMIT,
            need.id,
            organisation_id=need.school_id,
            approver=need.approver or Approver.HEADTEACHER,
        )
        if queries.waits_for_governors(session, need):
            notices.ask_to_confirm(session, need, actor.name)
        else:
            notices.ask_for_approval(session, need, actor.name, actor.person_id)


def approve_need(actor: Actor, need_id: uuid.UUID, version: int) -> None:
    """Let a submitted need be bought for, alone or together with other schools. Its author is told."""
    with transaction() as session:
        need = queries.get_need(session, actor, need_id, lock=True)
        policy.require(actor, Act.NEED_APPROVE, need.school_id)
        if need.status is NeedStatus.APPROVED and need.approved_by == actor.person_id:
            return
        expect_version(need, version)
        queries.check_approval(session, actor, need)
        queries.check_confirmed(session, need)
        need.status = rules.move(need.status, NeedStatus.APPROVED)
        need.approved_by, need.approved_at = actor.person_id, clock.now()
        events.record(session, actor, Act.NEED_APPROVE, need.id, organisation_id=need.school_id)
        notices.tell_author(
            session,
            need,
            actor,
            subject=f"The need {need.reference} is approved",
            template="needs_approved.txt",
        )


def return_need(actor: Actor, need_id: uuid.UUID, version: int, reason: str) -> None:
    """Give a submitted need back to its author as a draft, with a reason that the author is told."""
    with transaction() as session:
        need = queries.get_need(session, actor, need_id, lock=True)
        policy.require(actor, Act.NEED_RETURN, need.school_id)
        expect_version(need, version)
        queries.check_approval(session, actor, need)
        given = rules.check_reason(reason, "Say what has to change before you approve it.")
        need.status = rules.move(need.status, NeedStatus.DRAFT)
        need.return_reason = given
        events.record(session, actor, Act.NEED_RETURN, need.id, organisation_id=need.school_id, reason=given)
        notices.tell_author(
            session,
            need,
            actor,
            subject=f"The need {need.reference} was returned to you",
            template="needs_returned.txt",
            reason=given,
        )


def waive_quotes(actor: Actor, waiver_id: uuid.UUID, need_id: uuid.UUID, quotes: int, reason: str) -> None:
    """Allow fewer quotes for a need than its band asks for, with the reason. Its author is told.

    Whoever decides on the need by its band may; once it is contracted or withdrawn, nobody.
    """
    with transaction() as session:
        need = queries.get_need(session, actor, need_id, lock=True)
        policy.require(actor, Act.NEED_WAIVE, need.school_id)
        if session.get(NeedWaiver, waiver_id) is not None:
            return
        queries.check_approval(session, actor, need)
        rules.check_underway(need.status)
        given = rules.check_waiver(need.least_quotes, quotes, reason)
        session.add(
            NeedWaiver(
                id=waiver_id,
                need_id=need.id,
                quotes=quotes,
                reason=given,
                given_by=actor.person_id,
                given_at=clock.now(),
            )
        )
        events.record(
            session,
            actor,
            Act.NEED_WAIVE,
            need.id,
            organisation_id=need.school_id,
            quotes=quotes,
            instead_of=need.least_quotes,
            reason=given,
        )
        subject = f"Fewer quotes are enough for the need {need.reference}"
        notices.tell_author(session, need, actor, subject=subject, template="needs_waived.txt", reason=given)


def withdraw_need(actor: Actor, need_id: uuid.UUID, version: int, reason: str) -> None:
    """End a need that is in no tender yet, with a reason. Its author is told if somebody else did it."""
    with transaction() as session:
        need = queries.get_need(session, actor, need_id, lock=True)
        policy.require(actor, Act.NEED_WITHDRAW, need.school_id)
        if need.status is NeedStatus.WITHDRAWN:
            return
        expect_version(need, version)
        given = rules.check_reason(reason, "Say why the school does not need this any more.")
        need.status = rules.move(need.status, NeedStatus.WITHDRAWN)
        events.record(
            session, actor, Act.NEED_WITHDRAW, need.id, organisation_id=need.school_id, reason=given
        )
        notices.tell_author(
            session,
            need,
            actor,
            subject=f"The need {need.reference} was withdrawn",
            template="needs_withdrawn.txt",
            reason=given,
        )


def place_need(session: Session, need_id: uuid.UUID, status: NeedStatus) -> Need:
    """Move a need along with the tender that it is in; returns it, locked. A shared step for that stage.

    Into the status that it has already, nothing happens. Raises NotFound, and RuleBroken when the need
    cannot go there.
    """
    need = session.scalars(
        select(Need).where(Need.id == need_id).with_for_update(of=Need, key_share=True)
    ).one_or_none()
    if need is None:
        raise NotFound
    if need.status is not status:
        need.status = rules.move(need.status, status)
        session.flush()
        events.record(session, SYSTEM, Act.NEED_PLACE, need.id, organisation_id=need.school_id, status=status)
    return need
