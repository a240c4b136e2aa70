"""Which school sends invoices."""

from __future__ import annotations

import uuid

from marketplace.core.fields import ChoiceField
from marketplace.core.forms import Form


class HostForm(Form):
    """The school that keeps the fund's money and sends its invoices; blank for none."""

    school = ChoiceField(
        "Which school sends the invoices?",
        coerce=uuid.UUID,
        blank="No school: contributions are recorded as they come in",
        description="It keeps the fund’s bank account. Contributions are outside the scope of VAT.",
    )
