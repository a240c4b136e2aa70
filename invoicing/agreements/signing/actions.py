"""What people do to bring an agreement about and to end it; and what the clock does.

Both heads sign, each for their own school, and nobody for both.
"""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from invoicing.agreements import law, queries, rules
from invoicing.agreements.actions import expect_draft
from invoicing.agreements.models import Agreement
from invoicing.agreements.rules import BINDING, AgreementStatus
from invoicing.agreements.signing import notices
from invoicing.agreements.signing import queries as signing
from invoicing.agreements.signing import rules as signing_rules
from invoicing.agreements.signing.models import AgreementExtension
from invoicing.agreements.signing.rules import ExtensionStatus
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import Forbidden, RuleBroken, Stale
from marketplace.core.forms import expect_version
from marketplace.core.policy import SYSTEM, Act, Actor


def propose_agreement(actor: Actor, agreement_id: uuid.UUID, version: int) -> None:
    """Put a draft to the heads of both schools. Raises RuleBroken while a safeguarding check is missing."""
    with transaction() as session:
        agreement = queries.get_agreement(session, actor, agreement_id, lock=True)
        policy.require(actor, Act.AGREEMENT_PROPOSE, agreement.seller_id)
        if agreement.status is AgreementStatus.PROPOSED:
            return
        expect_draft(agreement)
        expect_version(agreement, version)
        rules.check_terms(agreement.terms, clock.today())
        _check_safeguarded(agreement)
        agreement.status = rules.move(agreement.status, AgreementStatus.PROPOSED)
        agreement.proposals += 1
        agreement.proposed_at = clock.now()
        agreement.returned_because = ""
        session.flush()
        events.record(
            session,
            actor,
            Act.AGREEMENT_PROPOSE,
            agreement.id,
            organisation_id=agreement.seller_id,
            also=[agreement.seller_id, agreement.buyer_id],
        )
        notices.ask_heads(session, agreement)


def agree_agreement(actor: Actor, agreement_id: uuid.UUID, school_id: uuid.UUID, proposal: int) -> None:
    """Sign for one's own school what was proposed; the second head's signature makes it agreed.

    `proposal` is the number of the proposal that the head has read. Raises RuleBroken or Stale.
    """
    with transaction() as session:
        agreement = queries.get_agreement(session, actor, agreement_id, lock=True)
        policy.require(actor, Act.AGREEMENT_AGREE, school_id)
        signed = agreement.signatures
        if signed.by_school.get(school_id) == actor.person_id:
            return
        _expect_proposed(agreement)
        if proposal != agreement.proposals:
            raise Stale
        rules.check_signature(signed, school_id, _person(actor))
        _check_safeguarded(agreement)
        if school_id == agreement.seller_id:
            agreement.seller_signed_by, agreement.seller_signed_at = _person(actor), clock.now()
        else:
            agreement.buyer_signed_by, agreement.buyer_signed_at = _person(actor), clock.now()
        if agreement.signatures.complete:
            agreement.status = rules.move(agreement.status, AgreementStatus.AGREED)
        session.flush()
        events.record(
            session,
            actor,
            Act.AGREEMENT_AGREE,
            agreement.id,
            organisation_id=school_id,
            also=[agreement.seller_id, agreement.buyer_id],
        )
        if agreement.status is AgreementStatus.AGREED:
            notices.tell_agreed(session, agreement)
            _begin(session, agreement)


def return_agreement(actor: Actor, agreement_id: uuid.UUID, reason: str) -> None:
    """Give what was proposed back to be changed; a signature given meanwhile counts no more."""
    with transaction() as session:
        agreement = queries.get_agreement(session, actor, agreement_id, lock=True)
        policy.require(actor, Act.AGREEMENT_RETURN, agreement.seller_id, agreement.buyer_id)
        given = rules.check_reason(reason, "Say what should be different.")
        if agreement.status is AgreementStatus.DRAFT and agreement.returned_because == given:
            return
        _expect_proposed(agreement)
        agreement.status = rules.move(agreement.status, AgreementStatus.DRAFT)
        agreement.returned_because = given
        agreement.seller_signed_by = agreement.seller_signed_at = None
        agreement.buyer_signed_by = agreement.buyer_signed_at = None
        agreement.asked = agreement.asked or policy.allows(actor, Act.AGREEMENT_RETURN, agreement.buyer_id)
        session.flush()
        events.record(
            session,
            actor,
            Act.AGREEMENT_RETURN,
            agreement.id,
            organisation_id=agreement.seller_id,
            also=[agreement.seller_id, agreement.buyer_id],
        )
        notices.tell_returned(session, agreement, actor.name)


