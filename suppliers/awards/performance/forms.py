"""Forms for a review of a supplier and the reply to it."""

from __future__ import annotations

from typing import Any

from wtforms.validators import Length

from marketplace.core.fields import DateInputField, LongTextField, RadiosField, Required, choices
from marketplace.core.forms import Form, NewThingForm
from suppliers.awards.performance.rules import MEASURES, RATINGS, Measure, Rated, Rating, Reviewed

LENGTH = Length(max=2_000, message="Use 2,000 characters or fewer.")


class ReviewForm(NewThingForm):
    """The days that a review covers, and its summary; made with the measures by `review_form`."""

    covers_from = DateInputField("First day that it covers", [Required("Enter the first day")])
    covers_until = DateInputField("Last day that it covers", [Required("Enter the last day")])
    summary = LongTextField("Anything else", [LENGTH], render_kw={"rows": 3})

    def reviewed(self) -> Reviewed:
        """What was typed."""
        return Reviewed(
            self.covers_from.data,
            self.covers_until.data,
            tuple(
                Rated(one, self[f"rating_{one}"].data, self[f"evidence_{one}"].data or "") for one in Measure
            ),
            self.summary.data or "",
        )


def review_form(**given: Any) -> ReviewForm:
    """A form with a rating and its evidence for each measure."""
    fields: dict[str, Any] = {}
    for measure, words in MEASURES.items():
        fields[f"rating_{measure}"] = RadiosField(
            words,
            [Required(f"Rate: {words.lower()}")],
            choices=choices(RATINGS.items()),
            coerce=Rating,
        )
        fields[f"evidence_{measure}"] = LongTextField(
            f"What shows it? {words}",
            [Required("Enter what shows it"), LENGTH],
            description="Dates, numbers, complaints, praise. The supplier and member schools read it.",
            render_kw={"rows": 2},
        )
    made: type[ReviewForm] = type("MadeReviewForm", (ReviewForm,), fields)
    return made(**given)


class ReplyForm(Form):
    """The supplier's reply."""

    reply = LongTextField(
        "Your reply",
        [Required("Enter your reply"), LENGTH],
        description="The school and other member schools read it beside the review. It cannot be changed.",
        render_kw={"rows": 5},
    )
