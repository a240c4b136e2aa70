"""What evaluators and the coordinator do with opened quotes.

Every action locks the tender first, so that scores, their locking and the opening of prices follow
one another and never overlap.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken, Stale
from marketplace.core.forms import expect_version
from marketplace.core.policy import Act, Actor
from marketplace.tenders.actions import end_unsuccessfully, move_tender
from marketplace.tenders.models import Criterion, PanelSeat, Tender
from marketplace.tenders.rules import CriterionKind, TenderStatus
from suppliers.evaluation import conduct, notices, queries, sheets, versions
from suppliers.evaluation.conduct import Declaration
from suppliers.evaluation.models import AgreedScore, ConflictDeclaration, Score
from suppliers.quotes import decisions
from suppliers.quotes.models import Quote
from suppliers.quotes.rules import QuoteStatus

NONE_PASSED = "No quote reached the lowest score that passes on every question."


@dataclass(frozen=True, slots=True)
class ScoreGiven:
    """One evaluator's score of one answer; `version` is the one they saw, 0 before their first."""

    criterion_id: uuid.UUID
    score: int
    reason: str
    version: int


def declare_conflicts(actor: Actor, tender_id: uuid.UUID, declared: Mapping[uuid.UUID, Declaration]) -> None:
    """Declare for each supplier that quoted whether there is a conflict of interest, before seeing a quote.

    The first declaration starts the evaluation. Somebody without a conflict may still declare one
    later; their scores no longer count. A declared conflict cannot be taken back.
    """
    with transaction() as session:
        tender = queries.get_tender(session, tender_id, queries.declared_by(actor), lock=True)
        seat = _seat(session, actor, tender)
        policy.require(actor, Act.CONFLICT_DECLARE, seat.school_id)
        conduct.check_declaring(tender.status)
        quoted = {quote.supplier_id for quote in queries.opened_quotes(session, tender_id)}
        conduct.check_declarations(declared, quoted)
        _write_declarations(session, seat, declared)
        if tender.status is TenderStatus.OPENED:
            move_tender(session, tender, TenderStatus.EVALUATING)
        events.record(
            session,
            actor,
            Act.CONFLICT_DECLARE,
            tender_id,
            organisation_id=tender.alliance_id,
            conflicted_with=sorted(supplier for supplier, one in declared.items() if one.conflicted),
        )
        if any(one.conflicted for one in declared.values()):
            notices.conflict_declared(session, tender, actor)


def _write_declarations(session: Session, seat: PanelSeat, declared: Mapping[uuid.UUID, Declaration]) -> None:
    """Put these declarations in the place of the person's earlier ones."""
    session.execute(
        delete(ConflictDeclaration).where(
            ConflictDeclaration.tender_id == seat.tender_id, ConflictDeclaration.person_id == seat.person_id
        )
    )
    session.add_all(
        ConflictDeclaration(
            tender_id=seat.tender_id,
            person_id=seat.person_id,
            supplier_id=supplier_id,
            conflicted=one.conflicted,
            detail=one.detail,
            declared_at=clock.now(),
        )
        for supplier_id, one in declared.items()
    )
    session.flush()