def begin_agreement(agreement_id: uuid.UUID) -> bool:
    """Begin what was agreed, once its first day has come. Says whether it did."""
    with transaction() as session:
        return _begin(session, queries.locked_agreement(session, agreement_id))


def _begin(session: Session, agreement: Agreement) -> bool:
    if agreement.status is not AgreementStatus.AGREED or agreement.starts_on > clock.today():
        return False
    policy.require(SYSTEM, Act.AGREEMENT_BEGIN)
    agreement.status = rules.move(agreement.status, AgreementStatus.RUNNING)
    session.flush()
    events.record(
        session,
        SYSTEM,
        Act.AGREEMENT_BEGIN,
        agreement.id,
        organisation_id=agreement.seller_id,
        also=[agreement.seller_id, agreement.buyer_id],
    )
    return True


def end_agreement(agreement_id: uuid.UUID) -> bool:
    """End what runs, once its last day is over. Says whether it did; both schools are told."""
    with transaction() as session:
        policy.require(SYSTEM, Act.AGREEMENT_END)
        agreement = queries.locked_agreement(session, agreement_id)
        if agreement.status is not AgreementStatus.RUNNING or agreement.last_day >= clock.today():
            return False
        agreement.status = rules.move(agreement.status, AgreementStatus.ENDED)
        proposed = signing.proposed_extension(session, agreement.id)
        if proposed:
            session.delete(proposed)
        session.flush()
        events.record(
            session,
            SYSTEM,
            Act.AGREEMENT_END,
            agreement.id,
            organisation_id=agreement.seller_id,
            also=[agreement.seller_id, agreement.buyer_id],
        )
        notices.tell_ended(session, agreement)
        return True


def give_notice(
    actor: Actor, agreement_id: uuid.UUID, school_id: uuid.UUID, last_day: date, reason: str
) -> None:
    """End an agreement early for one's own school, with the agreed notice. The other school is told."""
    with transaction() as session:
        agreement = queries.get_agreement(session, actor, agreement_id, lock=True)
        policy.require(actor, Act.AGREEMENT_GIVE_NOTICE, school_id)
        _expect_party(agreement, school_id)
        if (agreement.notice_by_id, agreement.notice_last_day) == (school_id, last_day):
            return
        _expect_binding(agreement)
        if agreement.notice_last_day:
            raise RuleBroken("Notice has been given already. Read below when the agreement ends.")
        given = rules.check_reason(reason, "Say why, for the other school.")
        today = clock.today()
        earliest = signing_rules.earliest_end(today, agreement.starts_on, agreement.notice_months)
        signing_rules.check_notice(last_day, earliest=earliest, ends_on=agreement.ends_on)
        agreement.notice_by_id, agreement.notice_given_on = school_id, today
        agreement.notice_last_day, agreement.notice_reason = last_day, given
        proposed = signing.proposed_extension(session, agreement.id)
        if proposed:
            _answer(proposed, actor, ExtensionStatus.REFUSED)
        session.flush()
        events.record(
            session,
            actor,
            Act.AGREEMENT_GIVE_NOTICE,
            agreement.id,
            organisation_id=school_id,
            also=[agreement.seller_id, agreement.buyer_id],
            last_day=last_day,
        )
        notices.tell_notice(session, agreement, actor.name)


def propose_extension(
    actor: Actor, extension_id: uuid.UUID, agreement_id: uuid.UUID, school_id: uuid.UUID, months: int
) -> None:
    """Sign a longer term for one's own school; it counts when the head of the other school signs it too."""
    with transaction() as session:
        agreement = queries.get_agreement(session, actor, agreement_id, lock=True)
        policy.require(actor, Act.EXTENSION_PROPOSE, school_id)
        _expect_party(agreement, school_id)
        if session.get(AgreementExtension, extension_id):
            return
        _expect_binding(agreement)
        if agreement.notice_last_day:
            raise RuleBroken("Notice has been given, so it is not extended. Draft a new agreement.")
        if signing.proposed_extension(session, agreement.id):
            raise RuleBroken("An extension waits for an answer already.")
        ends_on = signing_rules.extended_to(
            agreement.ends_on,
            months,
            limit=agreement.extension_months,
            used=signing.months_extended(session, agreement.id),
        )
        extension = AgreementExtension(
            id=extension_id,
            agreement_id=agreement.id,
            months=months,
            ends_on=ends_on,
            school_id=school_id,
            proposed_by=_person(actor),
            proposed_at=clock.now(),
        )
        session.add(extension)
        session.flush()
        events.record(
            session,
            actor,
            Act.EXTENSION_PROPOSE,
            agreement.id,
            organisation_id=school_id,
            also=[agreement.seller_id, agreement.buyer_id],
        )
        notices.ask_for_extension(session, agreement, extension)


