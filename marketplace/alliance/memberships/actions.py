"""What people do about belonging: admit founders, apply, ask for conversion, leave; and the clock."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from marketplace.alliance.decisions import deciding
from marketplace.alliance.decisions import queries as decisions
from marketplace.alliance.decisions.rules import VOTE_LASTS, DecisionStatus, Subject
from marketplace.alliance.memberships import admitting, leaving, notices, queries, rules
from marketplace.alliance.memberships.models import Departure, MembershipApplication
from marketplace.alliance.memberships.rules import ApplicationStatus, Wish
from marketplace.alliance.models import Membership, Organisation, School
from marketplace.alliance.queries import names
from marketplace.alliance.rules import MEMBERSHIP_LABELS, MembershipKind, MembershipStatus
from marketplace.core import clock, documents, events, policy
from marketplace.core.db import transaction
from marketplace.core.documents import Upload
from marketplace.core.errors import NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id, next_reference
from marketplace.core.money import Money
from marketplace.core.policy import SYSTEM, Act, Actor, Kind
from marketplace.core.web import day


def admit_school(
    actor: Actor,
    alliance_id: uuid.UUID,
    school_id: uuid.UUID,
    kind: MembershipKind,
    *,
    months: int = rules.ASSOCIATE_MONTHS,
) -> None:
    """Make a school a member of an alliance from today: a founder, before there is a board to decide.

    `months` is for how long an associate or partner belongs. Every later school applies, and the board
    decides. Raises NotFound and RuleBroken.
    """
    with transaction() as session:
        if not _is_alliance(session, alliance_id) or session.get(School, school_id) is None:
            raise NotFound
        policy.require(actor, Act.SCHOOL_ADMIT, alliance_id)
        if queries.is_member(session, alliance_id, school_id):
            raise RuleBroken("This school is a member already.", "school")
        ends_on = rules.last_day(clock.today(), kind, months)
        admitting.admit(
            session, actor, alliance_id=alliance_id, school_id=school_id, kind=kind, ends_on=ends_on
        )


def _is_alliance(session: Session, alliance_id: uuid.UUID) -> bool:
    alliance = session.get(Organisation, alliance_id)
    return alliance is not None and alliance.kind is Kind.ALLIANCE


def apply_to_join(
    actor: Actor,
    application_id: uuid.UUID,
    alliance_id: uuid.UUID,
    school_id: uuid.UUID,
    wish: Wish,
    *,
    document: Upload | None = None,
) -> None:
    """Ask an alliance's board to admit one's school, with evidence of its finances. The vote opens at once.

    Raises RuleBroken for a member, for a second application while one waits, and for evidence that is
    no evidence.
    """
    with transaction() as session:
        if school_id not in actor.school_ids or not _is_alliance(session, alliance_id):
            raise NotFound
        policy.require(actor, Act.MEMBERSHIP_APPLY, school_id)
        if session.get(MembershipApplication, application_id):
            return
        _check_may_apply(session, alliance_id, school_id)
        checked = rules.check_wish(wish, clock.today())
        application = _write_application(session, actor, application_id, (alliance_id, school_id), checked)
        if document:
            stored = documents.keep(session, document)
            application.document_sha256 = stored.sha256
            application.document_name = documents.plain_name(document.name)
        session.add(application)
        session.flush()
        events.record(session, actor, Act.MEMBERSHIP_APPLY, application.id, organisation_id=school_id)
        school = names(session, [school_id])[school_id]
        deciding.open_decision(
            session,
            actor,
            new_id(),
            alliance_id=alliance_id,
            subject=Subject.ADMISSION,
            subject_id=application.id,
            question=f"Shall {school} be admitted as {_as_what(checked)}?",
            carried=f"If it is carried, {school} belongs to the alliance from the day the vote is closed.",
        )
        notices.tell_of_application(session, application)


def _check_may_apply(session: Session, alliance_id: uuid.UUID, school_id: uuid.UUID) -> None:
    if queries.is_member(session, alliance_id, school_id):
        raise RuleBroken(
            "Your school belongs to this alliance already. An associate asks to become a full member on "
            "the page of its membership.",
            "alliance",
        )
    if queries.waiting_application(session, alliance_id, school_id):
        raise RuleBroken(
            "Your school has an application that waits for this board. Withdraw it first, or wait for "
            "the vote.",
            "alliance",
        )


def _as_what(wish: Wish) -> str:
    if wish.kind is MembershipKind.FULL:
        return "a full member"
    return f"an associate for {wish.months} months"


def _write_application(
    session: Session, actor: Actor, application_id: uuid.UUID, of: tuple[uuid.UUID, uuid.UUID], wish: Wish
) -> MembershipApplication:
    now, evidence = clock.now(), wish.evidence
    return MembershipApplication(
        id=application_id,
        reference=next_reference(session, "M", now),
        alliance_id=of[0],
        school_id=of[1],
        kind=wish.kind,
        months=wish.months,
        reasons=wish.reasons.strip(),
        year_end=evidence.year_end,
        reserves=evidence.reserves,
        in_year_balance=evidence.in_year_balance,
        notice_to_improve=evidence.notice_to_improve,
        notice_explanation=evidence.notice_explanation.strip() if evidence.notice_to_improve else "",
        submitted_by=_person(actor),
        submitted_at=now,
    )


def withdraw_application(actor: Actor, application_id: uuid.UUID, reason: str) -> None:
    """Take one's school's application back; the board's vote on it is withdrawn with it."""
    with transaction() as session:
        application = queries.get_application(session, actor, application_id, lock=True)
        policy.require(actor, Act.MEMBERSHIP_WITHDRAW, application.school_id)
        if application.status is ApplicationStatus.WITHDRAWN:
            return
        given = rules.check_text(reason, "reason", "Say why the school withdraws its application.")
        application.status = rules.move(application.status, ApplicationStatus.WITHDRAWN)
        application.settled_at, application.answer = clock.now(), given
        session.flush()
        events.record(
            session,
            actor,
            Act.MEMBERSHIP_WITHDRAW,
            application.id,
            organisation_id=application.school_id,
            reason=given,
        )
        decision = decisions.open_decision_on(session, Subject.ADMISSION, application.id, lock=True)
        if decision:
            deciding.withdraw(session, actor, decision, f"The school withdrew its application: {given}")