def give_scores(actor: Actor, quote_id: uuid.UUID, given: Sequence[ScoreGiven]) -> None:
    """Score answers of one quote, alone, each with a reason; earlier own scores are replaced.

    Raises RuleBroken off the scale, without a reason, once the panel has agreed, and after the scores
    were locked; Stale when the same evaluator changed a score in another window. Fields are named by the
    number of the question: `score_1`, `reason_1`.
    """
    with transaction() as session:
        tender = _lock_tender_of(session, quote_id)
        quote = queries.get_quote(session, quote_id, queries.judged_by(actor))
        seat = _seat(session, actor, tender)
        policy.require(actor, Act.SCORE_GIVE, seat.school_id)
        _check_scoring(tender, quote)
        numbered = {one.id: (number, one) for number, one in enumerate(queries.questions(tender), start=1)}
        agreed = queries.agreed_scores(session, tender.id)
        waited = not sheets.everyone_is_done(session, tender)
        conduct.check_something(given)
        for one in given:
            if one.criterion_id not in numbered:
                raise NotFound
            number, criterion = numbered[one.criterion_id]
            if (quote.id, criterion.id) in agreed:
                raise RuleBroken(f"The panel has agreed a score for “{criterion.title}” already.")
            conduct.check_score(one.score, criterion.highest_score, f"score_{number}")
            conduct.check_reason(one.reason, f"reason_{number}")
            _keep_score(session, actor, quote, one)
        events.record(
            session,
            actor,
            Act.SCORE_GIVE,
            quote.id,
            organisation_id=tender.alliance_id,
            tender_id=tender.id,
            criterion_ids=[one.criterion_id for one in given],
        )
        if waited and sheets.everyone_is_done(session, tender):
            notices.scoring_done(session, tender)


def _keep_score(session: Session, actor: Actor, quote: Quote, given: ScoreGiven) -> None:
    row = session.get(Score, (quote.id, given.criterion_id, actor.person_id))
    if row is None:
        row = Score(quote_id=quote.id, criterion_id=given.criterion_id, person_id=actor.person_id)
        session.add(row)
        _expect(given.version, 0)
    else:
        expect_version(row, given.version)
    row.score, row.reason, row.scored_at = given.score, given.reason, clock.now()
    session.flush()
    versions.keep_given(session, row)


def agree_score(
    actor: Actor,
    quote_id: uuid.UUID,
    criterion_id: uuid.UUID,
    *,
    score: int,
    reason: str,
    moderation_note: str,
    version: int,
) -> None:
    """Record what the panel agreed for one answer, with the reason that the supplier will read.

    Raises RuleBroken before everybody has scored everything, and without a note on how evaluators who
    were more than 2 apart came to agree; Stale when somebody recorded another score meanwhile
    (`version` is the one read, 0 when there was none).
    """
    with transaction() as session:
        tender = _lock_tender_of(session, quote_id)
        quote = queries.get_quote(session, quote_id, queries.judged_by(actor))
        policy.require(actor, Act.SCORE_AGREE, tender.alliance_id)
        _check_scoring(tender, quote)
        criterion = queries.get_question(tender, criterion_id)
        seen = sheets.answer_to_agree(session, tender, quote, criterion)
        conduct.check_everyone_scored(seen.given)
        conduct.check_score(score, criterion.highest_score, "score")
        conduct.check_reason(reason, "reason")
        conduct.check_moderation_note([one.score for one in seen.given], moderation_note)
        row = seen.agreed
        if row is None:
            row = AgreedScore(quote_id=quote_id, criterion_id=criterion_id)
            session.add(row)
            _expect(version, 0)
        else:
            expect_version(row, version)
        row.score, row.reason, row.moderation_note = score, reason, moderation_note
        row.agreed_by, row.agreed_at = _person(actor), clock.now()
        session.flush()
        versions.keep_agreed(session, row)
        events.record(
            session,
            actor,
            Act.SCORE_AGREE,
            quote_id,
            organisation_id=tender.alliance_id,
            tender_id=tender.id,
            criterion_id=criterion_id,
        )


