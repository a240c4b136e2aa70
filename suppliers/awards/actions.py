"""What people decide about an award: recommend, approve, send back, confirm.

Every action locks the tender first, so that an award is decided once. All lots go to one quote.
"""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from marketplace.contracts.actions import AwardedContract, register_awarded_contract
from marketplace.contracts.rules import ContractContent
from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.forms import expect_version
from marketplace.core.ids import new_id
from marketplace.core.policy import Act, Actor
from marketplace.tenders import queries as tenders
from marketplace.tenders import timetable
from marketplace.tenders.actions import move_tender
from marketplace.tenders.interests.queries import review_points
from marketplace.tenders.interests.rules import check_reviewed
from marketplace.tenders.models import Tender
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import confirming, notices, queries, rules
from suppliers.awards.by_schools.queries import prices_alone
from suppliers.awards.letters import drafting
from suppliers.awards.letters.actions import write_confirmation
from suppliers.awards.models import Award, AwardApproval
from suppliers.awards.related_parties import queries as related_parties
from suppliers.awards.related_parties.rules import check_declared
from suppliers.awards.rules import AwardStatus, Recommendation
from suppliers.awards.standstill.queries import check_may_confirm
from suppliers.awards.waiving.actions import write_standings
from suppliers.awards.waiving.queries import check_all_waived
from suppliers.evaluation import queries as evaluation
from suppliers.evaluation.comparison import Comparison
from suppliers.evaluation.low_prices.queries import check_assessed
from suppliers.quotes import decisions
from suppliers.quotes.models import Quote
from suppliers.quotes.rules import QuoteStatus


def recommend_award(actor: Actor, tender_id: uuid.UUID, version: int, wanted: Recommendation) -> None:
    """Recommend a quote for all lots of a tender, for two schools to approve.

    Raises NotFound for a quote that is not compared, RuleBroken without reasons, and while the conflicts
    assessment was not reviewed, or nobody concluded on an abnormally low price of the quote or of one in
    first place. Sent twice, it recommends once.
    """
    with transaction() as session:
        tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
        policy.require(actor, Act.AWARD_RECOMMEND, tender.alliance_id)
        if _recommended_already(session, actor, tender, wanted.quote_id):
            return
        expect_version(tender, version)
        check_reviewed(review_points(session, tender))
        comparison = evaluation.comparison_of(session, tender)
        offer = comparison.offer_of(wanted.quote_id)
        if offer is None:
            raise NotFound
        check_assessed(session, tender_id, [*comparison.firsts, offer])
        rules.check_reasons(wanted.reasons, "reasons")
        rules.check_departure(is_first=comparison.firsts == (offer,), departure=wanted.departure)
        move_tender(session, tender, TenderStatus.RECOMMENDED)
        awards = _make_awards(session, actor, comparison, tender.id, wanted)
        together = comparison.paid_by_school(wanted.quote_id)
        waiting = write_standings(session, awards[0], together, prices_alone(session, tender))
        accept_quotes(session, tender)
        events.record(
            session,
            actor,
            Act.AWARD_RECOMMEND,
            tender.id,
            organisation_id=tender.alliance_id,
            quote_id=wanted.quote_id,
            award_ids=[award.id for award in awards],
        )
        notices.approval_asked(session, tender, queries.approvers(session, tender), offer.supplier, waiting)
        asked = confirming.schools_that_need_one(session, tender, awards)
        notices.confirmation_asked(session, tender, awards[0], asked)


def _recommended_already(session: Session, actor: Actor, tender: Tender, quote_id: uuid.UUID) -> bool:
    """Did this person just recommend this quote, by a second click on the same button?"""
    live = queries.live_awards(session, tender.id)
    return bool(live) and all(
        award.quote_id == quote_id
        and award.recommended_by == actor.person_id
        and award.status is AwardStatus.RECOMMENDED
        for award in live
    )


