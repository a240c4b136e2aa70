"""Forms for the criteria of a draft: their weights, the price, and one criterion at a time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms.validators import Length

from marketplace.core.fields import (
    ChoiceField,
    LongTextField,
    MoneyField,
    QuantityField,
    RadiosField,
    Required,
    TextField,
    choices,
)
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.tenders.criteria.actions import Pricing
from marketplace.tenders.criteria.rules import EVEN_HANDED, WHOLE, CriterionDraft, weight_field
from marketplace.tenders.formulas import FORMULAS
from marketplace.tenders.models import Criterion
from marketplace.tenders.rules import CriterionKind, PriceFormula
from marketplace.tenders.whole_life import HIGHEST

LONGEST_TITLE = 150
LONGEST_TEXT = 5_000
LONGEST_ANSWER_WORDS = 5_000
TOTAL_PRICE = "The total price of all schools over the whole term, before VAT."
OTHERS_MATTER = "Its marks depend on the other quotes."
SCALES = (5, 3, 4, 10)
USUAL_SCALE = 5
USUAL_GUIDANCE = (
    "No answer, or nothing in it that meets the question.",
    "Meets little of what is asked; serious doubts remain.",
    "Meets part of what is asked; some doubts remain.",
    "Meets what is asked, with enough detail to rely on.",
    "Meets what is asked well, with detail and examples.",
    "Goes beyond what is asked in ways that help the schools, with proof.",
)


def _weight(label: str, message: str, **options: Any) -> QuantityField:
    validators = [Required(message)] if message else []
    return QuantityField(
        label,
        validators,
        places=2,
        minimum=Decimal(0),
        maximum=WHOLE,
        render_kw={"width": 5, "suffix": "%"},
        **options,
    )


class WeightsForm(EditForm):
    """The weight of every criterion; made by `weights_form`."""

    weighed: Sequence[uuid.UUID] = ()

    def weights(self) -> dict[uuid.UUID, Decimal]:
        """What was entered, per cent of its level, by criterion."""
        return {key: self[weight_field(key)].data or Decimal(0) for key in self.weighed}


def weights_form(criteria: Sequence[Criterion], version: int) -> WeightsForm:
    """A weight for each criterion that has one, filled in with what it is now."""
    weighed = [one for one in criteria if one.kind is not CriterionKind.PASS_FAIL]
    fields: dict[str, Any] = {
        weight_field(one.id): _weight(f"Weight of {one.title}", f"Enter the weight of “{one.title}”.")
        for one in weighed
    }
    made: type[WeightsForm] = type(
        "WeightsFormOfTender", (WeightsForm,), {**fields, "weighed": tuple(one.id for one in weighed)}
    )
    return made(data={"version": version} | {weight_field(one.id): one.weight for one in weighed})


def _rate(label: str, description: str) -> QuantityField:
    return QuantityField(
        label,
        places=2,
        minimum=Decimal(0),
        maximum=HIGHEST,
        description=description,
        render_kw={"width": 4, "suffix": "%"},
    )


def _more(formula: PriceFormula) -> str:
    """What whoever chooses a formula must know besides: what the price weighs, or that others matter."""
    if formula is PriceFormula.MONETISED:
        return "Enter 0 as the weight of the price."
    if formula in EVEN_HANDED:
        return "Enter 50 as the weight of the price."
    return OTHERS_MATTER if FORMULAS[formula].is_relative else ""


class PriceForm(EditForm):
    """What the price weighs and how price and quality are judged together."""

    weight = _weight("Weight of the price", "Enter the weight of the price, such as 60 or 33.33.")
    formula = RadiosField(
        "How quotes are judged",
        validators=[Required("Choose how quotes are judged.")],
        coerce=PriceFormula,
        choices=choices(
            (formula, one.name, " ".join(filter(None, (one.words, _more(formula)))))
            for formula, one in FORMULAS.items()
        ),
    )
    ceiling = MoneyField("Ceiling", description=TOTAL_PRICE, render_kw={"width": 10})
    optimum = MoneyField("Optimum", description=TOTAL_PRICE, render_kw={"width": 10})
    steepness = QuantityField(
        "Marks lost for each 1% above the lowest price, in per cent of all price marks",
        places=2,
        minimum=Decimal("0.1"),
        maximum=Decimal(10),
        description="1 is usual: a price 10% above the lowest loses 10% of the marks.",
        render_kw={"width": 4, "suffix": "%"},
    )

    worth_of_a_point = MoneyField(
        "What a quality point is worth",
        description=(
            "Against the total price of all schools over the whole term, before VAT. The best answers earn "
            "100 points."
        ),
        render_kw={"width": 10},
    )

    indexation = _rate(
        "Prices rise each year by",
        "From the second year on, the same for every supplier. Leave it blank where prices stay as quoted.",
    )
    discount_rate = _rate(
        "Discount rate a year",
        "What is paid later weighs less: 3.5% is the Treasury’s rate where prices do not rise with inflation "
        "(The Green Book). Leave it blank for none.",
    )

    def pricing(self) -> Pricing:
        """What was chosen."""
        return Pricing(
            self.formula.data,
            self.ceiling.data,
            self.optimum.data,
            self.steepness.data,
            self.worth_of_a_point.data,
            self.indexation.data,
            self.discount_rate.data,
        )


class CriterionForm(EditForm, NewThingForm):
    """One criterion; made by `criterion_form`, which gives it a place for the words of each mark."""

    kind = RadiosField("What it is", validators=[Required("Choose what it is.")], coerce=CriterionKind)
    title = TextField(
        "Name",
        validators=[Required("Enter a name for this criterion."), Length(max=LONGEST_TITLE)],
        render_kw={"width": "two-thirds"},
    )
    weight = _weight("Weight", "", description="Per cent of its level. Leave it blank for pass or fail.")
    question = LongTextField(
        "Question that suppliers answer",
        validators=[Length(max=LONGEST_TEXT)],
        description="Leave it blank for a group.",
        render_kw={"rows": 4},
    )
    word_limit = QuantityField(
        "Most words in an answer",
        validators=[Required("Enter the most words an answer may have.")],
        places=0,
        minimum=Decimal(10),
        maximum=Decimal(LONGEST_ANSWER_WORDS),
        render_kw={"width": 4},
    )
    highest_score = ChoiceField(
        "Scored from 0 to",
        validators=[Required("Choose the highest mark.")],
        choices=choices((scale, str(scale)) for scale in sorted(SCALES)),
        coerce=int,
    )
    lowest_score = QuantityField(
        "Lowest mark that passes",
        validators=[Required("Enter the lowest mark that passes, or 0.")],
        places=0,
        description="0 means that no quote fails on this question.",
        render_kw={"width": 2},
    )
    scale: int = USUAL_SCALE

    def marks(self) -> list[Any]:
        """The fields for the words of each mark."""
        return [self[f"mark_{mark}"] for mark in range(self.scale + 1)]

    @property
    def guidance(self) -> Any:
        """Where what is wrong with the words of all marks together is shown."""
        return self["mark_0"]

    def draft(self) -> CriterionDraft:
        """What was entered; words for marks belong to the scale that was shown with them."""
        kind = self.kind.data
        return CriterionDraft(
            kind,
            self.title.data or "",
            self.weight.data or Decimal(0),
            self.question.data or "",
            int(self.word_limit.data or 0),
            self.highest_score.data or USUAL_SCALE,
            int(self.lowest_score.data or 0),
            tuple(field.data or "" for field in self.marks()) if kind is CriterionKind.QUALITY else (),
        )


def criterion_form(kinds: Sequence[tuple[object, str, str]], scale: int, **data: Any) -> CriterionForm:
    """The form of a criterion whose marks run to `scale`, filled in with `data`."""
    fields: dict[str, Any] = {
        f"mark_{mark}": LongTextField(f"Mark {mark} means", render_kw={"rows": 2})
        for mark in range(scale + 1)
    }
    made: type[CriterionForm] = type("CriterionFormOfScale", (CriterionForm,), {**fields, "scale": scale})
    form = made(data=data)
    form.kind.choices = choices(kinds)
    return form
