"""Forms for needs: one for each page of questions, and those around them."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from wtforms import BooleanField, Field
from wtforms.validators import Length

from marketplace.contracts.categories import Category, CategoryField, FieldType
from marketplace.contracts.forms import category_choices
from marketplace.core.errors import RuleBroken
from marketplace.core.fields import (
    CheckboxesField,
    ChoiceField,
    DateInputField,
    LongTextField,
    MoneyField,
    QuantityField,
    RadiosField,
    Required,
    RowsField,
    TextField,
    choices,
)
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.core.listing import FilterForm
from marketplace.core.rows import Rows
from marketplace.needs import rules
from marketplace.needs.answers import LARGEST_NUMBER, Answer, ask, field_name
from marketplace.needs.questions import QuestionPage
from marketplace.needs.rules import (
    CONSIDERED_LABELS,
    JOINT_LABELS,
    STATUS_LABELS,
    Considered,
    Joint,
    NeedContent,
    NeedStatus,
)

YES_NO = (("yes", "Yes"), ("no", "No"))
WHOLE_NUMBERS = {"term_months": None, "extension_months": 0}
"""Standard questions answered by a whole number, and what a blank means."""
TEXTS = frozenset({"title", "description", "current_supplier", "frameworks_reason", "joint_condition"})


class NeedsFilter(FilterForm):
    """What to show of the needs."""

    q = TextField("Need, reference, school or supplier")
    status = ChoiceField(
        "Status", choices=choices(STATUS_LABELS.items()), coerce=NeedStatus, blank="Any status"
    )
    category = ChoiceField("Category", choices=category_choices, blank="All categories")
    school = ChoiceField("School", coerce=uuid.UUID, blank="All schools")


class CategoryForm(NewThingForm):
    """Which category a new need is in, and of which school it is."""

    school = ChoiceField("School", [Required("Choose a school.")], coerce=uuid.UUID, blank="Choose a school")
    category = RadiosField(
        "What does the school need?", [Required("Choose what the school needs.")], choices=category_choices
    )


class QuestionForm(EditForm):
    """One page of questions about a draft. Its subclasses, one for a page, have that page's fields."""

    category: Category
    page: QuestionPage
    _fields: dict[str, Field]
    _with_gaps = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._fields = {name: self._fields[name] for name in self.page.fields} | self._fields

    def allow_gaps(self) -> None:
        """Ask for nothing but the title: the draft is put aside."""
        self._with_gaps = True
        for field in self:
            if isinstance(field, RowsField):
                field.allow_gaps()
            elif field.name != "title":
                field.validators = [one for one in field.validators if not isinstance(one, Required)]

    def press(self, button: str) -> None:
        """Add a row to a table ("answer_bins:add"), or take one away ("answer_bins:remove:2")."""
        name, _, what = button.partition(":")
        if name in self.page.fields and isinstance(self[name], RowsField):
            self[name].press(what)

    @property
    def has_rows(self) -> bool:
        """Is there a table to fill in on the page?"""
        return any(isinstance(question, RowsField) for question in self.questions)

    @property
    def questions(self) -> list[Field]:
        """The fields of the page, in their order."""
        return [self[name] for name in self.page.fields]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each field and, unless there may be gaps, what one answer asks of another."""
        sound: bool = super().validate(extra_validators)
        if not sound or self._with_gaps:
            return sound
        for name, check in rules.ASKED_TOGETHER.items():
            if name in self:
                try:
                    check(self.onto(NeedContent(title="")))
                except RuleBroken as missing:
                    field = self[missing.field or name]
                    field.errors = [*field.errors, missing.message]
                    sound = False
        return sound

    def onto(self, before: NeedContent) -> NeedContent:
        """A need's content with what was entered on this page; call it on a valid form."""
        keys = {field_name(question.key): question for question in self.category.fields}
        entered = {name: self[name].data for name in self.page.fields}
        answered = {
            keys[name].key: _answer(keys[name], value) for name, value in entered.items() if name in keys
        }
        standard = {name: _standard(name, value) for name, value in entered.items() if name not in keys}
        return replace(before, answers={**before.answers, **answered}, **standard)


def _standard(name: str, value: Any) -> Any:
    """From what a field gives to what a need says."""
    if name in WHOLE_NUMBERS:
        return WHOLE_NUMBERS[name] if value is None else int(value)
    return (value or "") if name in TEXTS else value


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


def question_form(category: Category, page: QuestionPage) -> type[QuestionForm]:
    """The form of one page of a need's questions."""
    known = _standard_fields(category) | {field_name(one.key): _field(one) for one in category.fields}
    asked = {name: known[name] for name in page.fields}
    return type("QuestionFormOfPage", (QuestionForm,), {"category": category, "page": page, **asked})


