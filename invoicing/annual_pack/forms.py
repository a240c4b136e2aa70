"""What people type for the annual pack."""

from __future__ import annotations

from wtforms.validators import Length

from invoicing.annual_pack.rules import LONGEST_PRIORITIES
from marketplace.core.fields import LongTextField
from marketplace.core.forms import EditForm


class PrioritiesForm(EditForm):
    """What the alliance wants to do next."""

    text = LongTextField(
        "Priorities",
        [Length(max=LONGEST_PRIORITIES)],
        description="One on each line. They stand first in the pack.",
        render_kw={"rows": 10},
    )
