"""What a template is told about a field: its kind, its width, and where each error leads."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from marketplace.core.controls import ErrorLink, control_of, form_errors
from marketplace.core.fields import DateInputField, MoneyField, RadiosField, Required, UnitPriceField, choices

GROUPED = [
    SelectChoice("a", "Ash", optgroup="Trees"),
    SelectChoice("o", "Oak", optgroup="Trees"),
    SelectChoice("f", "Fern", optgroup="Plants"),
]


class Line(Form):  # type: ignore[misc]  # WTForms ships no types
    price = UnitPriceField("Price", [Required("Enter the price")])


class Everything(Form):  # type: ignore[misc]  # WTForms ships no types
    text = StringField("Text", description="As others read it", render_kw={"width": 20, "title": "Full"})
    lines = TextAreaField("Lines", [Length(max=200)], render_kw={"rows": 8})
    number = IntegerField("Number")
    secret = PasswordField("Secret")
    hidden = HiddenField()
    ticked = BooleanField("Ticked")
    plant = SelectField("Plant", choices=GROUPED)
    radio = RadioField("Radio", choices=[SelectChoice("a", "A")])
    several = SelectMultipleField("Several", choices=[SelectChoice("a", "A")])
    hinted = RadiosField("Hinted", choices=choices([("y", "Yes", "Together"), ("n", "No")]))
    file = FileField("File")
    spend = MoneyField("Spend", render_kw={"width": 5})
    start = DateInputField("Start")
    prices = FieldList(FormField(Line), min_entries=2)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("text", "input"),
        ("lines", "textarea"),
        ("number", "input"),
        ("secret", "password"),
        ("hidden", "hidden"),
        ("ticked", "checkbox"),
        ("plant", "select"),
        ("radio", "radios"),
        ("several", "select"),
        ("hinted", "radios"),
        ("file", "file"),
        ("spend", "input"),
        ("start", "date"),
    ],
)
def test_each_kind_of_field_has_its_control(name: str, kind: str) -> None:
    assert control_of(Everything()[name]).kind == kind


def test_render_kw_says_how_it_looks() -> None:
    form = Everything(data={"text": "Ash & oak"})
    text = control_of(form.text)
    assert (text.label, text.hint, text.value) == ("Text", "As others read it", "Ash & oak")
    assert text.width == "govuk-input--width-20"
    assert text.attributes == (("title", "Full"),)
    assert (control_of(form.lines).rows, control_of(form.lines).longest) == (8, 200)


def test_what_a_field_is_by_nature_yields_to_render_kw() -> None:
    spend = control_of(Everything().spend)
    assert (spend.prefix, spend.inputmode, spend.width) == ("£", "decimal", "govuk-input--width-5")


def test_options_keep_their_groups_and_hints() -> None:
    form = Everything(data={"plant": "o"})
    plant = control_of(form.plant)
    assert [(group.label, len(group.options)) for group in plant.groups] == [("Trees", 2), ("Plants", 1)]
    assert [option.label for option in plant.options if option.selected] == ["Oak"]
    assert [option.hint for option in control_of(form.hinted).options] == ["Together", ""]


def test_an_unknown_width_is_an_error_of_the_author() -> None:
    form = Everything()
    form.text.render_kw = {"width": 17}
    with pytest.raises(KeyError):
        control_of(form.text)


def test_errors_lead_to_their_inputs_in_the_order_of_the_page() -> None:
    form = Everything(
        MultiDict(
            {
                "start-day": "3",
                "start-month": "",
                "start-year": "2027",
                "spend": "much",
                "prices-0-price": "2.45",
                "prices-1-price": "",
                "plant": "a",
                "radio": "a",
                "number": "1",
            }
        )
    )
    form.validate()
    form.form_errors.append("The tender has closed.")
    form.hidden.errors = ["It changed."]
    assert form_errors(form) == [
        ErrorLink("The tender has closed.", None),
        ErrorLink("It changed.", None),
        ErrorLink("Spend must be a number, like 1,234.50.", "#spend"),
        ErrorLink("Start must include a month.", "#start-month"),
        ErrorLink("Enter the price", "#prices-1-price"),
    ]
