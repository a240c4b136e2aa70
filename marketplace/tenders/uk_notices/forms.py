"""The forms of notices: what the tender itself cannot tell, and the reference of Find a Tender."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms.validators import Length

from marketplace.core import clock
from marketplace.core.fields import (
    ChoiceField,
    DateInputField,
    LongTextField,
    MoneyField,
    RadiosField,
    TextField,
    choices,
)
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.core.money import vat_on
from marketplace.needs.thresholds import vat_rate
from marketplace.tenders.uk_notices import rules
from marketplace.tenders.uk_notices.rules import NoticeKind, Particulars

LONGEST_TEXT = 2_000
REFERENCE_HINT = "As Find a Tender shows it, like 2026/S 000-012345"


class ReferenceForm(EditForm):
    """Where the notice stands on Find a Tender."""

    reference = TextField(
        "Reference of the notice",
        validators=[Length(max=40)],
        description=REFERENCE_HINT,
        render_kw={"width": 20, "spellcheck": False},
    )
    published_on = DateInputField("Day on which Find a Tender published it", description="Such as 3 9 2026")


class NoticeForm(NewThingForm, ReferenceForm):
    """A notice to be published. Each kind shows the fields that it needs."""

    how = LongTextField(
        "How can suppliers take part?",
        validators=[Length(max=LONGEST_TEXT)],
        description="Say what you want to ask, and when and where. Do not name a person.",
        render_kw={"rows": 5},
    )
    contract_id = ChoiceField("Contract", blank="All contracts of this tender")
    new_value = MoneyField("New value of the contract over its whole term, before VAT")
    ends_on = DateInputField("Last day to take part", description="Such as 3 9 2026")
    supplier = TextField("Name of the supplier", validators=[Length(max=200)])
    company_number = TextField(
        "Company number, if it has one",
        validators=[Length(max=10)],
        description="8 characters, from Companies House",
        render_kw={"width": 10, "spellcheck": False},
    )
    ground = RadiosField("Justification that the law gives")
    reason = LongTextField(
        "Reasons",
        validators=[Length(max=LONGEST_TEXT)],
        description="Anybody can read them. Do not name a person.",
        render_kw={"rows": 5},
    )

    def __init__(
        self, *args: Any, kind: NoticeKind, contracts: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.ends_on.label.text = LAST_DAYS.get(kind, self.ends_on.label.text)
        self.contract_id.choices = choices(contracts)
        known = rules.grounds(clock.today())
        self.ground.choices = choices((one.code, one.words, one.law) for one in known)
        for name in FIELDS_OF_KINDS - set(FIELDS[kind]):
            del self[name]

    def particulars(self) -> Particulars:
        """What was typed, as the notice says it."""
        given: dict[str, Any] = {
            name: self[name].data or "" for name in ("how", "supplier", "reason") if name in self
        }
        if "company_number" in self:
            given["company_number"] = "".join((self.company_number.data or "").upper().split())
        found = {one.code: one for one in rules.grounds(clock.today())}
        if "ground" in self and (ground := found.get(self.ground.data or "")):
            given |= {"ground": ground.words, "ground_law": ground.law}
        net = self.new_value.data if "new_value" in self else None
        return Particulars(
            ends_on=self.ends_on.data if "ends_on" in self else None,
            contract_id=self.contract_id.data or "" if "contract_id" in self else "",
            new_net=net,
            new_gross=net + vat_on(net, vat_rate(clock.today())) if net is not None else None,
            **given,
        )


FIELDS: dict[NoticeKind, tuple[str, ...]] = {
    NoticeKind.ENGAGEMENT: ("how", "ends_on"),
    NoticeKind.PLANNED: (),
    NoticeKind.TENDER: ("reason",),
    NoticeKind.TRANSPARENCY: ("supplier", "company_number", "ground", "reason"),
    NoticeKind.AWARD: (),
    NoticeKind.DETAILS: (),
    NoticeKind.CHANGE: ("contract_id", "new_value", "ends_on", "reason"),
    NoticeKind.CONTRACT_END: ("contract_id", "ends_on", "reason"),
    NoticeKind.TERMINATION: ("reason",),
}
LAST_DAYS: dict[NoticeKind, str] = {
    NoticeKind.CHANGE: "New last day of the contract, if it changes",
    NoticeKind.CONTRACT_END: "Day on which it ended",
}
FIELDS_OF_KINDS = {name for names in FIELDS.values() for name in names}
"""The fields that only some kinds of notice have."""
