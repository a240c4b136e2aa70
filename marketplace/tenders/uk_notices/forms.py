"""The forms of notices: what the tender itself cannot tell, and the reference of Find a Tender."""

from __future__ import annotations

from typing import Any

from wtforms.validators import Length

from marketplace.core import clock
from marketplace.core.fields import DateInputField, LongTextField, RadiosField, TextField, choices
from marketplace.core.forms import EditForm, NewThingForm
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

    def __init__(self, *args: Any, kind: NoticeKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = rules.grounds(clock.today())
        self.ground.choices = choices((one.code, one.words, one.law) for one in known)
        for name in FIELDS_OF_KINDS - set(FIELDS[kind]):
            del self[name]

    def particulars(self) -> Particulars:
        """What was typed, as the notice says it."""
        given = {name: self[name].data or "" for name in ("how", "supplier", "reason") if name in self}
        if "company_number" in self:
            given["company_number"] = "".join((self.company_number.data or "").upper().split())
        found = {one.code: one for one in rules.grounds(clock.today())}
        if "ground" in self and (ground := found.get(self.ground.data or "")):
            given |= {"ground": ground.words, "ground_law": ground.law}
        return Particulars(ends_on=self.ends_on.data if "ends_on" in self else None, **given)


FIELDS: dict[NoticeKind, tuple[str, ...]] = {
    NoticeKind.ENGAGEMENT: ("how", "ends_on"),
    NoticeKind.PLANNED: (),
    NoticeKind.TENDER: ("reason",),
    NoticeKind.TRANSPARENCY: ("supplier", "company_number", "ground", "reason"),
    NoticeKind.TERMINATION: ("reason",),
}
FIELDS_OF_KINDS = {name for names in FIELDS.values() for name in names}
"""The fields that only some kinds of notice have."""