def _make_awards(
    session: Session, actor: Actor, comparison: Comparison, tender_id: uuid.UUID, wanted: Recommendation
) -> list[Award]:
    """One row for each lot, the ids in their order; the database refuses a second one for the same lot."""
    column = comparison.column_of(wanted.quote_id)
    ids = sorted(new_id() for _ in comparison.lots)
    awards = [
        Award(
            id=award_id,
            tender_id=tender_id,
            lot_id=lot.lot_id,
            quote_id=wanted.quote_id,
            total=lot.totals[column].amount,
            reasons=wanted.reasons,
            departure=wanted.departure,
            recommended_by=_person(actor),
            recommended_at=clock.now(),
        )
        for award_id, lot in zip(ids, comparison.lots, strict=True)
    ]
    session.add_all(awards)
    session.flush()
    return awards


def accept_quotes(session: Session, tender: Tender) -> None:
    """Quotes that nobody excluded meet what was asked; where price alone counts this is the first time."""
    decisions.accept(
        quote
        for quote in evaluation.standing_quotes(session, tender.id)
        if quote.status is QuoteStatus.OPENED
    )
    session.flush()


def approve_award(actor: Actor, tender_id: uuid.UUID, version: int, chosen: uuid.UUID | None = None) -> None:
    """Approve the recommended award for one's school.

    The second approval, by a person of another school, decides: the coordinator tells the bidders, then
    announces the award. Raises Forbidden for who recommended, who scored and who approved before;
    RuleBroken while the school's governing body has not confirmed what is above the school's limit.
    """
    with transaction() as session:
        tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
        schools = queries.schools_approved_for(session, actor, tender)
        policy.require(actor, Act.AWARD_APPROVE, *schools)
        awards = queries.live_awards(session, tender_id)
        if any(one.person_id == actor.person_id for award in awards for one in award.approvals):
            return
        _check_recommended(tender)
        expect_version(tender, version)
        duties = queries.duties(tender, awards[0])
        school_id = rules.choose_school(duties, _person(actor), schools, chosen)
        check_all_waived(session, awards)
        confirmation = confirming.for_approval(session, tender, awards, school_id)
        for award in awards:
            award.approvals.append(
                AwardApproval(
                    person_id=actor.person_id,
                    school_id=school_id,
                    approved_at=clock.now(),
                    confirmation_id=confirmation.id if confirmation else None,
                )
            )
        session.flush()
        events.record(
            session,
            actor,
            Act.AWARD_APPROVE,
            tender.id,
            organisation_id=school_id,
            quote_id=awards[0].quote_id,
        )
        if len(awards[0].approvals) >= rules.APPROVALS_NEEDED:
            _decide(session, tender, awards)


def _decide(session: Session, tender: Tender, awards: list[Award]) -> None:
    """Two schools have approved: bidders can be told."""
    for award in awards:
        award.status = rules.move(award.status, AwardStatus.APPROVED)
        award.decided_at = clock.now()
    move_tender(session, tender, TenderStatus.CONFIRMED_BY_SCHOOLS)
    notices.award_approved(session, tender)


def reject_award(actor: Actor, tender_id: uuid.UUID, version: int, reason: str) -> None:
    """Send a recommendation back to the coordinator, with a reason; the quotes can be compared again."""
    with transaction() as session:
        tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
        policy.require(actor, Act.AWARD_REJECT, *queries.schools_approved_for(session, actor, tender))
        _check_recommended(tender)
        expect_version(tender, version)
        awards = queries.live_awards(session, tender_id)
        rules.check_duties(queries.duties(tender, awards[0]), _person(actor))
        rules.check_reasons(reason, "reason")
        for award in awards:
            award.status = rules.move(award.status, AwardStatus.REJECTED)
            award.rejection_reason, award.decided_at = reason, clock.now()
        move_tender(session, tender, TenderStatus.PRICES_OPENED)
        events.record(
            session,
            actor,
            Act.AWARD_REJECT,
            tender.id,
            organisation_id=tender.alliance_id,
            quote_id=awards[0].quote_id,
            reason=reason,
        )
        notices.award_rejected(session, tender, actor.name, reason)


