"""Forms that change a published tender."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from wtforms.validators import Length

from marketplace.core.documents import ALLOWED, KINDS
from marketplace.core.fields import (
    CheckboxesField,
    LocalDateTimeField,
    LongTextField,
    RadiosField,
    Required,
    UploadField,
    choices,
)
from marketplace.core.forms import EditForm, Form, NewThingForm
from marketplace.tenders.amending.changing import Wanted
from marketplace.tenders.models import Tender

LONGEST_REASON = 1_000
LONGEST_TEXT = 5_000


class ApproveExtensionForm(Form):
    """A later deadline is approved. A person who can approve for one school is not asked for which."""

    school = RadiosField(
        "For which school do you approve?", [Required("Choose the school.")], coerce=uuid.UUID
    )


class ExtensionForm(NewThingForm, EditForm):
    """A later deadline and why."""

    closes_at = LocalDateTimeField(
        "New deadline for quotes",
        validators=[Required("Enter the new deadline for quotes.")],
        description="Later than the present one. On a working day, from 09:00 to 17:00, in term.",
    )
    reason = LongTextField(
        "Why the deadline moves",
        validators=[Required("Enter why the deadline moves."), Length(max=LONGEST_REASON)],
        description="Suppliers read it.",
        render_kw={"rows": 3},
    )
    doubt_reason = LongTextField(
        "Why then, if it is out of hours or in a holiday",
        validators=[Length(max=LONGEST_REASON)],
        description="Leave blank for a usual deadline. Suppliers read it.",
        render_kw={"rows": 2},
    )


class AmendmentForm(NewThingForm, EditForm):
    """The words and documents of a published tender; `of_tender` gives it a field for each question."""

    description = LongTextField(
        "What the schools want to buy",
        validators=[Required("Describe what the schools want to buy."), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 8},
    )
    removed = CheckboxesField("Documents to take away", coerce=uuid.UUID)
    document = UploadField(
        "Document to add",
        extensions=sorted(KINDS),
        description=f"{ALLOWED}.",
    )
    reason = LongTextField(
        "Why it changes",
        validators=[Required("Enter why the tender changes."), Length(max=LONGEST_REASON)],
        description="Suppliers read it.",
        render_kw={"rows": 3},
    )
    asked: Mapping[str, uuid.UUID] = {}

    @classmethod
    def of_tender(cls, tender: Tender) -> AmendmentForm:
        """The form as the tender reads now."""
        questions = [one for one in tender.criteria if one.question]
        fields: dict[str, Any] = {
            f"question_{one.id.hex}": LongTextField(
                f"Question: {one.title}",
                validators=[Required(f"Enter the question of {one.title}."), Length(max=LONGEST_TEXT)],
                render_kw={"rows": 4},
            )
            for one in questions
        }
        asked = {f"question_{one.id.hex}": one.id for one in questions}
        given = {f"question_{one.id.hex}": one.question for one in questions}
        form: AmendmentForm = type("AmendmentFormOfTender", (cls,), {**fields, "asked": asked})(
            data={"version": tender.version, "description": tender.description, **given}
        )
        form.removed.choices = choices((one.id, one.name) for one in tender.documents)
        return form

    def questions(self) -> list[Any]:
        """The fields of the questions, in order."""
        return [self[name] for name in self.asked]

    def wanted(self) -> Wanted:
        """What was entered."""
        chosen = self.document.data
        return Wanted(
            description=self.description.data,
            questions={criterion_id: self[name].data for name, criterion_id in self.asked.items()},
            removed=self.removed.data or (),
            added_name=chosen.filename or "" if chosen else "",
            added=chosen.stream if chosen else None,
        )