def lock_scores(actor: Actor, tender_id: uuid.UUID, version: int) -> None:
    """Fix the agreed scores for good, so that prices can be opened.

    A quote below the lowest score that passes on any question is excluded, with that reason; where none
    is left the tender ends without an award. Raises RuleBroken while an agreed score is missing.
    """
    with transaction() as session:
        tender = queries.get_tender(session, tender_id, queries.judged_by(actor), lock=True)
        policy.require(actor, Act.SCORES_LOCK, tender.alliance_id)
        if tender.status is TenderStatus.MODERATED:
            return
        expect_version(tender, version)
        conduct.check_status(tender.status)
        standing = queries.standing_quotes(session, tender_id)
        agreed = queries.agreed_scores(session, tender_id)
        criteria = queries.questions(tender)
        missing = sum((quote.id, one.id) not in agreed for quote in standing for one in criteria)
        conduct.check_all_agreed(missing)
        for quote in standing:
            low = [one for one in criteria if agreed[quote.id, one.id].score < one.lowest_score]
            if low:
                decisions.exclude(quote, _too_low(low, agreed, quote))
            else:
                decisions.accept([quote])
        session.flush()
        move_tender(session, tender, TenderStatus.MODERATED)
        passed = sum(quote.status is QuoteStatus.COMPLIANT for quote in standing)
        events.record(
            session,
            actor,
            Act.SCORES_LOCK,
            tender_id,
            organisation_id=tender.alliance_id,
            passed=passed,
            excluded=len(standing) - passed,
        )
        if passed:
            notices.scores_locked(session, tender, passed, len(standing) - passed)
        else:
            end_unsuccessfully(session, tender, NONE_PASSED)
            notices.none_passed(session, tender, queries.opened_quotes(session, tender_id))


def _too_low(
    low: Iterable[Criterion], agreed: Mapping[tuple[uuid.UUID, uuid.UUID], AgreedScore], quote: Quote
) -> str:
    failed = [f"“{one.title}”" for one in low if one.kind is CriterionKind.PASS_FAIL]
    parts = [
        f"“{one.title}” scored {agreed[quote.id, one.id].score}, and at least {one.lowest_score} was needed"
        for one in low
        if one.kind is not CriterionKind.PASS_FAIL
    ]
    sentences = [
        f"Failed what must be passed: {'; '.join(failed)}." if failed else "",
        f"Below the lowest score that passes: {'; '.join(parts)}." if parts else "",
    ]
    return " ".join(filter(None, sentences))


def exclude_quote(actor: Actor, quote_id: uuid.UUID, reason: str, version: int) -> None:
    """Leave an opened quote out of the competition, with a reason that its supplier will read.

    Marks and ranks follow from the quotes that are left. Raises RuleBroken once an award is recommended.
    """
    with transaction() as session:
        tender = _lock_tender_of(session, quote_id)
        may_see = queries.judged_by(actor) | queries.visible_to(actor)
        quote = queries.get_quote(session, quote_id, may_see)
        policy.require(actor, Act.QUOTE_EXCLUDE, tender.alliance_id)
        if quote.status is QuoteStatus.EXCLUDED:
            return
        expect_version(quote, version)
        conduct.check_excluding(tender.status)
        conduct.check_reason(reason, "reason")
        decisions.exclude(quote, reason)
        session.flush()
        events.record(
            session,
            actor,
            Act.QUOTE_EXCLUDE,
            quote_id,
            organisation_id=tender.alliance_id,
            tender_id=tender.id,
            reason=reason,
        )


def _lock_tender_of(session: Session, quote_id: uuid.UUID) -> Tender:
    """The tender of a quote, locked. Who may see the quote is asked next."""
    return queries.get_tender(session, queries.tender_of(session, quote_id), lock=True)


def _seat(session: Session, actor: Actor, tender: Tender) -> PanelSeat:
    """The actor's seat among the evaluators of a tender. Raises NotFound."""
    seat = queries.seat_of(session, actor, tender.id)
    if seat is None:
        raise NotFound
    return seat


def _check_scoring(tender: Tender, quote: Quote) -> None:
    conduct.check_status(tender.status)
    if quote.status is not QuoteStatus.OPENED:
        raise RuleBroken("This quote has been excluded, so it is no longer scored.")


def _expect(seen: int, present: int) -> None:
    """Raise Stale when somebody made the row that the editor believed missing, or removed it."""
    if seen != present:
        raise Stale(version=present)


def _person(actor: Actor) -> uuid.UUID:
    assert actor.person_id, "scores are agreed by people"
    return actor.person_id
