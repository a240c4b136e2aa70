"""The form of a declaration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from wtforms import IntegerField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from marketplace.core.fields import CheckboxesField, LongTextField, Required, choices
from marketplace.core.forms import NewThingForm
from suppliers.profiles.declarations.grounds import Edition, Ground, Schedule
from suppliers.profiles.declarations.rules import LONGEST_TEXT, NONE, Declared, account_field, lines_of

TICK = "Tick every ground that applies, or “None of these applies”."


class DeclarationForm(NewThingForm):
    """What a supplier declares once for all its quotes."""

    version = IntegerField(widget=HiddenInput())
    mandatory = CheckboxesField(
        "Grounds on which a supplier must be excluded",
        [Required(TICK)],
        description="Your organisation, and the persons connected with it, in the last five years.",
    )
    discretionary = CheckboxesField(
        "Grounds on which a supplier may be excluded",
        [Required(TICK)],
        description="Again for your organisation and the persons connected with it.",
    )
    connected = LongTextField(
        "Persons connected with you (optional)",
        description=(
            "One a line: name, and what connects you, such as director, person with significant control, "
            "parent or subsidiary company. Sole traders usually have none."
        ),
    )
    sub_contractors = LongTextField(
        "Sub-contractors you usually use (optional)",
        description="One a line: name, company number if any, what they do. Each quote can say otherwise.",
    )
    conflict = LongTextField(
        "Conflicts of interest (leave blank if there are none)",
        [Length(max=LONGEST_TEXT)],
        description=(
            "Such as an owner or director who works at a school, is a governor or is related to somebody who "
            "decides there. Say who, and what you do about it."
        ),
    )

    asked: Mapping[str, str] = {}
    """The names of the fields in which the supplier gives its account of a ground, by the ground."""

    def accounts(self) -> list[Any]:
        """The fields of the grounds that were ticked, in the law’s order."""
        return [self[name] for name in self.asked.values()]

    def declared(self) -> Declared:
        """What was entered."""
        return Declared(
            mandatory=tuple(self.mandatory.data or ()),
            discretionary=tuple(self.discretionary.data or ()),
            accounts={ground_id: self[name].data or "" for ground_id, name in self.asked.items()},
            connected=lines_of(self.connected.data or ""),
            sub_contractors=lines_of(self.sub_contractors.data or ""),
            conflict=self.conflict.data or "",
        )


def _account_of(ground: Ground) -> LongTextField:
    return LongTextField(
        f"{ground.title}: what happened?",
        [Length(max=LONGEST_TEXT)],
        description=(
            "What and when; what you paid or made good; what you changed so that it does not happen again. "
            "Schools must weigh this before they exclude you (section 58)."
        ),
        render_kw={"rows": 5},
    )


def declaration_form(
    edition: Edition, before: Declared | None, number: int, ticked: Collection[str] | None = None
) -> DeclarationForm:
    """The form with the grounds of an edition, filled in with what was declared before.

    It asks for an account of each ground that is `ticked` now, None for those of before. Grounds are ticked
    first, and their accounts asked for when they are sent: it works without a script.
    """
    held: dict[str, Any] = {"version": number}
    shown = frozenset(ticked if ticked is not None else before.applying if before else ())
    asked = {one.id: account_field(one.id) for one in edition.named(shown)}
    fields = {asked[one.id]: _account_of(one) for one in edition.named(shown)}
    if before:
        held |= {
            "mandatory": list(before.mandatory),
            "discretionary": list(before.discretionary),
            **{name: before.accounts.get(ground_id, "") for ground_id, name in asked.items()},
            "connected": "\n".join(before.connected),
            "sub_contractors": "\n".join(before.sub_contractors),
            "conflict": before.conflict,
        }
    form: DeclarationForm = type("DeclarationFormOfGrounds", (DeclarationForm,), {**fields, "asked": asked})(
        data=held
    )
    for field, schedule in (
        (form.mandatory, Schedule.MANDATORY),
        (form.discretionary, Schedule.DISCRETIONARY),
    ):
        field.choices = choices(
            [
                *((one.id, one.title, f"{one.text} {one.cited}") for one in edition.of(schedule)),
                (NONE, "None of these applies"),
            ]
        )
    return form
