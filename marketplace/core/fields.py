"""Form fields that know pounds, quantities, dates, choices, tidy text and files.

A blank field gives None (text: an empty string) and is right unless `Required` says otherwise. What
was typed always comes back, wrong or not. Each message is a sentence that says what to enter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from os import SEEK_END
from typing import Any

from flask_wtf.file import FileField
from wtforms import EmailField as PlainEmailField
from wtforms import Field, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import Choice, SelectChoice
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget, RadioInput, TextArea, TextInput

from marketplace.core import scanning
from marketplace.core.date_fields import DateInputField, LocalDateTimeField
from marketplace.core.errors import RuleBroken
from marketplace.core.money import ZERO, Money
from marketplace.core.row_fields import RowsField

__all__ = [
    "AmountField",
    "CheckboxesField",
    "ChoiceField",
    "DateInputField",
    "EmailField",
    "LocalDateTimeField",
    "LongTextField",
    "MoneyField",
    "QuantityField",
    "RadiosField",
    "Required",
    "RowsField",
    "TextField",
    "UnitPriceField",
    "UploadField",
    "choices",
]

LARGEST_AMOUNT = Money(100_000_000_00)
LARGEST_UNIT_PRICE = Decimal(1_000_000)
LARGEST_QUANTITY = Decimal(100_000_000)
MEGABYTE = 1024 * 1024
LARGEST_UPLOAD = 50 * MEGABYTE
NOT_ON_THE_LIST = "Choose one of the options on the list."
NUMBER = re.compile(r"-?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]+)?|-?\.[0-9]+")
MINUS_SIGNS = str.maketrans({"−": "-", "–": "-"})  # a minus and a dash, as pasted from documents


class Required:
    """The field must be filled in; `message` says what to enter ("Enter the yearly spend").

    A checkbox must be ticked. Unlike WTForms' own validators it accepts a zero and never hides what
    is wrong with the input.
    """

    field_flags: Mapping[str, object] = {"required": True}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: object, field: Any) -> None:
        if field.process_errors:
            raise StopValidation
        if field.data is None or field.data is False or field.data in ("", [], ()):
            raise StopValidation(self.message)


def tidy(text: str | None) -> str:
    """Text as we keep it: composed Unicode, one kind of line break, no spaces at its ends.

    Raises ValueError for control characters, which no database column or PDF takes.
    """
    composed = unicodedata.normalize("NFC", (text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()
    if any(unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t" for letter in composed):
        raise ValueError("Remove the hidden control characters from this text.")
    return composed


class TextField(StringField):
    """One line of text, tidied; a line break in it becomes a space."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take the text as sent. Raises ValueError for control characters."""
        if valuelist:
            self.data = valuelist[0]
            self.data = " ".join(tidy(valuelist[0]).split("\n"))


class LongTextField(StringField):
    """Text of several lines, tidied."""

    widget = TextArea()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take the text as sent. Raises ValueError for control characters."""
        if valuelist:
            self.data = valuelist[0]
            self.data = tidy(valuelist[0])


class EmailField(PlainEmailField):
    """An e-mail address, tidied; whether it is one, the Email validator says."""

    default_render_kw: Mapping[str, object] = {"spellcheck": False, "autocomplete": "email"}

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take the address as sent. Raises ValueError for control characters."""
        if valuelist:
            self.data = tidy(valuelist[0])


