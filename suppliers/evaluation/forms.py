"""Forms for declaring conflicts, scoring, agreeing, locking and excluding.

Those about several suppliers or answers are made for them: `score_1` is the score of question 1.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from wtforms import IntegerField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from marketplace.core.fields import LongTextField, RadiosField, Required, TextField, choices
from marketplace.core.forms import EditForm, Form
from marketplace.core.listing import FilterForm
from marketplace.tenders.criteria.rules import FAIL, PASS
from suppliers.evaluation.actions import ScoreGiven
from suppliers.evaluation.conduct import Declaration
from suppliers.evaluation.sheets import AnswerToScore, Question, SupplierToDeclare

LONGEST_REASON = 2_000


class FindForm(FilterForm):
    """Find tenders by words."""

    q = TextField("Title or reference", render_kw={"width": 20})


class ConflictsForm(Form):
    """One declaration for each supplier; made by `conflicts_form`."""

    suppliers: Sequence[SupplierToDeclare] = ()

    def declarations(self) -> dict[uuid.UUID, Declaration]:
        """What was declared, by supplier."""
        return {
            one.supplier_id: Declaration(
                self[f"conflict_{one.supplier_id.hex}"].data == "yes",
                self[f"detail_{one.supplier_id.hex}"].data or "",
            )
            for one in self.suppliers
        }


def conflicts_form(suppliers: Sequence[SupplierToDeclare]) -> ConflictsForm:
    """A form with a choice and an explanation for each supplier, filled in as declared before."""
    fields: dict[str, Any] = {"suppliers": tuple(suppliers)}
    for one in suppliers:
        before = {True: "yes", False: "no", None: None}[one.conflicted]
        fields[f"conflict_{one.supplier_id.hex}"] = RadiosField(
            f"Do you have a conflict of interest with {one.name}?",
            [Required(f"Say whether you have a conflict of interest with {one.name}")],
            choices=choices([("no", "No"), ("yes", "Yes, or it could look as if I had")]),
            default=before,
        )
        fields[f"detail_{one.supplier_id.hex}"] = LongTextField(
            f"If yes, what is the conflict with {one.name}?",
            [Length(max=LONGEST_REASON, message=f"Use {LONGEST_REASON:,} characters or fewer.")],
            default=one.detail,
            render_kw={"rows": 2},
        )
    form: ConflictsForm = type("ConflictsFormOfTender", (ConflictsForm,), fields)()
    return form


class ScoresForm(Form):
    """A score and a reason for each answer of a quote; made by `scores_form`."""

    answers: Sequence[AnswerToScore] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """A score needs its reason, and a reason its score; blank pairs wait for later."""
        right = bool(super().validate(extra_validators))
        for number, answer in self.open():
            score, reason = self[f"score_{number}"], self[f"reason_{number}"]
            if score.data is not None and not reason.data:
                reason.errors = [*reason.errors, f"Enter the reason for your score of “{answer.title}”."]
                right = False
            if reason.data and score.data is None and not score.errors:
                score.errors = [*score.errors, f"Choose a score for “{answer.title}”."]
                right = False
        return right

    def open(self) -> list[tuple[int, AnswerToScore]]:
        """The answers that can still be scored, with the number that their fields carry."""
        return [
            (number, answer) for number, answer in enumerate(self.answers, start=1) if not answer.is_agreed
        ]

    def given(self) -> list[ScoreGiven]:
        """The scores that were filled in."""
        return [
            ScoreGiven(
                answer.criterion_id,
                self[f"score_{number}"].data,
                self[f"reason_{number}"].data or "",
                self[f"version_{number}"].data or 0,
            )
            for number, answer in self.open()
            if self[f"score_{number}"].data is not None
        ]


def scores_form(answers: Sequence[AnswerToScore]) -> ScoresForm:
    """A form for the answers of one quote, filled in with the evaluator's own earlier scores."""
    fields: dict[str, Any] = {"answers": tuple(answers)}
    for number, answer in enumerate(answers, start=1):
        if answer.is_agreed:
            continue
        fields[f"score_{number}"] = _scale(
            f"Your score for “{answer.title}”",
            answer.highest,
            answer.score,
            is_pass_fail=answer.is_pass_fail,
            guidance=answer.guidance,
        )
        fields[f"reason_{number}"] = LongTextField(
            f"Your reason for “{answer.title}”",
            [Length(max=LONGEST_REASON, message=f"Use {LONGEST_REASON:,} characters or fewer.")],
            description="What in the answer earned the score. Do not compare with other quotes.",
            default=answer.reason,
            render_kw={"rows": 3},
        )
        fields[f"version_{number}"] = IntegerField(widget=HiddenInput(), default=answer.version)
    form: ScoresForm = type("ScoresFormOfQuote", (ScoresForm,), fields)()
    return form


class AgreeForm(EditForm):
    """What the panel agreed for one answer; made by `agree_form`."""

    reason = LongTextField(
        "Reason",
        [
            Required("Enter the reason"),
            Length(max=LONGEST_REASON, message=f"Use {LONGEST_REASON:,} characters or fewer."),
        ],
        description="The supplier reads this. Say what earned or cost marks, and name no other quote.",
        render_kw={"rows": 4},
    )
    moderation_note = LongTextField(
        "How the panel came to agree",
        [Length(max=LONGEST_REASON, message=f"Use {LONGEST_REASON:,} characters or fewer.")],
        description="Needed when scores are more than 2 apart. Suppliers do not read it.",
        render_kw={"rows": 3},
    )


def agree_form(question: Question, **before: Any) -> AgreeForm:
    """The form for one answer, filled in with what was agreed before."""
    fields = {
        "score": _scale(
            "Agreed score",
            question.highest,
            None,
            Required("Choose the agreed score"),
            is_pass_fail=question.is_pass_fail,
            guidance=question.guidance,
        )
    }
    form: AgreeForm = type("AgreeFormOfAnswer", (AgreeForm,), fields)(**before)
    return form


class LockForm(EditForm):
    """Lock the scores of the tender as it was read."""


class ExcludeForm(EditForm):
    """Exclude a quote."""

    reason = LongTextField(
        "Reason",
        [
            Required("Enter the reason"),
            Length(max=LONGEST_REASON, message=f"Use {LONGEST_REASON:,} characters or fewer."),
        ],
        description="The supplier will read this. Name the requirement that the quote does not meet.",
        render_kw={"rows": 4},
    )


def _scale(
    label: str,
    highest: int,
    score: int | None,
    *validators: Required,
    is_pass_fail: bool = False,
    guidance: Sequence[str] = (),
) -> RadiosField:
    """The marks to choose from, each with its words where the tender has published any."""
    marks: list[tuple[Any, ...]] = [(mark, str(mark)) for mark in range(highest + 1)]
    if is_pass_fail:
        marks = [(PASS, "Pass"), (FAIL, "Fail: the quote is excluded when the scores are locked")]
    elif guidance:
        marks = [(mark, str(mark), words) for mark, words in enumerate(guidance)]
    return RadiosField(
        label,
        list(validators),
        choices=choices(marks),
        coerce=int,
        default=score,
        description="" if is_pass_fail else f"0 is the lowest, {highest} the highest",
        render_kw={"inline": not (is_pass_fail or guidance)},
    )
