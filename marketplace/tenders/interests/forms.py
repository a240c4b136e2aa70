"""Forms for declaring an interest and for assessing what was declared."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.core.fields import LongTextField, RadiosField, Required, choices
from marketplace.core.forms import Form, NewThingForm

LONGEST_TEXT = 3_000
YES, NO = "yes", "no"


class DeclarationForm(Form):
    """Whether the person has an interest, which, and what is done about it."""

    answer = RadiosField(
        "Have you, or has somebody close to you, an interest in who wins this tender?",
        validators=[Required("Choose whether you have an interest.")],
        choices=choices(((NO, "No"), (YES, "Yes"))),
        description="A financial or personal interest in a possible supplier: work, shares, family, "
        "friendship, gifts.",
    )
    interest = LongTextField(
        "The interest",
        validators=[Length(max=LONGEST_TEXT)],
        description="Only if you have one. Who, with which supplier, and of what kind.",
        render_kw={"rows": 3},
    )
    mitigation = LongTextField(
        "What should be done about it",
        validators=[Length(max=LONGEST_TEXT)],
        description="Such as that you do not score, or that somebody else approves.",
        render_kw={"rows": 3},
    )


class AssessmentForm(NewThingForm):
    """The coordinator's assessment."""

    text = LongTextField(
        "Assessment",
        validators=[
            Required("Enter the assessment: what was declared or is known, and what is done."),
            Length(max=LONGEST_TEXT),
        ],
        description="Every conflict that was declared or is known, potential and perceived ones too, and "
        "what is done so that nobody gains or loses by it.",
        render_kw={"rows": 6},
    )