def agree_extension(actor: Actor, extension_id: uuid.UUID) -> None:
    """Sign the longer term that the other school's head proposed. Nobody signs for both."""
    with transaction() as session:
        extension, agreement, other = _load_extension(session, actor, extension_id)
        policy.require(actor, Act.EXTENSION_AGREE, other)
        if extension.status is ExtensionStatus.AGREED and extension.answered_by == actor.person_id:
            return
        _expect_open(extension)
        if extension.proposed_by == actor.person_id:
            raise Forbidden("You have signed for the other school. Nobody signs for both.")
        _expect_binding(agreement)
        _answer(extension, actor, ExtensionStatus.AGREED)
        agreement.ends_on = extension.ends_on
        session.flush()
        events.record(
            session,
            actor,
            Act.EXTENSION_AGREE,
            agreement.id,
            organisation_id=other,
            also=[agreement.seller_id, agreement.buyer_id],
            ends_on=agreement.ends_on,
        )
        notices.tell_extended(session, agreement)


def refuse_extension(actor: Actor, extension_id: uuid.UUID) -> None:
    """Leave the last day as it is: by the head who was asked, or by the school that proposed it."""
    with transaction() as session:
        extension, agreement, _ = _load_extension(session, actor, extension_id)
        policy.require(actor, Act.EXTENSION_REFUSE, agreement.seller_id, agreement.buyer_id)
        if extension.status is ExtensionStatus.REFUSED and extension.answered_by == actor.person_id:
            return
        _expect_open(extension)
        _answer(extension, actor, ExtensionStatus.REFUSED)
        session.flush()
        events.record(
            session,
            actor,
            Act.EXTENSION_REFUSE,
            agreement.id,
            organisation_id=agreement.seller_id,
            also=[agreement.seller_id, agreement.buyer_id],
        )
        notices.tell_not_extended(session, agreement, actor.name)


def _load_extension(
    session: Session, actor: Actor, extension_id: uuid.UUID
) -> tuple[AgreementExtension, Agreement, uuid.UUID]:
    """An extension and its agreement, locked, and the school whose head has to answer."""
    agreement_id = signing.get_extension(session, actor, extension_id).agreement_id
    agreement = queries.get_agreement(session, actor, agreement_id, lock=True)
    extension = signing.get_extension(session, actor, extension_id)
    other = agreement.buyer_id if extension.school_id == agreement.seller_id else agreement.seller_id
    return extension, agreement, other


def _answer(extension: AgreementExtension, actor: Actor, status: ExtensionStatus) -> None:
    extension.status = signing_rules.move(extension.status, status)
    extension.answered_by, extension.answered_at = _person(actor), clock.now()


def _check_safeguarded(agreement: Agreement) -> None:
    """Raise RuleBroken unless whoever works with children has been checked (principle 7)."""
    enough, cited = law.enough_for_regulated_activity(clock.today())
    rules.check_safeguarded(agreement.terms, [check.level for check in agreement.checks], enough, cited)


def _expect_proposed(agreement: Agreement) -> None:
    if agreement.status is not AgreementStatus.PROPOSED:
        raise RuleBroken(
            f"{agreement.reference} does not wait for the heads now. Look at it again; somebody may have "
            "been here before you."
        )


def _expect_binding(agreement: Agreement) -> None:
    if agreement.status not in BINDING or agreement.last_day < clock.today():
        raise RuleBroken(
            "Only what both heads have agreed, and what has not ended, can be changed like this."
        )


def _expect_open(extension: AgreementExtension) -> None:
    if extension.status is not ExtensionStatus.PROPOSED:
        raise RuleBroken("This extension has been answered already. Look at the agreement again.")


def _expect_party(agreement: Agreement, school_id: uuid.UUID) -> None:
    if school_id not in {agreement.seller_id, agreement.buyer_id}:
        raise RuleBroken("Choose one of the two schools of the agreement.")


def _person(actor: Actor) -> uuid.UUID:
    assert actor.person_id, "people sign agreements"
    return actor.person_id