def ask_for_conversion(actor: Actor, membership_id: uuid.UUID) -> None:
    """Ask the board and the school's governing body to make an associate a full member.

    Both must agree before the membership ends. Raises RuleBroken for who is no associate, and while
    the board decides or has carried it.
    """
    with transaction() as session:
        membership = queries.get_membership(session, actor, membership_id, lock=True)
        policy.require(actor, Act.MEMBERSHIP_ASK, membership.school_id, membership.alliance_id)
        rules.check_convertible(membership.kind, membership.status)
        earlier = decisions.decisions_on(session, Subject.CONVERSION, membership.id)
        if any(one.status is DecisionStatus.CARRIED for one in earlier):
            raise RuleBroken("The board has carried it already. It waits for the school’s governing body.")
        events.record(
            session,
            actor,
            Act.MEMBERSHIP_ASK,
            membership.school_id,
            organisation_id=membership.alliance_id,
        )
        school = membership.school.name
        deciding.open_decision(
            session,
            actor,
            new_id(),
            alliance_id=membership.alliance_id,
            subject=Subject.CONVERSION,
            subject_id=membership.id,
            question=f"Shall {school} become a full member?",
            carried=(
                f"If it is carried and the governing body of {school} confirms it, the school becomes a "
                "full member with a seat on this board."
            ),
            vote_by=min(clock.today() + VOTE_LASTS, membership.ends_on or clock.today()),
        )
        notices.ask_governors(session, membership)


