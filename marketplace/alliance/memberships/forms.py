"""What people type about belonging to an alliance."""

from __future__ import annotations

import uuid

from wtforms import BooleanField, HiddenField
from wtforms.validators import Length

from marketplace.alliance.memberships import rules
from marketplace.alliance.memberships.rules import Evidence, Wish
from marketplace.alliance.rules import MEMBERSHIP_LABELS, MembershipKind
from marketplace.core.documents import ALLOWED, KINDS, Upload
from marketplace.core.fields import (
    DateInputField,
    LongTextField,
    MoneyField,
    QuantityField,
    RadiosField,
    Required,
    UploadField,
    choices,
)
from marketplace.core.forms import Form, NewThingForm

LARGEST_DOCUMENT = 10 * 1024 * 1024
LONGEST = Length(max=rules.LONGEST_TEXT)
KIND_HINTS = {
    MembershipKind.ASSOCIATE: "A trial for a time: joint tenders and services, no vote. It ends by itself.",
    MembershipKind.FULL: "With a seat and a vote on the Strategic Board, until the school leaves",
}


class ApplyForm(NewThingForm):
    """A school's application. A person of one school is not asked for which."""

    school = RadiosField("Which school applies?", [Required("Choose the school.")], coerce=uuid.UUID)
    alliance = RadiosField(
        "Which alliance does it want to join?", [Required("Choose the alliance.")], coerce=uuid.UUID
    )
    kind = RadiosField(
        "How does it want to belong?",
        [Required("Choose how the school wants to belong.")],
        coerce=MembershipKind,
        choices=choices((kind, MEMBERSHIP_LABELS[kind], KIND_HINTS[kind]) for kind in rules.APPLIED_FOR),
    )
    months = QuantityField(
        "For how many months, as an associate?",
        places=0,
        description="Twelve is usual. A full member has no end, and leaves whenever it wants.",
        render_kw={"suffix": "months", "width": 3},
    )
    reasons = LongTextField(
        "Why does the school want to join?", [Required("Say why the school wants to join."), LONGEST]
    )
    year_end = DateInputField(
        "Last day of the year of the latest accounts",
        [Required("Enter the last day of the year of the latest accounts.")],
        description="For example 31 8 2026",
    )
    reserves = MoneyField(
        "Reserves on that day",
        [Required("Enter the reserves, or 0.")],
        minimum=-rules.LARGEST_FIGURE,
        maximum=rules.LARGEST_FIGURE,
        description="What the school could spend freely. With a minus sign if it is a deficit.",
    )
    in_year_balance = MoneyField(
        "In-year balance",
        [Required("Enter the in-year balance, or 0.")],
        minimum=-rules.LARGEST_FIGURE,
        maximum=rules.LARGEST_FIGURE,
        description="Income less spending of that year. With a minus sign if more was spent than received.",
    )
    notice_to_improve = RadiosField(
        "Is there a notice to improve, or a notice of concern of the local authority?",
        [Required("Say whether there is a notice to improve.")],
        choices=choices((("no", "No"), ("yes", "Yes, and this is what it asks and what we have done:"))),
    )
    notice_explanation = LongTextField("About the notice", [LONGEST], render_kw={"rows": 3})
    document = UploadField(
        "The accounts",
        extensions=tuple(KINDS),
        max_bytes=LARGEST_DOCUMENT,
        description=f"If you like: {ALLOWED}, up to 10 MB",
    )

    def wish(self) -> Wish:
        """What was typed, once it is valid."""
        months = rules.ASSOCIATE_MONTHS if self.months.data is None else int(self.months.data)
        has_notice = self.notice_to_improve.data == "yes"
        return Wish(
            self.kind.data,
            months,
            self.reasons.data,
            Evidence(
                self.year_end.data,
                self.reserves.data,
                self.in_year_balance.data,
                has_notice,
                self.notice_explanation.data if has_notice else "",
            ),
        )

    @property
    def upload(self) -> Upload | None:
        """The accounts that were chosen, if any."""
        file = self.document.data
        return Upload(file.filename, file.stream) if file else None


class ReasonForm(Form):
    """Why an application is withdrawn."""

    reason = LongTextField("Reason", [Required("Enter the reason."), LONGEST])


class LeaveForm(Form):
    """A school leaves. `seen` is the fingerprint of what was listed to it."""

    seen = HiddenField()
    reason = LongTextField(
        "Why does the school leave?",
        [Required("Say why the school leaves."), LONGEST],
        description="The board and the coordinator read it",
    )
    understood = BooleanField(
        "We have read which contracts and commitments run on and what becomes of our share of the fund, and "
        "leave the alliance today",
        [Required("Tick the box when you have read what runs on and what becomes of the school’s share.")],
    )
