"""Forms for what a tender says about its lots."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wtforms.validators import Length

from marketplace.core.fields import (
    CheckboxesField,
    LongTextField,
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
    BundleDraft,
    LimitsDraft,
    Selection,
    TierBasis,
    TiersDraft,
)

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
    """How many lots one supplier may have."""

    most_quoted = _count("Most lots that a supplier may quote for", "Leave it blank for no limit.")
    most_awarded = _count("Most lots that a supplier may be awarded", "Leave it blank for no limit.")
    selection = RadiosField(
        "Which lots a supplier gets when it would win more",
        coerce=Selection,
        choices=choices(SELECTIONS.items()),
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
