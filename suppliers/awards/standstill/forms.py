"""Forms for announcing an award, and for recording and settling a challenge."""

from __future__ import annotations

from typing import Any

from wtforms.validators import Length

from marketplace.core import clock
from marketplace.core.fields import (
    DateInputField,
    LongTextField,
    RadiosField,
    Required,
    TextField,
    choices,
)
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.tenders.uk_notices.forms import ReferenceForm
from suppliers.awards.standstill.rules import (
    CHALLENGE_LABELS,
    OUTCOMES,
    ChallengeBy,
    Challenged,
    Duty,
    Outcome,
)

LONGEST_REASON = 2_000
LENGTH = Length(max=200, message="Use 200 characters or fewer.")
YES, NO = "yes", "no"


class AnnounceForm(NewThingForm, ReferenceForm):
    """Where the award notice stands, and whether a standstill begins where the law leaves it open."""

    standstill = RadiosField(
        "Does a standstill begin with the notice?",
        [Required("Say whether a standstill begins")],
        choices=choices(
            [
                (YES, "Yes", "Suppliers have time to challenge the decision before contracts are made"),
                (NO, "No", "Contracts can be made as soon as the notice is published"),
            ]
        ),
    )

    def __init__(self, *args: Any, duty: Duty, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if duty is Duty.MANDATORY:
            del self.standstill

    @property
    def with_standstill(self) -> bool:
        """Does one begin? A mandatory one always does."""
        return "standstill" not in self or self.standstill.data == YES


class ChallengeForm(NewThingForm):
    """Who challenges the award, by what, and when it came."""

    challenger = TextField(
        "Who challenges the decision?", [Required("Enter who challenges the decision"), LENGTH]
    )
    by = RadiosField(
        "What did it come by?",
        [Required("Choose what it came by")],
        choices=choices((one, CHALLENGE_LABELS[one]) for one in ChallengeBy),
        coerce=ChallengeBy,
    )
    court = TextField("Court, for a claim form", [LENGTH])
    reference = TextField(
        "Claim number, or the date and subject of the letter",
        [Required("Enter the claim number, or the date and subject of the letter"), LENGTH],
    )
    received_on = DateInputField("When did it come?", [Required("Enter the day on which it came")])

    def challenged(self) -> Challenged:
        """What was typed."""
        return Challenged(
            self.challenger.data or "",
            self.by.data,
            self.court.data or "",
            self.reference.data or "",
            self.received_on.data or clock.today(),
        )


class OutcomeForm(EditForm):
    """What happens to an award that is challenged."""

    outcome = RadiosField(
        "What happens to the award?",
        [Required("Choose what happens to the award")],
        choices=choices(OUTCOMES.items()),
        coerce=Outcome,
    )
    reason = LongTextField(
        "Reasons",
        [Required("Enter the reasons"), Length(max=LONGEST_REASON)],
        description="Name the order of the court, or the letter, and its date.",
        render_kw={"rows": 4},
    )


class SettleForm(EditForm):
    """Agree to what was proposed, as it was read."""
