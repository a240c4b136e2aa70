"""Questions of suppliers about published tenders, and the schools' answers."""

import uuid

from marketplace.core.ids import new_id
from suppliers.questions import actions
from suppliers.questions.models import Question
from tests.make.quotes import fresh
from tests.make.suppliers import Supplier
from tests.make.tenders import Tender


def ask(tender: Tender, by: Supplier, text: str = "Is breakfast part of it?") -> uuid.UUID:
    """A supplier's question, which waits for its answer; its id."""
    question_id = new_id()
    actions.ask_question(by.admin, question_id, tender.id, by.id, text)
    return question_id


def question(question_id: uuid.UUID) -> Question:
    """The question as it is now."""
    return fresh().get_one(Question, question_id)


def answer_question(
    tender: Tender,
    question_id: uuid.UUID,
    answer: str = "No, only the midday meal.",
    *,
    wording: str = "",
    amendment_id: uuid.UUID | None = None,
) -> None:
    """The coordinator answers, in the asker's words unless told otherwise."""
    row = question(question_id)
    actions.answer_question(
        tender.alliance.coordinator,
        question_id,
        row.version,
        wording=wording or row.text,
        answer=answer,
        amendment_id=amendment_id,
    )