def leave_alliance(actor: Actor, membership_id: uuid.UUID, reason: str, seen: str) -> None:
    """Take one's school out of an alliance, today. What it has signed or published runs on.

    `seen` is the fingerprint of what was listed: Stale when it has changed since. The school's people,
    the board and the coordinator are told. Sent twice, the school leaves once.
    """
    with transaction() as session:
        membership = queries.get_membership(session, actor, membership_id, lock=True)
        policy.require(actor, Act.MEMBERSHIP_LEAVE, membership.school_id)
        if membership.status is MembershipStatus.LEFT:
            return
        given = rules.check_text(reason, "reason", "Say why the school leaves.")
        found = leaving.consequences(session, membership.school_id, membership.alliance_id)
        if rules.fingerprint(leaving.as_text(found)) != seen:
            raise Stale("What runs between your school and the alliance has changed since you looked.")
        told = notices.people_told_of_leaving(session, membership)
        admitting.end(membership, clock.today())
        departure = Departure(
            membership_id=membership.id,
            reason=given,
            told_by=_person(actor),
            told_at=clock.now(),
            fund_share=_share(found),
            listed={
                "parts": [
                    {
                        "heading": one.heading,
                        "text": one.text,
                        "lines": [[line.text, line.note] for line in one.lines],
                    }
                    for one in found
                ]
            },
        )
        session.add(departure)
        session.flush()
        _withdraw_open_conversion(session, actor, membership)
        events.record(
            session,
            actor,
            Act.MEMBERSHIP_LEAVE,
            membership.school_id,
            organisation_id=membership.alliance_id,
            reason=given,
        )
        notices.tell_of_leaving(session, membership, departure, leaving.as_text(found), told)


def _share(found: list[leaving.Consequence]) -> Money | None:
    shares = [one.share for one in found if one.share is not None]
    return Money.total(shares) if shares else None


def _withdraw_open_conversion(session: Session, actor: Actor, membership: Membership) -> None:
    decision = decisions.open_decision_on(session, Subject.CONVERSION, membership.id, lock=True)
    if decision:
        kind = MEMBERSHIP_LABELS[membership.kind].lower()
        reason = f"The membership as {kind} ended on {day(clock.today())}."
        deciding.withdraw(session, actor, decision, reason)


def _lapse_open_conversion(session: Session, membership: Membership) -> None:
    """The time of a membership ran out before the board had decided: nobody withdraws the question."""
    decision = decisions.open_decision_on(session, Subject.CONVERSION, membership.id, lock=True)
    if decision:
        kind = MEMBERSHIP_LABELS[membership.kind].lower()
        deciding.lapse(
            session,
            decision,
            f"The membership as {kind} ended by itself on {day(membership.left_on or clock.today())}, before "
            "the board had decided. The school can apply to join.",
        )


def end_membership(membership_id: uuid.UUID) -> bool:
    """End a membership whose last day has passed, unless it was converted meanwhile. Says whether it did."""
    with transaction() as session:
        policy.require(SYSTEM, Act.MEMBERSHIP_END)
        membership = queries.locked_membership(session, membership_id)
        if membership is None or membership.status is not MembershipStatus.ACTIVE:
            return False
        if membership.ends_on is None or membership.ends_on >= clock.today():
            return False
        told = notices.people_told_of_leaving(session, membership)
        admitting.end(membership, membership.ends_on)
        session.flush()
        _lapse_open_conversion(session, membership)
        events.record(
            session,
            SYSTEM,
            Act.MEMBERSHIP_END,
            membership.school_id,
            organisation_id=membership.alliance_id,
        )
        notices.tell_ended(session, membership, told)
        return True


def remind_of_end(membership_id: uuid.UUID) -> bool:
    """Tell the school and the coordinator once that a membership ends within sixty days."""
    with transaction() as session:
        policy.require(SYSTEM, Act.MEMBERSHIP_REMIND)
        membership = queries.locked_membership(session, membership_id)
        if membership is None or membership.status is not MembershipStatus.ACTIVE or membership.reminded_at:
            return False
        if not rules.is_near_its_end(membership.ends_on, clock.today()):
            return False
        membership.reminded_at = clock.now()
        session.flush()
        events.record(
            session,
            SYSTEM,
            Act.MEMBERSHIP_REMIND,
            membership.school_id,
            organisation_id=membership.alliance_id,
        )
        notices.remind_of_end(session, membership)
        return True


def _person(actor: Actor) -> uuid.UUID:
    assert actor.person_id, "people speak for their schools"
    return actor.person_id
