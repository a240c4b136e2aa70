"""Forms for quotes. Prices and questions differ from tender to tender, so their fields are made for one."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField
from wtforms.validators import StopValidation

from marketplace.core.fields import (
    ChoiceField,
    LongTextField,
    Required,
    TextField,
    UnitPriceField,
    UploadField,
    choices,
)
from marketplace.core.forms import EditForm, Form
from suppliers.quotes.filled_schedule import LARGEST_FILE
from suppliers.quotes.offers import (
    LARGEST_UNIT_PRICE,
    LONGEST_ANSWER,
    Offer,
    Schedule,
    answer_field,
    price_field,
)
from suppliers.quotes.rules import DECLARATIONS, NOT_DECLARED, STAGE_LABELS, Declaration, Stage


def _short_enough(_form: object, field: Any) -> None:
    if len(field.data or "") > LONGEST_ANSWER:
        raise StopValidation(f"{field.label.text} must have {LONGEST_ANSWER:,} characters or fewer.")


class PrepareForm(EditForm):
    """Unit prices and answers of one tender; every field may be blank in a draft."""

    schedule: Schedule

    def offer(self) -> Offer:
        """What was entered."""
        prices = {key: self[price_field(key)].data for key in self.schedule.lines}
        return Offer(
            prices={key: price for key, price in prices.items() if price is not None},
            answers={one.id: self[answer_field(one.id)].data or "" for one in self.schedule.questions},
        )


def prepare_form(schedule: Schedule, offer: Offer, version: int) -> PrepareForm:
    """The form of a tender, filled in with what the draft holds."""
    fields: dict[str, Any] = {"schedule": schedule}
    for lot in schedule.lots:
        for line in lot.lines:
            label = f"Price for {line.item} (lot {lot.number}, line {line.number})"
            fields[price_field(line.id)] = UnitPriceField(label, maximum=LARGEST_UNIT_PRICE)
    for question in schedule.questions:
        fields[answer_field(question.id)] = LongTextField(
            f"Question {question.number}: {question.title}",
            [_short_enough],
            render_kw={"rows": 10, "maxwords": question.word_limit},
        )
    made: type[PrepareForm] = type("PrepareFormOfTender", (PrepareForm,), fields)
    held: dict[str, Any] = {price_field(key): price for key, price in offer.prices.items()}
    held |= {answer_field(key): text for key, text in offer.answers.items()}
    return made(data=held | {"version": version})


class UploadForm(Form):
    """A filled-in price schedule."""

    schedule = UploadField(
        "Price schedule",
        [Required("Choose the price schedule that you filled in")],
        extensions=[".xlsx"],
        max_bytes=LARGEST_FILE,
        description="The Excel workbook that you downloaded here, up to 5 MB",
    )


def _declared(declaration: Declaration) -> BooleanField:
    """A declaration as a checkbox that must be ticked."""

    def ticked(_form: object, field: Any) -> None:
        if not field.data:
            raise StopValidation(NOT_DECLARED[declaration])

    return BooleanField(DECLARATIONS[declaration], [ticked])


class SubmitForm(EditForm):
    """The declarations that go with a quote, one field each."""

    not_excluded = _declared(Declaration.NOT_EXCLUDED)
    no_conflict = _declared(Declaration.NO_CONFLICT)
    binding = _declared(Declaration.BINDING)
    free_confirmed = BooleanField("The lines priced at £0.00 are meant to be free of charge")

    def declared(self) -> list[str]:
        """The declarations that were ticked."""
        return [one.value for one in Declaration if self[one.value].data]


class FindQuotesForm(Form):
    """Words of a title or a reference, and a status."""

    class Meta:
        csrf = False

    q = TextField("Tender or reference")
    stage = ChoiceField(
        "Status",
        choices=choices((stage, label) for stage, label in STAGE_LABELS.items() if stage is not Stage.DRAFT),
        blank="Any status",
        coerce=Stage,
    )
