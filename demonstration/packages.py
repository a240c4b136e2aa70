"""The secondary school’s own layout for its finance package."""

from __future__ import annotations

from dataclasses import replace

from demonstration.cast import Cast
from demonstration.purchases import HARROW, MANOR
from invoicing.exports.layouts import actions
from invoicing.exports.layouts.shipped import shipped
from invoicing.invoices.rules import InvoiceSource
from marketplace.core.ids import new_id

SHIPPED = "sage-50-sales"
LAYOUT_KEPT = -40


def keep_layout(cast: Cast) -> None:
    """It takes over the layout of Sage 50, and enters its nominal codes and what Sage calls a school."""
    school = cast.schools[MANOR]
    layout_id = new_id()
    own = replace(
        shipped()[SHIPPED].layout,
        name="Sage 50 of the finance office",
        nominals={InvoiceSource.SHARED_COST: "4900", InvoiceSource.AGREEMENT: "4100"},
        accounts={HARROW: "HARROW"},
    )
    with cast.calendar.on(LAYOUT_KEPT):
        actions.copy_layout(school.finance_lead, layout_id, school.id, SHIPPED)
        actions.edit_layout(school.finance_lead, layout_id, 1, own)
