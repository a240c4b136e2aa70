"""Forms for quotes. Prices and questions differ from tender to tender, so their fields are made for one."""

from __future__ import annotations

import uuid
from typing import Any

from wtforms import BooleanField
from wtforms.validators import Length, StopValidation

from marketplace.core.fields import (
    CheckboxesField,
    ChoiceField,
    LongTextField,
    QuantityField,
    Required,
    TextField,
    UnitPriceField,
    UploadField,
    choices,
)
from marketplace.core.forms import EditForm, Form
from suppliers.profiles.declarations.rules import LONGEST_TEXT, lines_of
from suppliers.quotes.copies import LARGEST_COPY
from suppliers.quotes.declarations.rules import DECLARATIONS, NOT_DECLARED, Confirmed, Declaration
from suppliers.quotes.filled_schedule import LARGEST_FILE
from suppliers.quotes.offers import (
    DISCOUNT_STEP,
    LARGEST_UNIT_PRICE,
    LONGEST_ANSWER,
    LOTS_FIELD,
    WHOLE,
    Offer,
    Schedule,
    answer_field,
    discount_field,
    price_field,
    tier_field,
)
from suppliers.quotes.rules import STAGE_LABELS, Stage


def _short_enough(_form: object, field: Any) -> None:
    if len(field.data or "") > LONGEST_ANSWER:
        raise StopValidation(f"{field.label.text} must have {LONGEST_ANSWER:,} characters or fewer.")


class PrepareForm(EditForm):
    """Lots, unit prices and answers of one tender; every field may be blank in a draft."""

    schedule: Schedule

    def offer(self) -> Offer:
        """What was entered."""
        division = self.schedule.division
        prices = {key: self[price_field(key)].data for key in self.schedule.lines}
        tiers = {
            (line.id, start): self[tier_field(line.id, number)].data
            for lot in self.schedule.lots
            for line in lot.lines
            for number, start in enumerate(division.starts(lot.id), start=1)
        }
        discounts = {one.id: self[discount_field(one.id)].data for one in division.bundles}
        return Offer(
            prices={key: price for key, price in prices.items() if price is not None},
            answers={one.id: self[answer_field(one.id)].data or "" for one in self.schedule.questions},
            tier_prices={key: price for key, price in tiers.items() if price is not None},
            discounts={key: percent for key, percent in discounts.items() if percent is not None},
            lots=frozenset(map(uuid.UUID, self[LOTS_FIELD].data or ())) if division.apart else frozenset(),
        )


def prepare_form(schedule: Schedule, offer: Offer, version: int) -> PrepareForm:
    """The form of a tender, filled in with what the draft holds."""
    fields: dict[str, Any] = {"schedule": schedule}
    held: dict[str, Any] = {"version": version}
    division = schedule.division
    if division.apart:
        fields[LOTS_FIELD] = CheckboxesField(
            "Lots that you quote for",
            choices=choices((lot.id, f"Lot {lot.number}: {lot.title}") for lot in schedule.lots),
            description=_most_lots(division.limits.most_quoted),
        )
        held[LOTS_FIELD] = sorted(map(str, offer.lots))
    for lot in schedule.lots:
        starts = division.starts(lot.id)
        for line in lot.lines:
            label = f"Price for {line.item} (lot {lot.number}, line {line.number})"
            fields[price_field(line.id)] = UnitPriceField(label, maximum=LARGEST_UNIT_PRICE)
            held[price_field(line.id)] = offer.price(line.id)
            for number, start in enumerate(starts, start=1):
                name = tier_field(line.id, number)
                begins = division.start_in_words(lot.id, start)
                fields[name] = UnitPriceField(f"{label}, {begins}", maximum=LARGEST_UNIT_PRICE)
                held[name] = offer.price(line.id, start)
    for bundle in division.bundles:
        fields[discount_field(bundle.id)] = QuantityField(
            f"Discount of the bundle “{bundle.title}”, in per cent",
            places=2,
            minimum=DISCOUNT_STEP,
            maximum=WHOLE - DISCOUNT_STEP,
            render_kw={"suffix": "%", "width": 5},
        )
        held[discount_field(bundle.id)] = offer.discounts.get(bundle.id)
    for question in schedule.questions:
        fields[answer_field(question.id)] = LongTextField(
            f"Question {question.number}: {question.title}",
            [_short_enough],
            render_kw={"rows": 10, "maxwords": question.word_limit},
        )
        held[answer_field(question.id)] = offer.answers.get(question.id)
    made: type[PrepareForm] = type("PrepareFormOfTender", (PrepareForm,), fields)
    return made(data=held)


def _most_lots(most: int | None) -> str:
    if most is None:
        return "Choose one, several or all. Each is won on its own."
    return f"Choose at most {most}. Each is won on its own."


class UploadForm(Form):
    """A filled-in price schedule."""

    schedule = UploadField(
        "Price schedule",
        [Required("Choose the price schedule that you filled in")],
        extensions=[".xlsx"],
        max_bytes=LARGEST_FILE,
        description="The Excel workbook that you downloaded here, up to 5 MB",
    )


class ReplaceForm(Form):
    """The supplier's own copy of the quote to replace, if it has one at hand."""

    copy = UploadField(
        "Your copy of the quote",
        extensions=[".json"],
        max_bytes=LARGEST_COPY,
        description="The .json file that you saved when you submitted. Without it the fields begin empty",
    )


def _declared(declaration: Declaration) -> BooleanField:
    """A declaration as a checkbox that must be ticked."""

    def ticked(_form: object, field: Any) -> None:
        if not field.data:
            raise StopValidation(NOT_DECLARED[declaration])

    return BooleanField(DECLARATIONS[declaration], [ticked])


class SubmitForm(EditForm):
    """What is confirmed with a quote, and what is particular to this tender."""

    conflict = LongTextField(
        "Conflict of interest in this tender (leave blank if there is none)",
        [Length(max=LONGEST_TEXT)],
        description="Such as a director who is a governor of one of the schools. Say who, and what you do.",
        render_kw={"rows": 3},
    )
    sub_contractors = LongTextField(
        "Sub-contractors for this tender (optional)",
        description="One a line: name, company number if there is one, what they do",
        render_kw={"rows": 3},
    )
    still_true = _declared(Declaration.STILL_TRUE)
    independent = _declared(Declaration.INDEPENDENT)
    binding = _declared(Declaration.BINDING)
    free_confirmed = BooleanField("The lines priced at £0.00 are meant to be free of charge")

    def confirmed(self) -> Confirmed:
        """What was ticked and entered."""
        return Confirmed(
            tuple(one.value for one in Declaration if self[one.value].data),
            self.conflict.data or "",
            lines_of(self.sub_contractors.data or ""),
        )


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
