"""What people type about decisions and confirmations."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from wtforms import HiddenField
from wtforms.validators import Length

from marketplace.alliance.decisions import rules
from marketplace.alliance.decisions.rules import Choice, DecisionStatus
from marketplace.core.documents import ALLOWED, KINDS, Upload
from marketplace.core.fields import (
    DateInputField,
    LongTextField,
    RadiosField,
    Required,
    TextField,
    UploadField,
    choices,
)
from marketplace.core.forms import Form, NewThingForm
from marketplace.core.listing import FilterForm

LARGEST_DOCUMENT = 10 * 1024 * 1024


class DecisionsFilter(FilterForm):
    """Which decisions to show."""

    q = TextField("Question or reference")


class VoteForm(Form):
    """A seat's answer. A person who holds one seat is not asked for which."""

    school = RadiosField(
        "For which school do you answer?", [Required("Choose the school.")], coerce=uuid.UUID
    )
    choice = RadiosField(
        "How does your school vote?",
        [Required("Choose how your school votes.")],
        coerce=Choice,
        choices=choices(
            (
                (Choice.FOR, "For"),
                (Choice.AGAINST, "Against"),
                (Choice.ABSTAIN, "Abstain", "Counts for the quorum, and neither for nor against"),
                (
                    Choice.CONFLICT,
                    "We have a conflict of interest",
                    "Your school then does not vote and does not count for the quorum. Say what it is below.",
                ),
            )
        ),
    )
    explanation = LongTextField(
        "Anything to add",
        [Length(max=rules.LONGEST_REASON)],
        description="Everybody in the alliance can read it. A conflict of interest has to be explained.",
        render_kw={"rows": 3},
    )

    def allow_only_conflict(self) -> None:
        """Offer nothing but the conflict of interest, to somebody of a school that the decision is about."""
        self.choice.choices = [one for one in self.choice.choices if one.value == Choice.CONFLICT]


def own_words(own: Sequence[str]) -> str:
    """What somebody with a role in these schools would say of their conflict of interest."""
    return f"I hold a role in {' and '.join(own)} myself."


class CloseForm(Form):
    """The board's minute. `seen` is the outcome that its writer was shown."""

    seen = HiddenField()
    minute = LongTextField(
        "Minute",
        [Required("Enter the board’s minute."), Length(max=rules.LONGEST_MINUTE)],
        description="What the board resolved and why, as it will stand in the alliance’s papers",
    )

    @property
    def outcome(self) -> DecisionStatus:
        """The outcome that the writer was shown; open when the page did not say."""
        try:
            return DecisionStatus(self.seen.data or "")
        except ValueError:
            return DecisionStatus.OPEN


class ReasonForm(Form):
    """Why something is taken back."""

    reason = LongTextField("Reason", [Required("Enter the reason."), Length(max=rules.LONGEST_REASON)])


class ConfirmationForm(NewThingForm):
    """What a governing body confirmed."""

    minute_reference = TextField(
        "Minute reference",
        [Required("Enter the reference of the minute."), Length(max=rules.LONGEST_REFERENCE)],
        description="Where the decision is written down, for example FGB 2026-11 item 7",
    )
    minuted_on = DateInputField("Date of the meeting", [Required("Enter the date of the meeting.")])
    expires_on = DateInputField(
        "Last day on which it counts",
        description="Leave blank if the governing body set no end. After this day it counts for nothing.",
    )
    document = UploadField(
        "Signed minute",
        extensions=tuple(KINDS),
        max_bytes=LARGEST_DOCUMENT,
        description=f"If you have it: {ALLOWED}, up to 10 MB",
    )

    @property
    def upload(self) -> Upload | None:
        """The document that was chosen, if any."""
        file = self.document.data
        return Upload(file.filename, file.stream) if file else None
