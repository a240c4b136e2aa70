"""Forms for what a tender says about its lots."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from wtforms.validators import Length

from marketplace.core.fields import (
    CheckboxesField,
    LongTextField,
    MoneyField,
    QuantityField,
    RadiosField,
    Required,
    TextField,
    choices,
)
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.tenders.lots.rules import (
    ALL,
    MOST_TIERS,
    SELECTIONS,
    TIER_BASES,
    WAYS_TO_DECIDE,
    WITHOUT_A_MODEL,
    Bounds,
    BundleDraft,
    Decided,
    LimitsDraft,
    Selection,
    TierBasis,
    TiersDraft,
)
from marketplace.tenders.models import Lot

LONGEST_TITLE = 150
LONGEST_TEXT = 2_000
NO_TIERS = "none"


def _count(label: str, description: str = "") -> QuantityField:
    return QuantityField(label, places=0, minimum=Decimal(1), description=description, render_kw={"width": 2})


class UndividedForm(EditForm):
    """Why a tender is one lot."""

    undivided_reason = LongTextField(
        "Why it is not divided into lots",
        validators=[Length(max=LONGEST_TEXT)],
        description="For example: it is one service at each school; parts of it would be too small to "
        "attract suppliers; or several suppliers at one school would cost more to coordinate than they "
        "save. Suppliers read this.",
        render_kw={"rows": 4},
    )


class LimitsForm(EditForm):
    """How lots are won, and how many of them one supplier may have; made by `limits_form`."""

    lots: Sequence[Lot] = ()
    bounded: bool = False

    decided = RadiosField(
        "How the lots are won",
        validators=[Required("Choose how the lots are won.")],
        coerce=Decided,
        choices=choices((way, *words) for way, words in WAYS_TO_DECIDE.items()),
    )
    most_quoted = _count("Most lots that a supplier may quote for", "Leave it blank for no limit.")
    most_awarded = _count("Most lots that a supplier may be awarded", "Leave it blank for no limit.")
    selection = RadiosField(
        "Which lots a supplier gets when it would win more",
        coerce=Selection,
        choices=choices(item for item in SELECTIONS.items() if item[0] not in WITHOUT_A_MODEL),
        description="Only where awards are limited.",
    )
    mechanism = LongTextField(
        "Explain how that works",
        validators=[Length(max=LONGEST_TEXT)],
        description="So that anybody with the marks and prices would choose the same lots.",
        render_kw={"rows": 3},
    )

    def limits(self) -> LimitsDraft:
        """What was entered."""
        quoted, awarded = self.most_quoted.data, self.most_awarded.data
        return LimitsDraft(
            None if quoted is None else int(quoted),
            None if awarded is None else int(awarded),
            self.selection.data,
            self.mechanism.data or "",
        )

    def bounds(self) -> dict[uuid.UUID, Bounds]:
        """The ceilings and optimums that were entered, of lots that have both."""
        found = {}
        for lot in self.lots if self.bounded else ():
            ceiling, optimum = self[f"ceiling_{lot.number}"].data, self[f"optimum_{lot.number}"].data
            if ceiling is not None and optimum is not None:
                found[lot.id] = Bounds(ceiling, optimum)
        return found

    def validate(self, extra_validators: Any = None) -> bool:
        """A lot that is won on its own has both its ends or none."""
        right = bool(super().validate(extra_validators))
        for lot in self.lots if self.bounded and self.decided.data is Decided.APART else ():
            ceiling, optimum = self[f"ceiling_{lot.number}"], self[f"optimum_{lot.number}"]
            for field, other, what in ((ceiling, optimum, "ceiling"), (optimum, ceiling, "optimum")):
                if field.data is None and other.data is not None and not field.errors:
                    field.errors = [f"Enter the {what} of lot {lot.number} too."]
                    right = False
        return right


def limits_form(
    lots: Sequence[Lot], data: Mapping[str, object], bounds: Mapping[uuid.UUID, Bounds], *, bounded: bool
) -> LimitsForm:
    """The form of a tender's lots; `bounded` ones have a ceiling and an optimum each."""
    fields: dict[str, Any] = {"lots": tuple(lots), "bounded": bounded}
    held: dict[str, object] = dict(data)
    for lot in lots if bounded else ():
        for name in ("ceiling", "optimum"):
            label = f"{name.capitalize()} of lot {lot.number}, {lot.title}"
            fields[f"{name}_{lot.number}"] = MoneyField(label)
            held[f"{name}_{lot.number}"] = getattr(bounds.get(lot.id), name, None)
    made: type[LimitsForm] = type("LimitsFormOfTender", (LimitsForm,), fields)
    return made(data=held)


class TiersForm(EditForm):
    """From where lower prices of a lot begin."""

    basis = RadiosField(
        "Prices fall with",
        validators=[Required("Choose what prices fall with.")],
        choices=choices([(NO_TIERS, "Nothing: one price whatever is bought"), *TIER_BASES.items()]),
    )
    start_1 = QuantityField("First lower price from", render_kw={"width": 10})
    start_2 = QuantityField("Second lower price from", render_kw={"width": 10})
    start_3 = QuantityField("Third lower price from", render_kw={"width": 10})
    start_4 = QuantityField("Fourth lower price from", render_kw={"width": 10})
    start_5 = QuantityField("Fifth lower price from", render_kw={"width": 10})

    def starts(self) -> list[Any]:
        """The fields of the thresholds, lowest first."""
        return [self[f"start_{number}"] for number in range(1, MOST_TIERS + 1)]

    def tiers(self) -> TiersDraft | None:
        """What was entered; None for one price."""
        if self.basis.data == NO_TIERS:
            return None
        entered = tuple(field.data for field in self.starts() if field.data is not None)
        return TiersDraft(TierBasis(self.basis.data), entered)


class BundleForm(EditForm, NewThingForm):
    """Lots that may be priced together."""

    title = TextField(
        "Name of the bundle", validators=[Required("Enter a name for the bundle."), Length(max=LONGEST_TITLE)]
    )
    parts = CheckboxesField("What belongs to it", validators=[Required("Choose at least two lots.")])
    least_share = QuantityField(
        "Least volume",
        validators=[Required("Enter how many per cent of each lot’s units must be bought.")],
        places=0,
        maximum=Decimal(ALL),
        description="Per cent of the units of each lot in it that must be bought for the bundle to count.",
        render_kw={"width": 3, "suffix": "%"},
    )

    def draft(self) -> BundleDraft:
        """What was entered."""
        return BundleDraft(
            self.title.data or "", tuple(self.parts.data or ()), int(self.least_share.data or 0)
        )
