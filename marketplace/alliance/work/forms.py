"""What people type about activities and hours."""

from __future__ import annotations

import uuid

from wtforms.validators import Length

from marketplace.alliance.work import rules
from marketplace.alliance.work.rules import KIND_LABELS, STAGE_LABELS, ActivityKind, Answer, Stage
from marketplace.core.fields import (
    ChoiceField,
    DateInputField,
    LongTextField,
    QuantityField,
    RadiosField,
    Required,
    TextField,
    choices,
)
from marketplace.core.forms import EditForm, Form, NewThingForm
from marketplace.core.listing import FilterForm


class ActivitiesFilter(FilterForm):
    """Which activities to show."""

    q = TextField("Activity")


class ActivityForm(NewThingForm):
    """A new activity. A person of one alliance is not asked for which."""

    alliance = RadiosField("For which alliance?", [Required("Choose the alliance.")], coerce=uuid.UUID)
    kind = RadiosField(
        "What kind of work is it?",
        [Required("Choose the kind of work.")],
        coerce=ActivityKind,
        choices=choices(
            (kind, label) for kind, label in KIND_LABELS.items() if kind is not ActivityKind.TENDER
        ),
    )
    title = TextField(
        "What is to be done",
        [Required("Enter what is to be done."), Length(max=rules.LONGEST_TITLE)],
        description="Such as Training day for teaching assistants in March",
    )


class AskForm(EditForm):
    """Which school is asked to lead."""

    school = RadiosField("Which school do you ask?", [Required("Choose a school.")], coerce=uuid.UUID)


class AnswerForm(Form):
    """Whether a school leads."""

    answer = RadiosField(
        "Will your school lead?",
        [Required("Choose whether your school leads.")],
        coerce=Answer,
        choices=choices(
            (
                (Answer.ACCEPTED, "Yes, we lead"),
                (Answer.DECLINED, "No", "Say why below. It is only recorded."),
            )
        ),
    )
    reason = LongTextField(
        "Why not",
        [Length(max=rules.LONGEST_REASON)],
        description="Needed if you decline",
        render_kw={"rows": 3},
    )


class HoursForm(NewThingForm):
    """Time spent. A person of one school is not asked for which."""

    school = RadiosField("For which school?", [Required("Choose the school.")], coerce=uuid.UUID)
    stage = ChoiceField(
        "What you worked on",
        [Required("Choose what you worked on.")],
        coerce=Stage,
        choices=choices(STAGE_LABELS.items()),
        blank="Choose a stage",
    )
    spent = QuantityField(
        "Time spent",
        [Required("Enter how many hours it took.")],
        places=2,
        description="In hours to the quarter, such as 1.25",
        render_kw={"suffix": "hours", "width": 4},
    )
    worked_on = DateInputField("Day", [Required("Enter the day.")])
    note = TextField("What you did", [Length(max=rules.LONGEST_NOTE)], description="If it helps others")
