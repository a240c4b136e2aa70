"""Forms for needs: the common fields, and for each category its own."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from wtforms import Field
from wtforms.validators import Length

from marketplace.contracts import categories
from marketplace.contracts.categories import Category, CategoryField, FieldType
from marketplace.core.fields import (
    CheckboxesField,
    ChoiceField,
    DateInputField,
    LongTextField,
    MoneyField,
    QuantityField,
    RadiosField,
    Required,
    TextField,
    choices,
)
from marketplace.core.forms import EditForm, Form, NewThingForm
from marketplace.core.listing import FilterForm
from marketplace.needs import rules
from marketplace.needs.answers import LARGEST_NUMBER, Answer, ask, field_name
from marketplace.needs.rules import JOINT_LABELS, STATUS_LABELS, Joint, NeedContent, NeedStatus

YES_NO = (("yes", "Yes"), ("no", "No"))


class NeedsFilter(FilterForm):
    """What to show of the needs."""

    q = TextField("Need, reference, school or supplier")
    status = ChoiceField(
        "Status", choices=choices(STATUS_LABELS.items()), coerce=NeedStatus, blank="Any status"
    )
    category = ChoiceField("Category", choices=choices(categories.pairs()), blank="All categories")
    school = ChoiceField("School", coerce=uuid.UUID, blank="All schools")


class CategoryForm(Form):
    """Which category a new need is in, and of which school it is."""

    school = ChoiceField("School", [Required("Choose a school.")], coerce=uuid.UUID, blank="Choose a school")
    category = RadiosField(
        "What does the school need?",
        [Required("Choose what the school needs.")],
        choices=choices(categories.pairs()),
    )


class NeedForm(Form):
    """What every need says. A draft may leave everything but the title open.

    The fields, and so what is wrong with them, come in the order of the page.
    """

    category: Category
    _fields: dict[str, Field]

    title = TextField(
        "Title",
        [Required("Enter a title, such as School meals."), Length(max=rules.LONGEST_TITLE)],
        description="A few words by which other schools recognise it",
    )
    description = LongTextField(
        "What matters to the school",
        description="What should stay and what should get better. Other schools of the alliance read it too.",
    )
    volume = QuantityField("Volume", [Required("Enter how much the school needs.")])
    current_supplier = TextField("Supplier today", [Length(max=rules.LONGEST_TITLE)])
    current_annual_spend = MoneyField(
        "Spend a year today, before VAT",
        [Required("Enter what the school spends a year today, or 0.")],
        description="From the last twelve months’ invoices. Savings are measured against it.",
    )
    contract_ends_on = DateInputField(
        "When does today’s contract end?", [Required("Enter when today’s contract ends.")]
    )
    wanted_from = DateInputField("From when is it wanted?", [Required("Enter from when it is wanted.")])
    term_months = QuantityField(
        "For how long?",
        [Required("Enter for how many months it is wanted.")],
        places=0,
        maximum=rules.LONGEST_TERM_MONTHS,
        render_kw={"suffix": "months", "width": 4},
    )
    joint = RadiosField(
        "Is the school willing to buy together with others?",
        [Required("Say whether the school is willing to buy together.")],
        choices=choices(JOINT_LABELS.items()),
        coerce=Joint,
    )
    joint_condition = TextField(
        "If there is a condition, which?",
        [Length(max=rules.LONGEST_REASON)],
        description="Such as: only if our own kitchen staff stay",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        first = ("title", "description", "volume", *(field_name(one.key) for one in self.category.fields))
        self._fields = {name: self._fields[name] for name in first} | self._fields

    def allow_gaps(self) -> None:
        """Ask for nothing but the title: it is to be a draft."""
        for field in self:
            if field.name != "title":
                field.validators = [one for one in field.validators if not isinstance(one, Required)]

    @property
    def own_fields(self) -> list[Field]:
        """The fields of the category's own questions, in their order."""
        return [self[field_name(question.key)] for question in self.category.fields]

    def content(self) -> NeedContent:
        """What was entered; call it on a valid form."""
        term = self.term_months.data
        return NeedContent(
            title=self.title.data,
            description=self.description.data or "",
            volume=self.volume.data,
            current_supplier=self.current_supplier.data or "",
            current_annual_spend=self.current_annual_spend.data,
            contract_ends_on=self.contract_ends_on.data,
            wanted_from=self.wanted_from.data,
            term_months=None if term is None else int(term),
            joint=self.joint.data,
            joint_condition=self.joint_condition.data or "",
            answers={
                question.key: _answer(question, self[field_name(question.key)].data)
                for question in self.category.fields
            },
        )


