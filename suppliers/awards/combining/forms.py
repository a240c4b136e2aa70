"""Forms for asking for combinations and recommending lot by lot."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from marketplace.core.fields import LongTextField, RadiosField, Required, choices
from marketplace.core.forms import EditForm, NewThingForm
from marketplace.core.money import Money
from suppliers.awards.combining.rules import (
    PATIENT_SECONDS,
    QUICK_SECONDS,
    Chosen,
    LotRecommendation,
)
from suppliers.awards.forms import LENGTH
from suppliers.evaluation.by_lot import LotResult

NOT_AWARDED = "none"


class CombineForm(NewThingForm):
    """How long to look."""

    seconds = RadiosField(
        "How long Weald may look",
        [Required("Choose how long Weald may look")],
        coerce=int,
        choices=choices(
            [
                (QUICK_SECONDS, f"Up to {QUICK_SECONDS} seconds, enough for most tenders"),
                (PATIENT_SECONDS, "Up to a minute, when the time ran out before"),
            ]
        ),
        default=QUICK_SECONDS,
    )


class RecommendLotsForm(EditForm):
    """A quote for each lot, and why; made by `recommend_lots_form`."""

    lots: Sequence[LotResult] = ()
    reasons = LongTextField(
        "Reasons",
        [Required("Enter the reasons"), LENGTH],
        description="Schools decide on these. Say what the marks show, and what you checked.",
        render_kw={"rows": 5},
    )
    departure = LongTextField(
        "If this is not the proven best combination, why is it recommended?",
        [LENGTH],
        description="Leave blank for the best combination. After a draw, say who drew and who watched.",
        render_kw={"rows": 3},
    )

    def wanted(self) -> LotRecommendation:
        """What was entered."""
        chosen: dict[uuid.UUID, uuid.UUID] = {}
        for lot in self.lots:
            data = self[f"lot_{lot.number}"].data
            if data and data != NOT_AWARDED:
                chosen[lot.lot_id] = uuid.UUID(data)
        return LotRecommendation(chosen, self.reasons.data or "", self.departure.data or "")


def recommend_lots_form(lots: Sequence[LotResult], best: Chosen, version: int) -> RecommendLotsForm:
    """A form with a choice for each lot in which quotes are compared, the best combination chosen."""
    open_lots = tuple(lot for lot in lots if lot.comparison.offers)
    fields: dict[str, Any] = {"lots": open_lots}
    held: dict[str, object] = {"version": version}
    for lot in open_lots:
        fields[f"lot_{lot.number}"] = RadiosField(
            f"Lot {lot.number}: {lot.title}",
            [Required(f"Choose a quote for lot {lot.number}, or that it is not awarded")],
            choices=choices(
                [
                    *(
                        (offer.quote_id, offer.supplier, _about(offer.rank, offer.marks, offer.total))
                        for offer in lot.comparison.offers
                    ),
                    (NOT_AWARDED, "Do not award this lot"),
                ]
            ),
        )
        if lot.lot_id in best:
            held[f"lot_{lot.number}"] = str(best[lot.lot_id])
    made: type[RecommendLotsForm] = type("RecommendLotsFormOfTender", (RecommendLotsForm,), fields)
    return made(data=held)


def _about(rank: str, marks: object, total: Money) -> str:
    return f"Rank {rank}, {marks} of 100 marks, {total} before VAT and before any bundle"
