"""Forms for filling in a draft, one for each small page."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from wtforms import StringField
from wtforms.validators import Length, StopValidation

from marketplace.contracts import categories
from marketplace.core.fields import (
    CheckboxesField,
    ChoiceField,
    DateInputField,
    LocalDateTimeField,
    LongTextField,
    MoneyField,
    QuantityField,
    RadiosField,
    Required,
    TextField,
    choices,
)
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.core.money import ZERO, Money
from marketplace.needs.thresholds import Regime
from marketplace.tenders.drafting.rules import (
    PanelDraft,
)
from marketplace.tenders.rules import SPLIT_LABELS, Seat, Split
from marketplace.tenders.timetable import PROCEDURE_LABELS, Procedure, least_period

LONGEST_TITLE = 150
LONGEST_TEXT = 5_000
LONGEST_REASON = 500
LONGEST_EXTENSION = 120
LONGEST_ANSWER_WORDS = 5_000
HIGHEST_SCORE = 5
TOTAL_PRICE = "The total price of all schools over the whole term, before VAT."
OTHERS_MATTER = "Its marks depend on the other quotes."
FIRST_QUESTIONS = 3
MOST_QUESTIONS = 20
CPV = re.compile(r"[0-9]{8}(-[0-9])?")


def _cpv(_: object, field: StringField) -> None:
    if field.data and not CPV.fullmatch(field.data):
        raise StopValidation("The CPV code must have eight digits, like 55524000.")


class DraftForm(NewThingForm):
    """Begins a tender: what it is called, and the needs it brings together."""

    title = TextField(
        "Title",
        validators=[Required("Enter a title, such as School meals 2027 to 2030."), Length(max=LONGEST_TITLE)],
        description="What suppliers will search for. Name what is bought and, if you like, the years.",
    )
    needs = CheckboxesField("Approved needs to bring together", coerce=uuid.UUID)


class BasicsForm(EditForm):
    """What the tender buys."""

    title = TextField("Title", validators=[Required("Enter a title."), Length(max=LONGEST_TITLE)])
    category = ChoiceField("Category", validators=[Required("Choose a category.")])
    cpv = TextField(
        "CPV code",
        validators=[_cpv],
        description="Eight digits of the Common Procurement Vocabulary. It decides which law applies. "
        "Leave blank to use the category’s first code.",
        render_kw={"width": 10, "inputmode": "numeric"},
    )
    description = LongTextField(
        "Description",
        validators=[
            Required("Describe what the schools want to buy."),
            Length(max=LONGEST_TEXT),
        ],
        description="What is wanted, where, and anything a supplier must know to decide whether to quote.",
        render_kw={"rows": 8},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = choices(categories.pairs())

    def chosen_cpv(self) -> str:
        """The code entered, without its check digit; else the first of the category."""
        if self.cpv.data:
            return str(self.cpv.data)[:8]
        codes = categories.category(self.category.data).cpv
        return codes[0].code if codes else ""


class TermsForm(EditForm):
    """What the lead school recharges, and how it is divided."""

    recovery_fee = MoneyField(
        "What the lead school recharges for its work, before VAT",
        validators=[Required("Enter an amount, or 0 for nothing.")],
        description="For the whole tender, agreed before any quote is opened. Enter 0 for nothing.",
        maximum=Money(100_000_00),
        render_kw={"width": 10},
    )
    split = RadiosField(
        "How shared costs are divided between the schools",
        validators=[Required("Choose how shared costs are divided.")],
        coerce=Split,
        choices=choices((split, label.capitalize()) for split, label in SPLIT_LABELS.items()),
    )


class TimetableForm(EditForm):
    """The deadline, the contract's first and last day, and its options to run longer."""

    closes_at = LocalDateTimeField(
        "Deadline for quotes",
        validators=[Required("Enter the deadline for quotes.")],
        description="On a working day, from 09:00 to 17:00, such as 14:00, outside the holidays of the "
        "schools that buy.",
    )
    deadline_reason = LongTextField(
        "Why then, if it is out of hours or in a holiday",
        validators=[Length(max=LONGEST_REASON)],
        description="Leave blank for a usual deadline. Suppliers read it.",
        render_kw={"rows": 2},
    )
    procedure = RadiosField(
        "What decides how long suppliers have",
        validators=[Required("Choose what decides how long suppliers have.")],
        coerce=Procedure,
        choices=choices(
            (
                procedure,
                f"{PROCEDURE_LABELS[procedure]}: at least {least_period(Regime.ABOVE, procedure).days} days",
                least_period(Regime.ABOVE, procedure).source,
            )
            for procedure in Procedure
        ),
    )
    contract_starts_on = DateInputField(
        "First day of the contract", validators=[Required("Enter the first day of the contract.")]
    )
    contract_ends_on = DateInputField(
        "Last day of the contract",
        validators=[Required("Enter the last day of the contract.")],
        description="Without any option to run longer.",
    )
    extension_months = QuantityField(
        "Options to run longer, all together",
        validators=[Required("Enter the months, or 0 for no option.")],
        places=0,
        maximum=Decimal(LONGEST_EXTENSION),
        description="They count in the value, whether or not they are used. Enter 0 for none.",
        render_kw={"width": 3, "suffix": "months"},
    )


