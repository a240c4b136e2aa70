"""Fills in a form as a person does: finds each field by the words beside it, not by its name."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

from turbohtml.etree import ElementView as Element

from tests.web.page import Form, text_of

SEVERAL = "; "
YES = "Yes"
DATE_PARTS = ("day", "month", "year", "time")
TYPED = {"input", "select", "textarea"}


class NoSuchField(AssertionError):
    """A form does not ask what the scenario answers; the message lists what it does ask."""


class Asked:
    """One question of a form: the words that ask it, and the controls that take the answer."""

    def __init__(self, words: str, controls: list[tuple[str, Element]]) -> None:
        self.words = words
        self.controls = controls

    def answer(self, form: Form, said: str) -> None:
        """Put an answer into the form. Semicolons part several ticks; a lone box is ticked by Yes."""
        _, first = self.controls[0]
        kind = first.get("type", "")
        if len(self.controls) > 1 and first.get("name", "").endswith("-day"):
            self._date(form, said)
        elif kind in {"radio", "checkbox"}:
            self._ticks(form, said, several=kind == "checkbox")
        elif first.tag == "select":
            options = {text_of(option): option.get("value", "") for option in first.iter("option")}
            form.fill(**{first.get("name", ""): _pick(options, said, self.words)})
        else:
            form.fill(**{first.get("name", ""): said})

    def _date(self, form: Form, said: str) -> None:
        day, month, year, *_ = said.split()
        typed = dict(zip(DATE_PARTS, (day, month, year, said.partition(" at ")[2]), strict=True))
        for _, control in self.controls:
            name = control.get("name", "")
            form.fill(**{name: typed[name.rpartition("-")[2]]})

    def _ticks(self, form: Form, said: str, *, several: bool) -> None:
        options = {words: control.get("value", "on") for words, control in self.controls}
        if len(options) == 1:
            options = {YES: next(iter(options.values()))}
        chosen = [_pick(options, one, self.words) for one in (said.split(SEVERAL) if several else [said])]
        form.fill(**{self.controls[0][1].get("name", ""): chosen})


def fill(form: Form, answers: Mapping[str, str]) -> Form:
    """Answer questions of a form by their words. Raises NoSuchField."""
    for words, said in answers.items():
        _asked(form, words).answer(form, said)
    return form


def attach(form: Form, words: str, name: str, content: bytes) -> Form:
    """Choose a file where a form asks for one. Raises NoSuchField."""
    ((_, control),) = _asked(form, words).controls
    return form.fill(**{control.get("name", ""): (io.BytesIO(content), name)})


def _asked(form: Form, words: str) -> Asked:
    """The one question that these words ask, or that begins with them if none is these words."""
    asked = list(questions(form.element))
    found = [one for one in asked if one.words == words] or [
        one for one in asked if one.words.startswith(words)
    ]
    if len(found) != 1:
        known = ", ".join(repr(one.words) for one in asked)
        raise NoSuchField(f"{len(found)} fields are called {words!r}. The form asks: {known}")
    return found[0]


def questions(form: Element) -> Iterator[Asked]:
    """The questions of a form in their order. What stands in a group is called "Group: words" too.

    A group (fieldset) of one name, such as radios or the parts of a date, is one question.
    """
    labels = {label.get("for"): _words(label) for label in form.iter("label")}
    groups: dict[Element, Asked] = {}
    for control in form.iter():
        if control.tag not in TYPED or control.get("type") == "hidden":
            continue
        words = labels.get(control.get("id")) or control.get("aria-label") or ""
        group = _group(control)
        if group is None:
            yield Asked(words, [(words, control)])
        elif not _is_one_question(group):
            yield Asked(f"{_legend(group)}: {words}", [(words, control)])
        elif group in groups:
            groups[group].controls.append((words, control))
        else:
            above = _group(group)
            prefix = f"{_legend(above)}: " if above is not None else ""
            groups[group] = Asked(prefix + _legend(group), [(words, control)])
            yield groups[group]


def _group(element: Element) -> Element | None:
    return next(element.iterancestors("fieldset"), None)


def _is_one_question(group: Element) -> bool:
    """Do all controls of a group have one name, or are they the parts of a date?"""
    names = {control.get("name", "") for control in group.iter() if control.tag in TYPED}
    return len({re.sub(r"-(day|month|year|time)$", "", name) for name in names}) == 1


def _legend(group: Element) -> str:
    return _words(next(group.iter("legend")))


def _words(element: Element) -> str:
    return text_of(element)


def _pick(options: Mapping[str, str], said: str, words: str) -> str:
    """The value of the option that reads like this, or begins so where only one does."""
    if said in options:
        return options[said]
    found = [value for text, value in options.items() if text.startswith(said)]
    if len(found) != 1:
        raise NoSuchField(f"{words!r} has no option {said!r}; it has {sorted(options)}")
    return found[0]
