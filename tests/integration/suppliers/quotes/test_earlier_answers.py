"""A supplier uses earlier answers again: what it kept, and what was opened; nothing of what is sealed."""

import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.core.ids import new_id
from suppliers.profiles.bid_library import actions as library
from suppliers.profiles.bid_library.rules import Answer
from suppliers.quotes import actions, queries
from suppliers.quotes.earlier.queries import earlier_answer, earlier_answers
from tests import make

pytestmark = pytest.mark.usefixtures("app")
KEPT = Answer("How do you train cooks?", "PLANTED: every cook holds level 2 hygiene.")


def answers_in_draft(tender: make.Tender, supplier: make.Supplier) -> dict[uuid.UUID, str]:
    draft = queries.draft_of(make.fresh(), tender.id, supplier.id)
    assert draft
    return dict(queries.offer_in_draft(draft).answers)


def test_a_kept_answer_is_encrypted_found_and_copied_after_what_the_draft_says(session: Session) -> None:
    supplier = make.supplier()
    answer_id = new_id()
    for _ in range(2):
        library.keep_answer(supplier.admin, supplier.id, answer_id, KEPT)
    session.rollback()
    stored = session.execute(text("SELECT kept FROM library_answer")).scalars().all()
    assert len(stored) == 1
    assert b"PLANTED" not in bytes(stored[0])
    (found,) = earlier_answers(session, supplier.id, "training of cooks")
    assert found.answer == KEPT.answer

    tender = make.published_tender(make.alliance())
    make.draft_quote(tender, supplier)
    question = make.quote_schedule(tender).questions[0]
    before = answers_in_draft(tender, supplier)
    for _ in range(2):
        actions.take_answer(supplier.admin, tender.id, supplier.id, question.id, found.answer)
    after = {**before, question.id: f"{before[question.id]}\n\n{KEPT.answer}"}
    assert answers_in_draft(tender, supplier) == after
    with pytest.raises(RuleBroken, match="too long together"):
        actions.take_answer(supplier.admin, tender.id, supplier.id, question.id, "x" * 30_000)


def test_answers_of_a_quote_appear_once_it_is_opened_and_only_to_its_supplier(session: Session) -> None:
    supplier, rival = make.supplier(), make.supplier()
    tender = make.published_tender(make.alliance())
    make.submitted_quote(tender, supplier)
    make.submitted_quote(tender, rival)
    assert earlier_answers(session, supplier.id) == []
    make.opened_quotes(tender)
    session.rollback()
    found = earlier_answers(session, supplier.id)
    assert len(found) == len(make.quote_schedule(tender).questions)
    assert tender.row.reference in found[0].source
    with pytest.raises(NotFound):
        earlier_answer(session, rival.id, found[0].key)


def test_nobody_else_keeps_or_takes_out_an_answer(session: Session) -> None:
    supplier, rival = make.supplier(), make.supplier()
    answer_id = new_id()
    library.keep_answer(supplier.bidder(), supplier.id, answer_id, KEPT)
    school = make.alliance(schools=1).schools[0]
    for actor in (rival.admin, school.bursar):
        with pytest.raises((NotFound, Forbidden)):
            library.keep_answer(actor, supplier.id, new_id(), KEPT)
        with pytest.raises((NotFound, Forbidden)):
            library.discard_answer(actor, supplier.id, answer_id)
    library.discard_answer(rival.admin, rival.id, answer_id)
    session.rollback()
    assert len(earlier_answers(session, supplier.id)) == 1
    library.discard_answer(supplier.admin, supplier.id, answer_id)
    session.rollback()
    assert earlier_answers(session, supplier.id) == []