class BuyersForm(EditForm):
    """Who buys and who leads; `of_members` gives it a baseline field for each member school."""

    schools_that_buy = CheckboxesField(
        "Schools that buy",
        validators=[Required("Choose the schools that buy.")],
        coerce=uuid.UUID,
    )
    lead_school = ChoiceField(
        "Lead school",
        validators=[Required("Choose the lead school.")],
        coerce=uuid.UUID,
        blank="Choose a school",
        description="Suggested: the school that has done least work for its size.",
    )
    members: Mapping[uuid.UUID, str] = {}

    @classmethod
    def of_members(cls, members: Mapping[uuid.UUID, str], **given: Any) -> BuyersForm:
        """A form for these schools, filled from `baselines` (pence a year) of those that buy.

        Where none is known, `registered` fills it in: what the school's register of contracts says.
        """
        baselines: Mapping[uuid.UUID, Money] = given.pop("baselines", {})
        registered: Mapping[uuid.UUID, Money] = given.pop("registered", {})
        fields = {
            _baseline(school_id): MoneyField(
                name,
                default=baselines.get(school_id) or registered.get(school_id),
                render_kw={"width": 10},
            )
            for school_id, name in members.items()
        }
        form: BuyersForm = type("BuyersFormOfMembers", (cls,), {**fields, "members": members})(
            data={"schools_that_buy": list(baselines), **given}
        )
        pairs = list(members.items())
        form.schools_that_buy.choices = choices(pairs)
        form.lead_school.choices = choices(pairs)
        return form

    def baseline_fields(self) -> list[Any]:
        """The baseline fields, in the order of the schools."""
        return [self[_baseline(school_id)] for school_id in self.members]

    def baselines(self) -> dict[uuid.UUID, Money]:
        """What each chosen school pays today, pence a year; £0.00 where it is not known."""
        return {
            school_id: self[_baseline(school_id)].data or ZERO
            for school_id in self.schools_that_buy.data or []
        }


def _baseline(school_id: uuid.UUID) -> str:
    return f"baseline_{school_id.hex}"


def _place(label: str) -> ChoiceField:
    return ChoiceField(label, blank="Nobody", render_kw={"searchable": True})


class PeopleForm(EditForm):
    """Who opens and who scores: some places for each, blank where nobody is named."""

    opener_1, opener_2 = _place("Opener 1"), _place("Opener 2")
    opener_3, opener_4 = _place("Opener 3"), _place("Opener 4")
    evaluator_1, evaluator_2 = _place("Evaluator 1"), _place("Evaluator 2")
    evaluator_3, evaluator_4 = _place("Evaluator 3"), _place("Evaluator 4")

    @classmethod
    def naming(
        cls, people: Sequence[tuple[str, str]], seats: Mapping[Seat, list[str]], **data: Any
    ) -> PeopleForm:
        """A form that offers these people in every place, filled with those who are named already."""
        for seat, named in seats.items():
            data |= {f"{seat}_{number}": value for number, value in enumerate(named, start=1)}
        form = cls(data=data)
        for seat in Seat:
            for place in form.places(seat):
                place.choices = choices(people)
        return form

    def places(self, seat: Seat) -> list[Any]:
        """The fields for one kind of seat."""
        return [field for field in self if field.name.startswith(f"{seat}_")]

    @property
    def openers(self) -> Any:
        """Where what is wrong with all the openers together is shown."""
        return self.opener_1

    @property
    def evaluators(self) -> Any:
        """Where what is wrong with all the evaluators together is shown."""
        return self.evaluator_1

    def seats(self) -> list[PanelDraft]:
        """Everybody who was named, each once to a seat."""
        chosen = dict.fromkeys((one.data, seat) for seat in Seat for one in self.places(seat) if one.data)
        return [_seat(value, seat) for value, seat in chosen]


def seat_value(person_id: uuid.UUID, school_id: uuid.UUID) -> str:
    """A person of a school as a place sends them."""
    return f"{person_id}.{school_id}"


def _seat(value: str, seat: Seat) -> PanelDraft:
    person_id, school_id = value.split(".")
    return PanelDraft(uuid.UUID(person_id), uuid.UUID(school_id), seat)
