"""Forms of the bid library."""

from __future__ import annotations

from wtforms.validators import Length

from marketplace.core.fields import LongTextField, Required, TextField
from marketplace.core.forms import NewThingForm
from marketplace.core.listing import FilterForm
from suppliers.profiles.bid_library.rules import LONGEST_ANSWER, LONGEST_QUESTION


class SearchForm(FilterForm):
    """Words of a question or an answer."""

    q = TextField("Words of the question or the answer")


class KeepForm(NewThingForm):
    """An answer to keep."""

    question = TextField(
        "The question, or words by which you find it again",
        [Required("Enter the question, or a few words by which you find the answer again.")],
        render_kw={"maxlength": LONGEST_QUESTION},
    )
    answer = LongTextField(
        "Your answer", [Required("Enter the answer."), Length(max=LONGEST_ANSWER)], render_kw={"rows": 10}
    )
