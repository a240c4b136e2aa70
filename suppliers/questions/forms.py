"""Forms for asking, answering and finding questions."""

from __future__ import annotations

import uuid

from wtforms.validators import Length

from marketplace.core.fields import ChoiceField, LongTextField, RadiosField, Required, TextField, choices
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.core.listing import FilterForm
from suppliers.questions.rules import (
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    REJECTION_LABELS,
    STATUS_LABELS,
    QuestionStatus,
    Rejection,
)


class AskForm(NewThingForm):
    """A supplier's question."""

    text = LongTextField(
        "Your question",
        [Required("Enter your question"), Length(max=LONGEST_QUESTION)],
        description="One question at a time. Everybody will read it, so do not say who you are.",
        render_kw={"rows": 6},
    )


class AnswerForm(EditForm):
    """The answer of the schools, and the question as everybody will read it."""

    wording = LongTextField(
        "The question, as everybody will read it",
        [Required("Enter the question as everybody will read it"), Length(max=LONGEST_QUESTION)],
        description="Change the words if they give away who asked: a name, a site, a product.",
        render_kw={"rows": 5},
    )
    answer = LongTextField(
        "Answer", [Required("Enter the answer"), Length(max=LONGEST_ANSWER)], render_kw={"rows": 8}
    )
    amendment = ChoiceField(
        "Does a change of the tender belong to it?",
        coerce=uuid.UUID,
        blank="No, the tender stays as it is",
        description="If the answer changes the tender, change the tender first, then choose the change here.",
    )


class RejectForm(EditForm):
    """Why a question gets no answer of its own."""

    why = RadiosField(
        "Why is there no answer?",
        validators=[Required("Choose why the question gets no answer")],
        choices=choices(REJECTION_LABELS.items()),
        coerce=Rejection,
    )
    repeats = ChoiceField(
        "Which answered question does it repeat?",
        coerce=uuid.UUID,
        blank="None",
        description="Only if it repeats one.",
    )
    explanation = LongTextField(
        "Explanation",
        [Length(max=LONGEST_QUESTION)],
        description="Only who asked reads it. They may ask again in other words, while questions are taken.",
        render_kw={"rows": 4},
    )


class FindAnswersForm(FilterForm):
    """Words of a question or an answer."""

    search = TextField("Words in a question or an answer")


class FindQuestionsForm(FindAnswersForm):
    """The same among all questions, also by status."""

    status = ChoiceField(
        "Status", choices=choices(STATUS_LABELS.items()), blank="Any status", coerce=QuestionStatus
    )
