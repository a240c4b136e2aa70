"""Forms on which schools answer and a coordinator settles who buys."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Self

from wtforms import HiddenField

from marketplace.core.fields import ChoiceField, MoneyField, QuantityField, Required
from marketplace.core.forms import EditForm
from marketplace.core.money import ZERO, Money
from marketplace.tenders.commitments.rules import Conditions
from marketplace.tenders.models import Commitment, PriceLine

MOST_SCHOOLS = 1_000
HUNDREDTHS = 100


class AnswerForm(EditForm):
    """A school's own volumes, a field for each price line, and its conditions."""

    price_at_most = MoneyField(
        "The most that your school would pay a year, before VAT",
        minimum=Money(-1_000_000_00),
        description="Leave blank if the price does not matter for being in.",
    )
    saving_at_least = QuantityField(
        "The least that your school wants to save, as a percentage of what it pays today",
        places=2,
        maximum=Decimal(1_000),
        render_kw={"suffix": "%", "width": 5},
    )
    schools_at_least = QuantityField(
        "The fewest schools that must buy, yours included",
        places=0,
        maximum=Decimal(MOST_SCHOOLS),
        render_kw={"suffix": "schools", "width": 5},
    )

    lines: Sequence[PriceLine] = ()

    @classmethod
    def of(cls, commitment: Commitment, lines: Sequence[PriceLine]) -> Self:
        """The form of one school's answer, filled in with what it says now."""
        fields = {_name(line.id): QuantityField(line.item, render_kw={"suffix": line.unit}) for line in lines}
        volumes = {
            _name(line.id): volume.quantity
            for line in lines
            for volume in line.volumes
            if volume.school_id == commitment.school_id
        }
        saving = commitment.saving_at_least
        form: Self = type("AnswerFormOfLines", (cls,), {**fields, "lines": lines})(
            data={
                "version": commitment.version,
                "price_at_most": commitment.price_at_most,
                "saving_at_least": None if saving is None else Decimal(saving) / HUNDREDTHS,
                "schools_at_least": commitment.schools_at_least,
                **volumes,
            }
        )
        return form

    def volume_field(self, line_id: uuid.UUID) -> Any:
        """The field of one price line."""
        return self[_name(line_id)]

    @property
    def volumes(self) -> Any:
        """The first volume, where what is wrong with all of them together is shown."""
        return self.volume_field(self.lines[0].id)

    def entered(self) -> dict[uuid.UUID, Decimal]:
        """What was entered, by line; nothing for a line left blank."""
        return {line.id: quantity for line in self.lines if (quantity := self[_name(line.id)].data)}

    def conditions(self) -> Conditions:
        """The conditions that were entered."""
        saving, schools = self.saving_at_least.data, self.schools_at_least.data
        return Conditions(
            self.price_at_most.data,
            None if saving is None else int(saving * HUNDREDTHS),
            None if schools is None else int(schools),
        )


def _name(line_id: uuid.UUID) -> str:
    return f"line_{line_id.hex}"


class ConfirmForm(EditForm):
    """Settles who buys; the lead school is one of those that stay. `staying` is who the page said would."""

    staying = HiddenField()
    lead_school = ChoiceField(
        "Lead school",
        validators=[Required("Choose the lead school.")],
        coerce=uuid.UUID,
        blank="Choose a school",
        description="It recharges any shared cost to the others.",
    )

    def seen(self) -> frozenset[uuid.UUID]:
        """The schools that the page said would buy; none when it was tampered with."""
        try:
            return frozenset(uuid.UUID(one) for one in (self.staying.data or "").split())
        except ValueError:
            return frozenset()


class InviteForm(EditForm):
    """Invites one more school: with one of its approved needs, or with what it pays today."""

    who = ChoiceField("School", validators=[Required("Choose a school.")], blank="Choose a school")
    baseline = MoneyField(
        "What it pays today, a year before VAT",
        description="For a school without a need. Leave blank if it is not known.",
    )

    def amount(self) -> Money:
        """What was entered; zero for unknown."""
        return self.baseline.data or ZERO
