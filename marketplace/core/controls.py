"""What a template needs to draw a form field, worked out here so that no macro has to guess.

`control_of` reads any WTForms field: its kind of control comes from the field's own `control` name
(our fields carry one) or from its widget; its width, prefix, hint and the like from `render_kw`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from jinja2 import Environment
from wtforms import Field, FieldList, FormField
from wtforms.validators import Length

WIDTHS = {
    2: "govuk-input--width-2",
    3: "govuk-input--width-3",
    4: "govuk-input--width-4",
    5: "govuk-input--width-5",
    10: "govuk-input--width-10",
    20: "govuk-input--width-20",
    30: "govuk-input--width-30",
    "half": "govuk-!-width-one-half",
    "two-thirds": "govuk-!-width-two-thirds",
    "full": "",
}
CONTROL_OF_INPUT = {
    "checkbox": "checkbox",
    "radio": "radios",
    "file": "file",
    "hidden": "hidden",
    "password": "password",
}
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # HTML has no place for them
PASSED_ON = frozenset({"placeholder", "readonly", "step", "min", "max", "list", "title", "form"})


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose from."""

    value: str
    label: str
    hint: str
    selected: bool
    disabled: bool


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Options of a select under one heading; an empty label means no heading."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One input of a field that has several, such as the day of a date."""

    id: str
    name: str
    label: str
    value: str
    width: int
    wrong: bool


@dataclass(frozen=True, slots=True)
class Control:
    """A field as the templates see it. Texts are plain; escaping is the template's."""

    kind: str
    id: str
    name: str
    label: str
    hint: str
    error: str
    value: str
    input_type: str = "text"
    width: str = ""
    prefix: str = ""
    suffix: str = ""
    inputmode: str | None = None
    autocomplete: str | None = None
    spellcheck: bool | None = None
    rows: int = 5
    longest: int | None = None
    most_words: int | None = None
    accept: str | None = None
    multiple: bool = False
    inline: bool = False
    searchable: bool = False
    disabled: bool = False
    groups: tuple[OptionGroup, ...] = ()
    parts: tuple[Part, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def options(self) -> tuple[Option, ...]:
        """All options, whatever their group."""
        return tuple(option for group in self.groups for option in group.options)


@dataclass(frozen=True, slots=True)
class ErrorLink:
    """A line of the error summary: what is wrong, and the input to go to (None: the whole form)."""

    text: str
    href: str | None


def control_of(field: Any) -> Control:
    """Describe a bound WTForms field for `components/field.html`.

    `render_kw` may say: width, prefix, suffix, inputmode, autocomplete, spellcheck, rows, accept,
    multiple, inline, searchable, disabled, maxlength, maxwords, and any of the plain attributes in PASSED_ON.
    """
    given: dict[str, Any] = dict(getattr(field, "default_render_kw", {})) | (field.render_kw or {})
    kind = _kind(field)
    return Control(
        kind=kind,
        id=field.id,
        name=field.name,
        label=field.label.text,
        hint=field.description,
        error=" ".join(str(error) for error in _flat(field.errors)),
        value=_value(field, kind),
        input_type=getattr(field.widget, "input_type", None) or "text",
        width=_width(given),
        prefix=given.get("prefix", ""),
        suffix=given.get("suffix", ""),
        inputmode=given.get("inputmode"),
        autocomplete=given.get("autocomplete"),
        spellcheck=given.get("spellcheck"),
        rows=given.get("rows", 5),
        longest=given.get("maxlength") or _longest(field),
        most_words=given.get("maxwords"),
        accept=given.get("accept"),
        multiple=given.get("multiple", False),
        inline=given.get("inline", False),
        searchable=given.get("searchable", False),
        disabled=given.get("disabled", False),
        groups=_groups(field) if kind in {"select", "radios", "checkboxes"} else (),
        parts=tuple(field.parts()) if kind == "date" else (),
        attributes=tuple((name, str(given[name])) for name in sorted(PASSED_ON & given.keys())),
    )


def form_errors(*forms: FlaskForm) -> list[ErrorLink]:
    """Every error of one or several forms, in the order of the page, each with the input to go to."""
    links: list[ErrorLink] = []
    for form in forms:
        links.extend(ErrorLink(str(text), None) for text in form.form_errors)
        for field in form:
            links.extend(_links(field))
    return links


def add_to(environment: Environment) -> None:
    """Give the templates what our components use: two functions, and the `do` tag."""
    environment.add_extension("jinja2.ext.do")
    environment.globals.update(control_of=control_of, form_errors=form_errors)


def _links(field: Any) -> Iterable[ErrorLink]:
    if isinstance(field, FormField):
        for inner in field.form:
            yield from _links(inner)
        yield from (ErrorLink(str(text), None) for text in field.form.form_errors)
    elif hasattr(field, "entries"):
        yield from (ErrorLink(str(text), f"#{field.id}") for text in field.errors if isinstance(text, str))
        for entry in field.entries:
            yield from _links(entry)
    else:
        href = None if _kind(field) == "hidden" else f"#{_first_input(field)}"
        yield from (ErrorLink(str(text), href) for text in _flat(field.errors))


def _first_input(field: Any) -> str:
    if _kind(field) == "date":
        parts: list[Part] = list(field.parts())
        return next((part.id for part in parts if part.wrong), parts[0].id)
    return str(field.id)


def _kind(field: Any) -> str:
    if own := getattr(field, "control", None):
        return str(own)
    if isinstance(field, FieldList | FormField):
        return "group"
    input_type = getattr(field.widget, "input_type", None)
    if input_type:
        return CONTROL_OF_INPUT.get(input_type, "input")
    if hasattr(field, "iter_choices"):
        if (option := getattr(field, "option_widget", None)) and not hasattr(field.widget, "multiple"):
            return "checkboxes" if option.input_type == "checkbox" else "radios"
        return "select"
    return "textarea"


def _value(field: Any, kind: str) -> str:
    if kind in {"password", "file", "date"}:
        return ""
    if kind == "checkbox":
        return "checked" if field.data else ""
    if kind in {"select", "radios", "checkboxes", "group", "rows"}:
        return ""
    value = field._value()  # noqa: SLF001  # WTForms' own name for "what to show in the input"
    return "" if value is None else CONTROL_CHARACTERS.sub("", str(value))


def _groups(field: Field) -> tuple[OptionGroup, ...]:
    if field.has_groups():
        return tuple(
            OptionGroup(label or "", tuple(_option(choice) for choice in choices))
            for label, choices in field.iter_groups()
        )
    return (OptionGroup("", tuple(_option(choice) for choice in field.iter_choices())),)


def _option(choice: Any) -> Option:
    extra = choice.render_kw or {}
    return Option(
        value=str(choice.value),
        label=str(choice.label),
        hint=extra.get("hint", ""),
        selected=bool(choice.selected),
        disabled=bool(extra.get("disabled", False)),
    )


def _longest(field: Any) -> int | None:
    for validator in field.validators:
        if isinstance(validator, Length) and validator.max > 0:
            return int(validator.max)
    return None


def _width(given: dict[str, Any]) -> str:
    width: str = WIDTHS[given.get("width", "full")]
    return width


def _flat(errors: Iterable[Any]) -> Iterable[Any]:
    for error in errors:
        if isinstance(error, list | tuple):
            yield from _flat(error)
        elif not isinstance(error, Mapping):  # those of the rows of a table stand beside their cells
            yield error