def _standard_fields(category: Category) -> dict[str, Any]:
    """The fields of the questions that every need answers besides its category's."""
    return {
        "title": TextField(
            "Title",
            [Required("Enter a title, such as School meals."), Length(max=rules.LONGEST_TITLE)],
            description="A few words by which other schools recognise it",
        ),
        "description": LongTextField(
            "What matters to the school (optional)",
            description="What should stay and what should get better. Other schools of the alliance read it "
            "too, and suppliers do if it becomes a requirement of a joint tender: name nobody.",
        ),
        "volume": QuantityField(
            "Volume",
            [Required(f"Enter how many {category.volume_unit} the school needs.")],
            render_kw={"suffix": category.volume_unit},
        ),
        "current_supplier": TextField("Supplier today (optional)", [Length(max=rules.LONGEST_TITLE)]),
        "contract_ends_on": DateInputField(
            "When does today’s contract end?", [Required("Enter when today’s contract ends.")]
        ),
        "current_annual_spend": MoneyField(
            "Spend a year today, before VAT",
            [Required("Enter what the school spends a year today, or 0.")],
            description="From the last twelve months’ invoices. Savings are measured against it.",
        ),
        "highest_annual_spend": MoneyField(
            "The most it could cost a year, before VAT (optional)",
            description="If that could be more than today. The law counts the most that may be paid.",
        ),
        "wanted_from": DateInputField("From when is it wanted?", [Required("Enter from when it is wanted.")]),
        "term_months": QuantityField(
            "For how long?",
            places=0,
            maximum=rules.LONGEST_TERM_MONTHS,
            description="Without extensions",
            render_kw={"suffix": "months", "width": 4},
        ),
        "term_unknown": BooleanField("It is not known yet for how long"),
        "extension_months": QuantityField(
            "By how much may it be extended after that? (optional)",
            places=0,
            maximum=rules.LONGEST_TERM_MONTHS,
            description="All extensions together. They count towards the value.",
            render_kw={"suffix": "months", "width": 4},
        ),
        "frameworks": RadiosField(
            "Did you consider these?",
            [Required(rules.CONSIDER_FRAMEWORKS)],
            choices=choices(CONSIDERED_LABELS.items()),
            coerce=Considered,
        ),
        "frameworks_reason": LongTextField(
            "If you decided not to: why?", [Length(max=rules.LONGEST_REASON)], render_kw={"rows": 3}
        ),
        "joint": RadiosField(
            "Is the school willing to buy together with others?",
            [Required("Say whether the school is willing to buy together.")],
            choices=choices(JOINT_LABELS.items()),
            coerce=Joint,
        ),
        "joint_condition": TextField(
            "If there is a condition, which?",
            [Length(max=rules.LONGEST_REASON)],
            description="Such as: only if our own kitchen staff stay",
        ),
    }


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
    if question.type is FieldType.TABLE:
        return RowsField(
            label,
            required,
            cells={column.key: _cell(column) for column in question.columns},
            most=question.most_rows,
            none_label=question.none,
            description=question.hint,
        )
    field = TextField if question.type is FieldType.TEXT else LongTextField
    return field(label, required, description=question.hint)


def _cell(column: CategoryField) -> Field:
    """The field of one column in a row of a table: what is chosen takes one line."""
    offered = YES_NO if column.type is FieldType.YES_NO else column.options.items()
    if column.type not in {FieldType.YES_NO, FieldType.ONE_OF}:
        return _field(column)
    return ChoiceField(
        column.label if column.required else f"{column.label} (optional)",
        [Required(ask(column))] if column.required else [],
        choices=choices(offered),
        blank="Choose",
    )


def _answer(question: CategoryField, entered: Any) -> Answer:
    """From what a field gives to an answer."""
    if entered is None or entered == "":
        return None
    if question.type is FieldType.WHOLE_NUMBER:
        return int(entered)
    if question.type is FieldType.YES_NO:
        return bool(entered == "yes")
    if isinstance(entered, Rows):
        columns = {column.key: column for column in question.columns}
        rows = ({key: _answer(columns[key], cell) for key, cell in row.items()} for row in entered.rows)
        return replace(entered, rows=tuple(rows))
    answer: Answer = entered
    return answer


def shown_in_form(content: NeedContent) -> dict[str, Any]:
    """What a form's fields show of a need: the other way round."""
    values: dict[str, Any] = {name: getattr(content, name) for name in NeedContent.__dataclass_fields__}
    values |= {field_name(key): _entered(answer) for key, answer in values.pop("answers").items()}
    return values


def _entered(answer: Any) -> Any:
    """What a field shows of an answer."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, Rows):
        rows = ({key: _entered(cell) for key, cell in row.items()} for row in answer.rows)
        return replace(answer, rows=tuple(rows))
    return answer