class ReasonForm(EditForm):
    """Why a need is returned or withdrawn."""

    reason = LongTextField("Reason", [Required("Enter the reason."), Length(max=rules.LONGEST_REASON)])


class WaiverForm(NewThingForm):
    """Leave to ask for fewer quotes, and why."""

    quotes = QuantityField(
        "How many quotes are enough?",
        [Required("Enter how many quotes are enough, or 0.")],
        places=0,
        render_kw={"width": 2, "inputmode": "numeric"},
    )
    reason = LongTextField(
        "Why are they enough?",
        [Required("Say why fewer quotes are enough."), Length(max=rules.LONGEST_REASON)],
    )


@cache
def new_need_form(category_id: str) -> type[Any]:
    """The form that drafts a need in a category. Raises RuleBroken for an unknown one."""
    return type("NewNeedForm", (NewThingForm, NeedForm), _own_fields(categories.category(category_id)))


@cache
def edit_need_form(category_id: str) -> type[Any]:
    """The form that changes a draft in a category."""
    return type("EditNeedForm", (EditForm, NeedForm), _own_fields(categories.category(category_id)))


def _own_fields(category: Category) -> dict[str, Any]:
    """A field for each question, and the volume in the category's unit."""
    fields = {field_name(question.key): _field(question) for question in category.fields}
    volume = QuantityField(
        "Volume",
        [Required(f"Enter how many {category.volume_unit} the school needs.")],
        render_kw={"suffix": category.volume_unit},
    )
    return {"category": category, "volume": volume, **fields}


def _field(question: CategoryField) -> Field:
    """The field that asks a question. The rules say how long a text may be: a counter would distract."""
    required = [Required(ask(question))] if question.required else []
    label = question.label if question.required else f"{question.label} (optional)"
    if question.type in {FieldType.WHOLE_NUMBER, FieldType.NUMBER}:
        return QuantityField(
            label,
            required,
            places=0 if question.type is FieldType.WHOLE_NUMBER else 4,
            maximum=question.largest or LARGEST_NUMBER,
            description=question.hint,
            render_kw={"suffix": question.unit} if question.unit else {},
        )
    if question.type is FieldType.YES_NO:
        return RadiosField(
            label, required, choices=choices(YES_NO), description=question.hint, render_kw={"inline": True}
        )
    if question.type is FieldType.ONE_OF:
        return RadiosField(
            label, required, choices=choices(question.options.items()), description=question.hint
        )
    if question.type is FieldType.ANY_OF:
        return CheckboxesField(
            label, required, choices=choices(question.options.items()), description=question.hint
        )
    if question.type is FieldType.MONEY:
        return MoneyField(label, required, description=question.hint)
    if question.type is FieldType.DATE:
        return DateInputField(label, required, description=question.hint)
    field = TextField if question.type is FieldType.TEXT else LongTextField
    return field(label, required, description=question.hint)


def _answer(question: CategoryField, entered: Any) -> Answer:
    """From what a field gives to an answer."""
    if entered is None or entered == "":
        return None
    if question.type is FieldType.WHOLE_NUMBER:
        return int(entered)
    if question.type is FieldType.YES_NO:
        return bool(entered == "yes")
    answer: Answer = entered
    return answer


def shown_in_form(content: NeedContent) -> dict[str, Any]:
    """What a form's fields show of a need: the other way round."""
    values: dict[str, Any] = {name: getattr(content, name) for name in NeedContent.__dataclass_fields__}
    values |= {
        field_name(key): {True: "yes", False: "no"}[answer] if isinstance(answer, bool) else answer
        for key, answer in values.pop("answers").items()
    }
    return values
