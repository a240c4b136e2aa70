"""What people type about refunds."""

from __future__ import annotations

from wtforms.validators import Length

from invoicing.fund.refunds.rules import LONGEST_REASON
from marketplace.core.fields import LongTextField, Required
from marketplace.core.forms import Form


class WithdrawForm(Form):
    """Why a share stays in the fund."""

    reason = LongTextField(
        "What was agreed with the school?",
        [Required("Say what was agreed with the school."), Length(max=LONGEST_REASON)],
    )
