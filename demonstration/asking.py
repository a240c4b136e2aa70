"""What suppliers asked about the school meals, and what the schools answered."""

from __future__ import annotations

import uuid

from demonstration.path import Walk
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.tenders.amending.queries import amendments
from suppliers.questions import actions
from suppliers.questions.models import Question
from suppliers.questions.rules import Rejection

ASKED, ANSWERED, ASKED_LATER = 5, 7, 8


def ask_and_answer(walk: Walk) -> None:
    """Four questions: one answered with a change of the tender, one reworded, one repeated, one waits."""
    with walk.on(ASKED):
        breakfast = _ask(walk, "birch", "Are breakfast clubs part of it?")
        ovens = _ask(
            walk, "dovecote", "We at Dovecote cook with steam ovens of our own make. May we put them in?"
        )
    with walk.on(ANSWERED):
        change = amendments(db.session(), walk.tender_id)[0]
        _answer(walk, breakfast, "No. The description says so now.", amendment_id=change.id)
        _answer(
            walk,
            ovens,
            "Yes, at the supplier’s cost, where the kitchen has the power for them. All three have 32 A.",
            wording="May a supplier put in ovens of its own?",
        )
        again = _ask(walk, "corvus", "Do you want breakfast too?")
    with walk.on(ANSWERED, 11):
        actions.reject_question(
            walk.cast.coordinator,
            again,
            _row(again).version,
            why=Rejection.REPEATED,
            repeats_id=breakfast,
        )
    with walk.on(ASKED_LATER):
        _ask(walk, "alpha", "How many children have a special diet today, by school?")
        actions.follow_tender(
            walk.cast.suppliers["corvus"].actor, walk.tender_id, walk.cast.suppliers["corvus"].id
        )


def _ask(walk: Walk, key: str, text: str) -> uuid.UUID:
    supplier = walk.cast.suppliers[key]
    question_id = new_id()
    actions.ask_question(supplier.actor, question_id, walk.tender_id, supplier.id, text)
    return question_id


def _answer(
    walk: Walk,
    question_id: uuid.UUID,
    answer: str,
    *,
    wording: str = "",
    amendment_id: uuid.UUID | None = None,
) -> None:
    row = _row(question_id)
    actions.answer_question(
        walk.cast.coordinator,
        question_id,
        row.version,
        wording=wording or row.text,
        answer=answer,
        amendment_id=amendment_id,
    )


def _row(question_id: uuid.UUID) -> Question:
    session = db.session()
    session.rollback()
    return session.get_one(Question, question_id)