class AmountField(Field):
    """A number typed by a person: an optional symbol, thousands in commas, so many decimal places.

    Base of the three below. Gives a Decimal, or None when blank. Refuses what is less than `minimum`
    or more than `maximum` with a sentence made of the label.
    """

    data: Any
    widget = TextInput()
    symbol = ""
    places = 4
    example = "1,250"
    smallest = Decimal(0)
    largest = LARGEST_QUANTITY

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        minimum: Any = None,
        maximum: Any = None,
        **options: Any,
    ) -> None:
        self.minimum = self.smallest if minimum is None else minimum
        self.maximum = self.largest if maximum is None else maximum
        super().__init__(label, validators, **options)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed. Raises ValueError with a sentence that says what to enter."""
        if not valuelist:
            return
        self.data = None
        typed = unicodedata.normalize("NFKC", valuelist[0]).translate(MINUS_SIGNS)
        typed = "".join(typed.split())
        if not typed:
            return
        bare = typed.removeprefix("-").removeprefix(self.symbol) if self.symbol else typed.removeprefix("-")
        number = f"-{bare}" if typed.startswith("-") else bare
        if not NUMBER.fullmatch(number):
            raise ValueError(f"{self.label.text} must be a number, like {self.example}.")
        exact = Decimal(number.replace(",", ""))
        if -int(exact.as_tuple().exponent) > self.places:
            raise ValueError(self._too_precise())
        if exact < self.limit(self.minimum):
            raise ValueError(f"{self.label.text} must be {self._in_words(self.minimum)} or more.")
        if exact > self.limit(self.maximum):
            raise ValueError(f"{self.label.text} must be {self._in_words(self.maximum)} or less.")
        self.data = self.convert(exact)

    def convert(self, exact: Decimal) -> Any:
        """From the number typed to what the field gives."""
        return exact

    def limit(self, value: Any) -> Decimal:
        """The number that a minimum or maximum stands for."""
        return Decimal(value)

    def shown(self, value: Any) -> str:
        """From what the field gives to what its input shows."""
        return f"{value:,f}"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.shown(self.data)

    def _too_precise(self) -> str:
        if self.places == 0:
            return f"{self.label.text} must be a whole number, like {self.example}."
        return f"{self.label.text} must have no more than {self.places} decimal places, like {self.example}."

    def _in_words(self, value: Any) -> str:
        return f"{self.symbol}{self.shown(value)}"


class MoneyField(AmountField):
    """Pounds and pence, as people write them; gives Money.

    Takes £1,234.50, 1234.5 and 1234; refuses 1.234,50. From £0.00 to £100,000,000.00 unless given.
    """

    default_render_kw: Mapping[str, object] = {"prefix": "£", "inputmode": "decimal", "width": 10}
    symbol = "£"
    places = 2
    example = "1,234.50"
    smallest: Any = ZERO
    largest: Any = LARGEST_AMOUNT

    def convert(self, exact: Decimal) -> Money:
        """Pounds to whole pence."""
        return Money.from_pounds(exact)

    def limit(self, value: Money) -> Decimal:
        """A limit in pounds."""
        return value.pounds

    def shown(self, value: Money) -> str:
        """Pounds with two places and no symbol: the £ stands before the input."""
        return f"{value.pounds:,f}"


class UnitPriceField(AmountField):
    """The price of one unit in pounds, to a hundredth of a penny; gives a Decimal."""

    default_render_kw: Mapping[str, object] = {"prefix": "£", "inputmode": "decimal", "width": 10}
    symbol = "£"
    example = "2.4575"
    largest = LARGEST_UNIT_PRICE

    def shown(self, value: Decimal) -> str:
        """Pounds with at least two places and at most four."""
        whole, _, decimals = f"{value:,f}".partition(".")
        return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


class QuantityField(AmountField):
    """How much or how many; gives a Decimal. `places=0` takes whole numbers only."""

    default_render_kw: Mapping[str, object] = {"inputmode": "decimal", "width": 10}

    def __init__(
        self, label: str, validators: Sequence[Any] = (), *, places: int = 4, **options: Any
    ) -> None:
        self.places = places
        super().__init__(label, validators, **options)

    def shown(self, value: Decimal) -> str:
        """The number without needless zeros."""
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


def choices(pairs: Iterable[tuple[object, str] | tuple[object, str, str]]) -> list[SelectChoice]:
    """Options for the fields below from (value, label) or (value, label, hint)."""
    return [
        SelectChoice(str(value), label, render_kw={"hint": hint[0]} if hint else {})
        for value, label, *hint in pairs
    ]


class ChoiceField(SelectField):
    """One choice from a list, as a select; nothing chosen gives None.

    `blank` is the first, empty option ("Choose a school"). `coerce` makes the value from the text
    sent (UUID, an enum). A value that is not on the list is refused.
    """

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        coerce: Callable[[str], Any] = str,
        blank: str | None = None,
        **options: Any,
    ) -> None:
        self.blank = blank
        super().__init__(
            label,
            list(validators),
            coerce=_none_for_blank(coerce),
            invalid_value_message=NOT_ON_THE_LIST,
            invalid_choice_message=NOT_ON_THE_LIST,
            **options,
        )

    def iter_choices(self) -> list[Any]:
        """The options, the blank one first."""
        if self.blank is None:
            return list(super().iter_choices())
        return [Choice("", self.blank, self.data is None, {}), *super().iter_choices()]

    def iter_groups(self) -> Iterable[tuple[str | None, list[Any]]]:
        """The options by group, the blank one first."""
        if self.blank is not None:
            yield None, [Choice("", self.blank, self.data is None, {})]
        yield from super().iter_groups()

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not on the list; nothing at all is for `Required` to refuse."""
        if self.data is not None:
            super().pre_validate(form)


class RadiosField(ChoiceField):
    """One choice from a short list, as radios."""

    widget = ListWidget(prefix_label=False)
    option_widget = RadioInput()


class CheckboxesField(SelectMultipleField):
    """Any number of choices, as checkboxes; gives a list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        coerce: Callable[[str], Any] = str,
        **options: Any,
    ) -> None:
        super().__init__(
            label,
            list(validators),
            coerce=_none_for_blank(coerce),
            invalid_value_message=NOT_ON_THE_LIST,
            invalid_choice_message=NOT_ON_THE_LIST,
            **options,
        )


def _none_for_blank(coerce: Callable[[str], Any]) -> Callable[[Any], Any]:
    def chosen(value: Any) -> Any:
        if value is None or value == "":
            return None
        return coerce(value) if isinstance(value, str) else value

    return chosen


class UploadField(FileField):
    """A file to send; gives a werkzeug FileStorage, or None.

    Refuses an extension that is not in `extensions` (".xlsx"), an empty file, one above `max_bytes` and one
    in which the virus scanner finds something: every file from outside comes in here. Whether the content
    is what the name says, the action that reads it checks (`core.documents`).
    """

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        extensions: Sequence[str],
        max_bytes: int = LARGEST_UPLOAD,
        **options: Any,
    ) -> None:
        self.extensions = tuple(extensions)
        self.max_bytes = max_bytes
        self.default_render_kw = {"accept": ",".join(extensions)}
        super().__init__(label, validators, **options)

    def pre_validate(self, _form: Any) -> None:
        """Raise StopValidation with a sentence that says what to choose instead."""
        if not self.data:
            return
        if not str(self.data.filename).lower().endswith(self.extensions):
            raise StopValidation(f"{self.label.text} must be a file of type {' or '.join(self.extensions)}.")
        size = self.data.stream.seek(0, SEEK_END)
        self.data.stream.seek(0)
        if size == 0:
            raise StopValidation("The chosen file is empty. Choose another.")
        if size > self.max_bytes:
            raise StopValidation(f"The chosen file must be smaller than {self.max_bytes // MEGABYTE} MB.")
        try:
            scanning.check(self.data.stream)
        except RuleBroken as refusal:
            raise StopValidation(refusal.message) from refusal