def confirm_award(actor: Actor, tender_id: uuid.UUID, version: int, *, related: bool) -> None:
    """Confirm an approved award once bidders are told and any standstill has ended.

    Each school that buys gets its contract in its register, needs are met, quotes settled, and winners
    get their letters. `related`: is a winner a related party of a school that buys? Then each is recorded
    with its report before. Raises RuleBroken during the standstill, while a challenge is open, and where the
    governing body of a school that buys above its limit has not confirmed. Sent twice, it confirms once.
    """
    with transaction() as session:
        tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
        policy.require(actor, Act.AWARD_CONFIRM, tender.alliance_id)
        if tender.status is TenderStatus.AWARDED and version < tender.version:
            return
        expect_version(tender, version)
        awards = queries.live_awards(session, tender_id)
        rules.check_approved(award.status for award in awards)
        check_may_confirm(session, tender, awards)
        confirming.check_all(session, tender, awards)
        reported = related_parties.recorded(session, tender_id)
        check_declared(related=related, recorded=len(reported))
        move_tender(session, tender, TenderStatus.AWARDED)
        for award in awards:
            award.status = rules.move(award.status, AwardStatus.CONFIRMED)
            award.confirmed_at = clock.now()
        winners = [session.get_one(Quote, quote_id) for quote_id in queries.winning_quotes(awards)]
        contracts = _register_contracts(session, tender, awards)
        decisions.settle(session, tender_id, *(winner.id for winner in winners))
        session.flush()
        events.record(
            session,
            actor,
            Act.AWARD_CONFIRM,
            tender.id,
            organisation_id=tender.alliance_id,
            also=[*(winner.supplier_id for winner in winners), *tenders.buyers(session, tender.id)],
            quote_id=winners[0].id,
            supplier_id=winners[0].supplier_id,
            quote_ids=[winner.id for winner in winners],
            related_parties=[one.id for one in reported],
            award_ids=[award.id for award in awards],
            contract_ids=contracts,
        )
        for winner in winners:
            won = [award for award in awards if award.quote_id == winner.id]
            letter = drafting.confirmation(session, tender, winner, won)
            write_confirmation(session, actor, winner, letter)
            notices.award_confirmed(session, tender, winner, list(letter.schools))
        notices.schools_told(session, tender, [winner.supplier.name for winner in winners])


def _register_contracts(session: Session, tender: Tender, awards: list[Award]) -> list[uuid.UUID]:
    """A contract for each school and lot that it buys of; the value is an average year's."""
    if tender.contract_starts_on is None or tender.contract_ends_on is None:
        raise RuleBroken("The tender has no contract dates, so no contract can be registered.")
    starts_on, ends_on = tender.contract_starts_on, tender.contract_ends_on
    suppliers = {award.id: award.quote.supplier for award in awards}
    registered = []
    for due in queries.contracts_due(session, tender, awards):
        supplier = suppliers[due.award_id]
        content = ContractContent(
            category=tender.category,
            title=due.title,
            supplier_name=supplier.name,
            annual_value=timetable.a_year(due.amount, starts_on, ends_on),
            starts_on=starts_on,
            ends_on=ends_on,
        )
        contract = register_awarded_contract(
            session,
            AwardedContract(due.school_id, due.award_id, tender.reference, supplier.id, content),
        )
        session.flush()
        registered.append(contract.id)
    return registered


def _check_recommended(tender: Tender) -> None:
    if tender.status is not TenderStatus.RECOMMENDED:
        raise RuleBroken("No award is waiting for approval now. Somebody may have been here before you.")


def _person(actor: Actor) -> uuid.UUID:
    assert actor.person_id, "people decide about awards"
    return actor.person_id
